import Foundation
import TestGround
import Testing

/// What strangers make of what the agent writes: into files, and into Exchange.
@Suite(.timeLimit(.minutes(5))) struct OracleTests {
  private struct Dump: Decodable {
    struct Item: Decodable {
      let id: String
      let kind: String
      let title: String
      let start: String
      let end: String
      let allDay: Bool
      let series: String?
    }
    let exchange: [Item]
  }

  /// By `icalendar`'s checks and by libical's own, then each date of the stretch as both find it.
  private static let reader = """
    import ctypes, sys
    from datetime import datetime, time, timedelta, timezone
    from zoneinfo import ZoneInfo
    from icalendar import Calendar
    import recurring_ical_events
    octets = sys.stdin.buffer.read()
    first, last = [datetime.fromisoformat(word.replace("Z", "+00:00")) for word in sys.argv[1:3]]
    home = ZoneInfo(sys.argv[3])
    edges = (first - timedelta(days=1), last + timedelta(days=1))

    def lines(start, end, title):
        kind = "moments"
        if not isinstance(start, datetime):
            assert not isinstance(end, datetime)
            kind = "days"
            start, end = [datetime.combine(day, time(), home) for day in (start, end)]
        if not first <= start < last: return []
        utc = [moment.astimezone(timezone.utc) for moment in (start, end)]
        return ["|".join([*[moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in utc], kind, title])]

    assert all(len(line) <= 75 for line in octets.split(b"\\r\\n"))
    calendar = Calendar.from_ical(octets)
    for part in calendar.walk(): assert not part.errors, (part.name, part.errors)
    in_python = []
    for event in recurring_ical_events.of(calendar).between(*edges):
        start = event["DTSTART"].dt
        end = event["DTEND"].dt if "DTEND" in event else start
        in_python += lines(start, end, event.get("SUMMARY", ""))

    class Time(ctypes.Structure):
        _fields_ = [(name, ctypes.c_int) for name in (
            "year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")]
        _fields_ += [("zone", ctypes.c_void_p)]
    class Span(ctypes.Structure):
        _fields_ = [("start", ctypes.c_long), ("end", ctypes.c_long), ("is_busy", ctypes.c_int)]
    Visitor = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(Span), ctypes.c_void_p)
    number, text, pointer = ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p
    libical = ctypes.CDLL("libical.so.3")
    def ical(name, result, *arguments):
        function = getattr(libical, name)
        function.restype = result
        return function(*arguments)
    root = pointer(ical("icalparser_parse_string", pointer, octets))
    assert ical("icalcomponent_count_errors", number, root) == 0
    assert ical("icalrestriction_check", number, root) == 1
    event_kind = ical("icalcomponent_string_to_kind", number, b"VEVENT")
    name_kind = ical("icalproperty_string_to_kind", number, b"RECURRENCE-ID")
    events = []
    event = ical("icalcomponent_get_first_component", pointer, root, event_kind)
    while event:
        events.append(pointer(event))
        event = ical("icalcomponent_get_next_component", pointer, root, event_kind)
    def name(event):
        return pointer(ical("icalcomponent_get_first_property", pointer, event, name_kind))
    def date(event, start): return ical("icalcomponent_get_uid", text, event), start
    changed = set()
    for event in filter(name, events):
        own = ical("icalproperty_get_datetime_with_component", Time, name(event), event)
        zone = pointer(own.zone)
        changed.add(date(event, ical("icaltime_as_timet_with_zone", ctypes.c_long, own, zone)))
    stretch = [ical("icaltime_from_timet_with_zone", Time, ctypes.c_long(int(edge.timestamp())), 0,
                    None) for edge in edges]
    in_c = []
    for event in events:
        is_days = ical("icalcomponent_get_dtstart", Time, event).is_date
        title = (ical("icalcomponent_get_summary", text, event) or b"").decode()
        def visit(_, span, __):
            span = span.contents
            if not name(event) and date(event, span.start) in changed: return
            found = [datetime.fromtimestamp(at, timezone.utc) for at in (span.start, span.end)]
            if is_days: found = [moment.date() for moment in found]
            in_c.extend(lines(*found, title))
        ical("icalcomponent_foreach_recurrence", None, event, *stretch, Visitor(visit), None)

    assert sorted(in_python) == sorted(in_c), sorted(set(in_python) ^ set(in_c))
    print(*in_python, sep="\\n")
    """

  @Test func `the tour's calendar is valid, and all readers find the same dates in it`()
    async throws
  {
    let modules = "icalendar, recurring_ical_events"
    guard try await PythonJudge.interpreter(importing: modules) != nil else { return }
    try await Sandbox.serving([], allKinds: true) { sandbox in
      // Whole days by themselves, wherever the dice put the world's own.
      let (opening, end) = (Stamp.from(now: 48), Stamp.from(now: 80))
      try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Fair",
        opening,
        end,
        "--all-day"
      )
      try await sandbox.settle()
      // So far the sandbox lists the dates of series.
      let (first, last) = (Stamp.from(now: 0), Stamp.from(now: 30 * 24))
      func lines(_ side: String) async throws -> [String] {
        let export = try await sandbox.lockstep("export", "--side", side)
        #expect(export.status == 0)
        let again = try await sandbox.lockstep("export", "--side", side)
        #expect(again.output == export.output)
        let answer = try await PythonJudge.answer(
          to: Self.reader,
          [first, last, "Europe/Berlin"],
          input: Array(export.output.utf8),
          importing: modules
        )
        return try #require(answer).split(separator: "\n").map(String.init).sorted()
      }
      let dump: Dump = try await sandbox.edit("--dump").json()
      let items = dump.exchange.filter {
        !["series", "contact"].contains($0.kind) && $0.start >= first && $0.start < last
      }
      let wanted = items.map {
        "\($0.start)|\($0.end)|\($0.allDay ? "days" : "moments")|\($0.title)"
      }
      #expect(items.contains { $0.allDay && $0.series != nil })
      #expect(items.contains { $0.allDay && $0.title == "Fair" })
      let exchange = try await lines("exchange")
      #expect(exchange == wanted.sorted())
      // Ours: each date of a series is an appointment in the PSA.
      let ours = Set(try await lines("psa").map { String($0.prefix(41)) })
      let dates = items.filter { $0.series != nil && !$0.allDay }
      #expect(!dates.isEmpty)
      #expect(dates.allSatisfy { ours.contains("\($0.start)|\($0.end)") })
      #expect(try await lines("both").count == exchange.count + (try await lines("psa").count))
    }
  }

  private static let cardReader = """
    import sys, vobject
    for card in vobject.readComponents(sys.stdin.buffer.read().decode("utf-8")):
        card.validate()
        print(card.x_lockstep_side.value, card.fn.value, card.email.value, sep="|")
    """

  @Test func `the tour's contacts are read back from their cards`() async throws {
    guard try await PythonJudge.interpreter(importing: "vobject") != nil else { return }
    try await Sandbox.serving([], allKinds: true) { sandbox in
      let config = try sandbox.settings(
        "contacts.toml",
        replacing: "\n[exchange]\n",
        with: "\n[sync]\nsync_contacts = true\n\n[exchange]\n"
      )
      // The run that writes contacts reads them back, the next one the folder.
      for _ in 0..<2 {
        #expect(try await sandbox.lockstep("sync", config: config).status == 0)
      }
      let cards = try await sandbox.lockstep("export", "--contacts", config: config)
      let answer = try await PythonJudge.answer(
        to: Self.cardReader,
        input: Array(cards.output.utf8),
        importing: "vobject"
      )
      let read = try #require(answer).split(separator: "\n").map(String.init)
      let dump: Dump = try await sandbox.edit("--dump").json()
      let names = dump.exchange.filter { $0.kind == "contact" }.map(\.title).sorted()
      #expect(names.count > 1)
      for side in ["exchange", "psa"] {
        let own = read.filter { $0.hasPrefix("\(side)|") }.map { $0.split(separator: "|") }
        #expect(own.map { String($0[1]) }.sorted() == names, "\(side)")
        #expect(own.allSatisfy { $0.count == 3 && $0[2].contains("@") })
      }
    }
  }

  private static let mailboxReader = """
    import sys
    from exchangelib import (BASIC, DELEGATE, Account, CalendarItem, Configuration, Credentials,
        EWSTimeZone, ExtendedProperty, FailFast)
    from exchangelib.version import Build, Version

    class Stamp(ExtendedProperty):
        distinguished_property_set_id = "PublicStrings"
        property_name = "x-lockstep-stamp"
        property_type = "String"

    CalendarItem.register("stamp", Stamp)
    url, user, password = sys.argv[1:]
    account = Account(user, autodiscover=False, access_type=DELEGATE,
        default_timezone=EWSTimeZone("UTC"), config=Configuration(service_endpoint=url,
        credentials=Credentials(user, password), max_connections=1, retry_policy=FailFast(),
        auth_type=BASIC, version=Version(build=Build(15, 2, 2562, 17))))
    def text(moment): return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    for item in account.calendar.all():
        item.refresh()
        moved = [f"{text(m.original_start)}>{text(m.start)}"
                 for m in item.modified_occurrences or []]
        print(item.subject, text(item.start), text(item.end), item.sensitivity,
              item.legacy_free_busy_status, "stamped" if item.stamp else "plain",
              len(item.required_attendees or []), ",".join(moved), sep="|")
    """

  @Test func `exchangelib reads back stamps, privacy, show-as and exceptions as they were written`()
    async throws
  {
    guard try await PythonJudge.interpreter(importing: "exchangelib") != nil else { return }
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let (start, end) = (Stamp.from(now: 24), Stamp.from(now: 25))
      try await sandbox.edit("--side", "psa", "--create", "On site", start, end)
      try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Round",
        start,
        end,
        "--repeat",
        "daily times 4"
      )
      struct Made: Decodable { let id: String }
      let secret: Made = try await sandbox.edit(
        "--side",
        "exchange",
        "--create",
        "Own",
        start,
        end
      ).json()
      try await sandbox.edit("--side", "exchange", "--private", secret.id)
      try await sandbox.settle()
      let rounds = try await sandbox.dump().psa.filter { $0.title == "Round" }
        .sorted { $0.start < $1.start }
      try #require(rounds.count == 4)
      let later = (Stamp.from(now: 50), Stamp.from(now: 51))
      try await sandbox.edit("--side", "psa", "--move", rounds[1].id, later.0, later.1)
      let own = try #require(try await sandbox.dump().psa.first { $0.title == "Appointment" })
      try await sandbox.edit("--side", "psa", "--move", own.id, later.0, later.1)
      try await sandbox.settle()
      let answer = try await PythonJudge.answer(
        to: Self.mailboxReader,
        [sandbox.ready.exchange, sandbox.ready.user, sandbox.ready.password],
        importing: "exchangelib"
      )
      let lines = try #require(answer).split(separator: "\n").map(String.init).sorted()
      #expect(
        lines == [
          "On site|\(start)|\(end)|Normal|Busy|stamped|0|",
          "Own|\(later.0)|\(later.1)|Private|Busy|plain|0|",
          "Round|\(start)|\(end)|Normal|Busy|plain|0|\(Stamp.from(now: 48))>\(later.0)",
        ]
      )
    }
  }
}
