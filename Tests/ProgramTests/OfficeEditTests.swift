import Foundation
import Testing

/// `lockstep-sandbox edit` for the PSA's to-dos and service calls, and contacts, through the real binary.
@Suite struct OfficeEditTests {
  private struct Dump: Decodable {
    struct Item: Decodable {
      let id: String
      let kind: String
      let title: String
      let start: String
      let location: String
      let text: String
      let state: String?
    }
    let psa: [Item]
  }

  private struct Made: Decodable { let id: String }

  @Test(arguments: ["to-do", "service-call"])
  func `items of each kind are made, moved, reworded, given and taken, done and deleted`(
    kind: String
  ) async throws {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let program = try Program.built("lockstep-sandbox")
      let world = ["edit", "--dir", sandbox.folder.appending(path: "world").path]
      func edit(_ arguments: String...) async throws -> String {
        let all = world + ["--side", "psa", "--kind", kind] + arguments
        return try await program.run(all).json(Made.self).id
      }
      func item(_ id: String) async throws -> Dump.Item? {
        let dump: Dump = try await program.run(world + ["--dump"]).json()
        return dump.psa.first { $0.id == id && $0.kind == kind }
      }
      let times = ["2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z"]
      let id = try await edit("--create", "Bring disks", times[0], times[1])
      var made = try #require(try await item(id))
      #expect(made.text == "Bring disks" && made.start == times[0] && made.state == "open")
      _ = try await edit("--move", id, times[1], "2027-03-01T11:00:00Z")
      _ = try await edit("--retitle", id, "Bring cables")
      _ = try await edit("--complete", id)
      made = try #require(try await item(id))
      #expect(made.text == "Bring cables" && made.start == times[1] && made.state == "complete")
      _ = try await edit("--unassign", id)
      #expect(try await item(id) == nil)
      _ = try await edit("--assign", id)
      #expect(try await item(id) != nil)
      if kind == "service-call" {
        _ = try await edit("--cancel", id)
        #expect(try await item(id)?.state == "cancelled")
      }
      _ = try await edit("--delete", id)
      #expect(try await item(id) == nil)
    }
  }

  @Test func `contacts are changed on both sides, and a run has to do with each change`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let config = try sandbox.settings(
        "contacts.toml",
        replacing: "\n[sync]\n",
        with: "\n[sync]\nsync_contacts = true\n"
      )
      let world = ["edit", "--dir", sandbox.folder.appending(path: "world").path]
      func edit(_ arguments: [String]) async throws -> String {
        try await Program.built("lockstep-sandbox").run(world + arguments).json(Made.self).id
      }
      func inExchange(_ arguments: String...) async throws -> String {
        try await edit(["--side", "exchange"] + arguments)
      }
      func inPSA(_ arguments: String...) async throws -> String {
        try await edit(["--side", "psa", "--kind", "contact"] + arguments)
      }
      func sync() async throws -> AttemptLine.Side {
        let run: AttemptLine =
          try await sandbox.lockstep("sync", "--full", "--json", config: config).json()
        #expect(run.outcome == "success")
        return run.exchange
      }
      func contacts() async throws -> (exchange: [World.Item], psa: [World.Item]) {
        let world = try await sandbox.wholeDump()
        return (
          world.exchange.filter { $0.kind == "contact" }, world.psa.filter { $0.kind == "contact" }
        )
      }
      let id = try await inPSA("--create", "Jane Doe")
      #expect(try await contacts().psa.contains { $0.id == id && $0.title == "Jane Doe" })
      #expect(try await sync().created == 3)
      _ = try await inPSA("--retitle", id, "Jane Roe")
      #expect(try await sync().updated == 1)
      let mine = try #require(try await contacts().exchange.first { $0.title == "Jane Roe" })
      // What a person writes over is written again, what a person deletes comes back.
      #expect(try await inExchange("--retitle", mine.id, "J. R.") == mine.id)
      #expect(try await contacts().exchange.contains { $0.title == "J. R." })
      #expect(try await sync().updated == 1)
      _ = try await inExchange("--delete", mine.id)
      #expect(try await sync().created == 1)
      let back = try #require(try await contacts().exchange.first { $0.title == "Jane Roe" })
      let copy = try await inExchange("--copy", back.id)
      #expect(try await sync().writes == 0)
      #expect(try await contacts().exchange.filter { $0.title == "Jane Roe" }.count == 2)
      _ = try await inExchange("--delete", copy)
      _ = try await inPSA("--unassign", id)
      #expect(try await contacts().psa.count == 1)
      #expect(try await sync().deleted == 2)
      _ = try await inPSA("--assign", id)
      #expect(try await sync().created == 2)
      _ = try await inPSA("--delete", id)
      #expect(try await sync().deleted == 1)
      let last = try await contacts()
      #expect(last.psa.count == 2 && last.exchange.count == 2)
    }
  }

  @Test(arguments: [
    ["--side", "psa", "--assign", "4"], ["--side", "exchange", "--kind", "to-do", "--delete", "4"],
    ["--side", "psa", "--kind", "series", "--delete", "4"],
    ["--side", "psa", "--kind", "to-do", "--assign", "4", "--complete", "4"],
    ["--side", "psa", "--kind", "to-do", "--private", "4"],
    ["--side", "psa", "--kind", "contact", "--complete", "4"],
    ["--side", "psa", "--kind", "contact", "--create", "A", "B", "C"],
    ["--side", "exchange", "--kind", "contact", "--delete", "4"], ["--side", "psa", "--copy", "4"],
    ["--side", "exchange", "--copy", "4", "--occurrence", "2026-03-02"],
  ])
  func `what cannot be meant is refused with a sentence`(arguments: [String]) async throws {
    let program = try Program.built("lockstep-sandbox")
    let result = try await program.run(["edit", "--dir", "nowhere"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains("Error:"))
  }
}
