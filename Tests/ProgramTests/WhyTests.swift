import Foundation
import Testing

/// `why` through the real binary: where the fields of an item came from, and what it waits for.
@Suite(.timeLimit(.minutes(5))) struct WhyTests {
  private struct Answer: Decodable {
    struct Decider: Decodable {
      let time: String
      let content: String
      let existence: String
    }
    struct Step: Decodable {
      let run: Int64
      let side: String
      let from: String
      let verb: String
      let status: String
      let fields: [String]
      let oldStart: String?
      let start: String?
      let oldTitle: String?
      let title: String?
      let masked: Bool
      let conflict: Bool
      let proof: String?
    }
    let link: Int64?
    let origin: String?
    let state: String?
    let reason: String?
    let masked: Bool
    let decides: Decider?
    let steps: [Step]
  }

  private struct Made: Decodable { let id: String }

  private func make(_ sandbox: Sandbox, _ side: String, _ title: String, _ hour: Int) async throws
    -> String
  {
    try await sandbox.edit(
      "--side",
      side,
      "--create",
      title,
      Stamp.from(now: hour),
      Stamp.from(now: hour + 1)
    ).json(Made.self).id
  }

  private func why(_ sandbox: Sandbox, _ words: String) async throws -> (Answer, String) {
    let json = try await sandbox.lockstep("why", words, "--json")
    #expect(json.status == 0, "\(json.errors)")
    let told = try await sandbox.lockstep("why", words)
    #expect(told.status == 0, "\(told.errors)")
    return (try json.json(), told.output)
  }

  @Test func `each field tells from where it came, who lost, and what was deleted by whom`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let id = try await make(sandbox, "exchange", "Visit", 30)
      try await sandbox.settle()
      let (first, created) = try await why(sandbox, "Visit")
      #expect(first.origin == "exchange" && first.state == "linked" && !first.masked)
      #expect(first.decides?.time == "both sides" && first.decides?.content == "Exchange")
      #expect(first.steps.map(\.verb) == ["create"])
      #expect(created.contains("made in Exchange") && created.contains("made in the PSA"))

      let copy = try #require(try await sandbox.dump().psa.first).id
      try await sandbox.edit("--side", "exchange", "--retitle", id, "Repair")
      try await sandbox.settle()
      let (early, late) = (Stamp.from(now: 40), Stamp.from(now: 50))
      try await sandbox.edit("--side", "exchange", "--move", id, early, Stamp.from(now: 41))
      try await sandbox.edit("--side", "psa", "--move", copy, late, Stamp.from(now: 51))
      try await sandbox.settle()
      let (answer, told) = try await why(sandbox, copy)
      let title = try #require(answer.steps.first { $0.title == "Repair" })
      #expect(title.oldTitle == "Visit" && title.from == "exchange" && title.side == "psa")
      let time = try #require(answer.steps.last)
      #expect(time.conflict && time.side == "exchange" && time.fields == ["time"])
      #expect(Stamp.same(time.oldStart ?? "", early) && Stamp.same(time.start ?? "", late))
      #expect(told.contains("both sides moved it; the PSA won; Exchange had "))
      #expect(told.contains("“Visit” → “Repair”"))

      try await sandbox.edit("--side", "exchange", "--delete", id)
      try await sandbox.settle()
      let (gone, last) = try await why(sandbox, "Repair")
      #expect(gone.link == nil && gone.steps.last?.verb == "delete")
      #expect(gone.steps.last?.proof?.hasPrefix("gone: ") == true)
      #expect(last.contains("on neither side any more"))
      let none = try await sandbox.lockstep("why", "Nobody knows it")
      #expect(none.status == 1 && none.errors.contains("No item goes by"))
    }
  }

  @Test func `what was left alone says since which run, and a private item shows no word`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      _ = try await make(sandbox, "psa", "On site", 30)
      let secret = try await make(sandbox, "exchange", "Canary", 32)
      try await sandbox.settle()
      let copy = try #require(try await sandbox.dump().exchange.first { $0.title == "On site" })
      try await sandbox.edit("--side", "exchange", "--delete", copy.id)
      try await sandbox.edit("--side", "exchange", "--private", secret)
      try await sandbox.settle()
      let (alone, told) = try await why(sandbox, "On site")
      #expect(alone.state == "suppressed" && alone.reason == "it was deleted in Exchange")
      #expect(told.contains("since run ") && told.contains("sync --full"))
      let (masked, shown) = try await why(sandbox, secret)
      #expect(masked.masked && masked.steps.last?.verb == "mask")
      #expect(!shown.contains("Canary") && shown.contains("detail → “Appointment”"))
      let json = try await sandbox.lockstep("why", secret, "--json").output
      #expect(!json.contains("Canary"))
    }
  }
}
