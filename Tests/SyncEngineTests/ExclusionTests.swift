import Store
import SyncEngine
import SyncModel
import Testing
import World

/// `rules.md` 2, 3, 4 and 6: what is masked, left out, parked, and what takes whole days.
@Suite(.threeRuns) struct ExclusionTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  @Test(arguments: [Mailbox.Sensitivity.private, .personal, .confidential])
  func `an item that is not normal reaches the PSA with its times alone`(
    _ sensitivity: Mailbox.Sensitivity
  ) async throws {
    let scene = try Scene()
    try await scene.exchangeItem("Canary", start: start, end: end) {
      $0.sensitivity = sensitivity
      $0.body = Mailbox.Body("Canary text")
      $0.location = "Canary place"
    }
    try await scene.settle()
    let item = try #require(try await scene.psaItems().only)
    #expect(item.title == "Appointment")
    #expect(item.text.hasPrefix("Ref: ") && !item.text.contains("Canary"))
    #expect(item.start.seconds == start)
  }

  @Test func `a public item that becomes private is masked by the next run, and back`() async throws
  {
    let scene = try Scene()
    let id = try await scene.exchangeItem("Canary", start: start, end: end) {
      $0.body = Mailbox.Body("Canary text")
    }
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "Canary")
    try await scene.change(id, [.sensitivity(.private)])
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "Appointment")
    #expect(try await scene.psaItems().only?.text.contains("Canary") == false)
    try await scene.change(id, [.sensitivity(.normal)])
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "Canary")
  }

  @Test func `a stricter detail setting masks every link, and off parks them masked`() async throws
  {
    let scene = try Scene()
    try await scene.exchangeItem("Canary", start: start, end: end)
    try await scene.settle()
    scene.rules.importDetail = .off
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "Appointment")
    #expect(try await scene.cache.links().only?.state == .parked)
    scene.rules.importDetail = .all
    try await scene.settle()
    #expect(try await scene.psaItems().only?.title == "Canary")
  }

  @Test
  func `free time is sent, parked when the setting is cleared, and removed when it comes later`()
    async throws
  {
    let scene = try Scene()
    try await scene.exchangeItem("Free", start: start, end: end) { $0.showAs = .free }
    let busy = try await scene.exchangeItem("Busy", start: start, end: end)
    try await scene.settle()
    #expect(try await scene.psaItems().count == 2)
    scene.rules.sendsFreeTime = false
    try await scene.settle()
    #expect(try await scene.psaItems().count == 2)
    try await scene.change(busy, [.showAs(.free)])
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Free"])
    try await scene.change(busy, [.showAs(.busy)])
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Busy", "Free"])
  }

  @Test
  func `a meeting that is cancelled or declined leaves the PSA, and comes back when accepted`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchangeItem("Board", start: start, end: end) {
      $0.organizer = Mailbox.Person(name: "A dispatcher", address: "dispatcher@example.com")
      $0.required = [
        Mailbox.Attendee(Mailbox.Person(name: "Technician", address: Seeding.mailAddress))
      ]
      $0.myResponse = .accept
    }
    try await scene.settle()
    #expect(try await scene.psaItems().count == 1)
    try await scene.change(id, [.myResponse(.decline)])
    try await scene.settle()
    #expect(try await scene.psaItems().isEmpty)
    try await scene.change(id, [.myResponse(.accept)])
    try await scene.settle()
    #expect(try await scene.psaItems().count == 1)
    #expect(await scene.world.mailbox { mailbox, _ in mailbox.mailsSent } == 0)
  }

  @Test func `the time of an item with attendees is put back when the PSA moves it`() async throws {
    let scene = try Scene()
    try await scene.exchangeItem("Board", start: start, end: end) {
      $0.required = [Mailbox.Attendee(Mailbox.Person(name: "B", address: "b@example.com"))]
    }
    try await scene.settle()
    let item = try #require(try await scene.psaItems().only)
    try await scene.psa(.move(id: item.id.description, start: start + 7_200, end: end + 7_200))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == start)
  }

  @Test
  func `a PSA appointment to which its user added attendees is held, neither moved nor deleted`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "On site", start: start, end: end))
    try await scene.settle()
    let item = try #require(try await scene.exchangeItems().only)
    try await scene.change(
      item.id.rawValue,
      [.required([Mailbox.Attendee(Mailbox.Person(name: "B", address: "b@example.com"))])]
    )
    try await scene.psa(.move(id: id, start: start + 3_600, end: end + 3_600))
    let result = try await scene.settle()
    #expect(result.holds.contains { $0.reason.contains("attendees") })
    let when = try await scene.exchangeItems().only?.when
    #expect(
      when?.isSameTime(
        as: .timed(start: Instant(seconds: start), end: Instant(seconds: end), zone: nil)
      ) == true
    )
    try await scene.psa(.delete(id: id))
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == 1)
  }

  @Test func `an item on the window's edge is inside, one beyond it is left alone`() async throws {
    let scene = try Scene()
    let day: Int64 = 86_400
    let now = Scene.monday
    try await scene.exchange(.create(title: "past", start: now - 8 * day, end: now - 8 * day + 60))
    try await scene.exchange(
      .create(title: "edge", start: now - 8 * day, end: now - 7 * day + 7_200)
    )
    try await scene.exchange(.create(title: "far", start: now + 367 * day, end: now + 368 * day))
    try await scene.exchange(.create(title: "near", start: now + 365 * day, end: now + 366 * day))
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["edge", "near"])
  }

  @Test func `a change that carries an item out of the window is written, then the link is parked`()
    async throws
  {
    let scene = try Scene()
    let day: Int64 = 86_400
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let past = start - 20 * day
    try await scene.exchange(.move(id: id, start: past, end: past + 60))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == past)
    #expect(try await scene.cache.links().only?.state == .parked)
    try await scene.exchange(.move(id: id, start: start, end: end))
    try await scene.settle()
    #expect(try await scene.psaItems().only?.start.seconds == start)
    #expect(try await scene.cache.links().only?.state == .linked)
  }

  @Test func `time passing parks an item and deletes nothing`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    scene.clock.advance(40 * 86_400)
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == 2)
    #expect(try await scene.psaItems().count == 2)
  }

  @Test func `whole days go from midnight to midnight and come back as whole days`() async throws {
    let scene = try Scene()
    // 26 and 27 November 2026 in Berlin.
    let midnight: Int64 = 1_795_647_600
    try await scene.exchangeItem("Fair", start: midnight, end: midnight + 2 * 86_400) {
      $0.isAllDay = true
    }
    try await scene.settle()
    let item = try #require(try await scene.psaItems().only)
    #expect(item.start.seconds == midnight)
    #expect(item.end.seconds == midnight + 2 * 86_400)
    try await scene.psa(
      .move(id: item.id.description, start: midnight + 86_400, end: midnight + 3 * 86_400)
    )
    try await scene.settle()
    #expect(
      try await scene.exchangeItems().only?.when
        == .allDay(
          first: LocalDate(year: 2026, month: 11, day: 27),
          afterLast: LocalDate(year: 2026, month: 11, day: 29)
        )
    )
    try await scene.psa(
      .move(id: item.id.description, start: midnight + 3_600, end: midnight + 7_200)
    )
    try await scene.settle()
    #expect(try await scene.exchangeItems().only?.when.isAllDay == false)
  }
}
