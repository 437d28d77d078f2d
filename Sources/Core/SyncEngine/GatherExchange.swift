import SyncModel
import SyncPlan

extension Cycle {
  /// How many items that could not be read a run asks for once more.
  private static let retries = 50

  /// Reads what moved on both sides into the mirror.
  func gather(_ run: inout Run, full: Bool) async throws {
    run.isFull = run.isFull || full
    try await gatherZone(&run)
    // What was made after a listing and moved before the next is told by neither: a count that does
    // not fit is answered by a whole one at once.
    let wasWhole = try await gatherExchange(&run)
    if !wasWhole, !run.positions.exchangeIsWhole { _ = try await gatherExchange(&run) }
    try await gatherPSA(&run)
  }

  /// The person's own zone: on the first run, with a full one and once a day (`rules.md` 6).
  private func gatherZone(_ run: inout Run) async throws {
    let now = surroundings.now()
    let isFresh = run.positions.zoneReadAt?.isWithin(seconds: Instant.day, before: now) ?? false
    if !isFresh || run.isFull {
      run.positions.personalZone = try await mailbox.personalZone()
      run.positions.zoneReadAt = now
    }
    run.zone = run.positions.personalZone ?? installation.rules.zone
  }

  /// True where it was read from its beginning.
  private func gatherExchange(_ run: inout Run) async throws -> Bool {
    let began = surroundings.now()
    let enumerates =
      run.isFull || !run.positions.exchangeIsWhole || run.positions.enumerationsOwed > 0
    var state = enumerates ? nil : run.positions.syncState
    var seen: Set<ExchangeItemID>? = state == nil ? [] : nil
    let before = enumerates ? try await listed() : []
    var done = 0
    var pages = PageCount()
    surroundings.progress(.step("Reading the Exchange calendar"))
    while true {
      try Task.checkCancellation()
      switch try await mailbox.changes(since: state, in: run.folder.id) {
      case .stateRefused:
        guard state != nil else {
          throw StopFailure(
            "Exchange refuses to list the calendar from its beginning.",
            remedy: .retry(after: .seconds(300))
          )
        }
        // What this enumeration lacks is believed only when the next one lacks it too.
        run.positions.enumerationsOwed = 2
        run.lastPageWasLast = false
        state = nil
        seen = []
      case .page(let page):
        try pages.note(page)
        try await keep(page, &run)
        seen?.formUnion(page.present.map(\.id))
        seen?.subtract(page.gone)
        state = page.next
        done += page.present.count + page.gone.count
        if done > 0 {
          let total = seen == nil ? nil : run.folder.itemCount
          surroundings.progress(.counted("Exchange items read", done: done, of: total))
        }
      }
      if state != nil, run.lastPageWasLast { break }
    }
    try await retryUnread(&run)
    try await closeExchange(&run, began: began, seen: seen, before: before)
    return seen != nil
  }

  /// Every id that the cache knows in the folder, read or not.
  private func listed() async throws -> Set<ExchangeItemID> {
    Set(try await cache.exchangeFacts().map(\.id) + unreadInExchange())
  }

  private func unreadInExchange() async throws -> [ExchangeItemID] {
    try await cache.toCheck().filter { $0.key.side == .exchange }
      .map { ExchangeItemID($0.key.id) }
  }

  /// Fetches what the page names and keeps it together with the page's sync state.
  private func keep(_ page: ExchangeChanges, _ run: inout Run) async throws {
    let known = try await cache.exchangeItems(page.present.map(\.id))
    let wanted = page.present.filter { known[$0.id]?.changeKey != $0.changeKey }.map(\.id)
    var harvest = Harvest()
    try await read(wanted, &harvest, run)
    harvest.exchangeGone += page.gone
    harvest.checked += page.gone.map {
      ItemKey(side: .exchange, kind: .appointment, id: $0.rawValue)
    }
    run.positions.syncState = page.next
    run.lastPageWasLast = page.isLast
    harvest.positions = run.positions
    try await cache.keep(harvest)
  }

