import SyncModel
import SyncPlan

extension Cycle {
  /// Looks up what became of every journaled write without a result; writes to neither side.
  ///
  /// What was not done is dropped and planned afresh (`design.md` 3).
  func recover(_ run: inout Run) async throws {
    let open = try await cache.unsettled()
    guard !open.isEmpty else { return }
    surroundings.progress(.step("Looking up \(open.count) writes of an interrupted run"))
    var links: [LinkID: Link] = [:]
    for link in try await cache.links() { links[link.id] = link }
    for entry in open {
      let intent = entry.intent
      if intent.kind == .contact {
        try await recoverContact(entry, links[intent.link])
        continue
      }
      let outcome: Settlement =
        switch intent.side {
        case .exchange: try await recoverInExchange(entry, links[intent.link], run)
        case .psa: try await recoverInPSA(entry, links[intent.link], run)
        }
      try await cache.settle([outcome])
      if let link = outcome.link { links[link.id] = link }
    }
  }

  private func recoverInExchange(
    _ entry: JournalEntry,
    _ link: Link?,
    _ run: Run
  ) async throws -> Settlement {
    let intent = entry.intent
    if intent.verb == .create {
      guard let stamp = intent.idempotencyKey.flatMap({ Stamp($0) }) else { return dropped(intent) }
      guard let item = try await made(by: stamp, run) else { return dropped(intent) }
      var link = link
      link?.stamp = stamp
      // Where it was made: that it lies elsewhere now is for the plan to see.
      link?.exchange = ExchangeIdentity(
        folder: run.folder.id,
        item: item.id,
        cleanUID: item.cleanUID
      )
      return done(intent, item.id.rawValue, item.changeKey.rawValue, link)
    }
    guard let target = intent.target else { return dropped(intent) }
    if intent.verb == .restore { return try await recoverRestore(intent, link, run) }
    let reading = try await mailbox.items([ExchangeItemID(target)], in: run.folder.id).first
    switch (intent.verb, reading) {
    case (.delete, .missing?):
      return done(intent, target, nil, closed(link, intent))
    case (.delete, .found(let item)?) where item.folder != run.folder.id:
      return done(intent, target, nil, closed(link, intent))
    case (.update, .found(let item)?) where holds(item, intent.wanted):
      return done(intent, target, item.changeKey.rawValue, reopened(link, intent, isDone: true))
    default:
      return dropped(intent, entry.status == .sent ? reopened(link, intent, isDone: false) : nil)
    }
  }

  /// Moved back where an item with its stamp lies in the calendar again.
  private func recoverRestore(
    _ intent: Intent,
    _ link: Link?,
    _ run: Run
  ) async throws -> Settlement {
    guard let stamp = intent.idempotencyKey.flatMap({ Stamp($0) }),
      let item = try await made(by: stamp, run), item.folder == run.folder.id
    else { return dropped(intent) }
    var link = link
    link?.stamp = stamp
    link?.exchange = ExchangeIdentity(
      folder: run.folder.id,
      item: item.id,
      cleanUID: item.cleanUID
    )
    return done(intent, item.id.rawValue, item.changeKey.rawValue, link)
  }

  /// The item that was made with this stamp, wherever a person has put it; never a copy of it.
  private func made(by stamp: Stamp, _ run: Run) async throws -> ExchangeItem? {
    let traces = try await mailbox.traces(of: .stamp(stamp), calendar: run.folder.id)
    guard !traces.isEmpty else { return nil }
    let readings = try await mailbox.items(traces.map(\.id), in: run.folder.id)
    for place in [ItemPlace.calendar, .otherCalendar, .deleted] {
      let own = zip(traces, readings).compactMap { trace, reading -> ExchangeItem? in
        guard trace.place == place, case .found(let item) = reading else { return nil }
        return run.maker.fact(of: item).isStampOwn ? item : nil
      }
      if let item = own.first, own.count == 1 { return item }
      if !own.isEmpty { return nil }
    }
    return nil
  }

