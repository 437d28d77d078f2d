internal import Mail
internal import RegistryAPI
package import RegistryStore
package import SyncModel

/// Looks at who is not in step, and queues mails to the notification addresses: once when a trouble
/// has lasted, once when it is over, many in one mail (`design.md` section 5).
package struct TroubleRound: Sendable {
  private let store: RegistryStore

  package init(store: RegistryStore) { self.store = store }

  /// Says how many mails it queued.
  @discardableResult
  package func run(now: Instant) async throws -> Int {
    let settings = try await store.settings().settings
    let known = try await store.troubles()
    // Of a registry that is switched off nobody is told; what was told before is told as over later.
    guard settings.isEnabled else { return 0 }
    var seen: [Int64: Trouble.Kind] = [:]
    var statuses: [Int64: ResourceStatus] = [:]
    for (state, kind) in [(ResourceState.failing, Trouble.Kind.failing), (.overdue, .overdue)] {
      for status in try await all(in: state, now: now) {
        seen[status.number.rawValue] = kind
        statuses[status.number.rawValue] = status
      }
    }
    let watch = TroubleWatch(
      now: now,
      lastMails: known.lastMails,
      lastRecovery: known.lastRecovery
    )
    let findings = watch.findings(known: known.troubles, seen: seen)
    guard findings.known != known.troubles || !findings.begun.isEmpty || !findings.over.isEmpty
    else { return 0 }
    var texts: [MailText] = []
    for kind in Trouble.Kind.allCases {
      guard let begun = findings.begun[kind], !begun.isEmpty else { continue }
      let blocks = begun.map { block($0, statuses[$0.resource]) }
      texts.append(
        kind == .failing
          ? .failures(blocks, of: settings.profileName) : .overdue(blocks, of: settings.profileName)
      )
    }
    if !findings.over.isEmpty {
      texts.append(
        .recovery(try await names(of: findings.over, now: now), of: settings.profileName)
      )
    }
    let mails = settings.notificationAddresses.flatMap { address in
      texts.map { OutgoingMail(to: address, subject: $0.subject, body: $0.text) }
    }
    try await store.keep(findings, telling: mails, now: now)
    return mails.count
  }

  private func block(_ trouble: Trouble, _ status: ResourceStatus?) -> MailText.Trouble {
    MailText.Trouble(
      name: status?.name ?? "Resource \(trouble.resource)",
      resource: trouble.resource,
      cause: status?.reason
        ?? (trouble.kind == .overdue ? "Its agent is silent." : "It gave no reason."),
      since: trouble.since,
      lastSuccess: status?.lastSuccess
    )
  }

  private func names(of troubles: [Trouble], now: Instant) async throws -> [String] {
    var names: [String] = []
    for trouble in troubles {
      do {
        let status = try await store.resource(ResourceID(trouble.resource), now: now)
        // Switched off is not the same as well again.
        names.append(status.isEnabled ? status.name : "\(status.name) (switched off)")
      } catch let problem as RegistryProblem where problem.code == .notFound {
        names.append("Resource \(trouble.resource)")
      }
    }
    return names
  }

  private func all(in state: ResourceState, now: Instant) async throws -> [ResourceStatus] {
    var filter = ResourceFilter()
    filter.state = state
    var found: [ResourceStatus] = []
    var number = 0
    while true {
      filter.page = Page(number, size: Page.sizes.upperBound)
      let part = try await store.resources(filter, now: now)
      found += part.rows
      guard part.rows.count == filter.page.size else { return found }
      number += 1
    }
  }
}
