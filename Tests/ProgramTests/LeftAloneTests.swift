import Foundation
import Testing

/// What people read of items that are on one side only, of dates of series, and of refusals.
@Suite(.timeLimit(.minutes(10))) struct LeftAloneTests {
  private struct Made: Decodable { let id: String }

  @Test func `dates of a new series are shown with their titles and their own times`() async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let (start, end) = (Stamp.from(now: 24), Stamp.from(now: 25))
      let series: Made = try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Canary round",
        start,
        end,
        "--repeat",
        "daily times 3"
      ).json()
      let text = try await sandbox.lockstep("plan").output
      #expect(!text.contains(String(series.id.suffix(12))), "\(text)")
      let last = String(Stamp.from(now: 72).prefix(10))
      #expect(
        text.contains(
          "“Canary round”, \(Self.shown(24, 25)), and 2 more dates until \(last): it is new in"
        ),
        "\(text)"
      )
      _ = try await sandbox.sync()
      // A date that is left alone is told by its own time, too.
      let copy = try #require(
        try await sandbox.dump().psa.first { $0.start == Stamp.from(now: 48) }
      )
      try await sandbox.edit("--side", "psa", "--delete", copy.id)
      let run = try await sandbox.sync()
      let line = "“Canary round”, \(Self.shown(48, 49))"
      let history = try await sandbox.lockstep("history", "\(run.run)").output
      #expect(history.contains("Left alone in Exchange from now on"), "\(history)")
      #expect(history.contains(line), "\(history)")
      #expect(try await sandbox.lockstep("status").output.contains("\n    \(line)\n"))
      // Scripts, and whoever gets reports, are told the id and no title.
      #expect(run.notes.contains { $0.contains("exchange:appointment:\(series.id)@") })
      #expect(run.notes.allSatisfy { !$0.contains("Canary") })
    }
  }

  @Test func `plan and sync never say in step while something is left alone`() async throws {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let (start, end) = (Stamp.from(now: 26), Stamp.from(now: 27))
      try await sandbox.edit("--side", "psa", "--create", "Label the ports", start, end)
      _ = try await sandbox.sync()
      #expect(
        try await sandbox.lockstep("plan").output == "Nothing to do: both sides are in step.\n"
      )
      let copy = try #require(try await sandbox.dump().exchange.first)
      try await sandbox.edit("--side", "exchange", "--delete", copy.id)
      _ = try await sandbox.sync()
      let status = "'lockstep --config \(sandbox.ready.config) status' lists them"
      for command in ["plan", "sync"] {
        let text = try await sandbox.lockstep(command).output
        #expect(!text.contains("in step"), "\(text)")
        #expect(
          text.contains("1 left alone: 1 deleted in Exchange and kept in the PSA — \(status)"),
          "\(text)"
        )
      }
      let full = try await sandbox.lockstep("sync", "--full", "--json")
      let run: AttemptLine = try full.json()
      let history = try await sandbox.lockstep("history", "\(run.run)").output
      #expect(history.contains("a person asked for everything that was left alone"), "\(history)")
    }
  }

  @Test func `after a lost cache plan and adopt list what is unmatched, and how it is released`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      for number in 0..<7 {
        let (start, end) = (Stamp.from(now: 26 + number), Stamp.from(now: 27 + number))
        try await sandbox.edit("--side", "psa", "--create", "Job \(number)", start, end)
      }
      _ = try await sandbox.sync()
      let world = try await sandbox.dump()
      for item in world.exchange {
        try await sandbox.edit("--side", "exchange", "--delete", item.id)
      }
      try FileManager.default.removeItem(at: sandbox.cache.deletingLastPathComponent())
      let release = "'lockstep --config \(sandbox.ready.config) adopt --create-missing'"
      for command in ["plan", "adopt"] {
        let text = try await sandbox.lockstep(command).output
        if command == "plan" {
          #expect(text.contains("the cache knows nothing of it: it was lost"), "\(text)")
        }
        #expect(text.contains("7 left alone: 7 without a proven counterpart"), "\(text)")
        #expect(text.matches(of: /“Job [0-9]”, 20/).count == 5 && text.contains("and 2 more"))
        #expect(text.contains(release), "\(text)")
      }
      let run = try await sandbox.lockstep("adopt", "--create-missing", "--json")
      let attempt: AttemptLine = try run.json()
      #expect(attempt.exchange.created == 7)
      let history = try await sandbox.lockstep("history", "\(attempt.run)").output
      #expect(history.contains("and a person asked for it"), "\(history)")
      #expect(!history.contains("it changed since"))
    }
  }

  @Test func `what Lockstep made of an item that is gone is told once, in status, with a mend`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let (start, end) = (Stamp.from(now: 26), Stamp.from(now: 27))
      let made: Made = try await sandbox.edit("--side", "exchange", "--create", "Mine", start, end)
        .json()
      _ = try await sandbox.sync()
      try FileManager.default.removeItem(at: sandbox.cache.deletingLastPathComponent())
      try await sandbox.edit("--side", "exchange", "--delete", made.id)
      _ = try await sandbox.sync()
      let next = try await sandbox.sync()
      #expect(next.notes.isEmpty, "\(next.notes)")
      let text = try await sandbox.lockstep("status").output
      #expect(text.contains("  1 made by Lockstep, and what"), "\(text)")
      #expect(text.contains("delete them yourself") && text.contains("\n    “Mine”, 20"), "\(text)")
    }
  }

  @Test func `a refused move names its date by title and time, and scripts get the id`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let series: Made = try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Canary round",
        Stamp.from(now: 24),
        Stamp.from(now: 25),
        "--repeat",
        "daily times 4"
      ).json()
      _ = try await sandbox.sync()
      let copy = try #require(
        try await sandbox.dump().psa.first { $0.start == Stamp.from(now: 48) }
      )
      try await sandbox.edit(
        "--side",
        "psa",
        "--move",
        copy.id,
        Stamp.from(now: 100),
        Stamp.from(now: 101)
      )
      let refused = try await sandbox.sync()
      #expect(refused.notes.contains { $0.contains(series.id) }, "\(refused.notes)")
      let text = try await sandbox.lockstep("history").output
      #expect(!text.contains(series.id), "\(text)")
      #expect(text.contains("Exchange refused to update “Canary round”, 20"), "\(text)")
      let back = try await sandbox.lockstep("sync").output
      #expect(back.contains("“Canary round”, \(Self.shown(48, 49)) could not be moved"), "\(back)")
    }
  }

  @Test func `switched off, the person is told what waits for its mask`() async throws {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let (start, end) = (Stamp.from(now: 26), Stamp.from(now: 27))
      let made: Made = try await sandbox.edit("--side", "exchange", "--create", "Mine", start, end)
        .json()
      _ = try await sandbox.sync()
      try await sandbox.edit("--side", "exchange", "--private", made.id)
      _ = try await sandbox.lockstep("plan")
      let on = try await sandbox.lockstep("status").output
      #expect(
        on.contains("  1 private item whose detail the PSA still shows: the next run"),
        "\(on)"
      )
      let words = "keeps its detail in the PSA until it is switched on again"
      #expect(try await sandbox.lockstep("profile", "set", "enabled=false").errors.contains(words))
      #expect(try await sandbox.lockstep("sync").errors.contains(words))
      let off = try await sandbox.lockstep("status").output
      #expect(off.contains("it stays there while Lockstep is switched off"), "\(off)")
      _ = try await sandbox.lockstep("profile", "set", "enabled=")
      _ = try await sandbox.sync()
      #expect(try await sandbox.dump().psa.map(\.title) == ["Appointment"])
      #expect(try await !sandbox.lockstep("status").output.contains("private item"))
    }
  }

  /// `2026-03-02 09:00–10:00`, in UTC.
  private static func shown(_ start: Int, _ end: Int) -> String {
    let (from, to) = (Stamp.from(now: start), Stamp.from(now: end))
    let isOneDay = from.prefix(10) == to.prefix(10)
    return "\(from.prefix(10)) \(from.dropFirst(11).prefix(5))–"
      + (isOneDay ? "" : "\(to.prefix(10)) ") + "\(to.dropFirst(11).prefix(5))"
  }
}

/// What `plan` says of a series, in one line.
@Suite(.timeLimit(.minutes(5))) struct SeriesLineTests {
  @Test func `plan tells the dates of a series that get all the same in one line`() async throws {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let (start, end) = (Stamp.from(now: 27), Stamp.from(now: 28))
      let made = try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Round",
        start,
        end,
        "--repeat",
        "daily times 5"
      )
      struct Made: Decodable { let id: String }
      let id = try made.json(Made.self).id
      let day = String(Stamp.from(now: 27 + 48).prefix(10))
      try await sandbox.edit(
        "--side",
        "exchange",
        "--retitle",
        id,
        "Walk",
        "--occurrence",
        day
      )
      let plan = try await sandbox.lockstep("plan").output
      #expect(plan.contains("A run would do 5 things:"), "\(plan)")
      let lines = plan.split(separator: "\n").filter { $0.contains("PSA       create") }
      #expect(lines.count == 2, "\(plan)")
      #expect(lines[0].contains("“Round”") && lines[0].contains(", and 3 more dates until 20"))
      #expect(lines[1].contains("“Walk”, \(day)"))
    }
  }
}
