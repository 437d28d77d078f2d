import Foundation
import Testing

/// What `status` counts, and when it says that the next run is.
@Suite(.timeLimit(.minutes(10))) struct StatusTests {
  @Test func `every link is counted once, where it stands`() async throws {
    try await Sandbox.serving(["--items", "60"]) { sandbox in
      let made = try await sandbox.sync().writes
      _ = try await sandbox.sync()
      var status = try await standing(in: sandbox)
      #expect(status.standing == ["inStep": made])
      // A series is one item there, and as many links as it has dates.
      #expect((0..<status.exchangeItems).contains(status.unlinked.exchange))
      #expect(status.unlinked.psa == status.psaItems - made)

      // One title on each side that does not decide, and one on a side that does.
      let world = try await sandbox.dump()
      let isCopy: (World.Item) -> Bool = { ($0.text ?? "").contains("Ref: ") }
      let titles = world.psa.reduce(into: [:]) { $0[$1.title, default: 0] += 1 }
      let open = world.psa.filter { isCopy($0) && titles[$0.title] == 1 }
      let copy = try #require(open.first)
      let source = try #require(world.exchange.first { $0.title == open.last?.title })
      try await sandbox.edit("--side", "psa", "--retitle", copy.id, "By the dispatcher")
      _ = try await sandbox.sync()
      try await sandbox.edit("--side", "exchange", "--retitle", source.id, "Renamed")
      _ = try await sandbox.lockstep("plan")
      status = try await standing(in: sandbox)
      #expect(status.standing == ["inStep": made - 2, "differs": 1, "pending": 1])
      let text = try await sandbox.lockstep("status").output
      #expect(text.contains("  \(made - 2) items in step;"))
      #expect(text.contains("  1 different on both sides"))
      #expect(text.contains("  1 changed since"))
      _ = try await sandbox.sync()

      let doomed = world.psa.filter { !isCopy($0) }
      for item in doomed { try await sandbox.edit("--side", "psa", "--delete", item.id) }
      let held = try #require(try await sandbox.sync().holds.first).items.count
      #expect(held > 5)
      status = try await standing(in: sandbox)
      #expect(status.standing == ["inStep": made - 1 - held, "differs": 1, "held": held])
    }
  }

  @Test func `the daemon is named with its next run, and a second one waits for it aloud`()
    async throws
  {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      _ = try await sandbox.sync()
      #expect(try await sandbox.lockstep("status").output.contains("'lockstep"))
      let (first, words) = try sandbox.started("first", "run")
      defer { first.end() }
      let hasBegun = try await eventually {
        try String(contentsOf: words, encoding: .utf8).contains("Serving the profile sandbox")
      }
      #expect(hasBegun)
      let text = try await sandbox.lockstep("status").output
      #expect(text.contains(/Next run: .+, by process [0-9]/), "\(text)")
      #expect(text.contains("by process \(first.processIdentifier)"))
      #expect(try await sandbox.sync().outcome == "success", "runs by hand take their turns")

      let (second, errors) = try sandbox.started("second", "run")
      defer { second.end() }
      let wait = "Process \(first.processIdentifier) serves the profile sandbox since"
      #expect(
        try await eventually { try String(contentsOf: errors, encoding: .utf8).contains(wait) }
      )
      first.terminate()
      await first.ended()
      let isNext = try await eventually {
        try String(contentsOf: errors, encoding: .utf8).contains("Serving the profile sandbox")
      }
      #expect(isNext)
      second.terminate()
      await second.ended()
      #expect(second.terminationStatus == 0)
      let last = try await sandbox.lockstep("status").output
      #expect(last.contains("run' is not up; it would run at"), "\(last)")
    }
  }

  @Test func `after a refused sign-in the next run is hours away, and status says so`() async throws
  {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let wrong = sandbox.folder.appending(path: "world/wrong")
      try Data("not the password\n".utf8).write(to: wrong)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: wrong.path)
      let settings = try sandbox.settings(
        "wrong.toml",
        replacing: "\npassword_file = ",
        with: "\npassword_file = \"wrong\" # "
      )
      let errors = sandbox.folder.appending(path: "run.err")
      let daemon = try sandbox.agent.start(
        ["--config", settings, "run"],
        output: sandbox.folder.appending(path: "run.out"),
        errors: errors
      )
      defer { daemon.end() }
      // Before that there may be no cache yet that could be asked.
      let isRefused = try await eventually {
        try String(contentsOf: errors, encoding: .utf8).contains("No further sign-in")
      }
      #expect(isRefused)
      var status: Standing?
      let isPlanned = try await eventually {
        status = try await standing(in: sandbox)
        return status?.nextDue != nil
      }
      #expect(isPlanned)
      let due = try #require(try status?.nextDue.map { try Date($0, strategy: .iso8601) })
      #expect(due.timeIntervalSinceNow > 5.9 * 3_600)
      #expect(status?.daemon == daemon.processIdentifier)
      let text = try await sandbox.lockstep("status").output
      #expect(text.contains("the sign-in was refused"), "\(text)")
    }
  }

  @Test func `the daemon runs by the settings as they are when it runs`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      try await sandbox.settle()
      let isCopy: (World.Item) -> Bool = { ($0.text ?? "").contains("Ref: ") }
      #expect(try await sandbox.dump().psa.contains { isCopy($0) && $0.title != "Appointment" })
      let (daemon, words) = try sandbox.started("daemon", "run")
      defer { daemon.end() }
      let isUp = try await eventually {
        try String(contentsOf: words, encoding: .utf8).contains("Serving the profile sandbox")
      }
      #expect(isUp)
      // It waits by now, with an hour to go; the user tightens, and the settings file wakes it.
      _ = try await sandbox.lockstep("profile", "set", "sync_appointments_to_autotask=false")
      let settings = URL(filePath: sandbox.ready.config)
      try Data(contentsOf: settings).write(to: settings)
      let isMasked = try await eventually {
        try await sandbox.dump().psa.filter(isCopy).allSatisfy { $0.title == "Appointment" }
      }
      #expect(isMasked)
      // A mistake in the settings is said and waited out.
      let text = try String(contentsOf: settings, encoding: .utf8)
      try Data((text + "\nunknown_key = 1\n").utf8).write(to: settings)
      let isSaid = try await eventually {
        try String(contentsOf: words, encoding: .utf8).contains("Nothing runs until that is mended")
      }
      #expect(isSaid && daemon.isRunning)
      try Data(text.utf8).write(to: settings)
      daemon.terminate()
      await daemon.ended()
      #expect(daemon.terminationStatus == 0)
    }
  }

  private struct Standing: Decodable {
    struct Unlinked: Decodable {
      let exchange: Int
      let psa: Int
    }

    let standing: [String: Int]
    let unlinked: Unlinked
    let exchangeItems: Int
    let psaItems: Int
    let nextDue: String?
    let daemon: Int32?
  }

  private func standing(in sandbox: Sandbox) async throws -> Standing {
    try await sandbox.lockstep("status", "--json").json()
  }
}
