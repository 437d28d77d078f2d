import Foundation
import Testing

/// `privacy` through the real binary: it prints what is in the PSA, and no more.
@Suite(.timeLimit(.minutes(5))) struct PrivacyTests {
  private struct Answer: Decodable {
    struct Item: Decodable {
      let item: String
      let receiver: String
      let sent: Bool
      let title: String
      let start: String
      let originalDate: String?
      let text: String
      let masked: Bool
      let because: [String]
      let notSent: [String]
      let there: Bool?
    }
    let items: [Item]
    let link: Int64?
    let state: String?
  }

  private struct Made: Decodable { let id: String }

  @Test func `a private item shows no word of its own, a public one all that the PSA has`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let (start, end) = (Stamp.from(now: 30), Stamp.from(now: 31))
      func make(_ title: String, _ more: String...) async throws -> String {
        let world = sandbox.folder.appending(path: "world").path
        let run = try await Program.built("lockstep-sandbox").run(
          ["edit", "--dir", world, "--side", "exchange", "--create", title, start, end] + more
        )
        return try run.json(Made.self).id
      }
      let secret = try await make("Canary at the dentist")
      try await sandbox.edit("--side", "exchange", "--private", secret)
      _ = try await make("Visit the depot")
      _ = try await make("Twice")
      _ = try await make("Twice")
      _ = try await make("Canary round", "--repeat", "daily times 3")
      let early = try await sandbox.lockstep("privacy", secret)
      #expect(early.status == 1 && early.errors.contains("sync"))
      try await sandbox.settle()
      let world = try await sandbox.dump()

      for words in [secret, "Canary at the dentist", "canary AT the dentist"] {
        let told = try await sandbox.lockstep("privacy", words, "--json")
        #expect(told.status == 0, "\(told.errors)")
        #expect(!(told.output + told.errors).contains("Canary"))
        let answer: Answer = try told.json()
        let item = try #require(answer.items.first)
        #expect(answer.items.count == 1 && answer.state == "linked")
        #expect(item.masked && item.sent && item.title == "Appointment" && item.there == true)
        #expect(item.because == ["it is private"] && item.notSent.contains("title"))
        #expect(item.receiver == "psa" && item.item == secret)
        let number = String(try #require(answer.link))
        for word in [number, "#\(number)"] {
          let again = try await sandbox.lockstep("privacy", word)
          #expect(again.output.contains("Masked, because it is private."))
          #expect(again.output.contains("Not sent: title"))
          #expect(!again.output.contains("Canary"))
        }
      }

      let open = try await sandbox.lockstep("privacy", "Visit the depot", "--json")
      let item = try #require(try open.json(Answer.self).items.first)
      let written = try #require(world.psa.first { $0.title == "Visit the depot" })
      #expect(!item.masked && item.title == written.title && item.text == written.text)
      #expect(item.there == true && Stamp.same(item.start, written.start))
      let byPSA = try await sandbox.lockstep("privacy", written.id, "--json")
      #expect(byPSA.output == open.output)

      let several = try await sandbox.lockstep("privacy", "Twice")
      #expect(several.status == 1 && several.errors.contains("2 items go by “Twice”"))
      #expect(several.errors.contains("#"))
      let none = try await sandbox.lockstep("privacy", "Nobody knows it")
      #expect(none.status == 1 && none.errors.contains("No item goes by “Nobody knows it”"))
    }
  }

  @Test func `a series says what its dates get, and which of them are told less of`() async throws {
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
        "daily times 4"
      ).json()
      struct Dump: Decodable {
        struct Item: Decodable {
          let series: String?
          let originalDate: String?
        }
        let exchange: [Item]
      }
      let dump: Dump = try await sandbox.edit("--dump").json()
      let dates = dump.exchange.filter { $0.series == series.id }.compactMap(\.originalDate)
      let second = try #require(dates.dropFirst().first)
      try await sandbox.edit(
        "--side",
        "exchange",
        "--private",
        series.id,
        "--occurrence",
        second
      )
      try await sandbox.settle()
      let told: Answer = try await sandbox.lockstep("privacy", "Canary round", "--json").json()
      #expect(told.items.map(\.masked) == [false, true])
      #expect(told.items.map(\.title) == ["Canary round", "Appointment"])
      #expect(told.items.last?.originalDate == second)
      #expect(told.items.last?.because == ["it is private"])

      try await sandbox.edit("--side", "exchange", "--private", series.id)
      try await sandbox.settle()
      let links = try await sandbox.rows("SELECT id FROM link ORDER BY id")
      #expect(links.count == 4)
      for link in links {
        let date = try await sandbox.lockstep("privacy", "#\(link)", "--json")
        let item = try #require(try date.json(Answer.self).items.first)
        #expect(item.masked && item.because == ["its series is private"] && item.there == true)
        #expect(item.originalDate != nil && !date.output.contains("Canary"))
      }
    }
  }
}
