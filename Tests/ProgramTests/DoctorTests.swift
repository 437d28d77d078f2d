import Foundation
import Testing

/// `doctor` through the real binary: one thing broken at a time, found under its own name.
@Suite(.timeLimit(.minutes(10))) struct DoctorTests {
  private struct Doctor: Decodable {
    struct Check: Decodable {
      let name: String
      let finding: String
      let says: String
      let mend: String?
    }

    let checks: [Check]

    var bad: [Check] { checks.filter { $0.finding == "bad" } }
  }

  @Test func `it finds every link sound, and changes nothing`() async throws {
    try await Sandbox.serving { sandbox in
      let before = try await sandbox.dump()
      let healthy = try await sandbox.lockstep("doctor", "--json")
      #expect(healthy.status == 0, "\(healthy.output)")
      let checks = try healthy.json(Doctor.self).checks
      #expect(checks.allSatisfy { $0.finding != "bad" })
      for name in ["settings", "Exchange", "calendar", "PSA", "resource", "cache", "disk"] {
        #expect(checks.contains { $0.name == name }, "\(name)")
      }
      #expect(try await sandbox.lockstep("doctor").output.contains("calendar"))
      #expect(try await sandbox.dump() == before)
      #expect(!FileManager.default.fileExists(atPath: sandbox.cache.path))
    }
  }

  @Test func `one broken setting is found under its own name, with what helps`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let cache = sandbox.folder.appending(path: "world/a-file")
      try Data("no folder".utf8).write(to: cache)
      let mailbox = "\nresource = \"technician@example.com\""
      let world = sandbox.folder.appending(path: "world").path
      let breaks: [(old: String, new: String, name: String, mend: String)] = [
        (sandbox.ready.exchange, "http://127.0.0.1:9/EWS/Exchange.asmx", "Exchange", "port"),
        (
          sandbox.ready.exchange, "https://mail.lockstep.invalid/EWS/Exchange.asmx", "Exchange",
          "getent hosts mail.lockstep.invalid"
        ),
        (
          sandbox.ready.exchange,
          sandbox.ready.exchange.replacing("Exchange.asmx", with: "Elsewhere"), "Exchange",
          "`virtual_directory`"
        ),
        (sandbox.ready.psa, "http://127.0.0.1:9/", "PSA", "`entry_point`"),
        (sandbox.ready.psa, sandbox.ready.psa + "nowhere/", "PSA", "`entry_point`"),
        ("\nintegration_code = \"", "\nintegration_code = \"X", "PSA", "`integration_code`"),
        (mailbox, "\nresource = \"nobody@example.com\"", "resource", "`resource` under [psa]"),
        (
          "\npassword_file = ", "\npassword_file = \"gone\" # ", "Exchange password",
          "`password_file`"
        ),
        ("\nsecret_file = ", "\nsecret_command = [\"false\"] # ", "PSA secret", "by hand"),
        ("\"\(world)/cache\"", "\"a-file\"", "cache", "move that file away"),
        ("\"\(world)/cache\"", "\"a-file/below\"", "cache", "`cache_directory`"),
      ]
      for broken in breaks {
        let settings = try sandbox.settings("b.toml", replacing: broken.old, with: broken.new)
        let sick = try await sandbox.lockstep("doctor", "--json", config: settings)
        #expect(sick.status == 1)
        let bad = try sick.json(Doctor.self).bad
        #expect(bad.map(\.name) == [broken.name], "\(broken.new)")
        #expect(bad.first?.mend?.contains(broken.mend) == true, "\(bad)")
        #expect(bad.first?.mend?.contains("who runs that server") == false)
      }
      let wrong = sandbox.folder.appending(path: "world/wrong")
      try Data("not the password\n".utf8).write(to: wrong)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: wrong.path)
      for (key, name) in [("\npassword_file", "Exchange"), ("\nsecret_file", "PSA")] {
        let settings = try sandbox.settings(
          "b.toml",
          replacing: key + " = ",
          with: key + " = \"wrong\" # "
        )
        let bad = try await sandbox.lockstep("doctor", "--json", config: settings)
          .json(Doctor.self).bad
        #expect(bad.map(\.name) == [name])
        #expect(bad.first?.mend?.contains("`user`") == true)
      }
      let absent = try await sandbox.lockstep("doctor", "--json", config: "gone.toml")
      #expect(try absent.json(Doctor.self).bad.first?.mend?.contains("settings.example") == true)
    }
  }

  @Test func `a lost name, another agent and a newer cache are told apart`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      _ = try await sandbox.sync()
      let name = URL(filePath: sandbox.ready.config).deletingLastPathComponent()
        .appending(path: "sandbox.agent")
      let kept = try Data(contentsOf: name)
      func agent() async throws -> Doctor.Check? {
        let doctor: Doctor = try await sandbox.lockstep("doctor", "--json").json()
        return doctor.bad.first { $0.name == "agent" }
      }
      #expect(try await agent() == nil)
      try FileManager.default.removeItem(at: name)
      let lost = try #require(try await agent())
      #expect(lost.says.contains("its name is missing"))
      #expect(lost.mend?.hasPrefix("Restore that file") == true)
      #expect(!FileManager.default.fileExists(atPath: name.path))
      try Data("garbage\n".utf8).write(to: name)
      #expect(try await agent()?.mend?.contains("Restore \(name.path)") == true)
      try Data("0123456789abcdef0123456789abcdef\n".utf8).write(to: name)
      #expect(try await agent()?.mend?.hasPrefix("Leave it to that one") == true)
      try kept.write(to: name)

      let script = """
        import sqlite3, sys
        cache = sqlite3.connect(sys.argv[1])
        cache.execute("INSERT INTO grdb_migrations VALUES ('9999 from the future')")
        cache.commit()
        """
      let python = try #require(Program.found("python3"))
      #expect(try await python.run(["-c", script, sandbox.cache.path]).status == 0)
      let doctor: Doctor = try await sandbox.lockstep("doctor", "--json").json()
      #expect(doctor.bad.map(\.name) == ["cache"])
      #expect(doctor.bad.first?.mend?.contains("Install that version again") == true)
    }
  }

  @Test func `a cache that cannot be written is found`() async throws {
    guard geteuid() != 0 else {
      print("SKIPPED: root may write everywhere, so no folder was closed to doctor")
      return
    }
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let folder = sandbox.folder.appending(path: "world/closed")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
      let world = sandbox.folder.appending(path: "world").path
      let settings = try sandbox.settings(
        "closed.toml",
        replacing: "\"\(world)/cache\"",
        with: "\"closed/cache\""
      )
      let doctor: Doctor = try await sandbox.lockstep("doctor", "--json", config: settings).json()
      #expect(doctor.bad.map(\.name) == ["cache"])
      #expect(doctor.bad.first?.mend?.contains("ls -ld") == true)
    }
  }
}
