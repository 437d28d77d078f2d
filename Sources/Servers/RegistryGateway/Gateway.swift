package import RegistryAPI
package import RegistryStore
package import SyncEngine
package import SyncModel

/// One API user for everybody: what an agent asks of the PSA and writes to it, as far as its own
/// resource goes (`design.md` 4).
///
/// Changes come from the view and cost the PSA nothing. Single items are asked of the PSA itself,
/// for what an agent decides by them must not be older than its own last write.
package struct Gateway: Sendable {
  let store: RegistryStore
  let psa: any PSATenant
  let clock: @Sendable () -> Instant
  let stamp: @Sendable () async throws -> Int64

  /// So long a write may give no sign of life before its process counts as dead.
  static let longestWrite: Int64 = 60

  /// - Parameter stamp: microseconds since 1970 by one clock for all processes.
  package init(
    store: RegistryStore,
    psa: any PSATenant,
    clock: @escaping @Sendable () -> Instant,
    stamp: @escaping @Sendable () async throws -> Int64
  ) {
    self.store = store
    self.psa = psa
    self.clock = clock
    self.stamp = stamp
  }

  var keeper: MirrorKeeper {
    MirrorKeeper(store: store, psa: psa, holder: nil, clock: clock)
  }

  /// What has changed for the resource; what its agent wrote is in it.
  ///
  /// Throws `.busy` while something that it wrote is under way, and `.forbidden` for a resource
  /// that the admin has switched off.
  package func changes(
    of resource: ResourceID,
    kinds: [Kind],
    since: Int64,
    isWhole: Bool = false
  ) async throws -> ViewChanges {
    try await checkSwitchedOn(resource)
    try await checkWrites(of: resource)
    try await showWrites(of: resource)
    let allowed = try await store.settings().settings.gatewayKinds
    var changes = try await store.viewChanges(
      of: resource,
      kinds: kinds.filter(allowed.contains),
      since: since,
      isWhole: isWhole
    )
    for kind in kinds where !allowed.contains(kind) {
      changes.hidden[kind.rawValue] = Self.switchedOff(kind)
    }
    return changes
  }

  func checkSwitchedOn(_ resource: ResourceID) async throws {
    let status = try await store.resource(resource, now: clock())
    guard status.isEnabled, status.isActive, try await store.settings().settings.isEnabled else {
      throw RegistryProblem(.forbidden, "The admin has switched this calendar off.")
    }
  }

  func checkAllowed(_ kind: Kind) async throws {
    guard try await store.settings().settings.gatewayKinds.contains(kind) else {
      throw RegistryProblem(.forbidden, Self.switchedOff(kind))
    }
  }

  static func switchedOff(_ kind: Kind) -> String {
    "The registry's admin has switched off the kind \(kind.rawValue)."
  }

  /// What is under way may be in the PSA already or not yet: nobody can decide by that.
  func checkWrites(of resource: ResourceID, except keys: [String] = []) async throws {
    let isOpen = try await store.hasOpenWrite(
      of: resource,
      since: clock().advanced(bySeconds: -Self.longestWrite),
      except: keys
    )
    guard !isOpen else {
      throw RegistryProblem(
        .busy,
        "A write of this calendar's is under way, or was broken off; within a minute it is known which. "
          + "The next run goes on."
      )
    }
  }

  /// The items as the PSA has them now; they are in the view afterwards.
  ///
  /// Of what is another resource's only that is told, and when it was changed; its times too where
  /// it was this one's once.
  package func items(
    _ question: ItemQuestion,
    of resource: ResourceID
  ) async throws -> ItemAnswer {
    try await checkSwitchedOn(resource)
    try await checkAllowed(question.kind)
    let part = question.kind.part
    try await checkBudget(for: question.ids, of: question.kind, resource)
    let read = try await stamp()
    var rows = try await psa.rows(question.ids, of: part)
    try await mirror(rows.compactMap(\.self), of: part, read: read)
    if question.described {
      let described = try await store.mirrorRows(question.ids, of: part)
      rows = rows.map { row in row.map { described[$0.id] ?? $0 } }
    }
    let sight = try await store.sight(of: question.ids, in: part, by: resource)
    let made = try await store.made(question.ids, of: question.kind, by: resource)
    let seen = rows.map { row -> TenantRow? in
      guard let row else { return nil }
      if isOwn(row, sight[row.id], resource) { return row }
      return row.redacted(tellsTimes: sight[row.id] != nil || made.contains(row.id))
    }
    var answer = ItemAnswer(sequence: try await store.viewSequence())
    if part == .contact {
      answer.contacts = seen.map { $0?.contact }
    } else {
      answer.items = zip(seen, rows).map { seen, row in
        guard let seen, let row, isOwn(row, sight[row.id], resource) else { return seen?.item }
        return seen.item(for: resource)
      }
    }
    return answer
  }

  /// Where others have used much, only what may be the agent's own is asked for.
  private func checkBudget(
    for ids: [PSAID],
    of kind: Kind,
    _ resource: ResourceID
  ) async throws {
    guard let rest = try await rest() else { return }
    let sight = try await store.sight(of: ids, in: kind.part, by: resource)
    let made = try await store.made(ids, of: kind, by: resource)
    guard ids.contains(where: { sight[$0] != nil || made.contains($0) }) else {
      throw RegistryProblem(.psa, rest)
    }
  }

  /// The mirror has active contacts only, as the listings do.
  private func mirror(_ rows: [TenantRow], of part: PSAViewPart, read: Int64) async throws {
    let isShown = { (row: TenantRow) in row.contact?.isActive ?? true }
    _ = try await keeper.keep(rows.filter(isShown), of: part, read: read)
    _ = try await keeper.drop(rows.filter { !isShown($0) }.map(\.id), of: part, read: read)
  }

  /// Which contacts and calls are whose stands in relations, as the view has them.
  func isOwn(_ row: TenantRow, _ sight: Sight?, _ resource: ResourceID) -> Bool {
    switch row.part {
    case .appointment, .toDo, .ticketRow, .taskRow, .company, .opportunity:
      row.owner == resource
    case .serviceCall, .contact: sight == .shown
    }
  }

  /// A list of the resource's own items, read from the PSA now: lost creates are looked up so.
  package func list(
    _ question: ListQuestion,
    of resource: ResourceID
  ) async throws -> ListAnswer {
    try await checkSwitchedOn(resource)
    try await checkWrites(of: resource)
    let asked = question.query
    try await checkAllowed(asked.kind)
    guard asked.kind == .appointment || asked.kind == .toDo, asked.among == nil else {
      throw RegistryProblem(
        .invalid,
        "Only appointments and to-dos are listed here, and without a list of numbers."
      )
    }
    var query = TenantQuery(asked.kind.part, owner: resource)
    query.modifiedSince = asked.modifiedSince
    query.endingFrom = asked.endingFrom
    query.ids = asked.ids
    switch question.wanted {
    case .count: return ListAnswer(count: try await psa.count(of: query))
    case .identities: return ListAnswer(identities: try await psa.identities(of: query))
    case .page: return try await page(of: query, after: question.after, resource)
    }
  }

  /// The PSA's own word for the next page stays here: it is an address.
  private func page(
    of query: TenantQuery,
    after token: PageToken?,
    _ resource: ResourceID
  ) async throws -> ListAnswer {
    var query = query
    if let token {
      guard let last = Int64(token.rawValue), last < .max,
        last < query.ids?.upperBound.rawValue ?? .max
      else { throw RegistryProblem(.invalid, "“after” is the number of the last row before.") }
      query.ids = PSAID(last + 1)...(query.ids?.upperBound ?? PSAID(.max))
    }
    let read = try await stamp()
    let page = try await psa.page(of: query, continuing: nil)
    guard page.rows.allSatisfy({ $0.owner == resource }) else {
      throw RegistryProblem(.broken, "The PSA answered with other resources' items.")
    }
    _ = try await keeper.keep(page.rows, of: query.part, read: read)
    return ListAnswer(
      items: page.rows.compactMap(\.item),
      next: page.next.flatMap { _ in page.rows.last.map { PageToken($0.id.description) } },
      sequence: try await store.viewSequence()
    )
  }

  // MARK: The view and the agent's own writes

  /// Reads back what the agent wrote and the view does not show yet.
  func showWrites(of resource: ResourceID) async throws {
    let unseen = try await store.unseenWrites(of: resource)
    for kind in Kind.allCases {
      let some = unseen.filter { $0.kind == kind }
      if some.isEmpty { continue }
      try await readBack(some.map(\.target), of: kind.part)
      try await store.markSeen(some.map(\.key), of: resource)
    }
  }

  private func readBack(_ ids: [PSAID], of part: PSAViewPart) async throws {
    let read = try await stamp()
    let asked = Set(ids).sorted()
    let rows = try await psa.rows(asked, of: part)
    _ = try await keeper.keep(rows.compactMap(\.self), of: part, read: read)
    let gone = zip(asked, rows).filter { $1 == nil }.map(\.0)
    _ = try await keeper.drop(gone, of: part, read: read)
  }
}

extension Kind {
  var part: PSAViewPart {
    switch self {
    case .appointment: .appointment
    case .toDo: .toDo
    case .serviceCall: .serviceCall
    case .contact: .contact
    }
  }
}

extension TenantRow {
  /// That it is there, whose it is and when it was changed; not what it says.
  fileprivate func redacted(tellsTimes: Bool) -> TenantRow {
    var row = self
    if let item {
      row.item = PSAItem(
        kind: item.kind,
        id: item.id,
        parent: tellsTimes ? item.parent : nil,
        resource: item.resource,
        title: "",
        text: "",
        start: tellsTimes ? item.start : item.created,
        end: tellsTimes ? item.end : item.created,
        created: item.created,
        modified: item.modified,
        isCancelled: item.isCancelled
      )
    }
    if let contact {
      row.contact = PSAContact(
        id: contact.id,
        company: PSAID(0),
        isActive: contact.isActive,
        created: contact.created,
        modified: contact.modified
      )
    }
    row.crew = []
    return row
  }
}
