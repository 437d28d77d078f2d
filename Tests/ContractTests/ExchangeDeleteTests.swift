import SyncEngine
import SyncModel
import Testing
import World

/// `ExchangeWriting.delete` and `move`.
@Suite struct ExchangeDeleteTests {
  @Test(arguments: ExchangePort.allCases)
  func `a deleted item lies in Deleted Items, whole, and no mail is sent`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let draft = Draft.exchange(text: "Text", place: "Place")
      let made = try #require(try await mailbox.create([draft], in: folder).only)
      let id = try #require(made.id)
      let before = try await mailbox.item(id)
      try await grounds.change(
        id,
        .required([Mailbox.Attendee(Mailbox.Person(name: "B", address: "b@example.com"))])
      )
      let target = ExchangeTarget(id: id, expected: try await mailbox.item(id).changeKey)
      let result = try await mailbox.delete([target])
      #expect(result.only?.id == id)
      #expect(try await mailbox.items([id], in: folder) == [.missing])
      #expect(try await mailbox.open().itemCount == 0)
      let trace = try await mailbox.traces(of: .stamp(draft.stamp), calendar: folder)
      #expect(trace.map(\.place) == [.deleted])
      let lying = try await mailbox.item(try #require(trace.only?.id))
      #expect(lying.title == before.title)
      #expect(lying.text == "Text" && lying.place == "Place")
      #expect(lying.when == before.when)
      #expect(lying.uid == before.uid)
      #expect(await grounds.mailsSent == 0)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an item that changed is left alone, one that is gone is missing, the rest is deleted`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let good = try await grounds.add("good")
    let changed = try await grounds.add("changed")
    let gone = try await grounds.add("gone")
    let last = try await grounds.add("last")
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let ids = [good, changed, gone, last]
      let known = try await mailbox.items(ids, in: folder).compactMap(\.item)
      try await grounds.change(changed, .location("elsewhere"))
      try await grounds.delete(gone)
      let results = try await mailbox.delete(
        known.map { ExchangeTarget(id: $0.id, expected: $0.changeKey) }
      )
      #expect(results.count == 4)
      #expect(results[0].id == good)
      #expect(results[1] == .conflict)
      #expect(results[2] == .missing)
      #expect(results[3].id == last)
      let left = try await mailbox.allChanges(since: nil, in: folder).present
      #expect(left == [changed])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `many items are deleted in one call and answered in their order`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.add(many: 110)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let known = try await mailbox.items(ids, in: folder).compactMap(\.item)
      let results = try await mailbox.delete(
        known.map { ExchangeTarget(id: $0.id, expected: $0.changeKey) }
      )
      #expect(results.map(\.id) == ids)
      #expect(try await mailbox.open().itemCount == 0)
      #expect(try await mailbox.delete([]) == [])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an item comes back from Deleted Items under a new id, otherwise as it was`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let made = try #require(try await mailbox.create([Draft.exchange()], in: folder).only)
      let id = try #require(made.id)
      let before = try await mailbox.item(id)
      let target = ExchangeTarget(id: id, expected: before.changeKey)
      _ = try await mailbox.delete([target])
      let mark = ItemMark.stamp(Draft.exchange().stamp)
      let lying = try #require(try await mailbox.traces(of: mark, calendar: folder).only)
      let result = try #require(try await mailbox.move([lying.id], to: folder).only)
      let back = try #require(result.id)
      #expect(back != lying.id && back != id)
      #expect(try await mailbox.items([lying.id], in: folder) == [.missing])
      var expected = before
      expected.id = back
      expected.changeKey = try #require(result.changeKey)
      var item = try await mailbox.item(back)
      item.modified = expected.modified
      #expect(item == expected)
      #expect(
        try await mailbox.traces(of: mark, calendar: folder)
          == [ItemTrace(id: back, changeKey: expected.changeKey, place: .calendar)]
      )
      #expect(await grounds.mailsSent == 0)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a move answers in order, and what is gone is missing`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let other = try await grounds.addFolder("Second calendar")
    let first = try await grounds.move(try await grounds.add("first"), to: other)
    let gone = try await grounds.move(try await grounds.add("gone"), to: other)
    let last = try await grounds.move(try await grounds.add("last"), to: other)
    try await grounds.delete(gone)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let results = try await mailbox.move([first, gone, last], to: folder)
      #expect(results.count == 3)
      #expect(results[1] == .missing)
      let titles = try await mailbox.items(results.compactMap(\.id), in: folder)
        .map { $0.item?.title }
      #expect(titles == ["first", "last"])
      #expect(try await mailbox.open().itemCount == 2)
    }
  }
}
