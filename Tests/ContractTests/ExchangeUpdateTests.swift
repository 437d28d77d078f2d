import SyncEngine
import SyncModel
import Testing
import World

/// `ExchangeWriting.update`: only what is given, at the expected version alone.
@Suite struct ExchangeUpdateTests {
  @Test(arguments: ExchangePort.allCases)
  func `only the fields that are given change`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let id = try await grounds.add("Planning") {
      $0.body = Mailbox.Body("Old text")
      $0.location = "Old place"
      $0.showAs = .tentative
      $0.categories = ["Red"]
      $0.startZone = "Pacific Standard Time"
      $0.endZone = "Pacific Standard Time"
      $0.reminderIsSet = true
    }
    try await port.open(grounds) { mailbox in
      var known = try await mailbox.item(id)
      let steps: [(ExchangeEdit, (inout ExchangeItem) -> Void)] = [
        (ExchangeEdit(id: id, expected: known.changeKey, title: "Neu 📅"), { $0.title = "Neu 📅" }),
        (ExchangeEdit(id: id, expected: known.changeKey, text: "a\n<b>"), { $0.text = "a\r\n<b>" }),
        (ExchangeEdit(id: id, expected: known.changeKey, place: "Süd"), { $0.place = "Süd" }),
        (ExchangeEdit(id: id, expected: known.changeKey, place: ""), { $0.place = "" }),
        (ExchangeEdit(id: id, expected: known.changeKey, text: ""), { $0.text = "" }),
        (
          ExchangeEdit(id: id, expected: known.changeKey, when: Draft.hour(50)),
          {
            $0.when = .timed(
              start: Instant(seconds: Grounds.monday + 50 * Grounds.hour),
              end: Instant(seconds: Grounds.monday + 51 * Grounds.hour),
              zone: ZoneName("America/Los_Angeles")
            )
          }
        ),
      ]
      for (edit, change) in steps {
        grounds.clock.advance(60)
        let current = ExchangeEdit(
          id: edit.id,
          expected: known.changeKey,
          when: edit.when,
          title: edit.title,
          text: edit.text,
          place: edit.place
        )
        let result = try await mailbox.update([current])
        #expect(result.only?.id == id)
        var expected = known
        change(&expected)
        expected.changeKey = try #require(result.only?.changeKey)
        expected.modified = Instant(seconds: grounds.clock.now)
        #expect(expected.changeKey != known.changeKey)
        known = try await mailbox.item(id)
        #expect(known == expected)
      }
      #expect(await grounds.mailsSent == 0)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a new title moves no whole day, whatever the zone`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let midnight = 20_783 * 86_400 - 13 * 3_600 as Int64
    let id = try await grounds.add("Fair", start: midnight, length: 86_400) {
      $0.isAllDay = true
      $0.startZone = "New Zealand Standard Time"
      $0.endZone = "New Zealand Standard Time"
    }
    try await port.open(grounds) { mailbox in
      let before = try await mailbox.item(id)
      let edit = ExchangeEdit(id: id, expected: before.changeKey, title: "Trade fair")
      #expect(try await mailbox.update([edit]).only?.id == id)
      let after = try await mailbox.item(id)
      #expect(after.when == before.when)
      #expect(after.windowsZone == before.windowsZone)
      #expect(after.title == "Trade fair")
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `whole days move to the days of the edit's zone`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let draft = Draft.exchange(when: try Draft.days("2026-11-26", "2026-11-27"))
      let made = try #require(try await mailbox.create([draft], in: folder).only)
      let id = try #require(made.id)
      let days = try Draft.days("2026-10-24", "2026-10-27")
      let moved = try await mailbox.update([
        ExchangeEdit(
          id: id,
          expected: try #require(made.changeKey),
          when: days,
          zone: Draft.berlin
        )
      ])
      #expect(try await mailbox.item(id).when == days)
      let elsewhere = try await mailbox.update([
        ExchangeEdit(
          id: id,
          expected: try #require(moved.only?.changeKey),
          when: days,
          zone: ZoneName("Pacific/Auckland")
        )
      ])
      let item = try await mailbox.item(id)
      #expect(item.when == days)
      #expect(item.windowsZone == "New Zealand Standard Time")
      #expect(item.changeKey == elsewhere.only?.changeKey)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a timed item becomes whole days, and whole days become timed`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let made = try #require(try await mailbox.create([Draft.exchange()], in: folder).only)
      let id = try #require(made.id)
      let days = try Draft.days("2026-11-26", "2026-11-28")
      let whole = try await mailbox.update([
        ExchangeEdit(
          id: id,
          expected: try #require(made.changeKey),
          when: days,
          zone: Draft.berlin,
          turnsAllDay: true
        )
      ])
      #expect(try await mailbox.item(id).when == days)
      let timed = try await mailbox.update([
        ExchangeEdit(
          id: id,
          expected: try #require(whole.only?.changeKey),
          when: Draft.hour(30),
          turnsAllDay: true
        )
      ])
      #expect(timed.only?.id == id)
      let item = try await mailbox.item(id)
      #expect(item.when.isSameTime(as: Draft.hour(30)))
      #expect(item.windowsZone == Grounds.zone)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a stale version is a conflict, writes nothing, and stops no other edit`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let stale = try await grounds.add("stale")
    let touched = try await grounds.add("touched")
    let missing = try await grounds.add("missing")
    let good = try await grounds.add("good")
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let ids = [stale, touched, missing, good]
      let known = try await mailbox.items(ids, in: folder).compactMap(\.item)
      try await grounds.change(stale, .subject("by a person"))
      try await grounds.inMailbox { mailbox, around in
        _ = try mailbox.touch(mailbox.itemID(touched.rawValue), at: around.now)
      }
      try await grounds.delete(missing)
      let results = try await mailbox.update(
        known.map { ExchangeEdit(id: $0.id, expected: $0.changeKey, title: "by the agent") }
      )
      #expect(results.count == 4)
      #expect(results[0] == .conflict)
      #expect(results[1] == .conflict)
      #expect(results[2] == .missing)
      #expect(results[3].id == good)
      let titles = try await mailbox.items(ids, in: folder).map { $0.item?.title }
      #expect(titles == ["by a person", "touched", nil, "by the agent"])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a value that the server never takes is refused and changes nothing`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let id = try await grounds.add("Planning")
    try await port.open(grounds) { mailbox in
      let before = try await mailbox.item(id)
      let backwards = When.timed(
        start: Instant(seconds: Grounds.monday + 60),
        end: Instant(seconds: Grounds.monday),
        zone: nil
      )
      let results = try await mailbox.update([
        ExchangeEdit(
          id: id,
          expected: before.changeKey,
          title: String(repeating: "x", count: 300),
          text: "never"
        ),
        ExchangeEdit(id: id, expected: before.changeKey, when: backwards, title: "never"),
      ])
      #expect(results.map(\.isRefused) == [true, true])
      #expect(try await mailbox.item(id) == before)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `many edits are made in one call and answered in their order`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.add(many: 120)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let known = try await mailbox.items(ids, in: folder).compactMap(\.item)
      let results = try await mailbox.update(
        known.enumerated().map { place, item in
          ExchangeEdit(id: item.id, expected: item.changeKey, title: "Edited \(place)")
        }
      )
      #expect(results.map(\.id) == ids)
      let titles = try await mailbox.items(ids, in: folder).map { $0.item?.title }
      #expect(titles == (0..<120).map { "Edited \($0)" })
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an item with attendees is changed without a mail, and keeps them`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let id = try await grounds.add("Board") {
      $0.required = [Mailbox.Attendee(Mailbox.Person(name: "B", address: "b@example.com"))]
    }
    try await port.open(grounds) { mailbox in
      let before = try await mailbox.item(id)
      let edit = ExchangeEdit(
        id: id,
        expected: before.changeKey,
        when: Draft.hour(20),
        title: "Board, moved"
      )
      #expect(try await mailbox.update([edit]).only?.id == id)
      #expect(try await mailbox.item(id).attendees == before.attendees)
      #expect(await grounds.mailsSent == 0)
    }
  }
}
