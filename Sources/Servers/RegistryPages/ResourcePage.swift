internal import RegistryAPI
internal import RegistryStore
package import SyncModel

/// One resource: how it is doing, its profile, its history, what waits, its enrolment.
extension RegistryPages {
  private struct HoldView: Sendable {
    let number: String
    let csrf: String
    let digest: String
    let reason: String
    let counts: [String]
    let canApprove: Bool
    let approved: String?
  }

  private struct ChoiceField: Sendable {
    let key: String
    let label: String
    let options: [Choice]
  }

  private struct View: Sendable {
    var frame: Frame
    let status: ResourceLine
    let agent: String
    let agentID: String
    let hasAgent: Bool
    let code: String?
    let holds: [HoldView]
    let hasHolds: Bool
    let profileVersion: String
    let choices: [ChoiceField]
    let attempts: [AttemptLine]
    let hasAttempts: Bool
    let showsResource = false
    let pager: Pager?
  }

  package func resource(_ number: ResourceID, _ call: PageCall) async throws -> PageAnswer {
    try await resource(number, call, code: nil, notice: notice(call.query), problem: nil)
  }

  private func notice(_ query: [String: String]) -> String? {
    switch query["done"] {
    case "profile": "The profile is saved; the agent takes it with its next run."
    case "approve": "Approved; the agent does it in its next run."
    case "revoke": "The agent is revoked; it stops with its next run."
    default: nil
    }
  }

  private func resource(
    _ number: ResourceID,
    _ call: PageCall,
    code: String?,
    notice: String?,
    problem: RegistryProblem?
  ) async throws -> PageAnswer {
    let status = try await store.resource(number, now: call.now)
    let strip = try await store.strip([number], now: call.now)[number]
    let page = Page(call.page, size: 10)
    let attempts = try await store.attempts(AttemptFilter(resource: number), page: page)
    let profile = try await store.profile(of: number)
    let policy = try await store.settings().settings.switches
    let path = "/resources/\(number)"
    let holds = try await store.holds(of: number)
    var frame = Frame(status.name, in: .resources, for: call.session)
    (frame.notice, frame.problem) = (notice, problem?.message)
    let view = View(
      frame: frame,
      status: ResourceLine(status, strip, now: call.now),
      agent: status.agent == nil
        ? "none yet" : "on \(status.machine.flatMap(\.unlessBlank) ?? "a machine without a name")",
      agentID: status.agent?.rawValue ?? "",
      hasAgent: status.agent != nil,
      code: code,
      holds: holds.map { hold($0, call) },
      hasHolds: !holds.isEmpty,
      profileVersion: String(profile.version),
      choices: ProfileKey.allCases.map { choice($0, profile.choices[$0.rawValue] ?? "", policy) },
      attempts: attempts.rows.map { AttemptLine($0, now: call.now) },
      hasAttempts: !attempts.rows.isEmpty,
      pager: Pager(page, total: attempts.total, path, [])
    )
    return try self.page("resource", view, status: problem?.status ?? 200)
  }

  private func hold(_ row: HoldRow, _ call: PageCall) -> HoldView {
    HoldView(
      number: row.resource.description,
      csrf: call.session.csrf,
      digest: row.hold.digest.description,
      reason: row.hold.reason,
      counts: row.hold.counts.map { count in
        let side = count.side.map { $0 == .exchange ? " in Exchange" : " in the PSA" } ?? ""
        return "\(count.number) × \(count.verb.rawValue) \(count.kind.rawValue)\(side)"
      },
      canApprove: row.hold.needsApproval && row.approvedAt == nil,
      approved: row.approvedAt.map {
        "Approved by \(row.approvedBy?.rawValue ?? "an admin") \(Moment($0, now: call.now).relative)."
      }
    )
  }

  private func choice(
    _ key: ProfileKey,
    _ chosen: String,
    _ policy: SyncSwitches
  ) -> ChoiceField {
    let values: [String] =
      switch key.field {
      case .flag: ["true", "false"]
      case .detail: ["all", "none", "off"]
      case .days: SyncRules.daysAllowed.map(String.init)
      }
    let everybody = policy.text(of: key)
    return ChoiceField(
      key: key.rawValue,
      label: key.label,
      options: [Choice("", "as for everybody (\(RegistryPages.word(everybody)))", chosen: chosen)]
        + values.map { Choice($0, RegistryPages.word($0), chosen: chosen) }
    )
  }

  private static func word(_ value: String) -> String {
    ["true": "yes", "false": "no"][value] ?? value
  }

  // MARK: Forms

  package func saveProfile(of number: ResourceID, _ call: PageCall) async throws -> PageAnswer {
    guard let version = Int(call.value("version")) else {
      throw RegistryProblem(.invalid, "The form was not sent whole. Load the page again.")
    }
    var choices: [String: String] = [:]
    for key in ProfileKey.allCases {
      choices[key.rawValue] = call.value(key.rawValue).unlessBlank
    }
    do {
      _ = try await store.setProfile(
        of: number,
        to: choices,
        expecting: version,
        by: call.session.name,
        now: call.now
      )
    } catch let refusal as RegistryProblem {
      return try await resource(number, call, code: nil, notice: nil, problem: refusal)
    }
    return .redirect(to: "/resources/\(number)?done=profile")
  }

  package func approve(of number: ResourceID, _ call: PageCall) async throws -> PageAnswer {
    let digest = PlanDigest(rawValue: call.value("digest"))
    do {
      try await store.approve(digest, of: number, by: call.session.name, now: call.now)
    } catch let refusal as RegistryProblem {
      return try await resource(number, call, code: nil, notice: nil, problem: refusal)
    }
    return .redirect(to: "/resources/\(number)?done=approve")
  }

  /// The code is shown in the answer itself and can never be seen again.
  package func makeCode(for number: ResourceID, _ call: PageCall) async throws -> PageAnswer {
    let code = try await store.makeCode(
      for: number,
      takeOver: call.isTicked("take-over"),
      by: call.session.name,
      now: call.now
    )
    return try await resource(
      number,
      call,
      code: EnrolmentCode.shown(code),
      notice: nil,
      problem: nil
    )
  }

  package func revoke(of number: ResourceID, _ call: PageCall) async throws -> PageAnswer {
    let status = try await store.resource(number, now: call.now)
    let agent = AgentID(rawValue: call.value("agent"))
    guard status.agent == agent else {
      throw RegistryProblem(.changed, "Another agent serves this resource by now. Look again.")
    }
    try await store.revoke(agent, by: call.session.name, now: call.now)
    return .redirect(to: "/resources/\(number)?done=revoke")
  }
}

extension ProfileKey {
  /// Beside the field, for people.
  fileprivate var label: String {
    switch self {
    case .enabled: "Synchronize"
    case .appointmentsToExchange: "Appointments to Exchange"
    case .appointmentsToAutotask: "Appointments to the PSA"
    case .toDos: "To-dos"
    case .serviceCalls: "Service calls"
    case .contacts: "Contacts"
    case .importDetail: "Import detail"
    case .sendFreeTime: "Send free time"
    case .pastDays: "Past days"
    case .recurringDays: "Days ahead of series"
    }
  }
}