  private func recoverInPSA(
    _ entry: JournalEntry,
    _ link: Link?,
    _ run: Run
  ) async throws -> Settlement {
    let intent = entry.intent
    if intent.verb == .create {
      guard let letters = intent.idempotencyKey, let reference = Reference(letters: letters) else {
        return dropped(intent)
      }
      let above = PSAID((intent.highestBefore?.rawValue ?? 0) + 1)
      let query = PSAQuery(kind: intent.kind, ids: above...PSAID(Int64.max))
      var token: PageToken?
      var candidates: [PSAItem] = []
      var read = 0
      repeat {
        let page = try await psa.page(of: query, continuing: token)
        read += page.items.count
        candidates += page.items.filter { Reference.split($0.text).reference == reference }
        token = page.next
      } while token != nil
      // A listing cut short may hide what was made: nothing is decided on it.
      if candidates.isEmpty, try await psa.count(of: query) != read {
        throw StopFailure(
          "The PSA listed fewer appointments than it counts, so a write whose answer was lost "
            + "could not be looked up. Nothing was written; the next run looks again.",
          remedy: .retry(after: .seconds(60))
        )
      }
      guard let item = candidates.first, candidates.count == 1 else { return dropped(intent) }
      var link = link
      link?.psa = PSAIdentity(id: item.id, parent: item.parent)
      return done(intent, item.id.description, item.modified.description, link)
    }
    guard let id = intent.target.flatMap({ Int64($0) }) else { return dropped(intent) }
    let item = try await psa.items([PSAID(id)], of: intent.kind).first ?? nil
    switch (intent.verb, item) {
    case (.delete, nil):
      return done(intent, intent.target, nil, closed(link, intent))
    case (.update, let item?) where holds(item, intent.wanted),
      (.mask, let item?) where holds(item, intent.wanted):
      let version = item.modified.description
      return done(intent, intent.target, version, reopened(link, intent, isDone: true))
    default:
      return dropped(intent, entry.status == .sent ? reopened(link, intent, isDone: false) : nil)
    }
  }

  /// The base after a write that may have reached the side.
  ///
  /// Its content is compared with what is there, not with what was sent before: a write that was
  /// lost may have unmasked the item. A time that arrived is ours, no change of the side's.
  private func reopened(_ link: Link?, _ intent: Intent, isDone: Bool) -> Link? {
    guard var link, intent.verb == .update || intent.verb == .mask else { return nil }
    if intent.groups.contains(.content) { (link.base.sent, link.base.returned) = (nil, nil) }
    if isDone, let when = intent.wanted.when {
      link.base.span = when.span(in: intent.wanted.zone, surroundings.zones)
      if case .allDay(let first, let afterLast) = when, let zone = intent.wanted.zone {
        link.base.allDay = AllDayBase(first: first, afterLast: afterLast, zone: zone)
      } else if intent.side == .exchange {
        link.base.allDay = nil
      }
    }
    return link
  }

  /// A link whose excluded counterpart is gone is closed; one whose own item is gone ends later, and
  /// one of which a person had a half removed has been suppressed for it.
  private func closed(_ link: Link?, _ intent: Intent) -> Link? {
    guard var link, let ground = intent.proof?.ground else { return nil }
    if ground == .ordered {
      if intent.side == .psa { link.psa = nil } else { link.exchange = nil }
      return link
    }
    guard ground == .excluded else { return nil }
    link.state = .closed
    // The reason of a delete that closes a link is the sentence of the state it leads to.
    link.reason =
      LinkReason.allCases.first { $0.sentence == intent.reason }
      ?? (intent.side == .psa ? .excluded : .reassigned)
    link.stateRun = intent.run
    if intent.side == .psa { link.psa = nil } else { link.exchange = nil }
    return link
  }

  private func holds(_ item: ExchangeItem, _ wanted: ItemValues) -> Bool {
    (wanted.when.map { $0.isSameTime(as: item.when) } ?? true)
      && (wanted.title.map { $0.normalised == item.title.normalised } ?? true)
      && (wanted.text.map { $0.normalised == item.text.normalised } ?? true)
  }

  private func holds(_ item: PSAItem, _ wanted: ItemValues) -> Bool {
    let when = When.timed(start: item.start, end: item.end, zone: nil)
    return (wanted.when.map { $0.isSameTime(as: when) } ?? true)
      && (wanted.title.map { $0.normalised == item.title.normalised } ?? true)
      && (wanted.text.map { $0.normalised == item.text.normalised } ?? true)
  }

  func done(
    _ intent: Intent,
    _ id: String?,
    _ version: String?,
    _ link: Link?
  ) -> Settlement {
    Settlement(
      run: intent.run,
      sequence: intent.sequence,
      status: .done,
      resultID: id,
      resultVersion: version,
      note: "found done when it was looked up by a later run",
      link: link
    )
  }

  func dropped(_ intent: Intent, _ link: Link? = nil) -> Settlement {
    Settlement(
      run: intent.run,
      sequence: intent.sequence,
      status: .dropped,
      note: "not done when it was looked up by a later run; planned afresh",
      link: link
    )
  }
}
