import Foundation
import Testing

/// Times as people and scripts get them: in one zone that is named, moves from old to new.
@Suite(.timeLimit(.minutes(10))) struct TimeTests {
  @Test func `a move is shown with its old and its new time, before it is written and after`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let old = (Stamp.from(now: 30), Stamp.from(now: 31))
      let new = (Stamp.from(now: 54), Stamp.from(now: 56))
      try await sandbox.edit("--side", "psa", "--create", "Swap the router", old.0, old.1)
      _ = try await sandbox.sync()
      let item = try #require(try await sandbox.dump().psa.first)
      try await sandbox.edit("--side", "psa", "--move", item.id, new.0, new.1)
      let times = "“Swap the router”, \(shown(old)) → \(shown(new)): time changed in the PSA"
      let plan = try await sandbox.lockstep("plan")
      #expect(plan.output.contains(times), "\(plan.output)")
      let planned: Moves = try await sandbox.lockstep("plan", "--json").json()
      let run = try await sandbox.sync()
      #expect(run.exchange.updated == 1)
      let history = try await sandbox.lockstep("history", "\(run.run)")
      #expect(history.output.contains(times), "\(history.output)")
      let written: Moves = try await sandbox.lockstep("history", "\(run.run)", "--json").json()
      for moves in [planned.operations, written.writes] {
        let move = try #require(moves?.first)
        #expect(move.start == new.0 && move.end == new.1)
        #expect(move.oldStart == old.0 && move.oldEnd == old.1)
      }

      try await sandbox.edit("--side", "psa", "--delete", item.id)
      let last: Moves = try await sandbox.lockstep("plan", "--json").json()
      let deletion = try #require(last.operations?.first)
      #expect(deletion.start == new.0 && deletion.oldStart == nil)
    }
  }

  @Test func `the zone of times is named once, and whole days have no clock`() async throws {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      var calendar = Calendar(identifier: .gregorian)
      // The sandbox's person lives there; its midnights are no one else's.
      calendar.timeZone = try #require(TimeZone(identifier: "Europe/Berlin"))
      let soon = calendar.startOfDay(for: Date().addingTimeInterval(5 * 86_400))
      let next = try #require(calendar.date(byAdding: .day, value: 1, to: soon))
      let date = Date.ISO8601FormatStyle(timeZone: calendar.timeZone).year().month().day()
        .format(soon)
      try await sandbox.edit(
        "--side",
        "psa",
        "--create",
        "On call",
        soon.formatted(.iso8601),
        next.formatted(.iso8601)
      )
      let run = try await sandbox.sync()
      #expect(run.exchange.created == 1)
      let zones = [
        ("UTC", "UTC"), ("America/New_York", "America/New_York"), (":Asia/Tokyo", "Asia/Tokyo"),
        ("XYZ-3", "UTC+03:00"), ("No/Where", "UTC"),
      ]
      for (setting, name) in zones {
        var agent = try sandbox.agent
        agent.environment["TZ"] = setting
        for command in [["status"], ["history"], ["history", "\(run.run)"]] {
          let text = try await agent.run(["--config", sandbox.ready.config] + command).output
          let note = "Times are in \(name), this machine's zone.\n"
          #expect(text.hasSuffix(note), "\(text)")
          #expect(text.matches(of: /Times are in/).count == 1)
          #expect(command.count == 1 || text.contains("“On call”, \(date), all day:"), "\(text)")
        }
      }
      let json = try await sandbox.lockstep("history", "\(run.run)", "--json").output
      #expect(json.contains("\"start\" : \"\(soon.formatted(.iso8601))\""))
      #expect(!json.contains("Times are in"))
    }
  }

  private struct Moves: Decodable {
    struct Move: Decodable {
      let start: String?
      let end: String?
      let oldStart: String?
      let oldEnd: String?
    }

    let operations: [Move]?
    let writes: [Move]?
  }

  /// `2026-03-02 09:00–10:00`, for times in UTC as the sandbox's tools take them.
  private func shown(_ times: (String, String)) -> String {
    func cut(_ text: String) -> (day: Substring, clock: Substring) {
      (text.prefix(10), text.dropFirst(11).prefix(5))
    }
    let (start, end) = (cut(times.0), cut(times.1))
    let last = start.day == end.day ? "\(end.clock)" : "\(end.day) \(end.clock)"
    return "\(start.day) \(start.clock)–\(last)"
  }
}
