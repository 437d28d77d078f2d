import SyncModel
import SyncPlan

/// Contacts of both sides as one run has read them.
struct ContactView {
  let began: Instant
  var positions: ContactPositions
  var scope = ContactScope(companies: [], contacts: [])
  var exchangeCoverage: Coverage?
  var psaCoverage: Coverage?
  /// Every contact of the PSA was asked for anew.
  var isListed = false

  var isWhole: Bool {
    exchangeCoverage?.isComplete == true && psaCoverage?.isComplete == true
  }
}

extension Cycle {
  private static let overlap: Int64 = 300
  /// How many items that could not be read a run asks for once more.
  private static let contactRetries = 50

  /// Reads what moved on both sides into the mirror.
  func gatherContacts(
    _ ports: ContactPorts,
    _ rules: ContactRules,
    _ run: inout Run
  ) async throws -> ContactView {
    surroundings.progress(.step("Reading contacts"))
    var view = ContactView(
      began: surroundings.now(),
      positions: try await cache.contactPositions()
    )
    // Until this run has done all, the next one reads again.
    try await keepSettled(nil, &view.positions)
    if view.positions.folderName != rules.folder || view.positions.folder == nil {
      try await forgetFolder(&view)
    }
    run.contactsPlace = try await ports.folder.contactsPlace(
      named: rules.folder,
      known: view.positions.folder
    )
    if let place = run.contactsPlace, !place.canWrite {
      throw StopFailure(
        "The account may read the contacts folder of \(run.folder.mailbox) but not write to it. "
          + "Give it the rights of an editor, or switch contacts off."
      )
    }
    if let place = run.contactsPlace, place.id != view.positions.folder {
      try await forgetFolder(&view)
      view.positions.folder = place.id
    }
    view.positions.folderName = rules.folder
    try await gatherExchange(ports, &view, run)
    try await gatherPSA(ports, &view, run)
    return view
  }

  func keepSettled(_ readAt: Instant?, _ positions: inout ContactPositions) async throws {
    guard positions.settledAt != readAt else { return }
    positions.settledAt = readAt
    var harvest = ContactHarvest()
    harvest.positions = positions
    try await cache.keep(harvest)
  }

  /// Another folder than before: nothing that was read of the old one counts.
  private func forgetFolder(_ view: inout ContactView) async throws {
    view.positions.folder = nil
    view.positions.syncState = nil
    view.positions.exchangeIsWhole = false
    view.positions.enumerationsOwed = 0
    var harvest = ContactHarvest()
    harvest.exchangeGone = try await cache.exchangeContacts().map(\.id)
    harvest.positions = view.positions
    try await cache.keep(harvest)
  }

  // MARK: Exchange

  private func gatherExchange(
    _ ports: ContactPorts,
    _ view: inout ContactView,
    _ run: Run
  ) async throws {
    let began = surroundings.now()
    guard let place = run.contactsPlace else {
      // A folder of our own that is not there holds nothing.
      var harvest = ContactHarvest()
      harvest.exchangeGone = try await cache.exchangeContacts().map(\.id)
      (view.positions.syncState, view.positions.exchangeIsWhole) = (nil, false)
      harvest.positions = view.positions
      try await cache.keep(harvest)
      view.exchangeCoverage = coverage(.exchange, run, view, began, isComplete: true, count: 0)
      return
    }
    let enumerates =
      run.isFull || !view.positions.exchangeIsWhole || view.positions.enumerationsOwed > 0
    var state = enumerates ? nil : view.positions.syncState
    var seen: Set<ExchangeItemID>? = state == nil ? [] : nil
    let before = Set(try await cache.exchangeContacts().map(\.id))
    var isLast = false
    var pages = PageCount()
    repeat {
      try Task.checkCancellation()
      switch try await ports.folder.changes(since: state, in: place.id) {
      case .stateRefused:
        guard state != nil else {
          throw StopFailure(
            "Exchange refuses to list the contacts from their beginning.",
            remedy: .retry(after: .seconds(300))
          )
        }
        // What this enumeration lacks is believed only when the next one lacks it too.
        view.positions.enumerationsOwed = 2
        (state, seen) = (nil, [])
      case .page(let page):
        try pages.note(page)
        try await keep(page, ports, &view, run)
        seen?.formUnion(page.present.map(\.id))
        seen?.subtract(page.gone)
        state = page.next
        isLast = page.isLast
      }
    } while !isLast
    try await retryUnread(ports, run)
    try await closeExchange(ports, place, &view, run, began, seen: seen, before: before)
  }

