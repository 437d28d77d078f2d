import RegistryAPI
import TestGround
import Testing

@testable import Settings

/// Whatever stands in a settings file: taken or refused with a sentence, never a crash.
@Suite struct SettingsFuzzTests {
  private static let whole = """
    profile = "default"
    interval = 15
    [exchange]
    server = "mail.example.com"
    port = 443
    mailbox = "Technician@Example.com"
    user = 'EXAMPLE\\technician'
    password_command = ["pass", "show", "x"]
    password_keyring = { service = "lockstep", account = "exchange" }
    password_file = "password"
    ca_file = "ca.pem" # a remark
    [psa]
    user = "api-user@example.com"
    integration_code = "CODE"
    secret_file = "secret"
    resource = 29682885
    [sync]
    past_days = 7
    import_detail = "none"
    zone = "Europe/Berlin"
    [links]
    to_do = "https://x.example/{id}"
    """

  @Test func `a garbled settings file is taken or refused, with a sentence for each line`() throws {
    try Fuzz("settings", Fragments.toml, corpus: [Self.whole]).run { bytes, _, seed in
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        _ = try LockstepSettings.parse(text, file: "settings.toml", places: Sample.places)
      } catch let refusal as SettingsRefusal {
        #expect(!refusal.problems.isEmpty, "seed \(seed)")
        for problem in refusal.problems {
          #expect(problem.sentence.count > 5, "seed \(seed)")
          #expect(problem.line ?? 1 >= 1, "seed \(seed)")
        }
      }
    }
  }

  @Test func `a garbled profile, policy or report of the registry is taken or refused`() throws {
    let folder = try TemporaryFolder()
    let kept = KeptPolicy(
      registry: "https://registry.example",
      etag: "\"7\"",
      policy: AgentPolicy(
        version: 7,
        isEnabled: true,
        resource: 29_682_885,
        resourceName: "Technician",
        intervalMinutes: 15,
        exchange: AgentPolicy.Exchange(
          server: "mail.example.com",
          port: 443,
          virtualDirectory: "",
          domain: "EXAMPLE"
        ),
        switches: ["import_detail": "all", "past_days": "7"],
        fullReading: 1,
        usesAccountForEverybody: false,
        profile: ProfileDocument(version: 3, choices: ["past_days": "3"]),
        approvals: []
      ),
      profile: nil
    )
    try kept.write(in: folder.path)
    let policy = try folder.bytes("policy.json")
    let own = Array("import_detail = \"none\"\npast_days = 3\nenabled = true\n".utf8)
    let fragments = Fragments.json + Fragments.toml
    try Fuzz("policy-and-profile", fragments, corpus: [policy, own], cases: 1_000).run {
      bytes,
      _,
      _ in
      try folder.write("policy.json", bytes)
      try folder.write("profile.toml", bytes)
      do {
        _ = try KeptPolicy.read(of: "https://registry.example", in: folder.path)
        _ = try ProfileFile(besideSettings: folder("settings.toml")).read()
      } catch let refusal as SettingsRefusal {
        #expect(!refusal.problems.isEmpty)
      }
    }
  }
}
