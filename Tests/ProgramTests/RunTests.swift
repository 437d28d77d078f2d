import Foundation
import Testing

/// Runs that are asked to end, killed, begun at once, or that never come to sign in.
@Suite(.timeLimit(.minutes(10))) struct RunTests {
  @Test(arguments: [SIGTERM, SIGINT])
  func `a run that is asked to end says so, in its attempt too`(signal: Int32) async throws {
    try await Sandbox.serving(["--items", "20", "--latency", "300"]) { sandbox in
      let (run, errors) = try sandbox.started("sync", "sync", "--json")
      defer { run.end() }
      #expect(try await says("Reading the PSA", errors))
      kill(run.processIdentifier, signal)
      await run.ended()
      #expect(run.terminationReason == .exit && run.terminationStatus == 75)
      let words = try String(contentsOf: errors, encoding: .utf8)
      #expect(words.matches(of: /Asked to stop/).count == 1)
      #expect(words.split(separator: "\n").last?.hasPrefix("Asked to stop") == true)
      let printed = try Data(contentsOf: sandbox.folder.appending(path: "sync.out"))
      #expect(try JSONDecoder().decode(AttemptLine.self, from: printed).outcome == "interrupted")
      let history: HistoryLine = try await sandbox.lockstep("history", "--json").json()
      #expect(history.attempts.map(\.outcome) == ["interrupted"])
      #expect(history.attempts.first?.finished != nil)
      #expect(try await sandbox.sync().outcome == "success")
    }
  }

  @Test func `plan, adopt and init end when they are asked to`() async throws {
    try await Sandbox.serving(["--items", "5", "--latency", "1500"]) { sandbox in
      let before = try await sandbox.dump()
      let commands = [["init", "--settings", sandbox.ready.config], ["plan"], ["adopt"]]
      for command in commands {
        let errors = sandbox.folder.appending(path: "\(command[0]).err")
        let run = try sandbox.agent.start(
          ["--config", sandbox.ready.config] + command,
          output: sandbox.folder.appending(path: "\(command[0]).out"),
          errors: errors
        )
        defer { run.end() }
        // The name of the agent is the first thing that a fresh one makes.
        let agent = URL(filePath: sandbox.ready.config).deletingLastPathComponent()
          .appending(path: "sandbox.agent")
        #expect(
          try await eventually {
            command[0] == "init"
              ? FileManager.default.fileExists(atPath: agent.path)
              : try String(contentsOf: errors, encoding: .utf8).contains("Signing in")
          }
        )
        run.terminate()
        await run.ended()
        #expect(run.terminationReason == .exit && run.terminationStatus == 75, "\(command)")
        let words = try String(contentsOf: errors, encoding: .utf8)
        #expect(words.contains("Asked to stop") && !words.contains("cancelled"), "\(words)")
      }
      #expect(try await sandbox.dump() == before)
    }
  }

  @Test func `asked twice, it ends at once`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      // A command that cannot be hurried.
      let settings = try sandbox.settings(
        "slow.toml",
        replacing: "\npassword_file = ",
        with: "\npassword_command = [\"sleep\", \"30\"]\npassword_file = "
      )
      let errors = sandbox.folder.appending(path: "slow.err")
      let run = try sandbox.agent.start(
        ["--config", settings, "sync"],
        output: sandbox.folder.appending(path: "slow.out"),
        errors: errors
      )
      defer { run.end() }
      #expect(try await eventually { FileManager.default.fileExists(atPath: sandbox.cache.path) })
      run.terminate()
      #expect(try await says("Asked to stop", errors))
      let second = ContinuousClock.now
      run.terminate()
      await run.ended()
      #expect(run.terminationReason == .exit && run.terminationStatus == 75)
      #expect(ContinuousClock.now - second < .seconds(20))
    }
  }

  @Test func `a killed run is shown with what it wrote, and as interrupted`() async throws {
    try await Sandbox.serving(["--items", "150", "--latency", "100"]) { sandbox in
      let before = try await sandbox.dump()
      let (run, _) = try sandbox.started("killed", "sync")
      defer { run.end() }
      let sql = "SELECT count(*) FROM journal WHERE status = 'done'"
      var done = 0
      while done == 0, run.isRunning {
        guard FileManager.default.fileExists(atPath: sandbox.cache.path) else { continue }
        done = Int((try? await sandbox.rows(sql))?.first ?? "") ?? 0
      }
      run.end()
      await run.ended()
      done = Int(try await sandbox.rows(sql).first ?? "") ?? 0
      #expect(done > 0)
      let history: HistoryLine = try await sandbox.lockstep("history", "--json").json()
      let attempt = try #require(history.attempts.first)
      #expect(attempt.outcome == "interrupted" && attempt.finished == nil)
      #expect(attempt.psa.created + attempt.exchange.created == done)
      let text = try await sandbox.lockstep("history").output
      #expect(text.contains("interrupted: ") && text.contains("created"))
      #expect(!text.contains("nothing to do"))
      let status = try await sandbox.lockstep("status").output
      #expect(status.contains("interrupted: ") && !status.contains("running"))
      _ = try await sandbox.sync()
      #expect(try await sandbox.sync().writes == 0)
      let after = try await sandbox.dump()
      #expect(after.psa.count > before.psa.count)
    }
  }

  @Test func `runs begun at one instant take their turns`() async throws {
    try await Sandbox.serving(["--items", "10", "--latency", "20"]) { sandbox in
      let runs = try await withThrowingTaskGroup(of: Finished.self) { group in
        for _ in 1...5 { group.addTask { try await sandbox.lockstep("sync") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(runs.map(\.status) == [0, 0, 0, 0, 0], "\(runs.map(\.errors))")
      #expect(runs.contains { $0.errors.contains("is at work since") })
    }
  }

  @Test func `a second run of one profile says who is at work, and waits`() async throws {
    try await Sandbox.serving(["--items", "5", "--latency", "2000"]) { sandbox in
      let (first, errors) = try sandbox.started("first", "sync")
      defer { first.end() }
      #expect(try await says("Signing in", errors))
      let (second, words) = try sandbox.started("second", "sync")
      defer { second.end() }
      #expect(try await says("Process \(first.processIdentifier) is at work", words))
      #expect(try await sandbox.lockstep("status").output.contains("running"))
      second.terminate()
      await second.ended()
      #expect(second.terminationReason == .exit && second.terminationStatus == 75)
    }
  }

  @Test func `a run without its password is on record`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let key = "\npassword_file = "
      for line in ["password_file = \"gone\" # ", "password_command = [\"false\"] # "] {
        let settings = try sandbox.settings("bare.toml", replacing: key, with: "\n" + line)
        let run = try await sandbox.lockstep("sync", "--json", config: settings)
        #expect(run.status == 77)
        let attempt: AttemptLine = try run.json()
        #expect(attempt.outcome == "failed")
        #expect(attempt.notes.first?.contains("password for Exchange") == true)
        let status: StatusLine = try await sandbox.lockstep("status", "--json", config: settings)
          .json()
        #expect(status.lastAttempt?.run == attempt.run && status.lastAttempt?.outcome == "failed")
        #expect(status.lastAttempt?.notes == attempt.notes)
      }
    }
  }

  @Test func `a refused sign-in is counted among the requests`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let wrong = sandbox.folder.appending(path: "world/wrong")
      try Data("not the password\n".utf8).write(to: wrong)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: wrong.path)
      let settings = try sandbox.settings(
        "wrong.toml",
        replacing: "\npassword_file = ",
        with: "\npassword_file = \"wrong\" # "
      )
      let run: AttemptLine = try await sandbox.lockstep("sync", "--json", config: settings).json()
      #expect(run.outcome == "failed" && run.exchange.requests > 0)
    }
  }

  private func says(_ words: String, _ file: URL) async throws -> Bool {
    try await eventually { try String(contentsOf: file, encoding: .utf8).contains(words) }
  }
}

/// What `history --json` prints.
struct HistoryLine: Decodable {
  struct Attempt: Decodable {
    struct Side: Decodable { let created: Int }

    let outcome: String
    let finished: String?
    let exchange: Side
    let psa: Side
  }

  let attempts: [Attempt]
}
