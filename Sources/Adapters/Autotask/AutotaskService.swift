package import HTTP
package import SyncEngine
package import SyncModel

/// One resource's items in Autotask, over its REST API with an API user of one's own.
///
/// Every error it throws is an `AutotaskError`. Appointments only; other kinds are `.notYet`.
package actor AutotaskService: PSAService {
  let channel: RESTChannel
  private let wanted: AutotaskAccount.Resource
  private let leavesRest: Bool
  private var desk: PSADesk?

  /// - Parameters:
  ///   - account: who asks, and for whom.
  ///   - http: a client of the tenant's own.
  ///   - leavesRest: for runs that no person asked for. Where three quarters of the hour's
  ///     allowance are used it opens for no run, and a run under way creates and deletes nothing
  ///     more; what it changes, masks among it, still goes through.
  ///   - sleep: waits out the thread limit, at most 2 s at a time.
  ///   - now: time since some fixed moment, by which the pace of answers is taken.
  package init(
    account: AutotaskAccount,
    http: HTTPClient,
    leavesRest: Bool = false,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    now: @escaping @Sendable () -> Duration = AutotaskService.clock()
  ) {
    channel = RESTChannel(account: account, http: http, sleep: sleep, now: now)
    wanted = account.resource
    self.leavesRest = leavesRest
  }

  /// The machine's own clock that never goes back.
  package static func clock() -> @Sendable () -> Duration {
    let start = ContinuousClock.now
    return { ContinuousClock.now - start }
  }

  package var requests: Int {
    get async { await channel.requests }
  }

  /// Reads the zone and the resource once, two requests; later calls send none.
  package func open() async throws -> PSADesk {
    if let desk { return desk }
    let resource = try await resource()
    try await leaveRestToPeople()
    let zone = try await channel.zone()
    let found = PSADesk(
      tenant: zone.tenant,
      resource: resource,
      server: zone.root.origin.server
    )
    desk = found
    return found
  }

  package func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage {
    let resource = try await open().resource
    var listing: Listing?
    if let token {
      guard let read = Listing(token) else {
        throw AutotaskError.malformed(
          try await channel.subject(Appointments.entity),
          reason: "the page's token is none of its own"
        )
      }
      listing = read
    }
    let page = try await channel.page(
      of: try rows(for: query, of: resource, fields: Appointments.fields),
      as: AppointmentRow.self,
      continuing: listing
    )
    let items = page.rows.map(\.item)
    if let stranger = items.first(where: { $0.resource != resource }) {
      throw AutotaskError.malformed(
        try await channel.subject(Appointments.entity, stranger.id.rawValue),
        reason: "it belongs to resource \(stranger.resource), and \(resource)'s were asked for"
      )
    }
    return PSAPage(items: items, next: page.next?.token)
  }

  package func count(of query: PSAQuery) async throws -> Int {
    let resource = try await open().resource
    return try await channel.count(of: try rows(for: query, of: resource, fields: BareRow.fields))
  }

  package func identities(of query: PSAQuery) async throws -> [PSAID] {
    let resource = try await open().resource
    let query = try rows(for: query, of: resource, fields: BareRow.fields)
    var ids: [PSAID] = []
    try await channel.eachPage(of: query, as: BareRow.self) { rows throws(AutotaskError) in
      ids += rows.map { PSAID($0.id) }
    }
    return ids
  }

  /// One id by GET, which answers `null` for a row that is not there; more in lists of 400.
  ///
  /// What a list leaves out counts as absent only when a count of it is 0 too.
  package func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    try kind.admit()
    let asked = Set(ids).sorted()
    if asked.count == 1, let id = asked.first {
      let item = try await item(id)
      return ids.map { _ in item }
    }
    var found: [PSAID: PSAItem] = [:]
    var rest = asked[...]
    while !rest.isEmpty {
      for item in try await listed(Array(rest.prefix(Query.longestList))) { found[item.id] = item }
      rest = rest.dropFirst(Query.longestList)
    }
    return ids.map { found[$0] }
  }

  /// How much of the tenant's allowance is used; one request.
  package func threshold() async throws -> ThresholdInformation {
    try await channel.threshold()
  }

  func leaveRestToPeople() async throws(AutotaskError) {
    if leavesRest { try await channel.leaveRestToPeople() }
  }

  func item(_ id: PSAID) async throws(AutotaskError) -> PSAItem? {
    do throws(AutotaskError) {
      return try await channel.row(
        id.rawValue,
        of: Appointments.entity,
        as: AppointmentRow.self
      )?.item
    } catch .noSuchCall(_, status: 404) {
      // 404 may mean a missing row or a wrong address; a list tells them apart.
      return try await listed([id]).first
    }
  }
}

extension AutotaskService {
  /// The items of these ids, at most 400, that are there, by a list and a count.
  private func listed(_ ids: [PSAID]) async throws(AutotaskError) -> [PSAItem] {
    var items: [PSAItem] = []
    var missing = ids
    var hidden = 0
    for _ in 0..<3 {
      let query = Appointments.query(ids: missing)
      var found: Set<PSAID> = []
      try await channel.eachPage(of: query, as: AppointmentRow.self) {
        rows throws(AutotaskError) in
        for row in rows where found.insert(row.item.id).inserted { items.append(row.item) }
      }
      missing.removeAll { found.contains($0) }
      if missing.isEmpty { return items }
      hidden = try await channel.count(of: Appointments.query(ids: missing))
      if hidden == 0 { return items }
    }
    throw .incomplete(
      try await channel.subject(Appointments.entity),
      brought: items.count,
      of: items.count + hidden
    )
  }

  private func rows(
    for query: PSAQuery,
    of resource: ResourceID,
    fields: [String]
  ) throws(AutotaskError) -> Query {
    try query.kind.admit()
    return Appointments.query(query, of: resource, fields: fields)
  }

  private func resource() async throws(AutotaskError) -> ResourceID {
    switch wanted {
    case .id(let id):
      let row = try await channel.row(
        id.rawValue,
        of: Resources.entity,
        as: ResourceRow.self
      )
      guard let row else { throw .noResource(wanted) }
      guard row.isActive else { throw .inactiveResource(wanted) }
      return id
    case .mail(let mail):
      let query = Resources.query(mail: mail)
      var rows: [ResourceRow] = []
      try await channel.eachPage(of: query, as: ResourceRow.self) { page throws(AutotaskError) in
        rows += page
      }
      do throws(AutotaskError) {
        return try Resources.choice(of: rows, mail: mail)
      } catch {
        // Rows that a listing left out are no wrong setting.
        let count = try await channel.count(of: query)
        guard count > rows.count else { throw error }
        throw .incomplete(
          try await channel.subject(Resources.entity),
          brought: rows.count,
          of: count
        )
      }
    }
  }
}

extension Kind {
  /// Throws for a kind whose entity is not spoken yet.
  func admit() throws(AutotaskError) {
    switch self {
    case .appointment: return
    case .serviceCall, .toDo, .contact: throw .notYet(self)
    }
  }
}
