import SyncModel

/// Both halves of a link beside its base: what changed where, and what is written to make them one.
struct Comparison {
  let input: PlanInput
  let link: Link
  let item: ExchangeFact
  let other: PSAFact
  private let authority: Authority
  let mask: Mask
  /// What the receiving side ought to hold.
  let desired: ContentPrints
  let fields: Set<ContentField>
  /// Those among them that somebody changed who has no say in them.
  private let takenBack: Set<ContentField>
  /// A person had the content taken back or kept, and it has not changed since where it decides.
  let isContentPinned: Bool
  /// The receiving side was edited to what it ought to hold.
  let isSettledByPerson: Bool
  /// The Exchange time as the PSA would hold it; nil for whole days without a zone.
  let projected: (span: Span, allDay: AllDayBase?)?

  init(_ input: PlanInput, link: Link, item: ExchangeFact, other: PSAFact) {
    self.input = input
    self.link = link
    self.item = item
    self.other = other
    authority = Authority(
      origin: link.origin,
      kind: link.kind,
      hasAttendees: item.hasAttendees,
      meetingTimes: input.rules.meetingTimes
    )
    let projection = Projection(input.rules)
    mask = link.origin == .exchange ? projection.mask(of: item.sensitivity) : .none
    var desired =
      switch (link.origin, mask) {
      case (.exchange, .masked): input.facts.masked(item)
      case (.exchange, .none): item.projected
      case (.psa, _), (.paired, _): other.projected
      }
    let current = link.base.sent ?? (link.origin == .exchange ? other.own : item.own)
    // A body that could not be read whole is no change and is never written.
    if link.origin == .exchange, mask == .none, !item.isTextWhole { desired.text = current.text }
    self.desired = desired
    let moved = link.origin == .paired ? [] : desired.changed(from: current)
    // Both sides equal: nothing is written. A mask is, for a view may be older than our last write.
    let receiver = link.origin == .exchange ? other.own : item.own
    var fields = mask == .masked ? moved : moved.intersection(desired.changed(from: receiver))
    isContentPinned = Comparison.isPinned(link, item, other)
    if isContentPinned, mask == .none { fields = [] }
    isSettledByPerson = fields.isEmpty && !moved.isEmpty && !isContentPinned
    // With what Exchange stored, for that may not be what was sent.
    let isReasserted = authority.content == .psaReasserted && !isContentPinned
    var takenBack: Set<ContentField> = []
    if isReasserted, let returned = link.base.returned {
      takenBack = item.own.changed(from: returned)
        .intersection(desired.changed(from: receiver)).subtracting(fields)
      // A body that could not be read whole is nobody's edit.
      if !item.isTextWhole { takenBack.remove(.text) }
    }
    self.takenBack = takenBack
    fields.formUnion(takenBack)
    // The reference line follows a link whose original date became another one; what people wrote
    // there was about the former date.
    if link.origin == .exchange, let written = other.reference, let reference = link.reference,
      written != reference, mask == .masked || item.isTextWhole && !isContentPinned
    {
      fields.formUnion(desired.changed(from: receiver).union([.text]))
    }
    self.fields = fields
    projected = Comparison.projection(of: item.when, link, input)
  }

  private static func isPinned(_ link: Link, _ item: ExchangeFact, _ other: PSAFact) -> Bool {
    guard let pinned = link.pin?.source else { return false }
    guard link.origin == .exchange else { return other.projected.changed(from: pinned).isEmpty }
    let changed = item.projected.changed(from: pinned)
    return changed.isSubset(of: item.isTextWhole ? [] : [.text])
  }

  private static func projection(
    of when: When,
    _ link: Link,
    _ input: PlanInput
  ) -> (span: Span, allDay: AllDayBase?)? {
    switch when {
    case .timed(let start, let end, _):
      return (Span(start: start, end: end), nil)
    case .allDay(let first, let afterLast):
      // The zone of a projection is kept until the item's dates change.
      let kept = link.base.allDay.flatMap {
        $0.first == first && $0.afterLast == afterLast ? $0 : nil
      }
      guard let zone = kept?.zone ?? input.zone, let span = when.span(in: zone, input.clock) else {
        return nil
      }
      return (span, AllDayBase(first: first, afterLast: afterLast, zone: zone))
    }
  }

  // MARK: Time

  private var exchangeTime: Change {
    if let pinned = link.pin?.time { return Change(!item.when.isSameTime(as: pinned.exchange)) }
    guard let base = link.base.span else { return Change(!areTimesEqual) }
    if let days = link.base.allDay {
      return Change(
        !item.when.isSameTime(as: .allDay(first: days.first, afterLast: days.afterLast))
      )
    }
    return Change(item.when.isAllDay || !(projected?.span.isSame(as: base) ?? true))
  }

  private var psaTime: Change {
    if let pinned = link.pin?.time { return Change(!other.span.isSame(as: pinned.psa)) }
    guard let base = link.base.span else { return Change(!areTimesEqual) }
    return Change(!other.span.isSame(as: base))
  }

  private var areTimesEqual: Bool { projected?.span.isSame(as: other.span) ?? false }