  private func keep(
    _ page: ExchangeChanges,
    _ ports: ContactPorts,
    _ view: inout ContactView,
    _ run: Run
  ) async throws {
    var known: [ExchangeItemID: ChangeKey] = [:]
    for row in try await cache.exchangeContacts(Set(page.present.map(\.id))) {
      known[row.id] = row.changeKey
    }
    let wanted = page.present.filter { known[$0.id] != $0.changeKey }
    var harvest = ContactHarvest()
    harvest.exchange = try await read(wanted, ports, run)
    harvest.exchangeGone = page.gone
    view.positions.syncState = page.next
    harvest.positions = view.positions
    try await cache.keep(harvest)
  }

  private func read(
    _ items: [ExchangeChanges.Moved],
    _ ports: ContactPorts,
    _ run: Run
  ) async throws -> [MirroredContact] {
    guard !items.isEmpty else { return [] }
    return zip(items, try await ports.folder.contacts(items.map(\.id))).map { item, reading in
      switch reading {
      case .found(let contact): mirrored(contact, run)
      case .missing:
        MirroredContact(id: item.id, changeKey: item.changeKey, unread: ToCheck.notFound)
      case .unreadable(let why):
        MirroredContact(id: item.id, changeKey: item.changeKey, unread: why)
      }
    }
  }

  func mirrored(_ contact: ExchangeContact, _ run: Run) -> MirroredContact {
    let fact = ExchangeContactFact(
      contact,
      tenant: run.desk.tenant,
      surroundings.fingerprinter
    )
    return MirroredContact(
      id: contact.id,
      changeKey: contact.changeKey,
      contact: fact == nil ? nil : contact
    )
  }

  private func retryUnread(_ ports: ContactPorts, _ run: Run) async throws {
    let unread = try await cache.exchangeContacts().filter { row in
      row.unread.map { !$0.hasPrefix(ToCheck.noContact) } ?? false
    }
    guard !unread.isEmpty else { return }
    let items = unread.prefix(Cycle.contactRetries).map {
      ExchangeChanges.Moved(id: $0.id, changeKey: $0.changeKey)
    }
    var harvest = ContactHarvest()
    harvest.exchange = try await read(items, ports, run)
    try await cache.keep(harvest)
  }

  /// Compares what was read with what the folder says it holds, and drops what a listing lacks.
  private func closeExchange(
    _ ports: ContactPorts,
    _ place: ContactsPlace,
    _ view: inout ContactView,
    _ run: Run,
    _ began: Instant,
    seen: Set<ExchangeItemID>?,
    before: Set<ExchangeItemID>
  ) async throws {
    let mirrored = try await cache.exchangeContacts().map(\.id)
    let count = seen?.count ?? mirrored.count
    var isWhole = count == place.itemCount
    if !isWhole {
      let again = try await ports.folder.contactsPlace(
        named: view.positions.folderName,
        known: place.id
      )
      isWhole = again?.itemCount == count
    }
    // Two enumerations that list the very same items are believed over a folder's own count.
    if !isWhole, let seen, !seen.isEmpty { isWhole = seen == before }
    var harvest = ContactHarvest()
    if let seen, isWhole { harvest.exchangeGone = mirrored.filter { !seen.contains($0) } }
    view.positions.exchangeIsWhole = isWhole
    if seen != nil, isWhole, view.positions.enumerationsOwed > 0 {
      view.positions.enumerationsOwed -= 1
    }
    let isComplete = isWhole && view.positions.enumerationsOwed == 0
    let coverage = coverage(.exchange, run, view, began, isComplete: isComplete, count: count)
    view.exchangeCoverage = coverage
    if !isComplete || seen != nil { harvest.coverage = [coverage] }
    harvest.positions = view.positions
    try await cache.keep(harvest)
  }

  // MARK: PSA

