package import SyncModel

/// A series with its dates around the window, as the plan sees it (`rules.md` 5).
package struct SeriesFacts: Hashable, Sendable {
  /// The master, or the item that a series has become a single one of.
  package let master: ExchangeFact
  /// Where its days are; nil where only Exchange could expand it.
  package let zone: ZoneName?
  /// One for each date that takes place, ordered by original date.
  package let dates: [ExchangeFact]
  /// Every day that the pattern yields within `covers`, those that were deleted too.
  package let pattern: Set<LocalDate>
  /// The original dates about which it speaks; other ones may or may not take place.
  package let covers: ClosedRange<LocalDate>

  package init(
    master: ExchangeFact,
    zone: ZoneName?,
    dates: [ExchangeFact],
    pattern: Set<LocalDate>,
    covers: ClosedRange<LocalDate>
  ) {
    self.master = master
    self.zone = zone
    self.dates = dates
    self.pattern = pattern
    self.covers = covers
  }

  /// True when it is known that nothing takes place for this original date.
  func lacks(_ date: LocalDate) -> Bool {
    covers.contains(date) && !dates.contains { $0.originalDate == date }
  }
}

/// The dates of one series beside the links that know it, bound to each other (`rules.md` 5).
struct SeriesBinding {
  private(set) var bound: [LinkID: ExchangeFact] = [:]
  /// Links whose original date becomes another one.
  private(set) var moved: [LinkID: LocalDate] = [:]
  /// Dates that no link knows.
  private(set) var fresh: [ExchangeFact] = []

  /// `links` know the series already; those without an original date knew it as a single item.
  init(_ series: SeriesFacts, links: [Link], _ clock: ZoneClock) {
    var open: [LocalDate: ExchangeFact] = [:]
    for fact in series.dates { if let date = fact.originalDate { open[date] = fact } }
    var unbound: [Link] = []
    for link in links {
      let date = link.exchange?.originalDate ?? SeriesBinding.day(of: link, series.zone, clock)
      guard let date, let fact = open.removeValue(forKey: date) else {
        unbound.append(link)
        continue
      }
      bind(link, fact)
    }
    // A day that the pattern still yields was deleted by somebody; one that it does not yield any
    // more went with a change of the rule, and the dates of the new rule take its place in order.
    let replaced = unbound.filter { link in
      guard link.state == .linked else { return false }
      guard let date = link.exchange?.originalDate else { return true }
      return series.covers.contains(date) && !series.pattern.contains(date)
    }
    let left = open.values.sorted { SeriesBinding.precedes($0, $1) }
    for (link, fact) in zip(replaced.sorted(by: SeriesBinding.isEarlier), left) { bind(link, fact) }
    fresh = Array(left.dropFirst(replaced.count))
  }

  private mutating func bind(_ link: Link, _ fact: ExchangeFact) {
    bound[link.id] = fact
    if let date = fact.originalDate, link.exchange?.originalDate != date { moved[link.id] = date }
  }

  /// The day in the series' zone on which a link that knew a single item last lay.
  static func day(of link: Link, _ zone: ZoneName?, _ clock: ZoneClock) -> LocalDate? {
    if let days = link.base.allDay { return days.first }
    guard let span = link.base.span else { return nil }
    return clock.local(span.start, zone ?? .utc)?.date
  }

  private static func precedes(_ left: ExchangeFact, _ right: ExchangeFact) -> Bool {
    guard let one = left.originalDate, let other = right.originalDate else { return false }
    return one < other
  }

  private static func isEarlier(_ left: Link, _ right: Link) -> Bool {
    (left.exchange?.originalDate?.daysSince1970 ?? .min, left.id)
      < (right.exchange?.originalDate?.daysSince1970 ?? .min, right.id)
  }
}
