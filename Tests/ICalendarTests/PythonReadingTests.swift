import Foundation
import ICalendar
import SyncModel
import TestGround
import Testing
import ZoneData

/// Files as Python's `icalendar` and `dateutil` read them.
@Suite struct PythonReadingTests {
  private static let events = """
    import sys
    from icalendar import Calendar
    calendar = Calendar.from_ical(sys.stdin.buffer.read())
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        def categories():
            value = event.get("CATEGORIES", [])
            for entry in value if isinstance(value, list) else [value]:
                yield "|".join(str(c) for c in entry.cats)
        fields = [str(event["UID"]), repr(str(event.get("SUMMARY", ""))),
                  repr(str(event.get("DESCRIPTION", ""))), repr(str(event.get("LOCATION", ""))),
                  event["DTSTART"].dt.isoformat(), event["DTEND"].dt.isoformat(),
                  str(event.get("CLASS", "")), repr(list(categories())),
                  repr([str(a) for a in event.get("ATTENDEE", [])]),
                  repr([a["TRIGGER"].dt.total_seconds() for a in event.subcomponents]),
                  event["X-LOCKSTEP-ID"]]
        print("\\t".join(fields))
    """

  @Test func `icalendar reads what was meant`() async throws {
    let items: [ExportedItem] = [
      .exchange(
        Sample.exchange("A") { item in
          item.title = "Größe, \\ ; 😀 " + String(repeating: "lang ", count: 30)
          item.text = "eins\nzwei, drei; \\ vier"
          item.place = "Zürich; Raum 5"
          item.sensitivity = .confidential
          item.categories = ["Blue", "Green"]
          item.isMeeting = true
          item.attendees = ["a@example.com", "b@example.com"].map {
            Attendee(person: Person(name: "X, Y", address: $0), role: .required, response: .unknown)
          }
          item.reminderMinutes = 90
        },
        link: nil
      ),
      .exchange(
        Sample.exchange(
          "B",
          .allDay(
            first: LocalDate(year: 2026, month: 7, day: 1),
            afterLast: LocalDate(year: 2026, month: 7, day: 3)
          )
        ),
        link: nil
      ),
      .psa(Sample.psa(), link: LinkID(3)),
    ]
    let document = try CalendarExport.document(of: items, zones: ZoneDatabase())
    guard
      let answer = try await PythonJudge.answer(
        to: Self.events,
        input: document,
        importing: "icalendar"
      )
    else { return }
    let title = "Größe, \\\\ ; 😀 " + String(repeating: "lang ", count: 30)
    let first: [String] = [
      "uid-A", "'\(title)'", #"'eins\nzwei, drei; \\ vier'"#, "'Zürich; Raum 5'",
      "2026-03-02T09:00:00+01:00", "2026-03-02T10:30:00+01:00", "CONFIDENTIAL",
      "['Blue', 'Green']", "['mailto:a@example.com', 'mailto:b@example.com']", "[-5400.0]", "A",
    ]
    let second: [String] = [
      "uid-B", "'Server room'", "''", "''", "2026-07-01", "2026-07-03", "PUBLIC", "[]", "[]", "[]",
      "B",
    ]
    let third: [String] = [
      "lockstep-appointment-4711", "\"On site: dispatcher's call\"",
      #"'Bring the key.\n\nRef: abcdefghijklmnop'"#, "''", "2026-03-03T12:00:00+00:00",
      "2026-03-03T13:00:00+00:00", "", "[]", "[]", "[]", "4711",
    ]
    let wanted: [String] = [first, second, third].map { $0.joined(separator: "\t") }
    let read: [String] = answer.split(separator: "\n").map(String.init)
    #expect(read == wanted)
  }

  /// Compares a VTIMEZONE, as dateutil reads it, with zoneinfo.
  ///
  /// At the middle of each month, and hours before and after each change of clocks. Wall clocks that no clock shows are left out:
  /// the two differ there by choice.
  private static let zones = """
    import io, sys
    from datetime import datetime, timedelta, timezone
    from zoneinfo import ZoneInfo
    from dateutil import tz
    read = tz.tzical(io.StringIO(sys.stdin.buffer.read().decode("utf-8").replace("\\r\\n", "\\n")))
    for name in sys.argv[1:]:
        written, real = read.get(name), ZoneInfo(name)
        moments = [datetime(year, month, 15) for year in range(1971, 2050) for month in range(1, 13)]
        for first in list(moments):
            if real.utcoffset(first) != real.utcoffset(first + timedelta(days=31)):
                low, high = first, first + timedelta(days=31)
                while high - low > timedelta(minutes=1):
                    middle = low + (high - low) / 2
                    if real.utcoffset(middle) == real.utcoffset(low): low = middle
                    else: high = middle
                moments += [low - timedelta(hours=3), high + timedelta(hours=3)]
        def exists(m):
            there = m.replace(tzinfo=real).astimezone(timezone.utc)
            return there.astimezone(real).replace(tzinfo=None) == m
        moments = [m for m in moments if exists(m)]
        bad = [m for m in moments if written.utcoffset(m) != real.utcoffset(m)]
        print(name, len(moments), len(bad), *[m.isoformat() for m in bad[:3]])
    """

  @Test func `zones are written as they are`() async throws {
    let all = WindowsZones.allWindowsIDs.compactMap(WindowsZones.iana)
      .filter { !$0.hasPrefix("Etc/") }
    let wantsAll = ProcessInfo.processInfo.environment["LOCKSTEP_ALL_ZONES"] == "1"
    let named = [
      "Europe/Berlin", "Europe/Dublin", "Asia/Jerusalem", "America/Nuuk", "America/Santiago",
      "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo", "America/St_Johns",
      "America/Sao_Paulo", "Asia/Kolkata", "Asia/Gaza", "Pacific/Apia",
    ]
    let chosen = wantsAll ? Array(Set(all + named)).sorted() : named
    let items = chosen.enumerated().map { number, name in
      ExportedItem.exchange(
        Sample.exchange(
          "A\(number)",
          .timed(
            start: Sample.instant("2026-03-02T08:00:00Z"),
            end: Sample.instant("2026-03-02T09:00:00Z"),
            zone: ZoneName(name)
          )
        ),
        link: nil
      )
    }
    let document = try CalendarExport.document(of: items, zones: ZoneDatabase())
    guard
      let answer = try await PythonJudge.answer(
        to: Self.zones,
        chosen,
        input: document,
        importing: "dateutil.tz, zoneinfo"
      )
    else { return }
    let lines = answer.split(separator: "\n")
    #expect(lines.count == chosen.count)
    for line in lines {
      #expect(line.split(separator: " ").dropFirst(2).first == "0", "\(line)")
    }
  }
}
