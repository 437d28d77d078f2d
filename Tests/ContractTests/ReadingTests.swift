import SyncEngine
import SyncModel
import Testing
import World

/// `ExchangeMailbox.items`: items by id, whatever has become of them.
@Suite struct ReadingTests {
  @Test(arguments: ExchangePort.allCases)
  func `items come in the order asked, any number, and as often as asked`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.add(many: 260)
    var dice = Dice(seed: 7)
    let asked = ids.shuffled(using: &dice) + [ids[3], ids[3]]
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let readings = try await mailbox.items(asked, in: folder)
      #expect(readings.map { $0.item?.id } == asked)
      #expect(try await mailbox.items([], in: folder) == [])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `what is not there and what is no appointment stands at its place in the answer`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let found = try await grounds.add("found")
    let deleted = try await grounds.add("deleted")
    let destroyed = try await grounds.add("destroyed")
    try await grounds.delete(deleted)
    let foreign = try await grounds.inMailbox { mailbox, around in
      try mailbox.delete(mailbox.itemID(destroyed.rawValue), .hardDelete, at: around.now)
      let message = try mailbox.create(
        Mailbox.Appointment("Message", start: around.now, end: around.now),
        in: mailbox.folderID(.calendar),
        itemClass: "IPM.Note",
        around
      )
      return ExchangeItemID(mailbox.text(of: message.id))
    }
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let asked = [destroyed, found, foreign, deleted, ExchangeItemID("AAAA"), found]
      let readings = try await mailbox.items(asked, in: folder)
      #expect(readings.count == 6)
      #expect(readings[0] == .missing)
      #expect(readings[1].item?.title == "found")
      #expect(readings[2] == .foreign(itemClass: "IPM.Note"))
      #expect(readings[3] == .missing)
      #expect(readings[4] == .missing)
      #expect(readings[5] == readings[1])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an item of a form of its own is an appointment`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let id = try await grounds.inMailbox { mailbox, around in
      let item = try mailbox.create(
        Mailbox.Appointment("Form", start: around.now, end: around.now + 60),
        in: mailbox.folderID(.calendar),
        itemClass: "IPM.Appointment.Visit",
        around
      )
      return ExchangeItemID(mailbox.text(of: item.id))
    }
    try await port.open(grounds) { mailbox in
      let item = try await mailbox.item(id)
      #expect(item.itemClass == "IPM.Appointment.Visit")
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an item that was moved is missing under its old id and names its new folder`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let id = try await grounds.add()
    let other = try await grounds.addFolder("Second calendar")
    let moved = try await grounds.move(id, to: other)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let readings = try await mailbox.items([id, moved], in: folder)
      #expect(readings[0] == .missing)
      #expect(readings[1].item?.folder == other)
      #expect(other != folder)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `every field is read as the person set it`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let start = Grounds.monday + 30 * Grounds.hour
    let text = "Grüße, 寿司 🍣\nzweite Zeile\n\n  <b>kein</b> & \"Markup\""
    let made = grounds.clock.now + 60
    let id = try await grounds.add("Größe & Maß <3 📅", start: start, length: 5_400) {
      $0.body = Mailbox.Body(text)
      $0.location = "Raum 2 „Süd“"
      $0.sensitivity = .private
      $0.showAs = .away
      $0.categories = ["Red", "Kunde & Co."]
      $0.reminderIsSet = true
      $0.reminderMinutes = 45
      $0.required = [
        Mailbox.Attendee(
          Mailbox.Person(name: "A dispatcher", address: "dispatcher@example.com"),
          response: .tentative
        )
      ]
      $0.optional = [Mailbox.Attendee(Mailbox.Person(name: "Büro", address: "office@example.com"))]
      $0.resources = [Mailbox.Attendee(Mailbox.Person(name: "Van", address: "van@example.com"))]
    }
    try await port.open(grounds) { mailbox in
      let item = try await mailbox.item(id)
      #expect(item.title == "Größe & Maß <3 📅")
      #expect(item.text.normalised == text)
      #expect(item.isTextWhole)
      #expect(item.place == "Raum 2 „Süd“")
      #expect(
        item.when
          == .timed(
            start: Instant(seconds: start),
            end: Instant(seconds: start + 5_400),
            zone: Draft.berlin
          )
      )
      #expect(item.windowsZone == Grounds.zone)
      #expect(item.sensitivity == .private)
      #expect(item.showAs == .away)
      #expect(item.categories == ["Red", "Kunde & Co."])
      #expect(item.reminderMinutes == 45)
      #expect(item.isMeeting)
      #expect(!item.isCancelled)
      #expect(item.response == .organizer)
      #expect(item.organizer?.address == Seeding.mailAddress)
      #expect(
        item.attendees.map(\.person.address) == [
          "dispatcher@example.com", "office@example.com", "van@example.com",
        ]
      )
      #expect(item.attendees.map(\.role) == [.required, .optional, .resource])
      #expect(item.attendees.map(\.response) == [.tentative, .unknown, .unknown])
      #expect(item.role == .single)
      #expect(item.stamp == nil)
      #expect(item.uid != nil && item.cleanUID != nil)
      #expect(item.created == Instant(seconds: made))
      #expect(item.modified == Instant(seconds: made))
    }
  }

  /// Midnights from both ends of the world, from zones that shift at midnight, and none at all.
  @Test(
    arguments: ExchangePort.allCases,
    [
      ("New Zealand Standard Time", 13 * 3_600), ("Hawaiian Standard Time", -10 * 3_600),
      ("India Standard Time", 19_800), ("UTC", 0),
    ] as [(String, Int64)]
  )
  func `whole days are the dates of the item's own zone`(
    port: ExchangePort,
    place: (zone: String, offset: Int64)
  ) async throws {
    let grounds = try Grounds()
    // 26 November 2026, two days.
    let midnight = 20_783 * 86_400 - place.offset
    let id = try await grounds.add("Fair", start: midnight, length: 2 * 86_400) {
      $0.isAllDay = true
      $0.startZone = place.zone
      $0.endZone = place.zone
    }
    try await port.open(grounds) { mailbox in
      _ = try await mailbox.personalZone()
      let item = try await mailbox.item(id)
      #expect(try item.when == Draft.days("2026-11-26", "2026-11-28"))
      #expect(item.windowsZone == place.zone)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a series is its master, with its pattern`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let id = try await grounds.add("Stand-up") {
      $0.recurrence = Mailbox.Recurrence(
        .weekly(interval: 2, days: [.monday, .thursday], firstDay: .monday),
        .numbered(start: "2026-11-23", count: 6)
      )
    }
    try await port.open(grounds) { mailbox in
      let item = try await mailbox.item(id)
      #expect(item.role == .master)
      let expected = RecurrencePattern(
        rhythm: .weekly(interval: 2, days: [.monday, .thursday], firstDayOfWeek: .monday),
        firstDay: try #require(LocalDate(iso8601: "2026-11-23")),
        end: .after(occurrences: 6)
      )
      #expect(item.recurrence == expected)
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `the wire reads every seeded item exactly as the world has it`(
    seed: UInt64
  ) async throws {
    let grounds = try Grounds(items: 160, seed: seed)
    try await ExchangePort.wire.open(grounds) { wire in
      let world = WorldMailbox(grounds.world, zones: grounds.zones)
      #expect(try await wire.personalZone() == world.personalZone())
      let folder = try await wire.open()
      let expected = try await world.open()
      #expect(folder.id == expected.id)
      #expect(folder.itemCount == expected.itemCount)
      let listed = try await wire.allChanges(since: nil, in: folder.id)
      let expectedList = try await world.allChanges(since: nil, in: folder.id)
      #expect(listed.pages.map(\.present) == expectedList.pages.map(\.present))
      let readings = try await wire.items(listed.present, in: folder.id)
      let expectedReadings = try await world.items(listed.present, in: folder.id)
      #expect(readings.count == folder.itemCount)
      for (reading, expected) in zip(readings, expectedReadings) { #expect(reading == expected) }
    }
  }
}
