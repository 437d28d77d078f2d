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
  let stamp: @Sendable () -> Int64

  /// - Parameter stamp: microseconds since 1970.
  package init(
    store: RegistryStore,
    psa: any PSATenant,
    clock: @escaping @Sendable () -> Instant,
    stamp: @escaping @Sendable () -> Int64
  ) {
    self.store = store
    self.psa = psa
    self.clock = clock
    self.stamp = stamp
  }

  /// What has changed for the resource; what its agent wrote is in it.
  package func changes(
    of resource: ResourceID,
    kinds: [Kind],
    since: Int64
  ) async throws -> ViewChanges {
    try await showWrites(of: resource)
    let parts = Set(kinds.flatMap(PSAViewPart.parts)).sorted()
    return try await store.viewChanges(of: resource, in: parts, since: since)
  }

  /// The items as the PSA has them now.
  ///
  /// Of what is another resource's by now its times and its number are told, and of what never was
  /// this one's nothing at all.
  package func items(
    _ question: ItemQuestion,
    of resource: ResourceID
  ) async throws -> ItemAnswer {
    let part = question.kind.part
    var rows = try await psa.rows(question.ids, of: part)
    let sight = try await store.sight(of: question.ids, in: part, by: resource)
    let made = try await store.made(question.ids, of: question.kind, by: resource)
    if question.described {
      let known = rows.compactMap(\.self).filter { isOwn($0, sight[$0.id], resource) }
      let described = Dictionary(
        try await psa.described(known).map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in first }
      )
      rows = rows.map { row in row.flatMap { described[$0.id] ?? $0 } }
    }
    let seen = rows.map { row -> TenantRow? in
      guard let row else { return nil }
      if isOwn(row, sight[row.id], resource) { return row }
      return sight[row.id] != nil || made.contains(row.id) ? row.redacted : nil
    }
    if part == .contact { return ItemAnswer(contacts: seen.map { $0?.contact }) }
    return ItemAnswer(items: seen.map { $0?.item(for: resource) })
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
    let asked = question.query
    guard asked.kind == .appointment || asked.kind == .toDo else {
      throw RegistryProblem(.invalid, "Only appointments and to-dos are listed here.")
    }
    var query = TenantQuery(asked.kind.part, owner: resource)
    query.modifiedSince = asked.modifiedSince
    query.endingFrom = asked.endingFrom
    query.ids = asked.ids
    switch question.wanted {
    case .count: return ListAnswer(count: try await psa.count(of: query))
    case .identities: return ListAnswer(identities: try await psa.identities(of: query))
    case .page:
      let page = try await psa.page(of: query, continuing: question.after)
      let own = page.rows.filter { $0.owner == resource }
      guard own.count == page.rows.count else {
        throw RegistryProblem(.broken, "The PSA answered with other resources' items.")
      }
      return ListAnswer(items: own.compactMap(\.item), next: page.next)
    }
  }

  // MARK: The view and the agent's own writes

  /// Reads back what the agent wrote and the view does not show yet.
  func showWrites(of resource: ResourceID) async throws {
    let unseen = try await store.unseenWrites(of: resource)
    for kind in Kind.allCases {
      let some = unseen.filter { $0.kind == kind }
      if some.isEmpty { continue }
      try await readBack(some.map(\.target), of: kind)
      try await store.markSeen(some.map(\.key), of: resource)
    }
  }

  func readBack(_ ids: [PSAID], of kind: Kind) async throws {
    var changes = MirrorChanges(kind.part, read: stamp())
    let asked = Set(ids).sorted()
    let rows = try await psa.rows(asked, of: kind.part)
    changes.rows = try await psa.described(rows.compactMap(\.self))
    changes.gone = zip(asked, rows).filter { $1 == nil }.map(\.0)
    try await store.keep(changes, now: clock())
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
  /// That it is there, whose it is and when; not what it says.
  fileprivate var redacted: TenantRow {
    var row = self
    if let item {
      row.item = PSAItem(
        kind: item.kind,
        id: item.id,
        parent: item.parent,
        resource: item.resource,
        title: "",
        text: "",
        start: item.start,
        end: item.end,
        created: item.created,
        modified: item.modified,
        isCancelled: item.isCancelled
      )
    }
    if let contact {
      row.contact = PSAContact(
        id: contact.id,
        company: contact.company,
        isActive: contact.isActive,
        created: contact.created,
        modified: contact.modified
      )
    }
    row.crew = []
    return row
  }
}
