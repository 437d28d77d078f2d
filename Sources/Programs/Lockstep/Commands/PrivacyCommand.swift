import ArgumentParser
import Console
import ICalendar
import Store
import SyncEngine
import SyncModel
import SyncPlan

struct PrivacyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "privacy",
    abstract: "Shows exactly what the other side gets of one item, and what it does not.",
    discussion: """
      $ lockstep privacy 'Visit to the dentist'
      $ lockstep privacy 12 --json

      Asks neither side: it reads the calendars as last read. Of a masked item it prints no word \
      that the other side does not get.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The item: its id on either side, the number of its link, or its whole title.")
  var item: String

  func run() async throws {
    try await conclude(common.invocation) {
      let wiring = try Wiring(settings: common.config)
      let cache = try wiring.cache(readOnly: true)
      let subject = try await Subject.meant(by: item, in: cache)
      let desk = Disclosing(
        input: try await wiring.planInput(in: cache),
        series: SeriesCalendar(zones: wiring.zones),
        days: try await wiring.wholeDays(in: cache)
      )
      try view.output.show(
        PrivacyView(try await desk.disclosures(of: subject, in: cache), subject.link)
      )
      return .done
    }
  }
}

/// Finds what the other side gets of an item, date by date where it is a series.
struct Disclosing: Sendable {
  let input: PlanInput
  let series: SeriesCalendar
  let days: WholeDays

  func disclosures(of subject: Subject, in cache: SQLiteCache) async throws -> [Disclosed] {
    let isMadeInPSA = subject.link.map { $0.origin == .psa } ?? (subject.exchange == nil)
    guard !isMadeInPSA, let item = subject.exchange else {
      guard let psa = subject.psa else { throw Disclosing.unread }
      return [disclosed(psa, subject.exchange)]
    }
    if let id = item.master, let master = try await cache.exchangeItems([id])[id] {
      return [try date(item, originalDate(of: item, master), of: master, nil, nil)]
    }
    guard item.role == .master else { return [single(item, subject.link, subject.psa)] }
    let changed = try await cache.changedDates(of: item.id)
    if let date = subject.link?.exchange?.originalDate {
      let own = changed.first { originalDate(of: $0, item) == date }
      return [try self.date(own ?? item, date, of: item, subject.link, subject.psa)]
    }
    let whole = single(item, nil, nil)
    // Dates of which something else is told than of their series.
    let others = try changed.map { try date($0, originalDate(of: $0, item), of: item, nil, nil) }
      .filter { $0.disclosure.differsInWords(from: whole.disclosure) }
    return [whole] + others
  }

  private func disclosed(_ item: PSAItem, _ copy: ExchangeItem?) -> Disclosed {
    let disclosure = Disclosure(of: item, rules: input.rules, now: input.now)
    return Disclosed(
      id: item.id.description,
      when: days.read(.timed(start: item.start, end: item.end, zone: nil)),
      disclosure: disclosure,
      isThere: copy.map {
        $0.title.normalised == disclosure.title && $0.text.normalised == disclosure.text.normalised
          && $0.place.normalised == disclosure.place
      }
    )
  }

  private func single(_ item: ExchangeItem, _ link: Link?, _ copy: PSAItem?) -> Disclosed {
    let fact = input.facts.fact(of: item)
    let isSeries = item.role == .master
    return disclosed(
      item,
      Disclosure(
        of: item,
        fact,
        span: isSeries ? nil : item.when.span(in: input.zone, input.clock),
        reference: isSeries ? nil : link?.reference ?? fact.reference,
        rules: input.rules,
        now: input.now
      ),
      item.when,
      copy
    )
  }

  private func date(
    _ item: ExchangeItem,
    _ date: LocalDate?,
    of master: ExchangeItem,
    _ link: Link?,
    _ copy: PSAItem?
  ) throws -> Disclosed {
    let when = try when(of: item, date, master, link)
    let fact =
      date.map {
        input.facts.fact(of: item, on: $0, when: when, in: master)
      } ?? input.facts.fact(of: item)
    return disclosed(
      item,
      Disclosure(
        of: item,
        fact,
        series: master.sensitivity,
        span: when.span(in: input.zone, input.clock),
        reference: link?.reference ?? fact.reference,
        rules: input.rules,
        now: input.now
      ),
      when,
      copy,
      originalDate: date
    )
  }

  private func disclosed(
    _ item: ExchangeItem,
    _ disclosure: Disclosure,
    _ when: When,
    _ copy: PSAItem?,
    originalDate: LocalDate? = nil
  ) -> Disclosed {
    Disclosed(
      id: item.id.rawValue,
      when: when,
      disclosure: disclosure,
      isSeries: item.role == .master && originalDate == nil,
      originalDate: originalDate,
      isThere: copy.map {
        $0.title.normalised == disclosure.title && $0.text.normalised == disclosure.text
      }
    )
  }

  /// When a date takes place: its own time, else the pattern's, else when it was last sent.
  private func when(
    of item: ExchangeItem,
    _ date: LocalDate?,
    _ master: ExchangeItem,
    _ link: Link?
  ) throws -> When {
    guard item.id == master.id, let date else { return item.when }
    let zone = series.zone(of: master) ?? .utc
    if let day = input.clock.midnight(of: date, in: zone),
      case .dates(let dates) = try series.expansion(
        of: master,
        from: day.advanced(byDays: -1),
        until: day.advanced(byDays: 2)
      ), let found = dates.first(where: { $0.originalDate == date })
    {
      return found.when
    }
    return link?.base.span.map { .timed(start: $0.start, end: $0.end, zone: nil) } ?? item.when
  }

  private func originalDate(of item: ExchangeItem, _ master: ExchangeItem) -> LocalDate? {
    item.originalStart.flatMap { series.originalDate(of: $0, in: master) }
  }

  private static let unread = StopFailure(
    "This item is not mirrored, so nothing tells what the other side gets. Run 'lockstep sync'."
  )
}

extension Disclosure {
  fileprivate func differsInWords(from other: Disclosure) -> Bool {
    (title, Reference.split(text).text, grounds, withheld, barrier)
      != (
        other.title, Reference.split(other.text).text, other.grounds, other.withheld, other.barrier
      )
  }
}