  private var time: MergeVerdict {
    // A time that ends before it starts is never sent on.
    let isExchangeOdd = projected.map { $0.span.end < $0.span.start } ?? false
    let isPSAOdd = other.span.end < other.span.start
    let verdict = timeVerdict(
      exchange: isExchangeOdd ? .unchanged : exchangeTime,
      psa: isPSAOdd ? .unchanged : psaTime,
      areEqual: areTimesEqual,
      authority: authority.time,
      winner: input.rules.conflict
    )
    switch verdict {
    case .write(.psa), .reassert(.psa), .conflict(writeTo: .psa):
      return isExchangeOdd || isOff(towards: .psa) ? .nothing : verdict
    case .write(.exchange), .reassert(.exchange), .conflict(writeTo: .exchange):
      return isPSAOdd || isOff(towards: .exchange) ? .nothing : verdict
    case .nothing:
      // Adoption leaves the base open; without one, the next move would look like two.
      return link.base.span == nil && areTimesEqual ? .moveBase : .nothing
    case .moveBase: return .moveBase
    }
  }

  /// Of a pair, what a direction that is off would carry waits (`rules.md` 4).
  private func isOff(towards side: Side) -> Bool {
    guard link.origin == .paired, link.kind == .appointment else { return false }
    return switch side {
    case .psa: input.rules.importDetail == .off
    case .exchange: !input.rules.exports(link.kind)
    }
  }

  private var content: MergeVerdict {
    let returned = link.base.returned
    let exchange: Change
    let psa: Change
    switch link.origin {
    case .exchange:
      exchange = Change(!fields.isEmpty)
      psa = Change(returned.map { !other.own.changed(from: $0).isEmpty } ?? false)
    case .psa, .paired:
      psa = Change(!fields.subtracting(takenBack).isEmpty)
      exchange = Change(!takenBack.isEmpty)
    }
    return contentVerdict(exchange: exchange, psa: psa, authority: authority.content)
  }

  /// The halves differ where neither verdict writes: a change on the side that does not decide.
  var isLeftDifferent: Bool {
    if case .nothing = time, !areTimesEqual { return true }
    guard let returned = link.base.returned, case .nothing = content else { return false }
    let receiver = link.origin == .exchange ? other.own : item.own
    return !receiver.changed(from: returned).isEmpty
  }

  /// Where the item lies once everything is written.
  var resultingSpan: Span? {
    switch time {
    case .write(.exchange), .reassert(.exchange), .conflict(writeTo: .exchange): other.span
    case .nothing, .moveBase, .write(.psa), .reassert(.psa), .conflict(writeTo: .psa):
      projected?.span ?? other.span
    }
  }

  // MARK: Decisions

  var decision: Decision {
    guard projected != nil else {
      return link.pin?.released == .noZone ? maskOnly : held(.noZone)
    }
    let time = time
    if isReassertion, link.reassertions?.isSpent(at: input.now) ?? false {
      return held(.reassertions)
    }
    var after = settled(link)
    var toExchange: (when: When, zone: ZoneName?)?
    var toPSA: Span?
    switch time {
    case .nothing: break
    case .moveBase: moveBase(&after)
    case .write(.psa), .conflict(writeTo: .psa), .reassert(.psa):
      toPSA = projected?.span
      moveBase(&after)
    case .write(.exchange), .conflict(writeTo: .exchange), .reassert(.exchange):
      let when = whenForExchange
      toExchange = when
      after.base.span = onTheMinute(other.span)
      after.base.allDay = allDay(when)
      after.repin { $0.time = nil }
    }
    if isReassertion {
      after.reassertions = Reassertions.next(after: link.reassertions, at: input.now)
    }
    let kept = kept(link, time)
    var decision = Decision(link: kept)
    let content = content
    let writesContent =
      switch content {
      case .write, .reassert: true
      case .nothing, .moveBase, .conflict: false
      }
    let psaFields = writesContent && link.origin == .exchange ? fields : []
    let exchangeFields = writesContent && link.origin != .exchange ? fields : []
    if writesContent { setContent(&after) } else { decision.link.base.mask = mask }
    let intoExchange = parts(toExchange, exchangeFields, of: .exchange)
      .map { updateExchange(after, $0, $1) }
    if intoExchange.contains(where: isRefusedDate) { return putBack }
    decision.operations =
      parts(toPSA, psaFields, of: .psa).map { updatePSA(after, $0, $1) } + intoExchange
    if decision.operations.isEmpty { decision.link = writesContent ? after : decision.link }
    let operations = decision.operations
    decision.link.refusals.removeAll { refusal in
      refusal.group != .double
        && !operations.contains { $0.side == refusal.side && $0.groups.contains(refusal.group) }
    }
    return decision
  }

  private var isReassertion: Bool {
    if case .reassert = time { return true }
    if case .reassert = content { return true }
    return false
  }

  /// Exchange lets no date of a series pass its neighbours (`rules.md` 5).
  private func isRefusedDate(_ update: Operation) -> Bool {
    guard link.exchange?.originalDate != nil else { return false }
    let wanted = update.wanted(input.fingerprinter)
    return link.refusals.contains { $0.side == .exchange && $0.wanted == wanted }
  }

