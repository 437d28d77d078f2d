import Foundation
import Testing

/// What waits for a person, and what a person may see of it.
@Suite(.timeLimit(.minutes(10))) struct HoldTests {
  @Test func `held items are shown by title and time, and reported by neither`() async throws {
    try await Sandbox.serving(["--items", "60"]) { sandbox in
      try await sandbox.settle()
      let doomed = try await deleteMany(in: sandbox)
      let status = try await sandbox.lockstep("sync", "--json")
      #expect(status.status == 3)
      let attempt: AttemptLine = try status.json()
      let hold = try #require(attempt.holds.first)
      #expect(hold.items.count == doomed.count)
      #expect(hold.items.allSatisfy { $0.verb == "delete" && $0.side == "exchange" })
      #expect(hold.items.allSatisfy { $0.title == nil && $0.exchange != nil && $0.psa != nil })
      for item in doomed { #expect(!status.output.contains(item.title), "\(item.title)") }
      #expect(attempt.exchange.deleted == 0)

      let plan: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      let now: StatusLine = try await sandbox.lockstep("status", "--json").json()
      for holds in [plan.holds, now.holds] {
        let items = try #require(holds.first { $0.digest == hold.digest }).items
        #expect(items.map(\.line) == hold.items.map(\.line))
        #expect(Set(items.compactMap(\.title)) == Set(doomed.map(\.title)))
        for item in doomed {
          #expect(
            items.contains {
              $0.title == item.title && Stamp.same($0.start ?? "", item.start)
                && Stamp.same($0.end ?? "", item.end)
            }
          )
        }
      }
      for command in ["plan", "sync", "status"] {
        let text = try await sandbox.lockstep(command).output
        let shown = text.matches(of: /\n {2}delete in Exchange “(.+)”, 20\d\d-/)
        #expect(shown.count == min(doomed.count, 20), "\(command)")
        let titles = Set(doomed.map(\.title))
        #expect(shown.allSatisfy { titles.contains(String($0.1)) })
        #expect(!text.contains(hold.items[0].exchange ?? "?"))
      }
    }
  }

  @Test func `an approval of something else writes nothing and says what is held`() async throws {
    try await Sandbox.serving(["--items", "60"]) { sandbox in
      try await sandbox.settle()
      _ = try await deleteMany(in: sandbox)
      let (start, end) = (Stamp.from(now: 30), Stamp.from(now: 31))
      try await sandbox.edit("--side", "exchange", "--create", "Visit the depot", start, end)
      let before = try await sandbox.dump()
      let refused = try await sandbox.lockstep("sync", "--approve", "0000000000000000")
      #expect(refused.status == 1)
      #expect(refused.output.contains("Nothing is held under 0000000000000000"))
      #expect(try await sandbox.dump() == before)
      let plan: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      let hold = try #require(plan.holds.first)
      #expect(refused.output.contains("Held \(hold.digest)"))
      #expect(refused.output.contains("waits for approval is \(hold.digest)"))
      // The hint can be pasted as it stands.
      let hint = "'lockstep --config \(sandbox.ready.config) sync --approve \(hold.digest)'"
      #expect(refused.output.contains(hint) && hold.mend.contains(hint))
      let done = try await sandbox.sync("--approve", hold.digest)
      #expect(done.exchange.deleted == hold.items.count && done.psa.created == 1)
      let stale = try await sandbox.sync("--approve", hold.digest)
      #expect(stale.outcome == "failed" && stale.writes == 0)
      let typo = try await sandbox.lockstep("sync", "--approve", "DIGEST")
      #expect(typo.status == 64 && typo.errors.contains("16 letters and digits"))
    }
  }

  @Test func `pairs with another tool's items are shown by title`() async throws {
    let options = ["--items", "12", "--fill-like-vendor"]
    try await Sandbox.serving(options, allKinds: true) { sandbox in
      let world = try await sandbox.dump()
      let text = try await sandbox.lockstep("plan").output
      #expect(text.contains(": the same in both"))
      #expect(text.contains("'lockstep --config \(sandbox.ready.config) sync --approve "))
      let plan: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      let hold = try #require(plan.holds.first { $0.items.first?.verb == "pair" })
      let titles = Set(world.exchange.map(\.title))
      #expect(hold.items.allSatisfy { $0.side == nil && titles.contains($0.title ?? "") })
      #expect(try await sandbox.sync("--approve", hold.digest).outcome == "success")
    }
  }

  @Test func `after a restore each held item says on which side approval does what`() async throws {
    try await Sandbox.serving(["--items", "20"]) { sandbox in
      try await sandbox.settle()
      let cache = sandbox.cache.deletingLastPathComponent()
      let saved = sandbox.folder.appending(path: "saved")
      try FileManager.default.copyItem(at: cache, to: saved)
      let world = try await sandbox.dump()
      let copies = World.census(world.psa)
      let copy = try #require(
        world.exchange.first { item in
          copies["\(item.title) \(item.start) \(item.end)"] == 1
            && world.psa.contains {
              $0.title == item.title && $0.start == item.start && !($0.text ?? "").contains("Ref: ")
            }
        }
      )
      try await sandbox.edit("--side", "exchange", "--delete", copy.id)
      try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Later",
        Stamp.from(now: 30),
        Stamp.from(now: 31)
      )
      try await sandbox.settle()
      try FileManager.default.removeItem(at: cache)
      try FileManager.default.moveItem(at: saved, to: cache)
      for command in ["plan", "sync", "status"] {
        let text = try await sandbox.lockstep(command).output
        #expect(text.contains("\n  keep only in the PSA “\(copy.title)”"), "\(text)")
        #expect(text.contains("' does what stands before each item"), "\(text)")
      }
      let plan: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      let hold = try #require(plan.holds.first)
      #expect(hold.items.map(\.verb) == ["suppress"] && hold.items.map(\.side) == ["psa"])
      #expect(try await sandbox.sync("--approve", hold.digest).holds.isEmpty)
      #expect(try await sandbox.dump().psa.contains { $0.title == copy.title })
    }
  }

  @Test func `a private title is shown to its user with what the PSA gets, and goes nowhere else`()
    async throws
  {
    try await Sandbox.serving(["--items", "60"]) { sandbox in
      let world = try await sandbox.dump()
      let open = Set(world.exchange.filter { $0.sensitivity == "Normal" }.map(\.title))
      let secret = Set(world.exchange.filter { $0.sensitivity != "Normal" }.map(\.title))
        .subtracting(open)
      #expect(!secret.isEmpty)
      let text = try await sandbox.lockstep("plan").output
      let lines = text.split(separator: "\n").filter { line in
        secret.contains { line.contains("“\($0)”") }
      }
      #expect(!lines.isEmpty)
      #expect(
        lines.allSatisfy { $0.hasSuffix("the PSA gets “Appointment” and the time, nothing else") }
      )
      let plan: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      // Of a date of a series the id is followed by its day.
      let masked = Set(
        plan.operations.filter(\.masked).map { $0.item.prefix { $0 != "@" } }.map(String.init)
      )
      let ids = world.exchange.filter { $0.sensitivity != "Normal" }.map(\.id)
      #expect(ids.filter(masked.contains).count == masked.count && !masked.isEmpty)

      let run = try await sandbox.lockstep("sync", "--json")
      let reports = try await sandbox.rows("SELECT payload FROM outbox")
      let notes = try await sandbox.rows("SELECT notes FROM run WHERE notes IS NOT NULL")
      for title in secret {
        for text in [run.output, run.errors] + reports + notes {
          #expect(!text.contains(title), "\(title)")
        }
      }
      #expect(reports.count == 1)
    }
  }

  @Test func `a mask by setting is not called private`() async throws {
    try await Sandbox.serving { sandbox in
      try await sandbox.settle()
      _ = try await sandbox.lockstep("profile", "set", "import_detail=none")
      let plan: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      let masks = plan.operations.filter { $0.verb == "mask" }
      #expect(!masks.isEmpty)
      #expect(masks.allSatisfy { $0.reason.contains("settings") && $0.masked })
      #expect(masks.allSatisfy { !$0.reason.contains("private") })
    }
  }

  @Test func `with the import switched off what stays loses its detail, and gets it back`()
    async throws
  {
    try await Sandbox.serving { sandbox in
      try await sandbox.settle()
      let before = try await sandbox.dump()
      _ = try await sandbox.lockstep("profile", "set", "sync_appointments_to_autotask=false")
      try await sandbox.settle()
      let copies = try await sandbox.dump().psa.filter { ($0.text ?? "").contains("Ref: ") }
      #expect(!copies.isEmpty && copies.allSatisfy { $0.title == "Appointment" })
      #expect(try await sandbox.dump().psa.count == before.psa.count)
      _ = try await sandbox.lockstep("profile", "set", "sync_appointments_to_autotask=")
      try await sandbox.settle()
      #expect(try await World.census(sandbox.dump().psa) == World.census(before.psa))
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      // What happens is told where the switch is.
      for file in ["man/lockstep-sync.7", "share/lockstep/settings.example.toml"] {
        let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
        let told = try #require(text.range(of: "sync_appointments_to_autotask"))
        let around = text[..<told.upperBound].suffix(600) + text[told.upperBound...].prefix(400)
        #expect(around.contains("detail"), "\(file)")
      }
    }
  }

  @Test func `status counts what is left on one side only, and says how it comes back`()
    async throws
  {
    try await Sandbox.serving(["--items", "10"]) { sandbox in
      try await sandbox.settle()
      let (start, end) = (Stamp.from(now: 26), Stamp.from(now: 27))
      try await sandbox.edit("--side", "psa", "--create", "Label the ports", start, end)
      _ = try await sandbox.sync()
      let copy = try #require(
        try await sandbox.dump().exchange.first { $0.title == "Label the ports" }
      )
      try await sandbox.edit("--side", "exchange", "--delete", copy.id)
      try await sandbox.settle()
      let status = try await sandbox.lockstep("status").output
      #expect(status.contains("  1 on one side only, because the copy was deleted by hand"))
      #expect(status.contains("'lockstep --config \(sandbox.ready.config) sync --full'"))
      #expect(status.contains("\n    “Label the ports”, 20"), "\(status)")

      try FileManager.default.removeItem(at: sandbox.cache.deletingLastPathComponent())
      _ = try await sandbox.lockstep("adopt")
      let adopted = try await sandbox.lockstep("status").output
      #expect(adopted.contains(/\d+ on one side only since the cache was lost/))
      #expect(adopted.contains("adopt --create-missing'"))
      #expect(adopted.contains("\n    “Label the ports”, 20"), "\(adopted)")
    }
  }

  /// Deletes everything that was made in the PSA and is alone with its title and time.
  private func deleteMany(in sandbox: Sandbox) async throws -> [World.Item] {
    let world = try await sandbox.dump()
    let copies = World.census(world.exchange)
    let doomed = world.psa.filter {
      !($0.text ?? "").contains("Ref: ") && copies["\($0.title) \($0.start) \($0.end)"] == 1
    }
    #expect(doomed.count > 10)
    for item in doomed { try await sandbox.edit("--side", "psa", "--delete", item.id) }
    return doomed
  }
}

/// What `status --json` prints.
struct StatusLine: Decodable {
  struct Last: Decodable {
    let run: Int64
    let outcome: String
    let notes: [String]
  }

  let lastAttempt: Last?
  let holds: [AttemptLine.Hold]
}