  /// Reads items into the harvest, series with their changed dates.
  func read(_ ids: [ExchangeItemID], _ harvest: inout Harvest, _ run: Run) async throws {
    guard !ids.isEmpty else { return }
    let readings = try await mailbox.items(ids, in: run.folder.id)
    var masterOf: [ExchangeItemID: ExchangeItem] = [:]
    var changed: [ExchangeItemID] = []
    for case .found(let item) in readings {
      for exception in item.exceptions {
        masterOf[exception.id] = item
        changed.append(exception.id)
      }
    }
    var dates: [ExchangeItemID: [ExchangeItem]] = [:]
    var unread: Set<ExchangeItemID> = []
    if !changed.isEmpty {
      for (id, reading) in zip(changed, try await mailbox.items(changed, in: run.folder.id)) {
        guard let master = masterOf[id] else { continue }
        guard case .found(var item) = reading else {
          unread.insert(master.id)
          continue
        }
        item.master = master.id
        item.sensitivity = item.sensitivity.stricter(master.sensitivity)
        dates[master.id, default: []].append(item)
      }
    }
    for (id, reading) in zip(ids, readings) {
      let key = ItemKey(side: .exchange, kind: .appointment, id: id.rawValue)
      if unread.contains(id) {
        let reason = "one of its changed dates could not be read"
        harvest.toCheck.append(ToCheck(key: key, since: run.number, reason: reason))
        // A series that turned private is masked all the same.
        if case .found(let item) = reading {
          harvest.exchange.append(MirroredExchange(item: item, fact: run.maker.fact(of: item)))
        }
      } else {
        sort(reading, key, &harvest, run)
        for item in dates[id] ?? [] {
          harvest.exchange.append(MirroredExchange(item: item, fact: run.maker.fact(of: item)))
        }
      }
    }
  }

  private func sort(
    _ reading: ItemReading,
    _ key: ItemKey,
    _ harvest: inout Harvest,
    _ run: Run
  ) {
    switch reading {
    case .found(let item):
      harvest.exchange.append(MirroredExchange(item: item, fact: run.maker.fact(of: item)))
      harvest.checked.append(key)
    case .missing:
      harvest.toCheck.append(ToCheck(key: key, since: run.number, reason: ToCheck.notFound))
    case .foreign(let itemClass):
      harvest.toCheck.append(
        ToCheck(key: key, since: run.number, reason: ToCheck.foreign + itemClass)
      )
    case .unreadable(let why):
      harvest.toCheck.append(ToCheck(key: key, since: run.number, reason: why))
    }
  }

  /// Reads once more what could not be read before, by turns; what is not there any more needs no
  /// check.
  private func retryUnread(_ run: inout Run) async throws {
    let unread = try await cache.toCheck().filter {
      $0.key.side == .exchange && !$0.reason.hasPrefix(ToCheck.foreign) && $0.tried != run.number
    }
    let ids = unread.prefix(Cycle.retries).map { ExchangeItemID($0.key.id) }
    guard !ids.isEmpty else { return }
    var harvest = Harvest()
    try await read(Array(ids), &harvest, run)
    // What is not there any more needs no check.
    harvest.checked += harvest.toCheck.filter { $0.reason == ToCheck.notFound }.map(\.key)
    harvest.toCheck.removeAll { $0.reason == ToCheck.notFound }
    try await cache.keep(harvest)
  }

  /// Compares what was read with what the folder says it holds, and drops what a listing lacks.
  private func closeExchange(
    _ run: inout Run,
    began: Instant,
    seen: Set<ExchangeItemID>?,
    before: Set<ExchangeItemID>
  ) async throws {
    var harvest = Harvest()
    if let seen {
      let mirrored = try await cache.exchangeFacts().map(\.id)
      harvest.exchangeGone = mirrored.filter { !seen.contains($0) }
      let unread = try await cache.toCheck().filter { $0.key.side == .exchange }
      harvest.checked = unread.map(\.key).filter { !seen.contains(ExchangeItemID($0.id)) }
    }
    var count = seen?.count ?? 0
    if seen == nil {
      // A known item that can no longer be read is in both.
      let unread = try await unreadInExchange()
      count = try await cache.exchangeCount() + unread.count
      count -= try await cache.exchangeItems(unread).count
    }
    var isWhole = count == run.folder.itemCount
    if !isWhole { isWhole = try await mailbox.open().itemCount == count }
    // Two enumerations that list the very same items are believed over a folder's own count.
    if !isWhole, let seen, !seen.isEmpty { isWhole = seen == before }
    if !isWhole {
      // Something was listed short or changed meanwhile: nothing counts as absent in this run.
      harvest.exchangeGone = []
      harvest.checked = []
    }
    run.positions.exchangeIsWhole = isWhole
    if seen != nil, isWhole, run.positions.enumerationsOwed > 0 {
      run.positions.enumerationsOwed -= 1
    }
    // Also where the run that owed the first one broke off.
    if run.positions.enumerationsOwed > 0 { run.mode.mayDelete = false }
    let coverage = Coverage(
      run: run.number,
      side: .exchange,
      kind: .appointment,
      mailbox: run.folder.mailbox,
      folder: run.folder.id,
      endingFrom: nil,
      ids: nil,
      settings: installation.settingsDigest,
      epoch: run.positions.epoch,
      began: began,
      ended: surroundings.now(),
      isComplete: isWhole,
      count: count
    )
    run.exchangeCoverage = coverage
    if !isWhole || seen != nil { harvest.coverage = [coverage] }
    harvest.positions = run.positions
    try await cache.keep(harvest)
  }
}

extension ToCheck {
  /// Begins the reason of items of another class, which are never read again.
  static let foreign = "not a calendar item: "
  static let notFound = "listed, but not found"
}
