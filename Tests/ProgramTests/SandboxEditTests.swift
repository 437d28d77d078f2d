import Foundation
import Testing

/// `lockstep-sandbox edit` through the real binary: what Exchange alone has.
@Suite(.timeLimit(.minutes(5))) struct SandboxEditTests {
  private struct Dump: Decodable {
    struct Item: Decodable {
      let id: String
      let kind: String
      let title: String
      let start: String
      let end: String
      let allDay: Bool
      let sensitivity: String
      let showAs: String
      let series: String?
      let originalDate: String?
    }
    let exchange: [Item]
    let mails: Int

    func dates(of series: String) -> [Item] { exchange.filter { $0.series == series } }
  }

  private struct Made: Decodable { let id: String }

  @Test func `edit makes series and changes one date of them`() async throws {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      func dump() async throws -> Dump { try await sandbox.edit("--dump").json() }
      let (start, end) = (Stamp.from(now: 24), Stamp.from(now: 25))
      let made: Made = try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Round",
        start,
        end,
        "--repeat",
        "daily times 6"
      ).json()
      let before = try await dump().dates(of: made.id)
      #expect(before.count == 6)
      #expect(before.allSatisfy { $0.kind == "occurrence" && $0.title == "Round" })
      let day = try before.map { try #require($0.originalDate) }
      func edit(_ arguments: String..., on date: String) async throws {
        let world = sandbox.folder.appending(path: "world").path
        let run = try await Program.built("lockstep-sandbox").run(
          ["edit", "--dir", world, "--side", "exchange", "--occurrence", date] + arguments
        )
        #expect(run.status == 0, "\(run.errors)")
      }
      let moved = try #require(ISO8601DateFormatter().date(from: before[1].start))
      let later = ISO8601DateFormatter().string(from: moved + 600)
      try await edit("--move", made.id, later, before[1].end, on: day[1])
      try await edit("--retitle", made.id, "Other", on: day[2])
      try await edit("--private", made.id, on: day[2])
      try await edit("--free", made.id, on: day[3])
      try await edit("--delete", made.id, on: day[4])
      let after = try await dump()
      let dates = after.dates(of: made.id)
      #expect(dates.map(\.originalDate) == [day[0], day[1], day[2], day[3], day[5]])
      #expect(Stamp.same(dates[1].start, later))
      #expect(dates[2].title == "Other" && dates[2].sensitivity == "Private")
      #expect(dates[3].showAs == "Free" && dates[4].showAs == "Busy")
      #expect(after.exchange.count { $0.kind == "series" } == 1 && after.mails == 0)
      try await sandbox.edit(
        "--side",
        "exchange",
        "--move",
        made.id,
        start,
        end,
        "--repeat",
        "never"
      )
      #expect(try await dump().exchange.map(\.kind) == ["appointment"])
    }
  }

  @Test func `edit marks items, and takes marks back`() async throws {
    try await Sandbox.serving(["--items", "0", "--withhold-public-folders"]) { sandbox in
      let made: Made = try await sandbox.edit(
        "--side",
        "exchange",
        "--all-day",
        "--create",
        "Fair",
        Stamp.from(now: 24),
        Stamp.from(now: 25)
      ).json()
      func item(after option: String) async throws -> Dump.Item {
        try await sandbox.edit("--side", "exchange", option, made.id)
        let dump: Dump = try await sandbox.edit("--dump").json()
        return try #require(dump.exchange.first)
      }
      #expect(try await item(after: "--private").sensitivity == "Private")
      let open = try await item(after: "--public")
      #expect(open.sensitivity == "Normal" && open.allDay)
      #expect(try await item(after: "--free").showAs == "Free")
      #expect(try await item(after: "--busy").showAs == "Busy")
      #expect(try await item(after: "--decline").kind == "declined")
      #expect(try await item(after: "--accept").kind == "appointment")
      #expect(try await item(after: "--cancel").kind == "cancelled")
    }
  }

  @Test(arguments: [
    ["--side", "exchange", "--create", "A", "2026-03-02", "2026-03-02", "--repeat", "hourly"],
    ["--side", "exchange", "--delete", "x", "--repeat", "daily"],
    ["--side", "exchange", "--delete", "x", "--occurrence", "tomorrow"],
    ["--side", "exchange", "--private", "x", "--free", "x"],
    ["--side", "exchange", "--move", "x", "2026-03-02", "2026-03-02", "--all-day"],
    ["--side", "psa", "--private", "1"],
    ["--private", "x"],
  ])
  func `what cannot be meant gets a sentence and nothing is asked of the world`(
    arguments: [String]
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.path
    let run = try await Program.built("lockstep-sandbox")
      .run(["edit", "--dir", "\(folder)/no-such-world"] + arguments)
    #expect(run.status != 0)
    #expect(!run.errors.contains("No sandbox is running"), "\(run.errors)")
  }
}
