import SyncEngine
import SyncModel
import Testing
import World

/// `PSAWriting`: create, update and delete.
@Suite struct PSAWritingTests {
  static let texts = [
    "", "Plain", "Umlaute: äöüß ÄÖÜ, Łódź, Ελλάδα, 東京",
    "Emoji: 📅👩🏽‍🔧🇩🇪 and a letter beyond: 𝒜", "Lines\nwith LF\n\nand\ttab",
    "Lines\r\nwith CRLF\r\nkept", "Quotes \" ' \\ / <b>&amp;</b> {\"a\": [1]} %20 +",
    "Separators\u{2028}\u{2029}\u{85} and no-break\u{A0}space", " blanks at both ends ",
    "Combined e\u{301} is not é", "https://example.com/?a=1&b=ü#x",
  ]

  @Test(arguments: PSAPort.allCases)
  func `appointments are made as drafted and answered in order`(port: PSAPort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let drafts = (0..<20).map { number in
        Draft.psa("Job \(number)", text: "Text \(number)", start: Grounds.monday + number * 600)
      }
      let results = try await psa.create(drafts)
      let ids = try results.map { try #require($0.id) }
      #expect(Set(ids).count == 20)
      let items = try await psa.items(ids, of: .appointment).compactMap { $0 }
      #expect(items.map(\.title) == drafts.map(\.title))
      #expect(items.map(\.text) == drafts.map(\.text))
      #expect(items.map(\.span) == drafts.map(\.span))
      #expect(items.allSatisfy { $0.resource == ResourceID(Seeding.technician) })
      #expect(items.allSatisfy { $0.created == Instant(seconds: grounds.clock.now) })
      #expect(items.allSatisfy { $0.modified == $0.created })
      #expect(items.allSatisfy { $0.creator == ResourceID(29_682_800) })
      #expect(try await psa.count(of: PSAQuery(kind: .appointment)) == 20)
      #expect(try await psa.create([]) == [])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `texts of all kinds come back as they were written`(port: PSAPort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let texts = PSAWritingTests.texts
      let made = try await psa.create(texts.map { Draft.psa("Job", text: $0) })
      let ids = try made.map { try #require($0.id) }
      let read = try await psa.items(ids, of: .appointment).map { $0?.text }
      // Compared by bytes: equal texts may be spelled differently.
      #expect(read.map { $0.map { Array($0.utf8) } } == texts.map { Array($0.utf8) })
      let titles = texts.map { $0.isEmpty ? "Title" : $0 }
      let edits = zip(ids, titles).map { PSAEdit(kind: .appointment, id: $0, title: $1) }
      #expect(try await psa.update(edits).map(\.id) == ids)
      let listed = try await psa.pages(of: PSAQuery(kind: .appointment)).flatMap(\.items)
      let byID = Dictionary(listed.map { ($0.id, $0.title) }) { first, _ in first }
      #expect(ids.map { byID[$0].map { Array($0.utf8) } } == titles.map { Array($0.utf8) })
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `a text of 8000 characters is kept whole, a longer one refused`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let text = String(repeating: "Zeile: ü🍣\n", count: 727)
      #expect(text.utf16.count <= 8_000)
      let results = try await psa.create([
        Draft.psa(text: text), Draft.psa(text: String(repeating: "ü", count: 8_001)),
      ])
      #expect(try await psa.item(try #require(results[0].id)).text == text)
      #expect(results[1].isRefused)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `what the PSA refuses stands at its place with its words, and the rest is made`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let results = try await psa.create([
        Draft.psa("good"),
        Draft.psa(String(repeating: "x", count: 257)),
        Draft.psa("  "),
        Draft.psa("backwards", length: -60),
        Draft.psa("nobody's", resource: 4_711),
        Draft.psa("retired", resource: 29_682_834),
        Draft.psa("good again"),
      ])
      #expect(results.map(\.isRefused) == [false, true, true, true, true, true, false])
      for case .refused(let words) in results { #expect(!words.isEmpty) }
      let items = try await psa.pages(of: PSAQuery(kind: .appointment)).flatMap(\.items)
      #expect(items.map(\.title) == ["good", "good again"])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `an update writes only what is given`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let id = try await grounds.enter("Title", text: "Text\r\nRef: abc")
    try await port.open(grounds) { psa in
      var known = try await psa.item(id)
      let steps: [(PSAEdit, (inout PSAItem) -> Void)] = [
        (PSAEdit(kind: .appointment, id: id, title: "Neu"), { $0.title = "Neu" }),
        (PSAEdit(kind: .appointment, id: id, text: "Neu\nZwei"), { $0.text = "Neu\nZwei" }),
        (PSAEdit(kind: .appointment, id: id, text: ""), { $0.text = "" }),
        (
          PSAEdit(kind: .appointment, id: id, span: Draft.span(Grounds.monday, 900)),
          {
            $0.start = Instant(seconds: Grounds.monday)
            $0.end = Instant(seconds: Grounds.monday + 900)
          }
        ),
      ]
      for (edit, change) in steps {
        grounds.clock.advance(60)
        #expect(try await psa.update([edit]) == [.done(id)])
        change(&known)
        known.modified = Instant(seconds: grounds.clock.now)
        #expect(try await psa.item(id) == known)
      }
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `updates answer in order: done, missing, refused`(port: PSAPort) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: 4)
    try await grounds.make(.psa, .delete(id: ids[1].description))
    try await port.open(grounds) { psa in
      let before = try await psa.item(ids[2])
      let titles = ["a", "b", String(repeating: "x", count: 300), "d"]
      let results = try await psa.update(
        zip(ids, titles).map { PSAEdit(kind: .appointment, id: $0, title: $1, text: $1) }
      )
      #expect(results.count == 4)
      #expect(results[0] == .done(ids[0]))
      #expect(results[1] == .missing)
      #expect(results[2].isRefused)
      #expect(results[3] == .done(ids[3]))
      #expect(try await psa.item(ids[2]) == before)
      #expect(try await psa.item(ids[3]).text == "d")
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `deletes answer in order, and what was deleted is not there any more`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.enter(many: 5)
    try await grounds.make(.psa, .delete(id: ids[1].description))
    try await port.open(grounds) { psa in
      let doomed = [ids[3], ids[1], PSAID(9_999_999), ids[0]]
      let results = try await psa.delete(doomed.map { PSATarget(kind: .appointment, id: $0) })
      #expect(results == [.done(ids[3]), .missing, .missing, .done(ids[0])])
      #expect(try await psa.identities(of: PSAQuery(kind: .appointment)) == [ids[2], ids[4]])
      #expect(try await psa.items([ids[3]], of: .appointment) == [nil])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `many writes are made in one call`(port: PSAPort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { psa in
      let made = try await psa.create((0..<60).map { Draft.psa("Job \($0)") })
      let ids = try made.map { try #require($0.id) }
      let edits = ids.map { PSAEdit(kind: .appointment, id: $0, title: "Edited \($0)") }
      #expect(try await psa.update(edits) == ids.map { .done($0) })
      let items = try await psa.items(ids, of: .appointment)
      #expect(items.map { $0?.title } == ids.map { "Edited \($0)" })
      let targets = ids.map { PSATarget(kind: .appointment, id: $0) }
      #expect(try await psa.delete(targets) == ids.map { .done($0) })
      #expect(try await psa.count(of: PSAQuery(kind: .appointment)) == 0)
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `without the right to others' appointments every write is refused and nothing changes`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let id = try await grounds.enter("Title")
    await grounds.world.tenant { tenant, _ in tenant.permissions.appointmentsForOthers = false }
    try await port.open(grounds) { psa in
      let before = try await psa.item(id)
      #expect(try await psa.create([Draft.psa()]).map(\.isRefused) == [true])
      let edit = PSAEdit(kind: .appointment, id: id, title: "never")
      #expect(try await psa.update([edit]).map(\.isRefused) == [true])
      let target = PSATarget(kind: .appointment, id: id)
      #expect(try await psa.delete([target]).map(\.isRefused) == [true])
      #expect(try await psa.pages(of: PSAQuery(kind: .appointment)).flatMap(\.items) == [before])
    }
  }

  @Test(arguments: PSAPort.allCases)
  func `above the limit of the hour nothing is written, and it is said`(
    port: PSAPort
  ) async throws {
    let grounds = try Grounds()
    let id = try await grounds.enter("Title")
    try await port.open(grounds) { psa in
      _ = try await psa.open()
      await grounds.world.tenant { tenant, _ in tenant.threshold.limit = 1 }
      let edit = PSAEdit(kind: .appointment, id: id, title: "never")
      let failure = await caught {
        _ = try await psa.update([edit, edit])
      }
      if case .retry? = failure?.remedy {} else { Issue.record("no pause is asked for") }
      await grounds.world.tenant { tenant, _ in tenant.threshold.limit = 10_000 }
      #expect(try await psa.item(id).title == "Title")
    }
  }
}
