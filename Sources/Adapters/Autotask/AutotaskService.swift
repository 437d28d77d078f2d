package import HTTP
package import SyncEngine
package import SyncModel

/// One resource's items in Autotask, over its REST API with an API user of one's own.
///
/// Every error it throws is an `AutotaskError`.
package actor AutotaskService: PSAService {
  let channel: RESTChannel
  private let wanted: AutotaskAccount.Resource?
  private let leavesRest: Bool
  private var desk: PSADesk?
  /// Looked up once for a run; a gateway's service lives longer, and asks again now and then.
  var related = RelatedRows()
  var picklists: [String: Picklists] = [:]
  var showsServiceCalls = false
  /// Since when that is known, and how many look at it: nothing is forgotten under their eyes.
  private var lookedUpAt: Duration?
  private var readers = 0
  private static let longestMemory = Duration.seconds(600)
  private let now: @Sendable () -> Duration

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
    self.now = now
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

  /// What `work` looks up stays until it ends; what is older than ten minutes is looked up anew.
  func remembering<Answer>(
    _ work: () async throws(AutotaskError) -> Answer
  ) async throws(AutotaskError) -> Answer {
    let now = now()
    if readers == 0, let lookedUpAt, now - lookedUpAt > Self.longestMemory {
      (related, picklists, showsServiceCalls) = (RelatedRows(), [:], false)
      self.lookedUpAt = nil
    }
    lookedUpAt = lookedUpAt ?? now
    readers += 1
    defer { readers -= 1 }
    return try await work()
  }

  /// Reads the zone and the resource once, two requests; later calls send none.
  package func open() async throws -> PSADesk { try await opened() }

  package func reopen() async throws -> PSADesk {
    let desk = try await opened()
    return PSADesk(tenant: desk.tenant, resource: try await resource(), server: desk.server)
  }

  func opened() async throws(AutotaskError) -> PSADesk {
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
    try await page(of: query, as: query.kind.rows(), continuing: token)
  }

  package func count(of query: PSAQuery) async throws -> Int {
    let rows = try query.kind.rows()
    let resource = try await opened().resource
    return try await channel.count(of: rows.query(query, of: resource, fields: BareRow.fields))
  }

  package func identities(of query: PSAQuery) async throws -> [PSAID] {
    let rows = try query.kind.rows()
    let resource = try await opened().resource
    return try await channel.identities(
      of: rows.query(query, of: resource, fields: BareRow.fields)
    )
  }

  /// One id by GET, which answers `null` for a row that is not there; more in lists of 400.
  ///
  /// What a list leaves out counts as absent only when a count of it is 0 too.
  package func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    let rows = try kind.rows()
    let asked = Set(ids).sorted()
    if asked.count == 1, let id = asked.first {
      let item = try await item(id, as: rows)
      return ids.map { _ in item }
    }
    var found: [PSAID: PSAItem] = [:]
    for item in try await items(asked, as: rows) { found[item.id] = item }
    return ids.map { found[$0] }
  }

  /// How much of the tenant's allowance is used; one request.
  package func threshold() async throws -> ThresholdInformation {
    try await channel.threshold()
  }

  func leaveRestToPeople() async throws(AutotaskError) {
    if leavesRest { try await channel.leaveRestToPeople() }
  }

  func item(_ id: PSAID, of kind: Kind) async throws(AutotaskError) -> PSAItem? {
    try await item(id, as: kind.rows())
  }
}

extension AutotaskService {
  private func page<Row: ItemRow>(
    of query: PSAQuery,
    as row: Row.Type,
    continuing token: PageToken?
  ) async throws(AutotaskError) -> PSAPage {
    let resource = try await opened().resource
    let page = try await channel.page(
      of: Row.query(query, of: resource, fields: Row.fields),
      as: Row.self,
      continuing: try await listing(token, of: Row.entity)
    )
    let items = try await seen(page.rows)
    if let stranger = items.first(where: { $0.resource != resource }) {
      throw .malformed(
        try await channel.subject(Row.entity, stranger.id.rawValue),
        reason: "it belongs to resource \(stranger.resource), and \(resource)'s were asked for"
      )
    }
    return PSAPage(items: items, next: page.next?.token)
  }

  func listing(
    _ token: PageToken?,
    of entity: String
  ) async throws(AutotaskError) -> Listing? {
    guard let token else { return nil }
    if let listing = Listing(token) { return listing }
    throw .malformed(
      try await channel.subject(entity),
      reason: "the page's token is none of its own"
    )
  }

  private func item<Row: ItemRow>(
    _ id: PSAID,
    as row: Row.Type
  ) async throws(AutotaskError) -> PSAItem? {
    do throws(AutotaskError) {
      let found = try await channel.row(id.rawValue, of: Row.entity, as: Row.self)
      return try await seen(found.map { [$0] } ?? []).first
    } catch .noSuchCall(_, status: 404) {
      // 404 may mean a missing row or a wrong address; a list tells them apart.
      return try await items([id], as: Row.self).first
    }
  }

  private func items<Row: ItemRow>(
    _ ids: [PSAID],
    as row: Row.Type
  ) async throws(AutotaskError) -> [PSAItem] {
    try await seen(channel.rows(ids, of: Row.entity, fields: Row.fields, as: Row.self))
  }

  /// The rows' items; what names no resource is seen by the one whose desk this is.
  func seen<Row: ItemRow>(_ rows: [Row]) async throws(AutotaskError) -> [PSAItem] {
    guard Row.owner == nil, !rows.isEmpty else { return rows.map(\.item) }
    let resource = try await opened().resource
    return rows.map { row in
      var item = row.item
      item.resource = resource
      return item
    }
  }

  private func resource() async throws(AutotaskError) -> ResourceID {
    guard let wanted else { throw .wholeTenant }
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
      let rows = try await channel.allRows(of: query, as: ResourceRow.self)
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