  private func gatherPSA(
    _ ports: ContactPorts,
    _ view: inout ContactView,
    _ run: Run
  ) async throws {
    let began = surroundings.now()
    view.scope = try await ports.psa.contactScope()
    let isFresh = view.positions.listedAt?.isWithin(seconds: Instant.day, before: began) ?? false
    view.isListed = run.isFull || !isFresh
    let since = view.isListed ? nil : view.positions.watermark?.advanced(bySeconds: -Cycle.overlap)
    var newest = view.positions.watermark
    var isNew = false
    var read: [ContactQuery: Set<PSAID>] = [:]
    let known = Set(try await cache.psaContacts())
    for query in view.scope.queries(modifiedSince: since) {
      var token: PageToken?
      var seen: Set<PSAID> = []
      repeat {
        try Task.checkCancellation()
        let page = try await ports.psa.page(of: query, continuing: token)
        var harvest = ContactHarvest()
        harvest.psa = page.contacts.filter { !known.contains($0) }
        isNew = isNew || !harvest.psa.isEmpty
        if !harvest.psa.isEmpty { try await cache.keep(harvest) }
        seen.formUnion(page.contacts.map(\.id))
        for contact in page.contacts { newest = max(newest ?? contact.modified, contact.modified) }
        token = page.next
      } while token != nil
      read[query] = seen
    }
    let isWhole = try await reconcile(ports, &view)
    // A listing cut short would move the watermark past what it left out.
    var isUncut = isWhole
    if isNew || view.isListed {
      for query in view.scope.queries(modifiedSince: since) where isUncut {
        isUncut = try await ports.psa.count(of: query) <= read[query]?.count ?? 0
      }
    }
    if isUncut { view.positions.watermark = newest }
    if isUncut, view.isListed { view.positions.listedAt = began }
    view.positions.scope = isWhole ? view.scope : nil
    let count = try await cache.psaContacts().count
    let coverage = coverage(.psa, run, view, began, isComplete: isWhole, count: count)
    view.psaCoverage = coverage
    var harvest = ContactHarvest()
    if !isWhole || view.isListed { harvest.coverage = [coverage] }
    harvest.positions = view.positions
    try await cache.keep(harvest)
  }

  /// Makes the mirror what the scope says; ids are asked for only where the counts differ or the
  /// scope is another one.
  private func reconcile(_ ports: ContactPorts, _ view: inout ContactView) async throws -> Bool {
    let mirrored = try await cache.psaContacts()
    var harvest = ContactHarvest()
    let scope = view.scope
    harvest.psaGone = mirrored.filter { !$0.isActive || !scope.names($0) }.map(\.id)
    let isOther = view.positions.scope != scope || view.isListed
    for query in scope.queries() {
      let there = Set(mirrored.filter { query.covers($0) }.map(\.id))
      let count = try await ports.psa.count(of: query)
      if count == there.count, !isOther { continue }
      let actual = try await ports.psa.identities(of: query)
      guard actual.count == count else { return false }
      harvest.psaGone += there.subtracting(actual).sorted()
      let new = actual.filter { !there.contains($0) }
      if new.isEmpty { continue }
      harvest.psa += try await ports.psa.contacts(new).compactMap(\.self).filter {
        query.covers($0)
      }
    }
    // What one query lacks another one may have read.
    let read = Set(harvest.psa.map(\.id))
    harvest.psaGone.removeAll { read.contains($0) }
    try await cache.keep(harvest)
    return true
  }

  private func coverage(
    _ side: Side,
    _ run: Run,
    _ view: ContactView,
    _ began: Instant,
    isComplete: Bool,
    count: Int
  ) -> Coverage {
    Coverage(
      run: run.number,
      side: side,
      kind: .contact,
      mailbox: run.folder.mailbox,
      folder: side == .exchange ? view.positions.folder : nil,
      endingFrom: nil,
      ids: nil,
      settings: installation.settingsDigest,
      epoch: run.positions.epoch,
      began: began,
      ended: surroundings.now(),
      isComplete: isComplete,
      count: count
    )
  }
}

extension ToCheck {
  /// Begins the reason of items of another class, which are never read again.
  package static let noContact = "not a contact: "
}
