import SyncModel
import Testing

/// `rules.md` 2 and 6: times are compared to the minute, days as days.
@Suite struct WhenTests {
  private static func timed(_ start: Int64, _ end: Int64, _ zone: String? = nil) -> When {
    .timed(
      start: Instant(seconds: start),
      end: Instant(seconds: end),
      zone: zone.map { ZoneName($0) }
    )
  }

  private static func days(_ first: Int32, _ afterLast: Int32) -> When {
    .allDay(
      first: LocalDate(daysSince1970: first),
      afterLast: LocalDate(daysSince1970: afterLast)
    )
  }

  @Test(arguments: [
    (timed(0, 3_600), timed(0, 3_600), true),
    (timed(0, 3_600), timed(59, 3_659), true),
    (timed(0, 3_600), timed(60, 3_600), false),
    (timed(0, 3_600), timed(0, 3_660), false),
    (timed(0, 3_600), timed(-1, 3_600), false),
    (timed(0, 3_600, "Europe/Berlin"), timed(0, 3_600, "UTC"), true),
    (days(1, 2), days(1, 2), true),
    (days(1, 2), days(1, 3), false),
    (days(1, 2), days(0, 2), false),
    (timed(0, 86_400), days(0, 1), false),
    (days(0, 1), timed(0, 86_400), false),
  ])
  func `two times are the same to the minute, whatever their zone, and days only to days`(
    _ left: When,
    _ right: When,
    _ isSame: Bool
  ) {
    #expect(left.isSameTime(as: right) == isSame)
    #expect(right.isSameTime(as: left) == isSame)
  }

  @Test func `whole days have no instants until a zone is known`() {
    let clock = ZoneClock(
      instant: { local, zone in
        zone == .utc ? Instant(seconds: local.secondsSince1970 - 3_600) : nil
      },
      local: { instant, _ in LocalDateTime(secondsSince1970: instant.seconds + 3_600) }
    )
    #expect(Self.days(1, 2).span(in: nil, clock) == nil)
    #expect(Self.days(1, 2).span(in: ZoneName("Nowhere"), clock) == nil)
    let span = Self.days(1, 2).span(in: .utc, clock)
    #expect(span?.start.seconds == 82_800)
    #expect(span?.end.seconds == 169_200)
    #expect(Self.timed(5, 6).span(in: nil, clock)?.start.seconds == 5)
    #expect(Self.days(1, 2).isAllDay && !Self.timed(0, 86_400).isAllDay)
  }

  /// As in Cairo: the clocks jump from the first midnight of 1970 to one o'clock.
  private static let jumping = ZoneClock(
    instant: { local, _ in
      let seconds = local.secondsSince1970
      return Instant(seconds: seconds < 3_600 ? seconds : seconds - 3_600)
    },
    local: { instant, _ in
      let seconds = instant.seconds
      return LocalDateTime(secondsSince1970: seconds < 0 ? seconds : seconds + 3_600)
    }
  )

  @Test(arguments: [
    (-86_400, 0, days(-1, 0)), (0, 82_800, days(0, 1)), (-86_400, 82_800, days(-1, 1)),
    (82_800, 169_200, days(1, 2)), (0, 86_400, nil), (-3_600, 82_800, nil), (3_600, 82_800, nil),
    (0, 0, nil), (82_800, 0, nil),
  ])
  func `a stretch is whole days where both its ends are the beginnings of days`(
    _ start: Int64,
    _ end: Int64,
    _ when: When?
  ) {
    let span = Span(start: Instant(seconds: start), end: Instant(seconds: end))
    let found = Self.jumping.wholeDays(of: span, in: .utc)
    #expect(found.map { When.allDay(first: $0.first, afterLast: $0.afterLast) } == when)
    if let when { #expect(when.span(in: .utc, Self.jumping) == span) }
  }
}
