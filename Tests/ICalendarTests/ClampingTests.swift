import ICalendar
import SyncEngine
import SyncModel
import Testing
import ZoneData

/// Days that a month does not have: Exchange takes its last day, RFC 5545 leaves the month out.
///
/// `ews.md` 4.3. Every date here was written by hand from a calendar.
@Suite struct ClampingTests {
  private func dates(
    _ rhythm: RecurrencePattern.Rhythm,
    from first: String,
    through last: String
  ) throws -> String {
    let first = try #require(LocalDate(iso8601: first))
    let item = Sample.exchange { item in
      item.role = .master
      item.recurrence = RecurrencePattern(rhythm: rhythm, firstDay: first, end: .never)
    }
    let found = try SeriesCalendar(zones: ZoneDatabase()).patternDates(
      of: item,
      from: first,
      until: try #require(LocalDate(iso8601: last))
    )
    return try #require(found).sorted().map(\.description).joined(separator: " ")
  }

  @Test func `the 31st is the last day of each month`() throws {
    #expect(
      try dates(.monthly(interval: 1, dayOfMonth: 31), from: "2027-12-31", through: "2028-12-31")
        == "2027-12-31 2028-01-31 2028-02-29 2028-03-31 2028-04-30 2028-05-31 2028-06-30 "
        + "2028-07-31 2028-08-31 2028-09-30 2028-10-31 2028-11-30 2028-12-31"
    )
  }

  @Test func `the 30th is 28 or 29 February`() throws {
    #expect(
      try dates(.monthly(interval: 1, dayOfMonth: 30), from: "2027-01-30", through: "2027-05-31")
        == "2027-01-30 2027-02-28 2027-03-30 2027-04-30 2027-05-30"
    )
    #expect(
      try dates(.monthly(interval: 1, dayOfMonth: 30), from: "2028-01-30", through: "2028-03-31")
        == "2028-01-30 2028-02-29 2028-03-30"
    )
  }

  @Test func `the 29th is 28 February in common years`() throws {
    #expect(
      try dates(.monthly(interval: 1, dayOfMonth: 29), from: "2027-01-29", through: "2027-04-29")
        == "2027-01-29 2027-02-28 2027-03-29 2027-04-29"
    )
    #expect(
      try dates(.monthly(interval: 1, dayOfMonth: 29), from: "2028-01-29", through: "2028-03-29")
        == "2028-01-29 2028-02-29 2028-03-29"
    )
  }

  @Test func `29 February is 28 February in common years`() throws {
    #expect(
      try dates(.yearly(month: 2, dayOfMonth: 29), from: "2024-02-29", through: "2032-12-31")
        == "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29 2029-02-28 2030-02-28 "
        + "2031-02-28 2032-02-29"
    )
    // 2100 is no leap year.
    #expect(
      try dates(.yearly(month: 2, dayOfMonth: 29), from: "2096-02-29", through: "2104-12-31")
        == "2096-02-29 2097-02-28 2098-02-28 2099-02-28 2100-02-28 2101-02-28 2102-02-28 "
        + "2103-02-28 2104-02-29"
    )
  }

  @Test(arguments: [(30, "2027-02-28 2028-02-29"), (31, "2027-02-28 2028-02-29")])
  func `30 and 31 February are its last day`(day: Int, wanted: String) throws {
    let found = try dates(
      .yearly(month: 2, dayOfMonth: day),
      from: "2027-01-01",
      through: "2028-12-31"
    )
    #expect(found == wanted)
  }

  @Test func `31 April is 30 April`() throws {
    #expect(
      try dates(.yearly(month: 4, dayOfMonth: 31), from: "2026-04-30", through: "2028-04-30")
        == "2026-04-30 2027-04-30 2028-04-30"
    )
  }

  @Test func `a day that each such month has is that day`() throws {
    #expect(
      try dates(.yearly(month: 1, dayOfMonth: 31), from: "2026-01-31", through: "2027-12-31")
        == "2026-01-31 2027-01-31"
    )
    #expect(
      try dates(.monthly(interval: 1, dayOfMonth: 28), from: "2028-01-28", through: "2028-03-28")
        == "2028-01-28 2028-02-28 2028-03-28"
    )
  }

  @Test func `months are counted from the first one, clamped ones too`() throws {
    #expect(
      try dates(.monthly(interval: 3, dayOfMonth: 31), from: "2026-11-30", through: "2027-12-31")
        == "2026-11-30 2027-02-28 2027-05-31 2027-08-31 2027-11-30"
    )
    #expect(
      try dates(.monthly(interval: 12, dayOfMonth: 30), from: "2027-02-28", through: "2029-12-31")
        == "2027-02-28 2028-02-29 2029-02-28"
    )
  }

  @Test func `a first day past the clamped one waits for the next month`() throws {
    #expect(
      try dates(.monthly(interval: 1, dayOfMonth: 29), from: "2026-01-30", through: "2026-03-31")
        == "2026-02-28 2026-03-29"
    )
    #expect(
      try dates(.monthly(interval: 2, dayOfMonth: 29), from: "2026-01-30", through: "2026-06-30")
        == "2026-03-29 2026-05-29"
    )
  }
}
