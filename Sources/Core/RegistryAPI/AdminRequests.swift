package import SyncModel

/// The admin's settings as they travel: `GET /v1/settings`.
package struct SettingsDocument: Hashable, Codable, Sendable {
  /// 0 where nothing was saved yet.
  package let version: Int
  /// Every key of `SettingKey` but the password, with its value as people type it.
  package let values: [String: String]
  package let hasAccountPassword: Bool
  package let savedAt: WireTime?
  package let savedBy: String?
  /// What a look at the servers found after saving; missing where nobody looked.
  package let checks: [SettingCheck]?

  package init(
    version: Int,
    values: [String: String],
    hasAccountPassword: Bool,
    savedAt: WireTime?,
    savedBy: String?,
    checks: [SettingCheck]?
  ) {
    self.version = version
    self.values = values
    self.hasAccountPassword = hasAccountPassword
    self.savedAt = savedAt
    self.savedBy = savedBy
    self.checks = checks
  }
}

/// `PATCH /v1/settings`, with the version that it changes in `If-Match`.
package struct SettingsChange: Codable, Sendable {
  /// Only what changes.
  package let values: [String: String]?
  /// An empty one forgets it.
  package let accountPassword: String?

  package init(values: [String: String]?, accountPassword: String? = nil) {
    self.values = values
    self.accountPassword = accountPassword
  }
}

extension AdminSettings {
  /// Every key but the password, as people read and type it.
  package var texts: [String: String] {
    var texts: [String: String] = [:]
    for key in SettingKey.allCases {
      if let text = text(of: key) { texts[key.rawValue] = text }
    }
    return texts
  }

  /// Takes what was typed; what it does not take, and what does not go together, by key.
  package mutating func take(_ values: [String: String]) -> [String: String] {
    var refused: [String: String] = [:]
    for (name, text) in values.sorted(by: { $0.key < $1.key }) {
      guard let key = SettingKey(rawValue: name) else {
        refused[name] = "There is no setting of this name."
        continue
      }
      do throws(SettingRefusal) { try set(key, to: text) } catch {
        refused[name] = error.description
      }
    }
    guard refused.isEmpty else { return refused }
    for problem in problems {
      refused[problem.key?.rawValue ?? "settings"] = problem.description
    }
    return refused
  }
}

/// `POST /v1/resources`: people as a list names them.
package struct ResourceImport: Codable, Sendable {
  package struct Person: Hashable, Codable, Sendable {
    package let number: Int64
    package let name: String
    package let mail: String?
    /// True where it is missing.
    package let isActive: Bool?

    package init(number: Int64, name: String, mail: String?, isActive: Bool?) {
      self.number = number
      self.name = name
      self.mail = mail
      self.isActive = isActive
    }
  }

  package let resources: [Person]
  /// True: whoever is not named becomes inactive.
  package let isWhole: Bool?

  package init(resources: [Person], isWhole: Bool?) {
    self.resources = resources
    self.isWhole = isWhole
  }
}

/// `POST /v1/resources/enable` and `/disable`.
package struct SwitchRequest: Codable, Sendable {
  package static let limit = 1_000

  package let resources: [Int64]
  /// True changes nothing and says what would be.
  package let isPreview: Bool?

  package init(resources: [Int64], isPreview: Bool? = nil) {
    self.resources = resources
    self.isPreview = isPreview
  }
}

/// What was switched, or would be.
package struct SwitchAnswer: Hashable, Codable, Sendable {
  package let switched: [Int64]
  /// Who gets a mail with a code.
  package let mailed: [Int64]
  /// Newly enabled, without an agent and without an address.
  package let withoutAddress: [Int64]

  package init(switched: [Int64], mailed: [Int64], withoutAddress: [Int64]) {
    self.switched = switched
    self.mailed = mailed
    self.withoutAddress = withoutAddress
  }
}

/// `POST /v1/resources/{number}/codes`.
package struct CodeRequest: Codable, Sendable {
  package let takesOver: Bool?

  package init(takesOver: Bool?) { self.takesOver = takesOver }
}

/// A code, shown this once.
package struct MadeCode: Hashable, Codable, Sendable {
  package let code: String
  package let resource: Int64
  package let expires: WireTime

  package init(code: String, resource: Int64, expires: WireTime) {
    self.code = code
    self.resource = resource
    self.expires = expires
  }
}

/// `POST /v1/resources/{number}/approvals`.
package struct ApprovalRequest: Codable, Sendable {
  package let digest: PlanDigest

  package init(digest: PlanDigest) { self.digest = digest }
}

/// `POST /v1/tokens`.
package struct TokenRequest: Codable, Sendable {
  package let name: String

  package init(name: String) { self.name = name }
}

/// A token, shown this once.
package struct MadeToken: Hashable, Codable, Sendable {
  package let token: String
  package let name: String

  package init(token: String, name: String) {
    self.token = token
    self.name = name
  }
}
