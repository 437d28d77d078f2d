internal import RegistryAPI
internal import RegistryStore
package import SyncModel

/// An attempt as pages show it.
struct AttemptLine: Sendable {
  let path: String
  let resource: String
  let resourceName: String
  let outcome: String
  let outcomeLabel: String
  let started: Moment
  let took: String
  let exchange: String
  let psa: String
  let note: String
  let notes: [String]
  let policy: String
  let version: String

  init(_ row: AttemptRow, now: Instant) {
    let report = row.report
    path = "/attempts/\(row.agent)/\(report.run)"
    resource = row.resource.description
    resourceName = row.resourceName
    outcome = report.outcome.rawValue
    outcomeLabel = report.outcome.label
    started = Moment(report.started.instant, now: now)
    took = Moment.took(report.started.instant, report.finished?.instant)
    exchange = AttemptLine.words(report.exchange)
    psa = AttemptLine.words(report.psa)
    note = report.notes.first ?? ""
    notes = report.notes
    policy = report.policy.map { "version \($0)" } ?? "none"
    version = row.version
  }

  private static func words(_ counts: SideCounts) -> String {
    let parts = [
      (counts.created, "made"), (counts.updated, "changed"), (counts.deleted, "deleted"),
      (counts.held, "held"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")
  }
}

extension Outcome {
  /// For people.
  var label: String {
    switch self {
    case .success: "in step"
    case .successWithErrors: "with errors"
    case .failed: "failed"
    case .interrupted: "interrupted"
    case .running: "under way"
    }
  }
}

/// The Attempts tab.
extension RegistryPages {
  private struct ListView: Sendable {
    let frame: Frame
    let outcomes: [Choice]
    let resource: String
    let attempts: [AttemptLine]
    let hasAttempts: Bool
    let showsResource = true
    let pager: Pager?
  }

  private struct OneView: Sendable {
    let frame: Frame
    let attempt: AttemptLine
  }

  package func attempts(_ call: PageCall) async throws -> PageAnswer {
    let wanted = call.query["outcome"].flatMap { Outcome(rawValue: $0) }
    let resource = call.query["resource"].flatMap { Int64($0) }
    let page = Page(call.page)
    let found = try await store.attempts(
      AttemptFilter(resource: resource.map { ResourceID($0) }, outcome: wanted),
      page: page
    )
    let outcomes: [Outcome] = [.success, .successWithErrors, .failed, .interrupted, .running]
    let chosen = wanted?.rawValue ?? ""
    let query = [("outcome", chosen), ("resource", resource.map(String.init) ?? "")]
    let view = ListView(
      frame: Frame("Attempts", in: .attempts, for: call.session),
      outcomes: [Choice("", "any", chosen: chosen)]
        + outcomes.map { Choice($0.rawValue, $0.label, chosen: chosen) },
      resource: resource.map(String.init) ?? "",
      attempts: found.rows.map { AttemptLine($0, now: call.now) },
      hasAttempts: !found.rows.isEmpty,
      pager: Pager(page, total: found.total, "/attempts", query)
    )
    return try self.page("attempts", view)
  }

  package func attempt(_ run: RunID, of agent: AgentID, _ call: PageCall) async throws -> PageAnswer
  {
    let row = try await store.attempt(run, of: agent)
    let view = OneView(
      frame: Frame("Attempt \(run) of \(row.resourceName)", in: .attempts, for: call.session),
      attempt: AttemptLine(row, now: call.now)
    )
    return try page("attempt", view)
  }

  // MARK: Audit

  private struct AuditLine: Sendable {
    let at: Moment
    let by: String
    let act: String
    let subject: String
    let details: String
  }

  private struct AuditView: Sendable {
    let frame: Frame
    let rows: [AuditLine]
    let hasRows: Bool
    let pager: Pager?
  }

  package func audit(_ call: PageCall) async throws -> PageAnswer {
    let page = Page(call.page)
    let found = try await store.audit(page)
    let view = AuditView(
      frame: Frame("Audit", in: .audit, for: call.session),
      rows: found.rows.map { row in
        AuditLine(
          at: Moment(row.at, now: call.now),
          by: row.by.rawValue,
          act: row.act,
          subject: row.subject,
          details: row.details
        )
      },
      hasRows: !found.rows.isEmpty,
      pager: Pager(page, total: found.total, "/audit", [])
    )
    return try self.page("audit", view)
  }
}
