import SyncModel

/// Plans the creation of a link's missing half.
struct CreatePlanner {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  /// Nil where whole days have no zone to be projected in.
  func inPSA(_ link: Link, _ item: ExchangeFact, _ reason: String) -> Decision? {
    let zone = item.when.isAllDay ? input.zone : nil
    guard let span = item.when.span(in: zone, input.clock) else { return nil }
    let mask = Projection(input.rules).mask(of: item.sensitivity)
    var after = link
    after.reference =
      link.reference
      ?? ((link.exchange?.copy ?? 0) > 0 ? input.facts.referenceOfCopy(item) : item.reference)
    after.psa = nil
    after.changeKey = item.changeKey
    after.exchangeModified = item.modified
    after.base = Base(
      span: Span(start: span.start.onTheMinute, end: span.end.onTheMinute),
      source: item.projected,
      sent: mask == .masked ? input.facts.masked(item) : item.projected,
      mask: mask
    )
    if case .allDay(let first, let afterLast) = item.when, let zone {
      after.base.allDay = AllDayBase(first: first, afterLast: afterLast, zone: zone)
    }
    guard span.end >= span.start else { return unsent(waiting(after, .psa), item.key) }
    return decision(
      after,
      side: .psa,
      CreateOrder(
        when: .timed(start: span.start, end: span.end, zone: nil),
        zone: nil,
        mask: mask,
        sourceVersion: item.changeKey.rawValue
      ),
      reason,
      seen: item.id
    )
  }

  func inExchange(_ link: Link, _ other: PSAFact, _ reason: String) -> Decision {
    var when = When.timed(start: other.span.start, end: other.span.end, zone: input.zone)
    var zone = input.zone
    var after = link
    after.base = Base(
      span: Span(start: other.span.start.onTheMinute, end: other.span.end.onTheMinute),
      source: other.source,
      sent: other.projected
    )
    if let dayZone = link.base.allDay?.zone,
      let days = input.clock.wholeDays(of: other.span, in: dayZone)
    {
      when = .allDay(first: days.first, afterLast: days.afterLast)
      zone = dayZone
      after.base.allDay = AllDayBase(first: days.first, afterLast: days.afterLast, zone: dayZone)
    }
    after.exchange = nil
    after.psaModified = other.modified
    guard other.span.end >= other.span.start else {
      return unsent(waiting(after, .exchange), other.key)
    }
    return decision(
      after,
      side: .exchange,
      CreateOrder(when: when, zone: zone, mask: .none, sourceVersion: other.modified.description),
      reason
    )
  }

  private func decision(
    _ after: Link,
    side: Side,
    _ order: CreateOrder,
    _ reason: String,
    seen: ExchangeItemID? = nil
  ) -> Decision {
    let operation = Operation(
      link: after,
      side: side,
      action: .create(order),
      reason: reason,
      seen: seen
    )
    return Decision(link: waiting(after, side), operations: [operation])
  }

  /// The link until the item is made: of its base only the time, for nothing was sent yet.
  private func waiting(_ after: Link, _ side: Side) -> Link {
    var link = after
    if side == .psa { link.psa = nil } else { (link.exchange, link.stamp) = (nil, nil) }
    link.base = Base(span: after.base.span, allDay: after.base.allDay)
    return link
  }

  private func unsent(_ link: Link, _ key: ItemKey) -> Decision {
    Decision(link: link, note: "\(key) ends before it starts and is not sent.")
  }
}
