import ICalendar
import Recurrence
import SyncModel
import Testing
import ZoneData

/// Series in the file that `export` writes.
@Suite struct SeriesExportTests {
  private let zones = ZoneDatabase()

  private func master(_ change: (inout ExchangeItem) -> Void = { _ in }) -> ExchangeItem {
    Sample.exchange("MASTER") { item in
      item.uid = "series"
      item.role = .master
      item.recurrence = RecurrencePattern(
        rhythm: .weekly(interval: 1, days: [.monday], firstDayOfWeek: .monday),
        firstDay: LocalDate(year: 2026, month: 3, day: 2),
        end: .after(occurrences: 10)
      )
      change(&item)
    }
  }

  private let moved = SeriesException(
    id: ExchangeItemID("MOVED"),
    originalStart: Sample.instant("2026-03-30T07:00:00Z"),
    start: Sample.instant("2026-03-31T12:00:00Z"),
    end: Sample.instant("2026-03-31T13:00:00Z")
  )

  /// The moved date's own item.
  private var movedItem: ExchangeItem {
    let when = When.timed(start: moved.start, end: moved.end, zone: ZoneName("Europe/Berlin"))
    return Sample.exchange("MOVED", when) { item in
      item.uid = "series"
      item.role = .exception
      item.title = "Server room, moved"
      item.originalStart = moved.originalStart
    }
  }

  private func document(_ items: ExchangeItem...) throws -> String {
    let all = items.map { ExportedItem.exchange($0, link: nil) }
    return String(decoding: try CalendarExport.document(of: all, zones: zones), as: UTF8.self)
  }

  private func events(_ items: ExchangeItem...) throws -> [CalendarComponent] {
    let all = items.map { ExportedItem.exchange($0, link: nil) }
    let document = try CalendarExport.document(of: all, zones: zones)
    return try CalendarComponent.read(document).parts.filter { $0.kind == .event }
  }

