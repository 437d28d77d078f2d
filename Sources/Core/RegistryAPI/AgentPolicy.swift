package import SyncModel

/// What an agent is told before each run: `GET /v1/agent/policy`, with an ETag over all of it.
package struct AgentPolicy: Hashable, Sendable, Codable {
  /// Where the mailbox is; the password is the user's own and never part of it.
  package struct Exchange: Hashable, Sendable, Codable {
    package let server: String
    package let port: Int
    /// Blank is `EWS/Exchange.asmx`.
    package let virtualDirectory: String
    package let domain: String

    package init(server: String, port: Int, virtualDirectory: String, domain: String) {
      self.server = server
      self.port = port
      self.virtualDirectory = virtualDirectory
      self.domain = domain
    }
  }

  /// Counts the admin's savings; an attempt keeps the one that it began with.
  package let version: Int
  /// The whole registry and this resource are both switched on.
  package let isEnabled: Bool
  package let resource: Int64
  package let resourceName: String
  /// From the start of one run to the next: 10 or more.
  package let intervalMinutes: Int
  package let exchange: Exchange
  /// The admin's switches, every key of `ProfileKey` with its value as text.
  package let switches: [String: String]
  /// Goes up when everything has to be read again (`rules.md` 9); suppressions stay.
  package let fullReading: Int
  /// True: the registry serves the mailboxes itself, and agents refuse to run.
  package let usesAccountForEverybody: Bool
  package let profile: ProfileDocument
  /// Digests of held operations that the admin approved and no attempt has reported as done.
  package let approvals: [PlanDigest]

  package init(
    version: Int,
    isEnabled: Bool,
    resource: Int64,
    resourceName: String,
    intervalMinutes: Int,
    exchange: Exchange,
    switches: [String: String],
    fullReading: Int,
    usesAccountForEverybody: Bool,
    profile: ProfileDocument,
    approvals: [PlanDigest]
  ) {
    self.version = version
    self.isEnabled = isEnabled
    self.resource = resource
    self.resourceName = resourceName
    self.intervalMinutes = intervalMinutes
    self.exchange = exchange
    self.switches = switches
    self.fullReading = fullReading
    self.usesAccountForEverybody = usesAccountForEverybody
    self.profile = profile
    self.approvals = approvals
  }
}

/// The person's own switches as the registry keeps them: `GET` and `PUT /v1/agent/profile`.
///
/// A `PUT` names the version that it changes in `If-Match`.
package struct ProfileDocument: Hashable, Sendable, Codable {
  /// 0 where nobody has chosen anything yet.
  package let version: Int
  /// Keys of `ProfileKey` that were chosen, with their values as text.
  package let choices: [String: String]

  package init(version: Int, choices: [String: String]) {
    self.version = version
    self.choices = choices
  }

  package init(version: Int, _ profile: UserProfile) {
    let chosen = ProfileKey.allCases.compactMap { key in
      profile.text(of: key).map { (key.rawValue, $0) }
    }
    self.init(version: version, choices: Dictionary(uniqueKeysWithValues: chosen))
  }

  /// Refuses keys and values that a profile cannot have.
  package func profile() throws(ProfileRefusal) -> UserProfile {
    var profile = UserProfile()
    for (key, value) in choices.sorted(by: { $0.key < $1.key }) {
      try profile.set("\(key)=\(value)")
    }
    return profile
  }
}

extension SyncSwitches {
  /// Every key with its value, as they travel.
  package var texts: [String: String] {
    Dictionary(uniqueKeysWithValues: ProfileKey.allCases.map { ($0.rawValue, text(of: $0)) })
  }

  /// The switches that a registry's texts describe; keys that are unknown or missing are refused,
  /// for a switch that was misread would write what the admin forbade.
  package init(texts: [String: String]) throws(ProfileRefusal) {
    let given = try ProfileDocument(version: 0, choices: texts).profile()
    var switches = SyncSwitches.standard
    for key in ProfileKey.allCases where given.text(of: key) == nil {
      throw ProfileRefusal(description: "The registry's policy lacks \(key.rawValue).")
    }
    switches.take(given)
    self = switches
  }

  /// Every choice of a profile, also where it is not stricter.
  package mutating func take(_ given: UserProfile) {
    for key in ProfileKey.allCases {
      switch key.field {
      case .flag(let path, let own):
        self[keyPath: path] = given[keyPath: own] ?? self[keyPath: path]
      case .detail(let path, let own):
        self[keyPath: path] = given[keyPath: own] ?? self[keyPath: path]
      case .days(let path, let own):
        self[keyPath: path] = given[keyPath: own] ?? self[keyPath: path]
      }
    }
  }
}
