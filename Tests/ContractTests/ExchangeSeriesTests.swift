import SyncEngine
import SyncModel
import Testing
import World

/// Series through the ports of the mailbox, alike in process and over HTTP.
@Suite struct ExchangeSeriesTests {
  /// Every Monday at 14:00 in Berlin, from 23 November 2026, six times.
  private func weekly(_ grounds: Grounds) async throws -> ExchangeItemID {
    try await grounds.add("Review") {
      $0.location = "Room 1"
      $0.recurrence = Mailbox.Recurrence(
        .weekly(interval: 1, days: [.monday], firstDay: .monday),
        .numbered(start: "2026-11-23", count: 6)
      )
    }
  }

  /// The own id of one date.
  private func date(
    _ place: Int,
    of series: ExchangeItemID,
    _ grounds: Grounds
  ) async throws -> ExchangeItemID {
    let zones = grounds.zones.offsets
    return try await grounds.world.mailbox { mailbox, _ in
      let dates = try mailbox.series(mailbox.itemID(series.rawValue), zones)
      return ExchangeItemID(mailbox.text(of: try dates.occurrence(at: place).id))
    }
  }

  private func monday(_ week: Int64, hour: Int64 = 5) -> Instant {
    Instant(seconds: Grounds.monday + week * 7 * 86_400 + hour * Grounds.hour)
  }

  @Test(arguments: ExchangePort.allCases)
  func `a date's time becomes an exception, told by its master`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let series = try await weekly(grounds)
    let second = try await date(2, of: series, grounds)
    try await port.open(grounds) { mailbox in
      let before = try await mailbox.item(second)
      #expect(before.role == .occurrence)
      #expect(before.originalStart == monday(1))
      #expect(before.recurrence == nil && before.place == "Room 1")
      let master = try await mailbox.item(series)
      #expect(before.cleanUID == master.cleanUID && before.changeKey == master.changeKey)
      let zone = ZoneName("Europe/Berlin")
      let later = When.timed(start: monday(1, hour: 7), end: monday(1, hour: 8), zone: zone)
      let edit = ExchangeEdit(id: second, expected: before.changeKey, when: later)
      #expect(try await mailbox.update([edit]).only?.id == second)
      let after = try await mailbox.item(second)
      #expect(after.role == .exception && after.when == later)
      #expect(after.originalStart == monday(1))
      let told = try await mailbox.item(series)
      #expect(told.changeKey != master.changeKey)
      #expect(
        told.exceptions == [
          SeriesException(
            id: second,
            originalStart: monday(1),
            start: monday(1, hour: 7),
            end: monday(1, hour: 8)
          )
        ]
      )
      // The key of before is old for every date.
      #expect(try await mailbox.update([edit]) == [.conflict])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a date that is deleted is listed by its master and gone`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let series = try await weekly(grounds)
    let third = try await date(3, of: series, grounds)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let state = try await mailbox.allChanges(since: nil, in: folder).next
      let key = try await mailbox.item(third).changeKey
      let result = try await mailbox.delete([ExchangeTarget(id: third, expected: key)])
      #expect(result.only?.id == third)
      #expect(try await mailbox.items([third], in: folder) == [.missing])
      #expect(try await mailbox.item(series).deletedOccurrences == [monday(2)])
      let changes = try await mailbox.allChanges(since: state, in: folder)
      #expect(changes.present == [series])
      #expect(changes.gone.isEmpty)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a date that would pass its neighbour is refused, and nothing changes`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let series = try await weekly(grounds)
    let second = try await date(2, of: series, grounds)
    try await port.open(grounds) { mailbox in
      let before = try await mailbox.item(second)
      let when = When.timed(start: monday(3, hour: 9), end: monday(3, hour: 10), zone: nil)
      let edit = ExchangeEdit(id: second, expected: before.changeKey, when: when)
      guard case .refused(let reason)? = try await mailbox.update([edit]).only else {
        Issue.record("it was moved")
        return
      }
      #expect(!reason.isEmpty)
      #expect(try await mailbox.item(second) == before)
    }
  }
}
