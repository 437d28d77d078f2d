import Foundation
import Testing

/// What a person orders: runs taken back, what was made removed, holds ended item by item.
@Suite(.timeLimit(.minutes(10))) struct TakingBackTests {
  /// What `undo --dry-run --json` and `purge --dry-run --json` print.
  private struct OrderLine: Decodable {
    struct Operation: Decodable {
      let side: String
      let verb: String
      let reason: String
      let start: String?
    }

    struct Skipped: Decodable {
      let side: String
      let item: String
      let reason: String
    }

    let order: String
    let digest: String
    let operations: [Operation]
    let skipped: [Skipped]
  }

  private struct Made: Decodable { let id: String }

  @Test func `a run is looked at, taken back, and its undo as well`() async throws {
    try await Sandbox.serving(["--items", "20"]) { sandbox in
      try await sandbox.settle()
      let begin = try await sandbox.dump()
      let (start, end) = (Stamp.from(now: 26), Stamp.from(now: 27))
      let made: Made = try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Canary visit",
        start,
        end
      ).json()
      let run = try await sandbox.sync()
      #expect(run.psa.created == 1)
      let before = try await sandbox.dump()

      let preview: OrderLine = try await sandbox.lockstep(
        "undo",
        "\(run.run)",
        "--dry-run",
        "--json"
      ).json()
      #expect(preview.order == "undo \(run.run)" && preview.skipped.isEmpty)
      #expect(preview.operations.map(\.verb) == ["delete"])
      let text = try await sandbox.lockstep("undo", "\(run.run)", "--dry-run").output
      #expect(text.contains("under digest \(preview.digest)"), "\(text)")
      #expect(text.contains("“Canary visit”"), "\(text)")
      #expect(try await sandbox.dump() == before)

      let undo: AttemptLine = try await sandbox.lockstep("undo", "\(run.run)", "--json").json()
      #expect(undo.outcome == "success" && undo.psa.deleted == 1 && undo.exchange.writes == 0)
      #expect(try await sandbox.dump().psa == begin.psa)
      let history = try await sandbox.lockstep("history", "\(run.run)").output
      #expect(history.contains("[undone]"), "\(history)")
      let runs = try await sandbox.lockstep("history").output
      #expect(runs.contains("(undo): PSA 1 deleted"), "\(runs)")
      let proof = try await sandbox.lockstep("history", "\(undo.run)").output
      #expect(proof.contains("proof: ordered:"), "\(proof)")
      #expect(try await sandbox.sync().writes == 0)
      let status = try await sandbox.lockstep("status").output
      #expect(status.contains("“Canary visit”"), "\(status)")

      let redo: AttemptLine = try await sandbox.lockstep("undo", "\(undo.run)", "--json").json()
      #expect(redo.psa.created == 1)
      let there = try await sandbox.dump().psa.filter { $0.title == "Canary visit" }
      #expect(there.count == 1 && (there.first?.text ?? "").contains("Ref: "))
      #expect(try await sandbox.sync().writes == 0)
      // What somebody changed since is named by what it is called.
      let copy = try #require(there.first)
      try await sandbox.edit("--side", "psa", "--retitle", copy.id, "Canary edited")
      let kept = try await sandbox.lockstep("undo", "\(redo.run)").output
      #expect(kept.contains("Left as it is: “Canary"), "\(kept)")
      #expect(kept.contains("it was changed since"), "\(kept)")
      #expect(try await sandbox.dump().exchange.contains { $0.id == made.id })
    }
  }

  @Test func `a deleted copy comes back out of Deleted Items over the wire`() async throws {
    try await Sandbox.serving(["--items", "10"]) { sandbox in
      try await sandbox.settle()
      let (start, end) = (Stamp.from(now: 26), Stamp.from(now: 27))
      let made: Made = try await sandbox.edit(
        "--side",
        "psa",
        "--create",
        "Canary call",
        start,
        end
      ).json()
      try await sandbox.settle()
      try await sandbox.edit("--side", "psa", "--delete", made.id)
      let run = try await sandbox.sync()
      #expect(run.exchange.deleted == 1)
      let text = try await sandbox.lockstep("undo", "\(run.run)", "--dry-run").output
      #expect(text.contains("restore  “Canary call”, "), "\(text)")
      let undo: AttemptLine = try await sandbox.lockstep("undo", "\(run.run)", "--json").json()
      #expect(undo.exchange.created == 1)
      let world = try await sandbox.dump()
      #expect(world.exchange.count { $0.title == "Canary call" } == 1 && world.mails == 0)
      #expect(try await sandbox.sync().writes == 0)
    }
  }

  @Test func `runs that cannot be taken back are refused with a sentence`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      try await sandbox.settle()
      let unknown = try await sandbox.lockstep("undo", "4711")
      #expect(unknown.status == 1 && unknown.output.contains("There is no run 4711"))
      #expect(try await sandbox.lockstep("undo", "first").status == 64)
    }
  }

  @Test func `a purge asks before it removes, and removes what Lockstep made alone`() async throws {
    try await Sandbox.serving(["--items", "30"]) { sandbox in
      let begin = try await sandbox.dump()
      try await sandbox.settle()
      let unsaid = try await sandbox.lockstep("purge", "--mine")
      #expect(unsaid.status == 64 && unsaid.errors.contains("add --yes"), "\(unsaid.errors)")
      #expect(try await sandbox.lockstep("purge", "--yes").status == 64)
      #expect(try await sandbox.lockstep("purge", "--mine", "--parked", "--yes").status == 64)
      let before = try await sandbox.dump()
      let preview: OrderLine = try await sandbox.lockstep(
        "purge",
        "--mine",
        "--dry-run",
        "--json"
      ).json()
      #expect(preview.operations.count > 10)
      #expect(try await sandbox.dump() == before)
      let parked = try await sandbox.lockstep("purge", "--parked", "--dry-run").output
      #expect(parked.contains("would write nothing"), "\(parked)")
      let purge: AttemptLine = try await sandbox.lockstep("purge", "--mine", "--yes", "--json")
        .json()
      #expect(purge.exchange.deleted + purge.psa.deleted == preview.operations.count)
      let after = try await sandbox.dump()
      #expect(World.census(after.exchange) == World.census(begin.exchange))
      #expect(World.census(after.psa) == World.census(begin.psa))
      #expect(try await sandbox.sync().writes == 0)
    }
  }

  @Test func `one of many held items is released, and the others stay held`() async throws {
    try await Sandbox.serving(["--items", "60"]) { sandbox in
      try await sandbox.settle()
      let world = try await sandbox.dump()
      let copies = World.census(world.exchange)
      let doomed = world.psa.filter {
        !($0.text ?? "").contains("Ref: ") && copies["\($0.title) \($0.start) \($0.end)"] == 1
      }
      for item in doomed { try await sandbox.edit("--side", "psa", "--delete", item.id) }
      let held = try await sandbox.sync()
      let hold = try #require(held.holds.first)
      let one = try #require(hold.items.first?.exchange)
      let unsaid = try await sandbox.lockstep("release", one)
      #expect(unsaid.status == 1 && unsaid.errors.contains("sync --approve \(hold.digest)"))
      let preview = try await sandbox.lockstep("release", one, "--keep", "both", "--dry-run")
      #expect(preview.status == 0 && preview.output.hasPrefix("Would release: “"))
      let done = try await sandbox.lockstep("release", one, "--keep", "both")
      #expect(done.status == 0 && done.output.hasPrefix("Released: “"), "\(done.output)")
      let next = try #require(try await sandbox.sync().holds.first)
      #expect(next.items.count == hold.items.count - 1)
      #expect(!next.items.contains { $0.exchange == one })
      let again = try await sandbox.lockstep("release", one, "--keep", "both")
      #expect(again.status == 1 && again.errors.contains("It is not held"))
    }
  }
}
