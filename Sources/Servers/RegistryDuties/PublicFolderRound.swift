internal import RegistryAPI
package import RegistryStore
package import SyncEngine
package import SyncModel
internal import SyncPlan

/// Brings the public folder of all contacts in step with the PSA's active contacts, once.
///
/// The PSA decides: what somebody edits in the folder is put back, what somebody takes out stays out
/// until the contact itself changes. Nothing is taken out but by a `PublicContactRemoval`.
package struct PublicFolderRound: Sendable {
  package static let folderName = "PSA contacts"
  private static let overlap: Int64 = 300
  private static let batch = 50

  private let store: RegistryStore
  private let psa: any PSATenant
  private let folder: any PublicContacts
  private let mapping: ContactMapping
  private let fingerprinter: Fingerprinter
  private let clock: @Sendable () -> Instant
  /// Says that it goes on; throws where somebody else has taken over.
  private let alive: @Sendable () async throws -> Void

  package init(
    store: RegistryStore,
    psa: any PSATenant,
    folder: any PublicContacts,
    fingerprinter: Fingerprinter,
    clock: @escaping @Sendable () -> Instant,
    alive: @escaping @Sendable () async throws -> Void
  ) {
    self.store = store
    self.psa = psa
    self.folder = folder
    mapping = ContactMapping(ContactRules())
    self.fingerprinter = fingerprinter
    self.clock = clock
    self.alive = alive
  }

  /// What a round did.
  package struct Result: Hashable, Sendable {
    package var created = 0
    package var updated = 0
    package var removed = 0
    package var held = 0
    /// Why contacts were not written, each reason once.
    package var complaints: [String] = []

    package init() {}

    mutating func complain(_ words: String) {
      if !complaints.contains(words) { complaints.append(words) }
    }
  }

  package func run() async throws -> Result {
    var state = try await store.publicFolder()
    let tenant = try await psa.whereabouts().tenant
    try await readPSA(&state)
    let place = try await place(&state)
    let rows = try await store.publicContacts()
    let listing = stamped(try await folder.listing(of: place.id), rows, tenant)
    let plan = PublicContactPlan(rows: rows, listing: listing) { prints(of: $0) }
    var result = Result()
    if !plan.ambiguous.isEmpty {
      result.complain(
        "\(plan.ambiguous.count) contacts lie in the folder several times and are left alone."
      )
    }
    try await rememberFound(plan, rows)
    try await write(plan, rows, &result)
    try await create(plan.creates, rows, place.id, tenant, &result)
    let removals = try await removals(plan)
    if hold(plan.stir(removals), rows, &state, &result) {
      // Nothing that vanished is believed, and nothing vanishes.
    } else {
      try await suppress(plan, rows)
      try await create(plan.recreates, rows, place.id, tenant, &result)
      try await remove(removals, &result)
    }
    state.lookedAt = clock()
    state.complaint = result.complaints.first
    try await store.keep(state)
    return result
  }

  /// Items with our stamp; one that is known by its id is ours without it, too.
  private func stamped(
    _ listing: [PublicItem],
    _ rows: [PSAID: PublicContactRow],
    _ tenant: TenantID
  ) -> [PublicContactPlan.Stamped] {
    var known: [ExchangeItemID: PSAID] = [:]
    for (id, row) in rows { if let item = row.item { known[item] = id } }
    return listing.compactMap { item in
      var contact = known[item.id]
      if let stamp = item.stamp.flatMap({ Stamp($0) }), stamp.kind == .contact,
        stamp.tenant == tenant
      {
        contact = stamp.id
      }
      return contact.map {
        PublicContactPlan.Stamped(id: item.id, changeKey: item.changeKey, contact: $0)
      }
    }
  }

  private func prints(of contact: PSAContact) -> ContactPrints {
    ContactPrints(mapping.card(of: contact), fingerprinter)
  }

  // MARK: The PSA

  private func readPSA(_ state: inout PublicFolderState) async throws {
    let now = clock()
    let isFresh = state.listedAt?.isWithin(seconds: Instant.day, before: now) ?? false
    let since = isFresh ? state.watermark?.advanced(bySeconds: -Self.overlap) : nil
    var newest = state.watermark
    var read = 0
    var token: PageToken?
    repeat {
      try await alive()
      let query = TenantQuery(.contact, modifiedSince: since)
      let page = try await psa.page(of: query, continuing: token)
      try await take(page.rows)
      read += page.rows.count
      newest = page.rows.compactMap(\.modified).max().map { max(newest ?? $0, $0) } ?? newest
      token = page.next
    } while token != nil
    let known = try await store.publicContacts().filter(\.value.isActive).keys.sorted()
    let count = try await psa.count(of: TenantQuery(.contact))
    let found = try await Differences.between(
      known[...],
      count,
      counting: { try await psa.count(of: TenantQuery(.contact, ids: $0)) },
      listing: { try await psa.identities(of: TenantQuery(.contact, ids: $0)) }
    )
    guard let found else {
      throw StopFailure(
        "The PSA listed fewer contacts than it counts. The next look reads them again.",
        remedy: .retry(after: .seconds(60))
      )
    }
    try await take(try await psa.rows(found.new, of: .contact).compactMap(\.self))
    var rows = try await store.publicContacts(found.gone)
    for id in rows.keys { rows[id]?.isActive = false }
    try await store.keep(rows)
    // A listing cut short would move the watermark past what it left out.
    if try await psa.count(of: TenantQuery(.contact, modifiedSince: since)) <= read {
      state.watermark = newest
      if since == nil { state.listedAt = now }
    }
  }

  private func take(_ contacts: [TenantRow]) async throws {
    guard !contacts.isEmpty else { return }
    let known = try await store.publicContacts(contacts.map(\.id))
    var rows: [PSAID: PublicContactRow] = [:]
    for row in contacts {
      guard let contact = row.contact else { continue }
      var kept = known[row.id] ?? PublicContactRow(isActive: true)
      (kept.contact, kept.isActive) = (contact, contact.isActive)
      if kept != known[row.id] { rows[row.id] = kept }
    }
    try await store.keep(rows)
  }

  // MARK: The folder

  private func place(_ state: inout PublicFolderState) async throws -> ContactsPlace {
    var found = try await folder.publicFolder(named: Self.folderName, known: state.folder)
    if found == nil { found = try await folder.makePublicFolder(named: Self.folderName) }
    guard let place = found, place.canWrite else {
      throw StopFailure(
        "The synchronization account may read the public folder “\(Self.folderName)” and not write "
          + "to it. Make it the folder's owner or an editor."
      )
    }
    if let before = state.folder, before != place.id { try await store.forgetPublicItems() }
    state.folder = place.id
    try await store.keep(state)
    return place
  }

  private func suppress(
    _ plan: PublicContactPlan,
    _ rows: [PSAID: PublicContactRow]
  ) async throws {
    var changed: [PSAID: PublicContactRow] = [:]
    for id in plan.suppressed {
      guard var row = rows[id] else { continue }
      (row.isSuppressed, row.item, row.changeKey) = (true, nil, nil)
      changed[id] = row
    }
    try await store.keep(changed)
  }

  private func rememberFound(
    _ plan: PublicContactPlan,
    _ rows: [PSAID: PublicContactRow]
  ) async throws {
    var changed: [PSAID: PublicContactRow] = [:]
    for item in plan.found {
      var row = rows[item.contact] ?? PublicContactRow(isActive: false)
      (row.item, row.changeKey) = (item.id, item.changeKey)
      changed[item.contact] = row
    }
    try await store.keep(changed)
  }

  private func write(
    _ plan: PublicContactPlan,
    _ rows: [PSAID: PublicContactRow],
    _ result: inout Result
  ) async throws {
    for some in batches(plan.checks) {
      try await alive()
      var kept: [PSAID: PublicContactRow] = [:]
      var edits: [(id: PSAID, edit: ContactEdit)] = []
      for (item, reading) in zip(some, try await folder.contacts(some.map(\.id))) {
        guard case .found(let stored) = reading, var row = rows[item.contact],
          let contact = row.contact
        else {
          if case .unreadable(let words) = reading { result.complain(words) }
          continue
        }
        let wanted = prints(of: contact)
        let there = ContactPrints(stored.card, fingerprinter)
        var base = Base()
        (base.cardSent, base.cardReturned) = (row.sent, row.returned)
        let fields = wanted.fields(toWriteOver: there, base: base)
        (row.item, row.isSuppressed) = (item.id, false)
        if fields.isEmpty {
          (row.changeKey, row.sent, row.returned) = (stored.changeKey, wanted, there)
        } else {
          edits.append(
            (
              item.contact,
              ContactEdit(
                id: item.id,
                expected: stored.changeKey,
                card: mapping.card(of: contact),
                fields: fields
              )
            )
          )
        }
        kept[item.contact] = row
      }
      try await store.keep(kept)
      let answers = try await folder.update(contacts: edits.map(\.edit))
      var written: [PSAID: ExchangeItemID] = [:]
      for ((id, _), answer) in zip(edits, answers) {
        if let item = settled(answer, id, &result) { written[id] = item }
      }
      result.updated += written.count
      try await readBack(written, kept)
    }
  }

  private func create(
    _ contacts: [PSAID],
    _ rows: [PSAID: PublicContactRow],
    _ place: FolderID,
    _ tenant: TenantID,
    _ result: inout Result
  ) async throws {
    for some in batches(contacts) {
      try await alive()
      let wanted = some.compactMap { id in rows[id]?.contact.map { (id, $0) } }
      let drafts = wanted.map { id, contact in
        ContactDraft(stamp: Stamp(contact: id, tenant: tenant), card: mapping.card(of: contact))
      }
      // One whose answer is lost is found by its stamp in the next look, and not made again.
      let answers = try await folder.create(contacts: drafts, in: place)
      var written: [PSAID: ExchangeItemID] = [:]
      for ((id, _), answer) in zip(wanted, answers) {
        if let item = settled(answer, id, &result) { written[id] = item }
      }
      result.created += written.count
      try await readBack(written, rows)
    }
  }

  /// Keeps what Exchange made of what was written.
  private func readBack(
    _ written: [PSAID: ExchangeItemID],
    _ rows: [PSAID: PublicContactRow]
  ) async throws {
    let ids = written.keys.sorted()
    var kept: [PSAID: PublicContactRow] = [:]
    let readings = try await folder.contacts(ids.compactMap { written[$0] })
    for (id, reading) in zip(ids, readings) {
      guard case .found(let stored) = reading, var row = rows[id], let contact = row.contact else {
        continue
      }
      (row.item, row.changeKey, row.isSuppressed) = (stored.id, stored.changeKey, false)
      row.sent = prints(of: contact)
      row.returned = ContactPrints(stored.card, fingerprinter)
      kept[id] = row
    }
    try await store.keep(kept)
  }

  /// What the PSA has just said to be gone or inactive.
  private func removals(_ plan: PublicContactPlan) async throws -> [PublicContactRemoval] {
    let ids = plan.doubtful.map(\.contact)
    var lookedUp: [PSAID: PSAContact?] = [:]
    for (id, row) in zip(ids, try await psa.rows(ids, of: .contact)) { lookedUp[id] = row?.contact }
    return PublicContactPlan.removals(plan.doubtful, lookedUp: lookedUp)
  }

  /// True where so much vanished at once that a person has to say that it is meant.
  private func hold(
    _ stir: [PSAID],
    _ rows: [PSAID: PublicContactRow],
    _ state: inout PublicFolderState,
    _ result: inout Result
  ) -> Bool {
    let digest = PublicContactPlan.digest(of: stir, fingerprinter)
    let total = rows.values.count { $0.item != nil || $0.isSuppressed }
    guard PublicContactPlan.isBraked(stir, of: total), state.approved != digest else {
      (state.held, state.digest) = (0, nil)
      return false
    }
    (state.held, state.digest) = (stir.count, digest)
    result.held = stir.count
    result.complain(
      "\(stir.count) of \(total) contacts vanished from the PSA or from the public folder at once, or "
        + "would come back. If that is meant: lockstep-registry public-folder --approve \(digest)"
    )
    return true
  }

  private func remove(
    _ removals: [PublicContactRemoval],
    _ result: inout Result
  ) async throws {
    for some in batches(removals) {
      try await alive()
      let answers = try await folder.remove(
        some.map { ExchangeTarget(id: $0.item, expected: $0.changeKey) }
      )
      var kept: [PSAID: PublicContactRow] = [:]
      for (removal, answer) in zip(some, answers) {
        let isGone = if case .missing = answer { true } else { false }
        guard settled(answer, removal.contact, &result) != nil || isGone else { continue }
        result.removed += 1
        kept[removal.contact] = PublicContactRow(isActive: false)
      }
      try await store.keep(kept)
    }
  }

  private func settled(
    _ answer: ExchangeWriteResult,
    _ id: PSAID,
    _ result: inout Result
  ) -> ExchangeItemID? {
    switch answer {
    case .done(let item, _): return item
    case .conflict, .missing: break
    case .refused(let words), .notTried(let words): result.complain("Contact \(id): \(words)")
    }
    return nil
  }

  private func batches<Element>(_ all: [Element]) -> [[Element]] {
    stride(from: 0, to: all.count, by: Self.batch).map { start in
      Array(all[start..<min(start + Self.batch, all.count)])
    }
  }
}
