import Foundation
import RegistryAPI
import TestGround
import Testing

/// What the admin sets at the command line changes what an agent would do in its next run.
@Suite(.timeLimit(.minutes(5))) struct PolicyTests {
  /// Each setting of the tab Synchronization, with a value that leaves less to do or more.
  private static let changes = [
    "allow_appointments=false", "allow_contacts=true", "allow_service_calls=false",
    "allow_to_dos=false", "import_detail=none", "import_detail=off", "send_free_time=false",
    "past_days=1", "recurring_days=1", "enabled=false",
  ]
  private static let usual = [
    "allow_appointments=true", "allow_contacts=false", "allow_service_calls=true",
    "allow_to_dos=true", "import_detail=all", "send_free_time=true", "past_days=30",
    "recurring_days=30", "enabled=true",
  ]

  private struct Refused {
    let setting: String
    let words: String
  }

  private static let refused = [
    Refused(setting: "past_days=31", words: "1 to 30"),
    Refused(setting: "recurring_days=0", words: "1 to 30"),
    Refused(setting: "interval=9", words: "10"),
    Refused(setting: "server_port=0", words: "65535"),
    Refused(setting: "import_detail=some", words: "all"),
    Refused(setting: "server_address=10.0.0.1", words: "name"),
    Refused(setting: "notification_addresses=nobody", words: "address"),
    Refused(setting: "profile_name=", words: "name"),
  ]

  @Test func `each setting changes the plan, and is refused out of its range`() async throws {
    let (registry, folder) = (try RegistryProgram(), try TemporaryFolder())
    let sandbox = try RunningSandbox(folder, items: 60)
    defer { sandbox.end() }
    let ready = try await sandbox.ready()
    let people = try registry.folder.write("people.csv", "29682885,Technician,\(ready.user)\n")
    _ = try await registry("resources", "import", people)
    _ = try await registry("settings", "set", "profile_name=Firm", "server_address=localhost")
    #expect(try await registry("enable", "--all", "--yes").status == 0)
    let code = try await registry("codes", "add", "29682885", "--json").json(MadeCode.self).code
    let status = try await registry.serving { address in
      let settings = try String(contentsOfFile: ready.config, encoding: .utf8)
      // What the settings file says would narrow the policy.
      let open = settings.replacing(/(?ms)^\[sync\].*?(?=^\[|\z)/, with: "[sync]\n")
      try Data((open + "\n[registry]\nurl = \"\(address)\"\n").utf8)
        .write(to: URL(filePath: ready.config))
      let enrolled = try await sandbox.agent("init", "--settings", ready.config, "--code", code)
      #expect(enrolled.status == 0, "\(enrolled.errors)")

      func plan(_ settings: [String]) async throws -> String {
        for setting in settings {
          let run = try await registry("settings", "set", setting)
          #expect(run.status == 0, "\(setting): \(run.errors)")
        }
        let run = try await sandbox.agent("--config", ready.config, "plan")
        // What would be done, or why nothing is; not what else is said of a first run.
        let lines = (run.output + run.errors).split(separator: "\n").map(String.init)
        let done = lines.filter { $0.hasPrefix("  ") }
        return (done.isEmpty ? lines : done).joined(separator: "\n")
      }
      let whole = try await plan(Self.usual)
      #expect(whole.contains("create"), "\(whole)")
      for change in Self.changes {
        let changed = try await plan([change])
        let shown = try await registry("settings", "--json").output
        #expect(changed != whole, "\(change)\n\(shown)\n\(changed)")
        let back = try await plan(Self.usual)
        #expect(back == whole, "after \(change)")
      }
      for refused in Self.refused {
        let run = try await registry("settings", "set", refused.setting)
        #expect(run.status == 64 && run.errors.contains(refused.words), "\(run.errors)")
      }
    }
    #expect(status == 0)
  }
}
