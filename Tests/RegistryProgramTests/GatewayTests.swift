import Foundation
import RegistryAPI
import SyncModel
import TestGround
import Testing

/// An agent without an API user, by way of the registry's gateway.
@Suite(.timeLimit(.minutes(5))) struct GatewayTests {
  @Test func `an agent without an API user is in step both ways, and never sees the secret`()
    async throws
  {
    let (registry, folder) = (try RegistryProgram(), try TemporaryFolder())
    let sandbox = try RunningSandbox(folder, items: 8)
    defer { sandbox.end() }
    let ready = try await sandbox.ready()
    try registry.folder.write(
      "registry.toml",
      """
      database = "registry.sqlite"
      key_file = "registry.key"
      listen = "127.0.0.1:0"
      [psa]
      gateway = true
      entry_point = "\(ready.psa)"
      user = "\(ready.user)"
      integration_code = "\(ready.integrationCode)"
      secret_file = "\(sandbox.secretFile)"
      """
    )
    let people = try registry.folder.write("people.csv", "29682885,Technician,\(ready.user)\n")
    #expect(try await registry("resources", "import", people).status == 0)
    _ = try await registry("settings", "set", "profile_name=Firm", "server_address=localhost")
    #expect(try await registry("enable", "--all", "--yes").status == 0)
    let code = try await registry("codes", "add", "29682885", "--json").json(MadeCode.self).code
    let off = try await registry("gateway")
    #expect(off.output.contains("not reached yet"), "\(off.output)\(off.errors)")

    let status = try await registry.serving { address in
      let settings = try String(contentsOfFile: ready.config, encoding: .utf8)
      let start = try #require(settings.range(of: "[psa]"))
      let rest = settings[start.upperBound...].firstRange(of: /\n\[/)
      let own =
        settings[..<start.lowerBound] + "[psa]\ngateway = true\n"
        + (rest.map { settings[$0.lowerBound...] } ?? "") + "\n[registry]\nurl = \"\(address)\"\n"
      try Data(own.utf8).write(to: URL(filePath: ready.config))
      let early = try await sandbox.agent("--config", ready.config, "sync")
      #expect(early.errors.contains("not enrolled"), "\(early.errors)")
      let enrolled = try await sandbox.agent(
        "init",
        "--settings",
        ready.config,
        "--code",
        code
      )
      #expect(enrolled.status == 0, "\(enrolled.errors)")
      let doctor = try await sandbox.agent("--config", ready.config, "doctor")
      #expect(doctor.output.contains(/PSA +.*tenant 123456/), "\(doctor.output)\(doctor.errors)")
      for _ in 0..<2 {
        let synced = try await sandbox.agent("--config", ready.config, "sync")
        #expect(synced.status == 0, "\(synced.output)\(synced.errors)")
      }
      let world = try await sandbox.dump()
      #expect(world.psa.contains { ($0.text ?? "").contains("Ref: ") })
      #expect(world.mails == 0)
      let view = try await registry("gateway")
      #expect(view.output.contains(/Appointments +\d+/), "\(view.output)")
      #expect(view.output.contains(/Read +just now/), "\(view.output)")
      let figures = try await registry("gateway", "--json").json(GatewayStatus.self)
      #expect(figures.complaint == nil && (figures.used ?? 0) > 0)
      #expect(!enrolled.errors.contains("knows Technician by"))
      let other = try registry.folder.write("other.csv", "29682885,Technician,other@example.com\n")
      _ = try await registry("resources", "import", other)
      let second = try await registry("codes", "add", "29682885", "--take-over", "--json")
        .json(MadeCode.self).code
      let warned = try await sandbox.agent("init", "--settings", ready.config, "--code", second)
      #expect(warned.errors.contains("knows Technician by other@example.com"), "\(warned.errors)")
    }
    #expect(status == 0)
    let secret = try String(contentsOfFile: sandbox.secretFile, encoding: .utf8)
      .trimmingCharacters(in: .newlines)
    try expectNowhere(secret, below: registry.folder.path)
  }
}
