import Foundation
import Testing

/// Every command and option of `lockstep`, through the real binaries against a sandbox.
@Suite(.timeLimit(.minutes(10))) struct CommandTests {
  @Test func `init signs in on both sides, names the agent and writes nothing there`() async throws
  {
    try await Sandbox.serving { sandbox in
      let before = try await sandbox.dump()
      let first = try await sandbox.lockstep("init", "--settings", sandbox.ready.config, "--json")
      #expect(first.status == 0, "\(first.errors)")
      struct View: Decodable {
        let agent: String
        let mailbox: String
        let resource: Int64
        let next: [String]
      }
      let view: View = try first.json()
      #expect(view.resource == sandbox.ready.resourceID)
      #expect(view.agent.count == 32)
      #expect(view.next.contains { $0.contains("plan") })
      let again = try await sandbox.lockstep("init", "--settings", sandbox.ready.config, "--json")
      #expect(try again.json(View.self).agent == view.agent)
      #expect(try await sandbox.dump() == before)
    }
  }

  @Test func `plan says what sync then does, and a third run writes nothing`() async throws {
    try await Sandbox.serving { sandbox in
      let before = try await sandbox.dump()
      let plan = try await sandbox.lockstep("plan", "--json")
      let planned: PlanLine = try plan.json()
      #expect(try await sandbox.dump() == before)
      #expect(!planned.operations.isEmpty)
      #expect(planned.operations.allSatisfy { $0.verb == "create" && $0.kind == "appointment" })
      let text = try await sandbox.lockstep("plan")
      #expect(text.output.contains("A run would do \(planned.operations.count) things"))

      let first = try await sandbox.sync()
      #expect(first.outcome == "success")
      #expect(first.writes == planned.operations.count)
      #expect(first.exchange.requests > 0 && first.psa.requests > 0)
      _ = try await sandbox.sync()
      let third = try await sandbox.sync()
      #expect(third.writes == 0)
      #expect(third.run == first.run + 2)
      #expect(try await sandbox.dump().mails == 0)
    }
  }

  @Test func `an edit on either side reaches the other`() async throws {
    try await Sandbox.serving { sandbox in
      try await sandbox.settle()
      let start = Stamp.from(now: 30)
      let end = Stamp.from(now: 31)
      try await sandbox.edit("--side", "exchange", "--create", "Visit the depot", start, end)
      try await sandbox.edit("--side", "psa", "--create", "Swap the router", start, end)
      let run = try await sandbox.sync()
      #expect(run.exchange.created == 1 && run.psa.created == 1)
      var world = try await sandbox.dump()
      let inPSA = try #require(world.psa.first { $0.title == "Visit the depot" })
      let inExchange = try #require(world.exchange.first { $0.title == "Swap the router" })
      #expect(Stamp.same(inPSA.start, start) && Stamp.same(inExchange.end, end))

      let later = (Stamp.from(now: 40), Stamp.from(now: 42))
      try await sandbox.edit("--side", "psa", "--move", inPSA.id, later.0, later.1)
      try await sandbox.edit("--side", "exchange", "--move", inExchange.id, later.0, later.1)
      let moves = try await sandbox.sync()
      #expect(moves.exchange.updated == 1 && moves.psa.updated == 1)
      world = try await sandbox.dump()
      for title in ["Visit the depot", "Swap the router"] {
        for side in [world.exchange, world.psa] {
          let item = try #require(side.first { $0.title == title })
          #expect(Stamp.same(item.start, later.0) && Stamp.same(item.end, later.1))
        }
      }

      let own = try #require(world.exchange.first { $0.title == "Visit the depot" })
      let theirs = try #require(world.psa.first { $0.title == "Swap the router" })
      try await sandbox.edit("--side", "exchange", "--retitle", own.id, "Visit both depots")
      try await sandbox.edit("--side", "psa", "--delete", theirs.id)
      let last = try await sandbox.sync()
      #expect(last.psa.updated == 1 && last.exchange.deleted == 1)
      world = try await sandbox.dump()
      #expect(world.psa.contains { $0.title == "Visit both depots" })
      #expect(!world.exchange.contains { $0.title == "Swap the router" })
      #expect(world.mails == 0)
    }
  }

  @Test func `status and history tell what happened`() async throws {
    try await Sandbox.serving { sandbox in
      let nothing = try await sandbox.lockstep("status")
      #expect(nothing.status == 0 && nothing.output.contains("No run yet"))
      #expect(try await sandbox.lockstep("history").output == "No run yet.\n")

      let run = try await sandbox.sync()
      struct Status: Decodable {
        struct Last: Decodable {
          let run: Int64
          let outcome: String
        }
        let lastAttempt: Last
        let links: [String: Int]
        let nextDue: String
      }
      let status: Status = try await sandbox.lockstep("status", "--json").json()
      #expect(status.lastAttempt.run == run.run && status.lastAttempt.outcome == run.outcome)
      #expect(status.links["linked"] == run.writes)

      struct History: Decodable { let attempts: [Status.Last] }
      let history: History = try await sandbox.lockstep("history", "--json").json()
      #expect(history.attempts.map(\.run) == [run.run])
      struct Writes: Decodable {
        struct Write: Decodable {
          let verb: String
          let status: String
          let reason: String
        }
        let writes: [Write]
      }
      let writes: Writes = try await sandbox.lockstep("history", "\(run.run)", "--json").json()
      #expect(writes.writes.count == run.writes)
      #expect(writes.writes.allSatisfy { $0.status == "done" && !$0.reason.isEmpty })
      let text = try await sandbox.lockstep("history", "\(run.run)")
      #expect(text.output.contains("create"))
      #expect(try await sandbox.lockstep("history", "4711").status == 1)
    }
  }

  @Test func `adopt links again what the cache has lost, and creates only when told to`()
    async throws
  {
    try await Sandbox.serving { sandbox in
      try await sandbox.settle()
      let before = try await sandbox.dump()
      try FileManager.default.removeItem(at: sandbox.cache.deletingLastPathComponent())
      let adopted: AttemptLine = try await sandbox.lockstep("adopt", "--json").json()
      #expect(adopted.writes == 0)
      #expect(try await sandbox.dump() == before)
      #expect(try await sandbox.sync().writes == 0)

      let (start, end) = (Stamp.from(now: 50), Stamp.from(now: 51))
      try FileManager.default.removeItem(at: sandbox.cache.deletingLastPathComponent())
      try await sandbox.edit("--side", "psa", "--create", "Check the cables", start, end)
      let kept: AttemptLine = try await sandbox.lockstep("adopt", "--json").json()
      #expect(kept.writes == 0)
      let made: AttemptLine = try await sandbox.lockstep("adopt", "--create-missing", "--json")
        .json()
      #expect(made.exchange.created == 1)
      #expect(try await sandbox.dump().exchange.contains { $0.title == "Check the cables" })
    }
  }

  @Test func `the profile narrows what the PSA gets`() async throws {
    try await Sandbox.serving { sandbox in
      try await sandbox.settle()
      let shown = try await sandbox.lockstep("profile", "--json")
      #expect(shown.output.contains("\"import_detail\""))
      let set = try await sandbox.lockstep("profile", "set", "import_detail=none")
      #expect(set.status == 0 && set.output.contains("import_detail                  none"))
      let masked = try await sandbox.sync()
      #expect(masked.psa.updated > 0)
      let before = try await sandbox.dump()
      #expect(before.psa.contains { $0.title == "Appointment" })

      let back = try await sandbox.lockstep("profile", "set", "import_detail=")
      #expect(back.output.contains("import_detail                  all"))
      let off = try await sandbox.lockstep("profile", "set", "enabled=false")
      #expect(off.status == 0)
      let still = try await sandbox.lockstep("sync")
      #expect(still.status == 1 && still.errors.contains("switched off"))
      let plan = try await sandbox.lockstep("plan")
      #expect(plan.status == 1 && plan.errors.contains("switched off") && plan.output.isEmpty)
      #expect(try await sandbox.dump() == before)
      #expect(try await sandbox.lockstep("profile", "set", "past_days=99").status == 64)
      #expect(try await sandbox.lockstep("profile", "put", "x=1").status == 64)
    }
  }

  @Test func `the brake holds a mass delete until its digest is approved`() async throws {
    try await Sandbox.serving(["--items", "60"]) { sandbox in
      try await sandbox.settle()
      let world = try await sandbox.dump()
      let copies = World.census(world.exchange)
      let doomed = world.psa.filter {
        !($0.text ?? "").contains("Ref: ") && copies["\($0.title) \($0.start) \($0.end)"] == 1
      }
      #expect(doomed.count > 10)
      for item in doomed { try await sandbox.edit("--side", "psa", "--delete", item.id) }
      let held = try await sandbox.lockstep("sync", "--json")
      #expect(held.status == 3)
      let attempt: AttemptLine = try held.json()
      #expect(attempt.exchange.deleted == 0)
      let hold = try #require(attempt.holds.first)
      #expect(hold.items.count == doomed.count)
      let plan: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      #expect(plan.holds.map(\.digest).contains(hold.digest))
      let done = try await sandbox.sync("--approve", hold.digest)
      #expect(done.exchange.deleted == doomed.count)
      #expect(done.holds.isEmpty)
    }
  }

  @Test func `sync --full brings back what was removed on the other side`() async throws {
    try await Sandbox.serving { sandbox in
      try await sandbox.settle()
      let (start, end) = (Stamp.from(now: 26), Stamp.from(now: 27))
      try await sandbox.edit("--side", "psa", "--create", "Label the ports", start, end)
      #expect(try await sandbox.sync().exchange.created == 1)
      let copy = try #require(
        try await sandbox.dump().exchange.first { $0.title == "Label the ports" }
      )
      try await sandbox.edit("--side", "exchange", "--delete", copy.id)
      try await sandbox.settle()
      #expect(!(try await sandbox.dump().exchange.contains { $0.title == "Label the ports" }))
      #expect(try await sandbox.dump().psa.contains { $0.title == "Label the ports" })
      #expect(try await sandbox.sync("--full").exchange.created == 1)
      #expect(try await sandbox.dump().exchange.contains { $0.title == "Label the ports" })
    }
  }

  @Test func `run keeps both sides in step and leaves when asked`() async throws {
    try await Sandbox.serving { sandbox in
      let output = sandbox.folder.appending(path: "run.out")
      let errors = sandbox.folder.appending(path: "run.err")
      let daemon = try sandbox.agent
        .start(["run", "--config", sandbox.ready.config], output: output, errors: errors)
      defer { daemon.end() }
      #expect(
        try await eventually {
          try String(contentsOf: errors, encoding: .utf8).contains("Run 1: success")
        }
      )
      // Between two runs of the daemon a run by hand takes its turn.
      #expect(try await sandbox.sync().outcome == "success")
      daemon.terminate()
      await daemon.ended()
      #expect(daemon.terminationReason == .exit && daemon.terminationStatus == 0)
      #expect(try await sandbox.sync().writes == 0)
    }
  }

  @Test func `run ends in the middle of its work when asked, and says so`() async throws {
    try await Sandbox.serving(["--items", "10", "--latency", "700"]) { sandbox in
      let daemon = try sandbox.agent.start(
        ["--config", sandbox.ready.config, "run"],
        output: sandbox.folder.appending(path: "run.out"),
        errors: sandbox.folder.appending(path: "run.err")
      )
      defer { daemon.end() }
      // A run is on record from its beginning, and has several requests before it.
      let rows = "SELECT run FROM run"
      #expect(try await eventually { (try? await sandbox.rows(rows))?.isEmpty == false })
      daemon.terminate()
      await daemon.ended()
      #expect(daemon.terminationReason == .exit && daemon.terminationStatus == 0)
      let history = try await sandbox.lockstep("history")
      #expect(history.output.contains("interrupted"))
      #expect(try await sandbox.sync().outcome == "success")
    }
  }

  @Test func `help is there for each command and starts nothing`() async throws {
    let program = try Program.built("lockstep")
    let version = try await program.run(["--version"])
    #expect(version.status == 0 && version.output.contains("."))
    for command in [
      "init", "doctor", "plan", "sync", "run", "status", "history", "adopt", "export", "profile",
    ] {
      let help = try await program.run(["help", command])
      #expect(help.status == 0 && help.output.contains("USAGE: lockstep \(command)"))
    }
  }
}

extension Sandbox {
  /// At most two runs settle a world.
  func settle() async throws {
    _ = try await sync()
    _ = try await sync()
  }
}

/// Times as the sandbox takes and prints them.
enum Stamp {
  /// Six in the morning of the day on which the tests began, in UTC, as hours since 1970: the same
  /// for all tests and at every time of day, so that an hour's date never hangs on the clock.
  private static let begun = Int(Date().timeIntervalSince1970) / 86_400 * 24 + 6

  /// The full hour so many hours after six this morning, in ISO 8601; from 24 on it lies ahead.
  static func from(now hours: Int) -> String {
    let hour = begun + hours
    return Date(timeIntervalSince1970: Double(hour * 3_600)).formatted(.iso8601)
  }

  /// True when both are the same instant, whatever their fractions and offsets.
  static func same(_ left: String, _ right: String) -> Bool {
    func instant(_ text: String) -> Date? {
      (try? Date(text, strategy: .iso8601))
        ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
    return instant(left) != nil && instant(left) == instant(right)
  }
}
