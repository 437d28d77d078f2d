import Foundation
import RegistryAPI
import SyncModel
import Testing

/// The agent under a registry: what it is told, what it tells, and what it does without.
@Suite(.timeLimit(.minutes(10))) struct RegistryTests {
  /// A sandbox whose settings name a registry, before the agent is enrolled.
  private func serving(
    _ options: [String] = ["--items", "20"],
    _ body: (Sandbox, ScriptedRegistry) async throws -> Void
  ) async throws {
    try await Sandbox.serving(options) { sandbox in
      let registry = try ScriptedRegistry(resource: sandbox.ready.resourceID)
      let text = try String(contentsOfFile: sandbox.ready.config, encoding: .utf8)
      try Data((text + "\n[registry]\nurl = \"\(registry.url)\"\n").utf8)
        .write(to: URL(filePath: sandbox.ready.config))
      try await body(sandbox, registry)
    }
  }

  private func enrol(_ sandbox: Sandbox, _ more: String...) async throws -> Finished {
    try await sandbox.agent.run(
      ["init", "--settings", sandbox.ready.config, "--code", "7gqm-2xkd-ht49-wz5b"] + more
    )
  }

  @Test func `an agent that is not enrolled runs nothing, and a code lets it in`() async throws {
    try await serving { sandbox, registry in
      let before = try await sandbox.dump()
      for command in ["sync", "plan", "adopt"] {
        let refused = try await sandbox.lockstep(command)
        #expect(refused.status == 1 && refused.errors.contains("is not enrolled"), "\(command)")
      }
      #expect(try await sandbox.dump() == before)
      #expect(registry.requests.isEmpty)

      let enrolled = try await enrol(sandbox)
      #expect(enrolled.status == 0, "\(enrolled.errors)")
      #expect(enrolled.output.contains("enrolled as Tom Technician"))
      let request = try #require(registry.change { $0.enrolments.first })
      #expect(request.code == "7GQM2XKDHT49WZ5B" && !request.takesOver)
      #expect(try await sandbox.sync().outcome == "success")
      #expect(registry.change { $0.ended.last?.outcome } == .success)
      #expect(registry.change { $0.ended.last?.policy } == 1)
      let doctor = try await sandbox.lockstep("doctor")
      #expect(doctor.output.contains(/ok +registry .*Tom Technician/), "\(doctor.output)")

      let second = try await enrol(sandbox)
      #expect(second.status == 1 && second.errors.contains("has an agent already"))
      let over = try await enrol(sandbox, "--take-over")
      #expect(over.status == 0 && registry.change { $0.enrolments.last?.takesOver } == true)
    }
  }

  @Test func `a code of another resource lets nobody in`() async throws {
    try await serving { sandbox, registry in
      registry.change { $0.resource += 1 }
      let refused = try await enrol(sandbox)
      #expect(refused.status == 1 && refused.errors.contains("The code is for resource"))
      #expect(try await sandbox.lockstep("sync").errors.contains("is not enrolled"))
    }
  }

  @Test func `a tighter policy changes the plan of the next run, and stops it`() async throws {
    try await serving { sandbox, registry in
      _ = try await enrol(sandbox)
      try await sandbox.settle()
      registry.change {
        $0.version = 2
        $0.switches.importDetail = .none
      }
      let plan: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      #expect(plan.operations.contains { $0.verb == "mask" })
      let before = try await sandbox.dump()
      registry.change { $0.isEnabled = false }
      let stopped = try await sandbox.lockstep("sync")
      #expect(stopped.status == 1 && stopped.errors.contains("in the registry, by its admin"))
      registry.change {
        $0.isEnabled = true
        $0.servesMailboxes = true
      }
      let beside = try await sandbox.lockstep("sync")
      #expect(beside.status == 1 && beside.errors.contains("serves the mailboxes itself"))
      #expect(try await sandbox.dump() == before)
    }
  }

  @Test func `a week without the registry is told at once, in order, each run once`() async throws {
    try await serving(["--items", "5"]) { sandbox, registry in
      _ = try await enrol(sandbox)
      _ = try await sandbox.sync()
      let known = registry.change { $0.ended.count }
      registry.change { $0.isAway = true }
      for _ in 1...7 {
        let run = try await sandbox.lockstep("sync", "--json")
        #expect(run.status == 0 && run.errors.contains("What it told last holds."))
      }
      let status = try await sandbox.lockstep("status")
      #expect(status.output.contains("7 reports wait for it since"), "\(status.output)")
      let doctor = try await sandbox.lockstep("doctor")
      #expect(doctor.output.contains(/warning +registry/))
      // As many as a week has at the usual interval: more than one batch.
      let more = """
        import sqlite3, sys, json
        cache = sqlite3.connect(sys.argv[1])
        row = cache.execute("SELECT * FROM run ORDER BY run DESC LIMIT 1").fetchone()
        text = cache.execute("SELECT payload FROM outbox ORDER BY run DESC LIMIT 1").fetchone()[0]
        for number in range(row[0] + 1, row[0] + 666):
            report = json.loads(text)
            report["run"] = number
            cache.execute("INSERT INTO run VALUES (" + ",".join("?" * len(row)) + ")",
                          (number,) + row[1:])
            cache.execute("INSERT INTO outbox VALUES (?, ?)", (number, json.dumps(report)))
        cache.execute("UPDATE counter SET next = ? WHERE name = 'run'", (row[0] + 666,))
        cache.commit()
        """
      let python = try #require(Program.found("python3"))
      let filled = try await python.run(["-c", more, sandbox.cache.path])
      #expect(filled.status == 0, "\(filled.errors)")
      registry.change { $0.isAway = false }
      _ = try await sandbox.sync()
      let ended = registry.change { $0.ended.dropFirst(known).map(\.run) }
      #expect(ended.count == 7 + 665 + 1)
      #expect(ended == ended.sorted())
      let told = registry.change { $0.told.filter { $0.outcome != .running }.map(\.run) }
      #expect(Set(told).count == told.count)
      #expect(try await sandbox.rows("SELECT run FROM outbox").isEmpty)
    }
  }

  @Test func `a killed run is told as interrupted by the next one`() async throws {
    try await serving(["--items", "20", "--latency", "300"]) { sandbox, registry in
      _ = try await enrol(sandbox)
      let (run, _) = try sandbox.started("killed", "sync")
      defer { run.end() }
      #expect(try await eventually { registry.change { $0.told.last?.outcome } == .running })
      run.end()
      await run.ended()
      _ = try await sandbox.sync()
      #expect(registry.change { $0.ended.map(\.outcome) } == [.interrupted, .success])
    }
  }

  @Test func `an admin's approval releases what is held`() async throws {
    try await serving(["--items", "60"]) { sandbox, registry in
      _ = try await enrol(sandbox)
      try await sandbox.settle()
      let world = try await sandbox.dump()
      let doomed = world.psa.filter { !($0.text ?? "").contains("Ref: ") }
      for item in doomed { try await sandbox.edit("--side", "psa", "--delete", item.id) }
      let held = try await sandbox.sync()
      let digest = try #require(held.holds.first?.digest)
      let report = try #require(registry.change { $0.ended.last?.holds.first })
      #expect(report.digest.rawValue == digest && report.needsApproval)
      #expect(report.counts.map(\.number).reduce(0, +) == held.holds[0].items.count)
      registry.change { $0.approvals = [PlanDigest(digest), PlanDigest("0000000000000000")] }
      let done = try await sandbox.sync()
      #expect(done.exchange.deleted == held.holds[0].items.count && done.holds.isEmpty)
    }
  }

  @Test(arguments: [RegistryProblem.Code.revoked, .expired, .unknownToken])
  func `a token that opens nothing stops the run and says what to do`(
    code: RegistryProblem.Code
  ) async throws {
    try await serving(["--items", "5"]) { sandbox, registry in
      _ = try await enrol(sandbox)
      _ = try await sandbox.sync()
      let before = try await sandbox.dump()
      registry.change { $0.refusal = RegistryProblem(code, "Another agent took over.") }
      let stopped = try await sandbox.lockstep("sync")
      #expect(stopped.status == 1)
      #expect(stopped.errors.contains("Another agent took over."))
      #expect(stopped.errors.contains("init --settings \(sandbox.ready.config) --code CODE"))
      #expect(try await sandbox.dump() == before)
      let status: StatusLine = try await sandbox.lockstep("status", "--json").json()
      #expect(status.lastAttempt?.outcome == "failed")
    }
  }

  @Test func `the person's switches are the same on either side`() async throws {
    try await serving(["--items", "5"]) { sandbox, registry in
      _ = try await enrol(sandbox)
      let here = try await sandbox.lockstep("profile", "set", "past_days=3")
      #expect(here.status == 0, "\(here.errors)")
      #expect(registry.change { $0.profile.choices } == ["past_days": "3"])
      // Changed there: it holds here from the next run on.
      registry.change { $0.profile = ProfileDocument(version: 2, choices: ["past_days": "5"]) }
      _ = try await sandbox.sync()
      #expect(try await sandbox.lockstep("profile").output.contains(/past_days +5\b/))
      // Chosen here while the registry is away, then sent.
      registry.change { $0.isAway = true }
      _ = try await sandbox.lockstep("profile", "set", "past_days=6")
      registry.change { $0.isAway = false }
      _ = try await sandbox.sync()
      #expect(registry.change { $0.profile.choices } == ["past_days": "6"])
      // Chosen on both sides: the registry's stands, and the person is told.
      registry.change { $0.profile = ProfileDocument(version: 9, choices: ["past_days": "4"]) }
      let clash = try await sandbox.lockstep("profile", "set", "past_days=2")
      #expect(clash.status == 1 && clash.errors.contains("instead of what was chosen here"))
      #expect(clash.output.contains(/past_days +4\b/))
    }
  }

  @Test func `everything is read again when the registry wants it, and nothing comes back`()
    async throws
  {
    try await serving { sandbox, registry in
      _ = try await enrol(sandbox)
      try await sandbox.settle()
      let (start, end) = (Stamp.from(now: 26), Stamp.from(now: 27))
      try await sandbox.edit("--side", "psa", "--create", "Label the ports", start, end)
      _ = try await sandbox.sync()
      let copy = try #require(
        try await sandbox.dump().exchange.first { $0.title == "Label the ports" }
      )
      try await sandbox.edit("--side", "exchange", "--delete", copy.id)
      try await sandbox.settle()
      let idle = try await sandbox.sync()
      registry.change { $0.fullReading = 1 }
      let full = try await sandbox.sync()
      #expect(full.exchange.requests > idle.exchange.requests && full.writes == 0)
      #expect(try await sandbox.sync().exchange.requests == idle.exchange.requests)
      #expect(try await !sandbox.dump().exchange.contains { $0.title == "Label the ports" })
    }
  }

  @Test func `the daemon runs by the registry's interval, and its runs are told`() async throws {
    try await serving(["--items", "5"]) { sandbox, registry in
      registry.change { $0.interval = 240 }
      _ = try await enrol(sandbox)
      let (daemon, errors) = try sandbox.started("daemon", "run")
      defer { daemon.end() }
      #expect(try await eventually { registry.change { $0.ended.last?.outcome } == .success })
      let told = try #require(registry.change { $0.ended.last })
      let due = try #require(told.nextDue).instant.seconds - told.started.instant.seconds
      #expect(due >= 239 * 60 && due < 480 * 60)
      daemon.terminate()
      await daemon.ended()
      let words = try String(contentsOf: errors, encoding: .utf8)
      #expect(daemon.terminationStatus == 0, "\(words)")
    }
  }

  @Test func `the token lies in its file alone`() async throws {
    try await serving(["--items", "5"]) { sandbox, registry in
      var said = try await enrol(sandbox)
      var words = said.output + said.errors
      for command in ["sync", "status", "doctor", "history", "profile"] {
        said = try await sandbox.lockstep(command, "--json")
        words += said.output + said.errors
      }
      registry.change { $0.refusal = RegistryProblem(.revoked, ScriptedRegistry.token) }
      said = try await sandbox.lockstep("sync")
      words += said.output + said.errors
      #expect(!words.contains("CANARY-token"))
      let names = try FileManager.default.subpathsOfDirectory(atPath: sandbox.folder.path)
      let holders = names.filter { name in
        let content = FileManager.default.contents(atPath: sandbox.folder.path + "/" + name)
        return content?.firstRange(of: Data("CANARY-token".utf8)) != nil
      }
      #expect(holders == ["world/sandbox.token"])
      let file = sandbox.folder.path + "/world/sandbox.token"
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o600)
    }
  }
}
