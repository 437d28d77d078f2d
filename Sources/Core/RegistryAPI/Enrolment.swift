package import SyncModel

/// What an agent sends with its one-time code: `POST /v1/enrolments`.
package struct EnrolmentRequest: Hashable, Sendable, Codable {
  /// As the mail gave it; spaces, dashes and case do not count.
  package let code: String
  /// The random id that lies beside the agent's settings.
  package let agent: AgentID
  package let machine: String
  /// The program's version.
  package let version: String
  /// True revokes the agent that the resource already has (`rules.md` 9).
  package let takesOver: Bool
  /// Whom the agent's settings serve: a code for somebody else is refused and stays good.
  package let resource: Int64?

  package init(
    code: String,
    agent: AgentID,
    machine: String,
    version: String,
    takesOver: Bool,
    resource: Int64? = nil
  ) {
    self.code = code
    self.agent = agent
    self.machine = machine
    self.version = version
    self.takesOver = takesOver
    self.resource = resource
  }
}

/// What the registry gives for a code: the only time that the token is seen.
package struct Enrolment: Hashable, Sendable, Codable {
  /// For `Authorization: Bearer`.
  package let token: String
  package let expires: WireTime
  /// The PSA's number of the resource that the agent serves from now on.
  package let resource: Int64
  package let resourceName: String
  /// As the registry knows the person; nil or blank where it does not.
  package let resourceMail: String?

  package init(
    token: String,
    expires: WireTime,
    resource: Int64,
    resourceName: String,
    resourceMail: String? = nil
  ) {
    self.token = token
    self.expires = expires
    self.resource = resource
    self.resourceName = resourceName
    self.resourceMail = resourceMail
  }
}

/// A code as people read and type it: letters and digits that cannot be taken for each other.
package enum EnrolmentCode {
  /// Without 0, 1, I, L, O and U.
  package static let alphabet: [Character] = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ")
  /// 16 letters are 78 bits.
  package static let length = 16

  /// The letters that count, as they were made.
  package static func normalised(_ typed: String) -> String {
    typed.uppercased().filter(alphabet.contains)
  }

  /// In groups of four, such as `7GQM-2XKD-HT49-WZ5B`.
  package static func shown(_ code: String) -> String {
    var groups: [String] = []
    var rest = normalised(code)[...]
    while !rest.isEmpty {
      groups.append(String(rest.prefix(4)))
      rest = rest.dropFirst(4)
    }
    return groups.joined(separator: "-")
  }
}
