import Foundation
import Testing

/// `lockstep-sandbox edit` for the PSA's to-dos and service calls, through the real binary.
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

  @Test(arguments: [
    ["--side", "psa", "--assign", "4"], ["--side", "exchange", "--kind", "to-do", "--delete", "4"],
    ["--side", "psa", "--kind", "series", "--delete", "4"],
    ["--side", "psa", "--kind", "to-do", "--assign", "4", "--complete", "4"],
  ])
  func `what cannot be meant is refused with a sentence`(arguments: [String]) async throws {
    let program = try Program.built("lockstep-sandbox")
    let result = try await program.run(["edit", "--dir", "nowhere"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains("Error:"))
  }
}
