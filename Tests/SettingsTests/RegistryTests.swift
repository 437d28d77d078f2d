import HTTP
import RegistryAPI
import Settings
import SyncModel
import TestGround
import Testing

/// `[registry]`, and what its last word makes of the settings.
@Suite struct RegistryTests {
  private static let url = "https://registry.example.com"

  private func settings(
    _ sync: String = "",
    own: UserProfile = UserProfile(),
    _ switches: (inout SyncSwitches) -> Void = { _ in },
    isEnabled: Bool = true,
    fullReading: Int = 0
  ) throws -> LockstepSettings {
    var settings = try Sample.settings(
      more: "[registry]\nurl = \"\(Self.url)\"\n[sync]\n\(sync)",
      own: own
    )
    var allowed = SyncSwitches.standard
    switches(&allowed)
    settings.kept = Self.kept(allowed.texts, isEnabled: isEnabled, fullReading: fullReading)
    return settings
  }

  private static func kept(
    _ texts: [String: String] = SyncSwitches.standard.texts,
    isEnabled: Bool = true,
    fullReading: Int = 0
  ) -> KeptPolicy {
    KeptPolicy(
      registry: url,
      etag: "\"1\"",
      policy: AgentPolicy(
        version: 1,
        isEnabled: isEnabled,
        resource: 12,
        resourceName: "Tom",
        intervalMinutes: 30,
        exchange: .init(server: "", port: 443, virtualDirectory: "", domain: ""),
        switches: texts,
        fullReading: fullReading,
        usesAccountForEverybody: false,
        profile: ProfileDocument(version: 0, choices: [:]),
        approvals: []
      ),
      profile: nil
    )
  }

  @Test func `the registry is named with whom to believe, and the token lies beside the settings`()
    throws
  {
    let more = "[registry]\nurl = \"\(Self.url)\"\nca_file = \"ca.pem\"\n"
    let registry = try #require(try Sample.settings("profile = \"tom\"", more: more).registry)
    #expect(registry.address.url == Self.url)
    #expect(registry.trust.certificateAuthorityFile == "/etc/lockstep/ca.pem")
    #expect(registry.tokenFile == "/etc/lockstep/tom.token")
    #expect(try Sample.settings().registry == nil)
  }

  @Test(arguments: [
    ("url = \"http://registry.example.com\"", "https://"),
    ("url = \"https://10.0.0.1\"", "name the server"),
    ("ca_file = \"ca.pem\"", "of no use without registry.url"),
    ("token = \"lsa_x\"", "no setting"),
  ])
  func `an address that is not safe is refused`(line: String, words: String) {
    let problems = Sample.problems("[registry]\n\(line)")
    #expect(problems.contains { $0.contains(words) }, "\(problems)")
  }

  @Test func `registry, settings and profile only tighten each other`() throws {
    var own = UserProfile()
    own.pastDays = 5
    let settings = try settings(
      "past_days = 9\nsync_contacts = true\nsend_free_time = false",
      own: own
    ) {
      $0.pastDays = 20
      $0.importDetail = .none
    }
    #expect(settings.switches.pastDays == 5 && settings.policy.pastDays == 9)
    #expect(settings.switches.importDetail == .none && !settings.switches.sendsFreeTime)
    // The settings ask for what the registry does not allow.
    #expect(!settings.switches.contacts)
    #expect(settings.interval == .seconds(1_800))
    // What the settings do not speak of is as the registry has it.
    #expect(try self.settings("", { $0.contacts = true }).switches.contacts)
    #expect(try !self.settings(isEnabled: false).switches.isEnabled)
  }

  @Test func `a full reading is another digest, the first of all is none`() throws {
    let plain = try settings().canonicalText
    #expect(try settings(fullReading: 1).canonicalText != plain)
    #expect(
      try settings(fullReading: 1).canonicalText != settings(fullReading: 2).canonicalText
    )
    #expect(try Sample.settings().canonicalText == plain)
  }

  @Test func `what was told last is kept for its owner, and for its registry alone`() throws {
    let folder = try TemporaryFolder()
    #expect(try KeptPolicy.read(of: Self.url, in: folder.path) == nil)
    try Self.kept().write(in: folder.path)
    #expect(try KeptPolicy.read(of: Self.url, in: folder.path) == Self.kept())
    #expect(try KeptPolicy.read(of: "https://other.example.com", in: folder.path) == nil)
    _ = try folder.write("policy.json", "{\"registry\":")
    #expect(try KeptPolicy.read(of: Self.url, in: folder.path) == nil)
    var lacking = SyncSwitches.standard.texts
    lacking["enabled"] = nil
    try Self.kept(lacking).write(in: folder.path)
    #expect(try KeptPolicy.read(of: Self.url, in: folder.path) == nil)
  }

  @Test func `the token is kept for its owner alone, and is no token if others can read it`()
    async throws
  {
    let folder = try TemporaryFolder()
    let settings = try LockstepSettings.parse(
      "\(Sample.exchange)\n\(Sample.psa)\n[registry]\nurl = \"\(Self.url)\"\n",
      file: folder.path + "/settings.toml",
      places: Sample.places
    )
    let registry = try #require(settings.registry)
    #expect(!registry.hasToken)
    try registry.keep(Secret("lsa_CANARY"))
    #expect(registry.hasToken)
    #expect(try await registry.token().reveal() == "lsa_CANARY")
    #expect(!"\(settings)".contains("CANARY"))
    _ = try folder.write("default.token", "lsa_CANARY", mode: 0o644)
    await #expect(throws: SecretFailure.self) { _ = try await registry.token() }
  }
}
