import Foundation
import TestGround
import Testing

/// A keyring that is locked, away or slow is waited for (`design.md` 8): no run fails for good.
@Suite(.timeLimit(.minutes(10))) struct KeyringTests {
  /// A `secret-tool` on the PATH that finds the password once a file is there.
  private func serving(
    _ locked: String,
    _ body: (Sandbox, _ agent: Program, _ config: String, _ unlock: () throws -> Void) async throws
      -> Void
  ) async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let bin = sandbox.folder.appending(path: "bin")
      try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
      let unlocked = sandbox.folder.appending(path: "unlocked").path
      let script = """
        #!/bin/sh
        if [ -e '\(unlocked)' ]; then cat '\(sandbox.folder.path)/world/password'; exit 0; fi
        \(locked)
        """
      // Another process writes it: a file that is open for writing cannot be run.
      let write = #"printf '%s\n' "$2" >"$1" && chmod 700 "$1""#
      let tool = bin.appending(path: "secret-tool").path
      let written = try await #require(Program.found("sh")).run(["-c", write, "sh", tool, script])
      #expect(written.status == 0)
      let config = try sandbox.settings(
        "keyring.toml",
        replacing: "\npassword_file = ",
        with: "\npassword_keyring = { service = \"lockstep\", account = \"exchange\" }\n# "
      )
      var agent = try sandbox.agent
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      agent.environment["PATH"] = "\(bin.path):\(path)"
      try await body(sandbox, agent, config) { try Data().write(to: URL(filePath: unlocked)) }
    }
  }

  @Test(arguments: [
    // What `secret-tool search` prints of an item whose secret it may not have.
    (
      "[ $1 = search ] && echo '[/org/freedesktop/secrets/collection/login/3]'; exit 1", 75,
      "locked"
    ),
    ("echo 'Cannot autolaunch D-Bus without X11' >&2; exit 1", 75, "no keyring answers"),
    ("exit 1", 77, "secret-tool store --label=Lockstep account exchange service lockstep"),
  ])
  func `a run says what the keyring lacks, and whether it is worth trying later`(
    locked: String,
    status: Int32,
    says: String
  ) async throws {
    try await serving(locked) { sandbox, agent, config, unlock in
      let before = try await sandbox.dump()
      let waits = try await agent.run(["--config", config, "sync", "--json"])
      #expect(waits.status == status, "\(waits.errors)")
      #expect((waits.output + waits.errors).contains(says), "\(waits.output)\(waits.errors)")
      let attempt: AttemptLine = try waits.json()
      #expect(attempt.outcome == "failed" && attempt.exchange.requests == 0)
      let doctor = try await agent.run(["--config", config, "doctor"])
      #expect(doctor.output.contains(says), "\(doctor.output)")
      #expect(try await sandbox.dump() == before)
      try unlock()
      #expect(try await agent.run(["--config", config, "sync"]).status == 0)
    }
  }

  @Test func `the daemon waits for a locked keyring and goes on when it is open`() async throws {
    try await serving("[ $1 = search ] && echo '[/login/3]'; exit 1") {
      sandbox,
      agent,
      config,
      unlock in
      let errors = sandbox.folder.appending(path: "run.err")
      let daemon = try agent.start(
        ["--config", config, "run"],
        output: sandbox.folder.appending(path: "run.out"),
        errors: errors
      )
      defer { daemon.end() }
      func says(_ words: String) async throws -> Bool {
        try await eventually { try String(contentsOf: errors, encoding: .utf8).contains(words) }
      }
      #expect(try await says("a keyring that is locked"))
      #expect(daemon.isRunning)
      let status = try await agent.run(["--config", config, "status"])
      #expect(status.output.contains("locked"), "\(status.output)")
      try unlock()
      // A run by hand does not have to wait for the daemon's next one.
      #expect(try await agent.run(["--config", config, "sync"]).status == 0)
      #expect(daemon.isRunning)
      daemon.terminate()
      await daemon.ended()
      #expect(daemon.terminationReason == .exit && daemon.terminationStatus == 0)
      #expect(!(try String(contentsOf: errors, encoding: .utf8)).contains("No further sign-in"))
    }
  }
}
