import SyncEngine
import SyncModel
import Testing
import World

/// `ExchangeWriting.create`.
@Suite struct ExchangeCreateTests {
  @Test(arguments: ExchangePort.allCases)
  func `an appointment is made as drafted, with stamp and UID, for nobody else`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let text = "Grüße 🛠️ <b>&\n\nOpen: https://example.com/?a=1&b=2"
      let draft = Draft.exchange(
        1,
        title: "Vor Ort: Müller & Söhne <7> 📅",
        text: text,
        place: "Straße 1, „Hof“"
      )
      let result = try await mailbox.create([draft], in: folder)
      let id = try #require(result.only?.id)
      let item = try await mailbox.item(id)
      #expect(item.changeKey == result.only?.changeKey)
      #expect(item.folder == folder)
      #expect(item.itemClass == "IPM.Appointment")
      #expect(item.role == .single)
      #expect(item.title == "Vor Ort: Müller & Söhne <7> 📅")
      #expect(item.text.normalised == text)
      #expect(item.place == "Straße 1, „Hof“")
      #expect(item.when.isSameTime(as: draft.when))
      #expect(item.windowsZone == Grounds.zone)
      #expect(item.stamp == draft.stamp.description)
      #expect(item.uid == draft.uid)
      #expect(item.cleanUID != nil)
      #expect(item.sensitivity == .normal)
      #expect(item.showAs == .busy)
      #expect(!item.isMeeting)
      #expect(item.attendees.isEmpty)
      #expect(item.reminderMinutes == nil)
      #expect(item.recurrence == nil)
      #expect(await grounds.mailsSent == 0)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `what was made reads alike over both ways`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let drafts = [
        Draft.exchange(1),
        Draft.exchange(2, zone: nil, title: "", text: "\nText\r\nwith ends\n", place: " "),
        Draft.exchange(3, when: try Draft.days("2026-12-24", "2026-12-27"), title: " Fair\t"),
        Draft.exchange(4, zone: ZoneName("America/New_York"), title: "Über\nzwei Zeilen"),
      ]
      let results = try await mailbox.create(drafts, in: folder)
      let ids = try results.map { try #require($0.id) }
      let world = WorldMailbox(grounds.world, zones: grounds.zones)
      let expected = try await world.items(ids, in: folder)
      for (item, expected) in zip(try await mailbox.items(ids, in: folder), expected) {
        #expect(item == expected)
      }
    }
  }

  @Test(
    arguments: ExchangePort.allCases,
    ["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "UTC"]
  )
  func `whole days are those of the draft's zone, also over a change of the clocks`(
    port: ExchangePort,
    zone: String
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      // Clocks change in Europe on 25 October, in New York and Los Angeles on 1 November.
      let days = [("2026-10-25", "2026-10-26"), ("2026-10-24", "2026-11-03")]
      let whens = try days.map { try Draft.days($0.0, $0.1) }
      let drafts = whens.enumerated().map { number, when in
        Draft.exchange(Int64(number), when: when, zone: ZoneName(zone))
      }
      let results = try await mailbox.create(drafts, in: folder)
      for (when, result) in zip(whens, results) {
        let item = try await mailbox.item(try #require(result.id))
        #expect(item.when == when)
        #expect(item.windowsZone == grounds.zones.windows(zone))
      }
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `many drafts are made in one call and answered in their order`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let drafts = (0..<130).map { Draft.exchange($0, title: "Job \($0)") }
      let results = try await mailbox.create(drafts, in: folder)
      let ids = try results.map { try #require($0.id) }
      let items = try await mailbox.items(ids, in: folder)
      #expect(items.map { $0.item?.title } == drafts.map(\.title))
      #expect(Set(ids).count == 130)
      #expect(try await mailbox.open().itemCount == 130)
      #expect(try await mailbox.create([], in: folder) == [])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `what the server refuses for good stands at its place, and the rest is made`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let backwards = When.timed(
        start: Instant(seconds: Grounds.monday + 60),
        end: Instant(seconds: Grounds.monday),
        zone: nil
      )
      let results = try await mailbox.create(
        [
          Draft.exchange(1),
          Draft.exchange(2, title: String(repeating: "x", count: 256)),
          Draft.exchange(3, when: backwards),
          Draft.exchange(4),
        ],
        in: folder
      )
      #expect(results.map(\.isRefused) == [false, true, true, false])
      #expect(results[0].id != nil && results[3].id != nil)
      #expect(try await mailbox.open().itemCount == 2)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a title of 255 characters is kept whole`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let title = String(repeating: "ü", count: 253) + "📅"
      let results = try await mailbox.create([Draft.exchange(title: title)], in: folder)
      #expect(try await mailbox.item(try #require(results.only?.id)).title == title)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a long text is kept whole`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let text = (0..<3_000).map { "Zeile \($0): Grüße & <Zeichen> 🍣" }.joined(separator: "\n")
      let results = try await mailbox.create([Draft.exchange(text: text)], in: folder)
      let item = try await mailbox.item(try #require(results.only?.id))
      #expect(item.text.normalised == text)
      #expect(item.isTextWhole)
    }
  }
}