  @Test func `a master has its rule and the dates left out`() throws {
    let item = master { $0.deletedOccurrences = [Sample.instant("2026-03-30T07:00:00Z")] }
    let text = try document(item)
    let wanted =
      "\r\nDTSTART;TZID=Europe/Berlin:20260302T090000\r\nDTEND;TZID=Europe/Berlin:20260302T103000"
      + "\r\nRRULE:FREQ=WEEKLY;COUNT=10;BYDAY=MO;WKST=MO"
      + "\r\nEXDATE;TZID=Europe/Berlin:20260330T090000\r\n"
    #expect(
      text.contains(wanted.replacing(";WKST=MO", with: "")) || text.contains(wanted),
      "\(text)"
    )
    #expect(text.contains("\r\nTZID:Europe/Berlin\r\n"))
    #expect(!text.contains("X-LOCKSTEP-SERIES"))
  }

  @Test func `an all-day series is made of dates`() throws {
    let first = LocalDate(year: 2026, month: 3, day: 2)
    let item = master { item in
      item.when = .allDay(first: first, afterLast: first.advanced(byDays: 1))
      item.recurrence = RecurrencePattern(
        rhythm: .daily(interval: 1),
        firstDay: first,
        end: .on(LocalDate(year: 2026, month: 4, day: 30))
      )
      item.deletedOccurrences = [Sample.instant("2026-04-05T22:00:00Z")]
      item.exceptions = [moved]
    }
    let text = try document(item)
    let wanted =
      "\r\nDTSTART;VALUE=DATE:20260302\r\nDTEND;VALUE=DATE:20260303\r\n"
      + "RRULE:FREQ=DAILY;UNTIL=20260430\r\nEXDATE;VALUE=DATE:20260406\r\n"
    #expect(text.contains(wanted), "\(text)")
    let before = try #require(text.firstRange(of: "BEGIN:VEVENT"))
    #expect(!text[..<before.lowerBound].contains("VTIMEZONE"))
  }

  @Test func `a changed date is an event of its own under the series' UID`() throws {
    let events = try events(master { $0.exceptions = [moved] }, movedItem)
    #expect(events.map { $0["UID"] } == [.text("series"), .text("series")])
    #expect(events.map { $0["RRULE"] != nil } == [true, false])
    let change = try #require(events.last)
    #expect(
      change["RECURRENCE-ID"]
        == .clock(CalendarClock(year: 2026, month: 3, day: 30, hour: 9, minute: 0, second: 0))
    )
    #expect(
      change["DTSTART"]
        == .clock(CalendarClock(year: 2026, month: 3, day: 31, hour: 14, minute: 0, second: 0))
    )
    #expect(change["SUMMARY"] == .text("Server room, moved"))
  }

  @Test func `a changed date that comes before its master follows it`() throws {
    let early = try events(movedItem, master { $0.exceptions = [moved] })
    let late = try events(master { $0.exceptions = [moved] }, movedItem)
    #expect(early == late)
  }

  /// Its item may lie outside the exported days, or not have been read.
  @Test func `a changed date without an item of its own has the master's texts`() throws {
    let events = try events(
      master { $0.exceptions = [moved] },
      Sample.exchange("OTHER")
    )
    #expect(events.map { $0["UID"] } == [.text("series"), .text("uid-OTHER"), .text("series")])
    let change = try #require(events.last)
    #expect(change["SUMMARY"] == .text("Server room"))
    #expect(change["X-LOCKSTEP-ID"] == .text("MOVED"))
    #expect(change["RECURRENCE-ID"] != nil)
    #expect(change["RRULE"] == nil)
    #expect(
      change["DTSTART"]
        == .clock(CalendarClock(year: 2026, month: 3, day: 31, hour: 14, minute: 0, second: 0))
    )
  }

  @Test func `an hour of an all-day series takes the place of a day`() throws {
    let first = LocalDate(year: 2026, month: 3, day: 2)
    let item = master { item in
      item.when = .allDay(first: first, afterLast: first.advanced(byDays: 1))
      item.exceptions = [
        SeriesException(
          id: moved.id,
          originalStart: Sample.instant("2026-03-29T22:00:00Z"),
          start: moved.start,
          end: moved.end
        )
      ]
    }
    let change = try #require(try events(item, movedItem).last)
    #expect(change["RECURRENCE-ID"] == .date(year: 2026, month: 3, day: 30))
    #expect(
      change["DTSTART"]
        == .clock(CalendarClock(year: 2026, month: 3, day: 31, hour: 14, minute: 0, second: 0))
    )
  }

  @Test func `a changed date without a master is written all the same`() throws {
    let events = try events(movedItem)
    #expect(events.count == 1)
    #expect(
      events.first?["RECURRENCE-ID"]
        == .clock(CalendarClock(year: 2026, month: 3, day: 30, hour: 9, minute: 0, second: 0))
    )
  }

  @Test func `copies of a series are told apart with all their dates`() throws {
    let other = SeriesException(
      id: ExchangeItemID("MOVED 2"),
      originalStart: moved.originalStart,
      start: moved.start,
      end: moved.end
    )
    let copy = master { item in
      item.id = ExchangeItemID("COPY")
      item.exceptions = [other]
    }
    let events = try events(master { $0.exceptions = [moved] }, copy, movedItem)
    #expect(
      events.map { $0["UID"] }
        == [.text("series"), .text("series/2"), .text("series"), .text("series/2")]
    )
  }

  /// The master's own start is a Wednesday; RFC 5545 would count it.
  @Test func `a series begins on the first day of its pattern`() throws {
    let item = master { item in
      item.recurrence = RecurrencePattern(
        rhythm: .weekly(interval: 1, days: [.friday], firstDayOfWeek: .monday),
        firstDay: LocalDate(year: 2026, month: 3, day: 2),
        end: .never
      )
    }
    #expect(try document(item).contains("\r\nDTSTART;TZID=Europe/Berlin:20260306T090000\r\n"))
  }

  @Test func `a series in UTC needs no zone`() throws {
    let text = try document(
      master { item in
        item.windowsZone = "UTC"
        item.deletedOccurrences = [Sample.instant("2026-03-30T08:00:00Z")]
      }
    )
    #expect(text.contains("\r\nDTSTART:20260302T080000Z\r\n"))
    #expect(text.contains("\r\nEXDATE:20260330T080000Z\r\n"))
    #expect(!text.contains("TZID"))
  }

  @Test func `a series whose dates only Exchange can tell is its first date, and says so`() throws {
    for change in [{ $0.windowsZone = "Customized Time Zone" }, { $0.recurrence = nil }]
      as [(inout ExchangeItem) -> Void]
    {
      let events = try events(
        master { item in
          item.exceptions = [moved]
          change(&item)
        }
      )
      #expect(events.count == 2)
      #expect(events.first?["X-LOCKSTEP-SERIES"] == .text("not-written"))
      #expect(events.first?["RRULE"] == nil)
      #expect(events.last?["UID"] == .text("series"))
    }
  }

  /// On 29 March the clocks of Berlin show no 02:30.
  @Test func `a date in a gap is left out by the time that the rule gives it`() throws {
    let item = master { item in
      item.when = .timed(
        start: Sample.instant("2026-03-02T01:30:00Z"),
        end: Sample.instant("2026-03-02T02:30:00Z"),
        zone: ZoneName("Europe/Berlin")
      )
      item.recurrence = RecurrencePattern(
        rhythm: .daily(interval: 1),
        firstDay: LocalDate(year: 2026, month: 3, day: 2),
        end: .never
      )
      item.deletedOccurrences = [Sample.instant("2026-03-29T01:30:00Z")]
    }
    #expect(try document(item).contains("\r\nEXDATE;TZID=Europe/Berlin:20260329T023000\r\n"))
  }
}