  /// The time that Exchange refused is taken back in the PSA.
  private var putBack: Decision {
    var after = settled(link)
    moveBase(&after)
    after.refusals.removeAll { $0.side == .exchange }
    var decision = Decision(link: settled(link))
    guard let span = projected?.span else { return decision }
    var update = updatePSA(after, span, [])
    update.reason = "Exchange refused to move this date of its series: put back"
    decision.masksMeanwhile = maskOnly.operations
    decision.operations = decision.masksMeanwhile + [update]
    decision.note = "\(item.key) could not be moved in Exchange and was put back in the PSA."
    return decision
  }

  /// What is written to one side: at once, or the content alone and first where a refused time must
  /// not keep it back, for it takes detail away or was refused together with a time before.
  private func parts<Time>(
    _ time: Time?,
    _ fields: Set<ContentField>,
    of side: Side
  ) -> [(Time?, Set<ContentField>)] {
    switch (time, fields.isEmpty) {
    case (nil, true): return []
    case (nil, false), (.some, true): return [(time, fields)]
    case (.some, false):
      let isApart = mask == .masked || link.refusals.contains { $0.side == side }
      return isApart ? [(nil, fields), (time, Set())] : [(time, fields)]
    }
  }

  /// Only what takes detail away; everything else waits.
  var maskOnly: Decision { masking(link) }

  /// Held for a person, and masked all the same.
  func held(_ reason: LinkReason) -> Decision {
    var waiting = link
    waiting.enter(.held, reason, input.run)
    var decision = masking(waiting)
    decision.hold = reason
    return decision
  }

  private func masking(_ link: Link) -> Decision {
    var decision = Decision(link: link)
    guard link.origin == .exchange, mask == .masked, !fields.isEmpty else { return decision }
    var after = settled(link)
    setContent(&after)
    decision.operations = [updatePSA(after, nil, fields)]
    return decision
  }

  private func updatePSA(_ after: Link, _ span: Span?, _ fields: Set<ContentField>) -> Operation {
    Operation(
      link: after,
      side: .psa,
      action: .update(
        UpdateOrder(
          when: span.map { .timed(start: $0.start, end: $0.end, zone: nil) },
          zone: nil,
          turnsAllDay: false,
          fields: fields,
          mask: mask,
          isMasking: mask == .masked && !fields.isEmpty,
          expectedVersion: other.modified.description,
          expectedSpan: other.span,
          sourceVersion: item.changeKey.rawValue,
          isReassertion: isReassertion
        )
      ),
      reason: reason(span != nil, fields, from: "Exchange"),
      seen: item.id
    )
  }

  private func updateExchange(
    _ after: Link,
    _ time: (when: When, zone: ZoneName?)?,
    _ fields: Set<ContentField>
  ) -> Operation {
    Operation(
      link: after,
      side: .exchange,
      action: .update(
        UpdateOrder(
          when: time?.when,
          zone: time?.zone,
          turnsAllDay: time.map { $0.when.isAllDay != item.when.isAllDay } ?? false,
          fields: fields,
          mask: .none,
          isMasking: false,
          expectedVersion: item.changeKey.rawValue,
          expectedSpan: nil,
          sourceVersion: other.modified.description,
          isReassertion: isReassertion
        )
      ),
      reason: reason(time != nil, fields, from: "the PSA"),
      seen: item.id
    )
  }

  /// By these words of a reason the journal tells who lost.
  static let clash = "; both sides moved it"
  static let putBack = ", put back"

  private func reason(_ hasTime: Bool, _ fields: Set<ContentField>, from side: String) -> String {
    if mask == .masked, !fields.isEmpty {
      return item.sensitivity == .normal
        ? "the settings let the PSA have no detail: it is taken away"
        : "it is private in Exchange: detail is taken away"
    }
    var changed: [String] = []
    var differing: [String] = []
    // Adoption leaves bases open: then nobody can tell any more which side changed.
    if hasTime { link.base.span == nil ? differing.append("time") : changed.append("time") }
    let names = fields.map(\.rawValue).sorted()
    if link.base.sent == nil { differing += names } else { changed += names }
    var parts: [String] = []
    if !changed.isEmpty {
      let isOfTime = hasTime && link.base.span != nil
      let clash = if isOfTime, case .conflict = time { Comparison.clash } else { "" }
      var isBack = !fields.isEmpty && fields.isSubset(of: takenBack)
      if isOfTime, case .reassert = time { isBack = true }
      let other = side == "Exchange" ? "the PSA" : "Exchange"
      let place = isBack ? other + Comparison.putBack : side
      parts.append(changed.joined(separator: ", ") + " changed in " + place + clash)
    }
    if !differing.isEmpty {
      parts.append(
        differing.joined(separator: ", ") + (differing.count == 1 ? " differs" : " differ")
          + ", and what was last in step is not known any more: \(side) decides"
      )
    }
    return parts.joined(separator: "; ")
  }
}
