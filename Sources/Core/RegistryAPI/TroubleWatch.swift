package import SyncModel

/// A resource that cannot be served, as the registry remembers it from one look to the next.
package struct Trouble: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Its runs fail.
    case failing
    /// Its agent should have reported and did not.
    case overdue

    /// So many seconds it may pass by itself before anybody is told.
    package var grace: Int64 {
      switch self {
      case .failing: 15 * 60
      case .overdue: Instant.hour
      }
    }
  }

  package let resource: Int64
  package var kind: Kind
  /// When it was first seen.
  package let since: Instant
  /// When the notification addresses were told; nil as long as they were not.
  package var told: Instant?

  package init(resource: Int64, kind: Kind, since: Instant, told: Instant? = nil) {
    self.resource = resource
    self.kind = kind
    self.since = since
    self.told = told
  }
}

/// Decides who is mailed about: once when a trouble has lasted, once when it is over, many in one
/// mail (`design.md` section 5).
package struct TroubleWatch: Sendable {
  /// Seconds between two mails of one sort; what comes meanwhile is in the next one.
  package static let pause: Int64 = 15 * 60

  package struct Findings: Hashable, Sendable {
    /// To be remembered in place of what was known.
    package var known: [Trouble]
    /// What is to be mailed now, by sort.
    package var begun: [Trouble.Kind: [Trouble]]
    /// Told earlier, and over; to be mailed now.
    package var over: [Trouble]
  }

  package let now: Instant
  /// When a mail about troubles of a sort went out last.
  package let lastMails: [Trouble.Kind: Instant]
  package let lastRecovery: Instant?

  package init(now: Instant, lastMails: [Trouble.Kind: Instant], lastRecovery: Instant?) {
    self.now = now
    self.lastMails = lastMails
    self.lastRecovery = lastRecovery
  }

  /// - Parameters:
  ///   - known: what the look before remembered.
  ///   - seen: who is in trouble now, and how.
  package func findings(known: [Trouble], seen: [Int64: Trouble.Kind]) -> Findings {
    var findings = Findings(known: [], begun: [:], over: [])
    let remembered = Dictionary(known.map { ($0.resource, $0) }) { first, _ in first }
    for (resource, kind) in seen.sorted(by: { $0.key < $1.key }) {
      var trouble =
        remembered[resource] ?? Trouble(resource: resource, kind: kind, since: now)
      trouble.kind = kind
      let lasted = now.seconds - trouble.since.seconds
      if trouble.told == nil, lasted >= kind.grace, isFree(lastMails[kind]) {
        trouble.told = now
        findings.begun[kind, default: []].append(trouble)
      }
      findings.known.append(trouble)
    }
    for trouble in known where seen[trouble.resource] == nil && trouble.told != nil {
      if isFree(lastRecovery) {
        findings.over.append(trouble)
      } else {
        findings.known.append(trouble)
      }
    }
    findings.known.sort { $0.resource < $1.resource }
    findings.over.sort { $0.resource < $1.resource }
    return findings
  }

  private func isFree(_ last: Instant?) -> Bool {
    last.map { now.seconds - $0.seconds >= TroubleWatch.pause } ?? true
  }
}
