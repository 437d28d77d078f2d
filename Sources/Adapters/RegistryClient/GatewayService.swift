internal import HTTP
internal import RegistryAPI
package import SyncEngine
package import SyncModel

/// One resource's items in the PSA, through the registry's gateway: no API user is needed here.
///
/// What changed comes with one request at the beginning, into a replica of the gateway's view, and
/// lists are answered from there. Single items, and lists that look for a lost create, are asked of
/// the PSA itself, as far as the gateway lets this agent see them.
///
/// Errors are `GatewayFailure`s and `RegistryFailure`s, or the replica's own.
package actor GatewayService {
  /// A view that is older says nothing of the present.
  private static let oldestView: Int64 = 600
  static let pageSize = 500
  private static let largestAnswer = 64 << 20
  private static let pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8)]

  let replica: any PSAReplica
  let key: @Sendable () throws -> String
  private let registry: RegistryService
  private let kinds: [Kind]
  private let now: @Sendable () -> Instant
  private let sleep: @Sendable (Duration) async throws -> Void
  private var opened: (desk: PSADesk, hidden: [String: String])?
  package private(set) var requests = 0

  /// - Parameters:
  ///   - registry: with the agent's token.
  ///   - replica: kept from run to run.
  ///   - kinds: those that are synchronized; nothing is asked of others.
  ///   - key: a name for a write that no other one has, 16 to 64 letters.
  package init(
    registry: RegistryService,
    replica: any PSAReplica,
    kinds: [Kind],
    now: @escaping @Sendable () -> Instant,
    key: @escaping @Sendable () throws -> String,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.registry = registry
    self.replica = replica
    self.kinds = kinds
    self.now = now
    self.key = key
    self.sleep = sleep
  }

  var server: String { registry.server }

  // MARK: The view

  /// Reads what changed since the last run; once in a service's life.
  func view() async throws -> (desk: PSADesk, hidden: [String: String]) {
    if let opened { return opened }
    let parts = Set(kinds.flatMap(PSAViewPart.parts)).sorted()
    var position = try await replica.replicaPosition()
    position.readings += 1
    for part in parts where position.read[part] == nil {
      position.firstTold[part] = position.readings
    }
    var since = parts.map { position.read[$0] ?? 0 }.min() ?? 0
    // Once a day everything is told again: so nothing stays that a restored registry forgot.
    if let read = position.readAt, let listed = position.listedAt,
      !listed.isWithin(seconds: Instant.day, before: read.advanced(bySeconds: 1))
    {
      since = 0
    }
    var (isFirst, isWhole) = (true, since == 0)
    while true {
      let changes: ViewChanges = try await answer(
        to: "GET",
        "psa/changes?kinds=\(kinds.map(\.rawValue).sorted().joined(separator: ","))"
          + "&since=\(since)" + (isFirst || !isWhole ? "" : "&whole=true")
      )
      try check(changes, parts, position)
      if changes.isLast, changes.sequence < max(position.lastWrite, since) {
        throw GatewayFailure.behind(server: server)
      }
      guard changes.isLast || changes.sequence > since else {
        throw GatewayFailure.malformed(server: server, reason: "its changes have no end")
      }
      if isFirst, changes.replaces { isWhole = true }
      let readAt = changes.readAt.instant
      if isFirst, isWhole { position.listedAt = readAt }
      position.readAt = readAt
      (position.tenant, position.resource) = (changes.tenant, changes.resource)
      for part in parts { position.read[part] = changes.sequence }
      try await replica.keep(
        changes.rows,
        replacing: isFirst && isWhole ? parts : [],
        isLast: changes.isLast,
        at: position
      )
      (since, isFirst) = (changes.sequence, false)
      guard changes.isLast else { continue }
      guard readAt.advanced(bySeconds: Self.oldestView) > now() else {
        throw GatewayFailure.stale(
          server: server,
          since: readAt,
          words: changes.complaint ?? ""
        )
      }
      let desk = PSADesk(
        tenant: changes.tenant,
        resource: changes.resource,
        server: changes.server
      )
      opened = (desk, changes.hidden)
      return (desk, changes.hidden)
    }
  }

  /// For whom the gateway answers now: what changed meanwhile is left to the next run.
  func deskNow() async throws -> PSADesk {
    _ = try await view()
    let parts = Set(kinds.flatMap(PSAViewPart.parts)).sorted()
    let position = try await replica.replicaPosition()
    let since = parts.map { position.read[$0] ?? 0 }.min() ?? 0
    let changes: ViewChanges = try await answer(
      to: "GET",
      "psa/changes?kinds=\(kinds.map(\.rawValue).sorted().joined(separator: ","))&since=\(since)"
    )
    return PSADesk(tenant: changes.tenant, resource: changes.resource, server: changes.server)
  }

  private func check(
    _ changes: ViewChanges,
    _ parts: [PSAViewPart],
    _ position: ReplicaPosition
  ) throws(GatewayFailure) {
    func complain(_ reason: String) -> GatewayFailure {
      .malformed(server: server, reason: reason)
    }
    if let resource = position.resource, resource != changes.resource {
      throw complain("it serves resource \(changes.resource), and this agent is \(resource)'s")
    }
    for row in changes.rows {
      guard parts.contains(row.part) else {
        throw complain("it tells of \(row.part.rawValue)s, which were not asked for")
      }
      if row.isGone { continue }
      switch row.part {
      case .appointment, .toDo, .serviceCall:
        guard let item = row.item, item.kind == row.part.kind, item.id == row.id,
          item.resource == changes.resource
        else { throw complain("\(row.part.rawValue) \(row.id) is not what was asked for") }
      case .contact:
        guard row.contact?.id == row.id else {
          throw complain("contact \(row.id) is not what was asked for")
        }
      case .ticketRow, .taskRow, .company, .opportunity: break
      }
    }
  }

  /// Throws where nothing is known of the kind, or it is in no calendar.
  func requireShown(_ kind: Kind) async throws {
    if kind == .contact { throw GatewayFailure.noCalendarItem(kind) }
    try await requireKnown(kind)
  }

  /// An empty view of what nobody may see is not the same as nothing.
  func requireKnown(_ kind: Kind) async throws {
    if let words = try await view().hidden[kind.rawValue] {
      throw GatewayFailure.hidden(kind, words: words)
    }
  }

  /// A view that is older than what was written or read past it says nothing.
  func note(_ sequence: Int64) async throws {
    var position = try await replica.replicaPosition()
    guard sequence > position.lastWrite else { return }
    position.lastWrite = sequence
    try await replica.keep([], replacing: [], isLast: false, at: position)
  }

  // MARK: One question

  /// Asks once more, after a pause, where moments help; `failed` hears of each failure.
  func answer<Answer: Decodable>(
    to method: String,
    _ path: String,
    body: (some Encodable)? = Bool?.none,
    failed: (RegistryFailure) -> Void = { _ in }
  ) async throws -> Answer {
    let bytes = try body.map { value throws(RegistryFailure) in try registry.encoded(value) }
    for pause in Self.pauses {
      do throws(RegistryFailure) {
        return try await once(method, path, bytes)
      } catch {
        failed(error)
        guard error.passes else { throw error }
        try await sleep(pause)
      }
    }
    do throws(RegistryFailure) {
      return try await once(method, path, bytes)
    } catch {
      failed(error)
      throw error
    }
  }

  private func once<Answer: Decodable>(
    _ method: String,
    _ path: String,
    _ body: [UInt8]?
  ) async throws(RegistryFailure) -> Answer {
    requests += 1
    let response = try await registry.answer(
      to: method,
      path,
      body: body,
      largest: Self.largestAnswer
    )
    return try registry.decoded(response)
  }
}

extension RegistryFailure {
  /// Whether the same question may be answered in a moment.
  fileprivate var passes: Bool {
    switch self {
    case .unreachable(_, .cancelled): false
    case .unreachable(_, let error): error.isTransient
    case .outOfOrder: true
    case .refused(_, let problem): [.busy, .tooMany].contains(problem.code)
    case .noRegistry, .malformed: false
    }
  }

  /// Whether what was sent may have arrived.
  var mayHaveBeenActedOn: Bool {
    switch self {
    case .unreachable(_, let error): error.mayHaveBeenActedOn
    case .outOfOrder, .malformed: true
    // What is busy has begun nothing of this.
    case .refused(_, let problem): problem.code == .broken
    case .noRegistry: false
    }
  }
}
