import Foundation
import Store
import SyncEngine
import SyncModel
import TestGround
import Testing
import World
import ZoneData

/// `promises.md` I9 in every zone with a Windows name: one in ten, all of them with
/// `LOCKSTEP_ALL_ZONES=1`.
@Suite(.threeRuns) struct ZoneRoundTripTests {
  private static let day: Int64 = 86_400
  private static let year: Range<Int64> = 1_767_225_600..<1_798_761_600

  static var names: [String] {
    let all = WindowsZones.allIANANames
    if ProcessInfo.processInfo.environment["LOCKSTEP_ALL_ZONES"] == "1" { return all }
    return all.enumerated().filter { $0.offset % 10 == 0 }.map(\.element)
  }

  @Test(arguments: names)
  func `wall time survives a round trip through both sides, around each change of clocks`(
    name: String
  ) async throws {
    let zone = try zone(inExchange: name)
    let changes = zone.transitions(in: Self.year).filter { $0.before.offset != $0.after.offset }
    var walls: [Wall] = []
    for change in changes {
      let turned = [change.before, change.after].map { change.instant + Int64($0.offset) }
      walls += try await roundTrip(zone, from: turned.min() ?? 0, to: turned.max() ?? 0)
    }
    if changes.isEmpty {
      // Noon of 2026-06-15.
      walls += try await roundTrip(zone, from: 1_781_524_800, to: 1_781_524_800)
    }
    let lines = walls.map { "\(zone.name)|\($0.local)|\($0.instant)\n" }.joined()
    let answer = try await PythonJudge.answer(
      to: Self.script,
      input: Array(lines.utf8),
      importing: "zoneinfo"
    )
    if let answer { #expect(answer == "\(walls.count) 0\n") }
  }

  /// Two stations have no Windows name that tells their own hours: who stays there has the zone
  /// that Exchange shows.
  private func zone(inExchange name: String) throws -> Zone {
    let database = ZoneDatabase()
    let own = try database.zone(name)
    let windows = try #require(WindowsZones.windows(forIANA: name))
    let shown = try database.zone(try #require(WindowsZones.iana(forWindows: windows)))
    let isShown = stride(from: Self.year.lowerBound, to: Self.year.upperBound, by: Int(Self.day))
      .allSatisfy { own.localSeconds(at: $0) == shown.localSeconds(at: $0) }
    #expect(isShown != ["Antarctica/Casey", "Antarctica/Vostok"].contains(name))
    return isShown ? own : shown
  }

  private static let script = """
    import sys
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo
    epoch, wrong, count = datetime(1970, 1, 1), [], 0
    for line in sys.stdin:
        name, local, instant = line.split("|")
        wall = (epoch + timedelta(seconds=int(local))).replace(tzinfo=ZoneInfo(name))
        count += 1
        if int(wall.timestamp()) != int(instant): wrong.append(line.strip())
    print(count, len(wrong), *wrong[:3])
    """

  /// A wall time that was meant, and the instant that the PSA got for it.
  private struct Wall {
    let local: Int64
    let instant: Int64
  }

  /// What stands in the person's Exchange calendar, date by date.
  fileprivate struct Entry: Hashable {
    var title: String
    let start: Int64
    let end: Int64
    let isAllDay: Bool
    let zones: [String?]
  }

  /// Items of all sorts around wall times between which the clocks change, there and back.
  private func roundTrip(_ zone: Zone, from low: Int64, to high: Int64) async throws -> [Wall] {
    let midnight = low - (low % Self.day + Self.day) % Self.day
    let scene = try Scene(now: zone.instant(localSeconds: midnight - 2 * Self.day))
    scene.rules.zone = ZoneName(zone.name)
    let windows = try #require(WindowsZones.windows(forIANA: zone.name))
    try await scene.inMailbox { mailbox, _ in mailbox.timeZone = windows }
    let meant = try await fill(scene, zone, from: low, to: high, midnight: midnight)
    try await scene.settle()

    let before = try await exchange(scene)
    let first = try await scene.psaItems()
    #expect(Set(first.map(\.span)) == Set(before.map(\.span)), "the PSA gets the instants")
    #expect(first.count == before.count)

    // An hour that stays on its day, for no date of a series may meet its neighbour.
    let hour = low - midnight < Self.day / 2 ? Scene.hour : -Scene.hour
    for item in first {
      let isAllDay = item.title == "Day"
      let start = isAllDay ? item.end.seconds : item.start.seconds + hour
      let end =
        isAllDay
        ? zone.instant(localSeconds: midnight + 2 * Self.day) : item.end.seconds + hour
      try await scene.psa(.move(id: item.id.description, start: start, end: end))
    }
    try await scene.settle()
    let moved = try await exchange(scene)
    #expect(Set(moved.map(\.span)) == Set(try await scene.psaItems().map(\.span)))
    #expect(Set(moved.map(\.span)).isDisjoint(with: before.map(\.span)), "each was moved")
    #expect(moved.map(\.zones) == before.map(\.zones), "a time that is written names no zone")
    #expect(moved.filter(\.isAllDay).map(\.title) == ["Day"])

    for item in first {
      let (start, end) = (item.start.seconds, item.end.seconds)
      try await scene.psa(.move(id: item.id.description, start: start, end: end))
    }
    try await scene.settle()
    let returned = differences(before, try await exchange(scene))
    #expect(returned == [], "there and back again")

    for item in first where item.title == "From the PSA" {
      try await scene.psa(.retitle(id: item.id.description, title: "From the PSA, anew"))
    }
    for item in try await scene.exchangeItems() where item.stamp == nil {
      try await scene.exchange(.retitle(id: item.id.rawValue, title: item.title + ", anew"))
    }
    try await scene.settle()
    let retitled = before.map { entry in
      var entry = entry
      entry.title += ", anew"
      return entry
    }
    let edited = differences(retitled, try await exchange(scene))
    #expect(edited == [], "a title edit moves no time")
    let last = try await scene.psaItems()
    #expect(last.map(\.span) == first.map(\.span))
    #expect(last.allSatisfy { $0.title.hasSuffix(", anew") })

    try scene.loseCache()
    #expect(try await scene.settle().attempt.writes == 0, "found again without a write")
    let found = differences(retitled, try await exchange(scene))
    #expect(found == [])
    #expect(try await scene.psaItems() == last)

    return try meant.map { title, local in
      let wanted = zone.instant(localSeconds: local)
      let found = first.first { $0.title == title && $0.start.seconds == wanted }
      return Wall(local: local, instant: try #require(found, "\(title)").start.seconds)
    }
  }

  /// Makes the items and answers the wall times that are meant by their starts.
  private func fill(
    _ scene: Scene,
    _ zone: Zone,
    from low: Int64,
    to high: Int64,
    midnight: Int64
  ) async throws -> [(title: String, local: Int64)] {
    let windows = try #require(WindowsZones.windows(forIANA: zone.name))
    var meant: [(title: String, local: Int64)] = []
    func make(
      _ title: String,
      at wall: Int64,
      until end: Int64,
      _ shape: @escaping @Sendable (inout Mailbox.Appointment) -> Void = { _ in }
    ) async throws -> String {
      meant.append((title, wall))
      return try await scene.exchangeItem(
        title,
        start: zone.instant(localSeconds: wall),
        end: zone.instant(localSeconds: end)
      ) {
        $0.startZone = windows
        $0.endZone = windows
        shape(&$0)
      }
    }
    _ = try await make("Before", at: low - 7_200, until: low - 3_600)
    _ = try await make("Across", at: low - 1_800, until: high + 1_800)
    _ = try await make("At the change", at: low + 900, until: low + 900)
    _ = try await make("After", at: high + 3_600, until: high + 7_200)
    _ = try await make("Day", at: midnight, until: midnight + Self.day) { $0.isAllDay = true }

    // Where a gap ends at midnight a date in it would be pushed to the next date's day, and Exchange
    // has one date a day.
    let shown = zone.localSeconds(at: zone.instant(localSeconds: low + 900))
    let inTime = shown - midnight < Self.day ? low + 900 : low - 900
    let first = inTime - 2 * Self.day
    let series = try await make("Round", at: first, until: first + 1_200) {
      $0.recurrence = Mailbox.Recurrence(
        .daily(interval: 1),
        .numbered(start: Timestamp.date((midnight - 2 * Self.day) / Self.day), count: 6)
      )
    }
    meant += (1...3).map { ("Round", first + $0 * Self.day) }
    // A person moves the last date by a quarter of an hour.
    let wall = first + 5 * Self.day + 900
    let (start, end) = (
      zone.instant(localSeconds: wall), zone.instant(localSeconds: wall + 1_200)
    )
    let offsets = scene.zones.offsets
    let date = try await scene.inMailbox { mailbox, _ in
      let dates = try mailbox.series(mailbox.itemID(series), offsets)
      return mailbox.text(of: try dates.occurrence(at: 6).id)
    }
    try await scene.change(date, [.start(start), .end(end)])
    meant.append(("Round", wall))

    let visit = zone.instant(localSeconds: high + 10_800)
    try await scene.psa(.create(title: "From the PSA", start: visit, end: visit + Scene.hour))
    meant.append(("From the PSA", high + 10_800))
    return meant
  }

  /// What only one of the two has.
  private func differences(_ wanted: [Entry], _ found: [Entry]) -> [String] {
    let missing = wanted.filter { !found.contains($0) }.map { "missing: \($0)" }
    return missing + found.filter { !wanted.contains($0) }.map { "found: \($0)" }
  }

  private func exchange(_ scene: Scene) async throws -> [Entry] {
    let offsets = scene.zones.offsets
    return try await scene.inMailbox { mailbox, now in
      try mailbox.calendarView(
        of: mailbox.folderID(.calendar),
        from: now - 10 * Self.day,
        to: now + 20 * Self.day,
        offsets
      )
      .items.map(\.appointment)
      .map {
        Entry(
          title: $0.subject,
          start: $0.start,
          end: $0.end,
          isAllDay: $0.isAllDay,
          zones: [$0.startZone, $0.endZone]
        )
      }
      .sorted { ($0.title, $0.start) < ($1.title, $1.start) }
    }
  }
}

extension ZoneRoundTripTests.Entry {
  fileprivate var span: Span {
    Span(start: Instant(seconds: start), end: Instant(seconds: end))
  }
}
