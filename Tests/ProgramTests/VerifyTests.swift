import Foundation
import Testing

/// `verify` through the real binary: both sides over HTTP, and not a byte of the cache changed.
@Suite(.timeLimit(.minutes(5))) struct VerifyTests {
  private struct Answer: Decodable {
    struct Check: Decodable {
      let check: String
      let examined: Int
      let findings: Int
    }
    struct Finding: Decodable {
      let check: String
      let side: String?
      let link: Int64?
      let psa: Int64?
      let title: String?
      let start: String?
      let words: String
      let mend: String?
    }
    let checks: [Check]
    let findings: [Finding]
    let links: [String: Int]
    let held: Int
    let allowedDifferences: Int
    let repair: PlanLine
  }

  private struct Made: Decodable { let id: String }

  private func answer(_ sandbox: Sandbox, status: Int32) async throws -> Answer {
    let run = try await sandbox.lockstep("verify", "--json")
    #expect(run.status == status, "\(run.output)\(run.errors)")
    return try run.json()
  }

  @Test func `calendars in step are clean, and what is not as it ought to be is found and mended`()
    async throws
  {
    try await Sandbox.serving(["--items", "20"], allKinds: true) { sandbox in
      let early = try await sandbox.lockstep("verify")
      #expect(early.status == 1 && early.errors.contains("sync"), "\(early.errors)")
      try await sandbox.settle()
      let world = try await sandbox.wholeDump()
      let bytes = try Data(contentsOf: sandbox.cache)
      let clean = try await answer(sandbox, status: 0)
      #expect(clean.findings.isEmpty && clean.repair.operations.isEmpty)
      #expect(clean.checks.count == 10 && clean.checks.allSatisfy { $0.findings == 0 })
      #expect(clean.links["linked", default: 0] > 20)
      let told = try await sandbox.lockstep("verify")
      #expect(told.status == 0 && told.output.contains("ok "))
      #expect(!told.output.contains("Found:"))
      #expect(try await sandbox.wholeDump() == world)
      #expect(try Data(contentsOf: sandbox.cache) == bytes)

      let (start, end) = (Stamp.from(now: 30), Stamp.from(now: 31))
      let made: Made = try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Brand new",
        start,
        end
      ).json()
      let item = try #require(world.exchange.first { $0.kind == "single" } ?? world.exchange.first)
      try await sandbox.edit("--side", "exchange", "--delete", item.id)
      let found = try await answer(sandbox, status: 2)
      #expect(Set(found.findings.map(\.check)).isSubset(of: ["missing", "surplus"]))
      let new = try #require(found.findings.first { $0.title == "Brand new" })
      #expect(new.check == "missing" && Stamp.same(new.start ?? "", start))
      #expect(!found.repair.operations.isEmpty)
      #expect(try Data(contentsOf: sandbox.cache) == bytes)
      let shown = try await sandbox.lockstep("verify")
      #expect(shown.status == 2)
      for words in ["Found:", "“Brand new”", "Repair plan:", "It is in Exchange, not in the PSA"] {
        #expect(shown.output.contains(words), "\(shown.output)")
      }
      #expect(!made.id.isEmpty)
      try await sandbox.settle()
      #expect(try await answer(sandbox, status: 0).findings.isEmpty)
    }
  }
}
