import SyncModel
import TestGround
import Testing

/// Dates and instants: what ISO 8601 says, and nothing that it does not.
@Suite struct DateTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0),
    ("2026-03-02T08:00:00Z", 1_772_438_400),
    ("2026-03-02 08:00:00Z", 1_772_438_400),
    ("2026-03-02T08:00:00", 1_772_438_400),
    ("2026-03-02T08:00", 1_772_438_400),
    ("2026-03-02T08:00Z", 1_772_438_400),
    ("2026-03-02T08:00:00.123Z", 1_772_438_400),
    ("2026-03-02T08:00:00.9999999", 1_772_438_400),
    ("2026-03-02T08:00:00,5Z", 1_772_438_400),
    ("2026-03-02T09:30:00+01:30", 1_772_438_400),
    ("2026-03-02T09:30:00+0130", 1_772_438_400),
    ("2026-03-02T01:00:00-07", 1_772_438_400),
    ("2026-03-02T03:00:00.25-05:00", 1_772_438_400),
    ("2026-03-01T24:00:00Z", 1_772_409_600),
    ("1969-12-31T23:59:59Z", -1),
    ("2000-02-29T00:00:00Z", 951_782_400),
  ])
  func `every form of ISO 8601 is read as the same instant`(_ text: String, _ seconds: Int64) {
    #expect(Instant(iso8601: text)?.seconds == seconds)
  }

  @Test(arguments: [
    "", "2026", "2026-03-02", "2026-03-02T", "2026-03-02T08", "2026-03-02T0800", "20260302T080000Z",
    "2026-03-02T08:00:00ZZ", "2026-03-02T08:00:00Z ", " 2026-03-02T08:00:00Z",
    "2026-03-02X08:00:00Z", "2026-03-02T25:00:00Z", "2026-03-02T24:00:01Z", "2026-03-02T24:30:00Z",
    "2026-03-02T08:60:00Z", "2026-03-02T08:00:61Z", "2026-03-02T08:00:0", "2026-03-02T08:00:",
    "2026-03-02T08:00:00.Z", "2026-03-02T08:00:00+1", "2026-03-02T08:00:00+",
    "2026-00-02T08:00:00Z",
    "2026-13-02T08:00:00Z", "2026-03-00T08:00:00Z", "2026-03-32T08:00:00Z", "2026-02-29T08:00:00Z",
    "2026-02-30T08:00:00Z", "2026-04-31T08:00:00Z", "1900-02-29T00:00:00Z", "-026-03-02T08:00:00Z",
    "2026-03-02T-8:00:00Z", "2026-03-02T08:00:00+24:00", "2026-03-02T08:00:00+01:60",
    "2026-03-02T08:00:00+0:130", "2026-03-02T08:00:00+:0100", "２026-03-02T08:00:00Z",
    "2026-03-02T08:00:00+99:99", "2026-03-02T08:00:00Europe/Berlin",
  ])
  func `what is no ISO 8601 is no instant`(_ text: String) {
    #expect(Instant(iso8601: text) == nil)
  }

  @Test(arguments: [
    ("2026-03-02", 20_514), ("2026-03-02+01:00", 20_514), ("2026-03-02Z", 20_514),
    ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("0001-01-01", -719_162),
    ("9999-12-31", 2_932_896),
  ])
  func `a date is read without the zone suffix that Exchange adds`(_ text: String, _ days: Int32) {
    #expect(LocalDate(iso8601: text)?.daysSince1970 == days)
    #expect(LocalDate(daysSince1970: days).description == String(text.prefix(10)))
  }

  @Test(arguments: [
    "", "2026-3-02", "2026/03/02", "2026-02-29", "2100-02-29", "2026-06-31", "2026-00-10",
    "2026-01-00", "2026-1a-01", "26-03-02", "+026-03-02",
  ])
  func `a day that is in no calendar is no date`(_ text: String) {
    #expect(LocalDate(iso8601: text) == nil)
  }

  @Test func `every day of 800 years follows the one before it, and comes back from its parts`() {
    var expected = LocalDate(year: 1600, month: 1, day: 1)
    for year in 1600..<2400 {
      for month in 1...12 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        for day in 1...length {
          let date = LocalDate(year: year, month: month, day: day)
          guard date == expected, date.parts == (year, month, day) else {
            Issue.record("\(year)-\(month)-\(day) is \(date)")
            return
          }
          expected = expected.advanced(byDays: 1)
        }
      }
    }
  }

  @Test(arguments: [
    (0, 0), (59, 0), (60, 60), (61, 60), (-1, -60), (-60, -60), (-61, -120), (119, 60),
  ])
  func `an instant is cut down to its minute, before 1970 too`(_ seconds: Int64, _ minute: Int64) {
    #expect(Instant(seconds: seconds).onTheMinute.seconds == minute)
  }

  @Test(arguments: [-86_401, -86_400, -1, 0, 1, 86_399, 86_400, 1_795_420_800] as [Int64])
  func `a wall clock counts back to the seconds that it came from`(_ seconds: Int64) {
    let local = LocalDateTime(secondsSince1970: seconds)
    #expect(local.secondsSince1970 == seconds)
    #expect((0..<86_400).contains(local.secondOfDay))
    #expect(local.isMidnight == (seconds % 86_400 == 0))
    #expect(Instant(iso8601: local.iso8601)?.seconds == seconds)
    #expect(local < LocalDateTime(secondsSince1970: seconds + 1))
  }

  /// 1,000 seeded instants, read and written by Python's `datetime`.
  @Test func `a thousand dates are what Python says they are`() async throws {
    let script = """
      import datetime, random
      random.seed(20261123)
      epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
      for _ in range(1000):
        seconds = random.randrange(-30000000000, 100000000000)
        moment = epoch + datetime.timedelta(seconds=seconds)
        offset = datetime.timedelta(minutes=random.randrange(-14 * 60, 14 * 60 + 1))
        local = moment.astimezone(datetime.timezone(offset))
        print(seconds, moment.strftime('%Y-%m-%dT%H:%M:%SZ').zfill(20), local.isoformat(),
          (moment.date() - epoch.date()).days, sep='|')
      """
    guard let answer = try await PythonJudge.answer(to: script, importing: "datetime") else {
      return
    }
    let lines = answer.split(separator: "\n")
    #expect(lines.count == 1_000)
    for line in lines {
      let parts = line.split(separator: "|").map(String.init)
      guard parts.count == 4, let seconds = Int64(parts[0]), let days = Int32(parts[3]) else {
        Issue.record("unreadable: \(line)")
        return
      }
      let instant = Instant(seconds: seconds)
      #expect(instant.description == parts[1])
      #expect(Instant(iso8601: parts[1]) == instant)
      #expect(Instant(iso8601: parts[2]) == instant, "\(parts[2])")
      #expect(LocalDateTime(secondsSince1970: seconds).date.daysSince1970 == days)
      #expect(LocalDate(iso8601: parts[1])?.daysSince1970 == days)
    }
  }
}
