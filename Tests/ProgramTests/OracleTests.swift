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

  /// By `icalendar`'s checks and by libical's own, then each date of the coming fortnight.
  private static let reader = """
    import ctypes, sys
    from datetime import datetime, timedelta, timezone
    from icalendar import Calendar
    import recurring_ical_events
    octets = sys.stdin.buffer.read()
    assert all(len(line) <= 75 for line in octets.split(b"\\r\\n"))
    calendar = Calendar.from_ical(octets)
    for part in calendar.walk(): assert not part.errors, (part.name, part.errors)
    lib = ctypes.CDLL("libical.so.3")
    lib.icalparser_parse_string.restype = ctypes.c_void_p
    lib.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    for name in ("icalcomponent_count_errors", "icalrestriction_check"):
        getattr(lib, name).argtypes = [ctypes.c_void_p]
    root = lib.icalparser_parse_string(octets)
    assert lib.icalcomponent_count_errors(root) == 0
    assert lib.icalrestriction_check(root) == 1
    first, last = [datetime.fromisoformat(word.replace("Z", "+00:00")) for word in sys.argv[1:]]
    for event in recurring_ical_events.of(calendar).between(first, last):
        start = event["DTSTART"].dt
        if not isinstance(start, datetime): continue
        end = event["DTEND"].dt if "DTEND" in event else start
        utc = [moment.astimezone(timezone.utc) for moment in (start, end)]
        if first <= utc[0] < last:
            print(*[moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in utc],
                  event.get("SUMMARY", ""), sep="|")
    """

  @Test func `the tour's calendar is valid, and all readers find the same dates in it`()
    async throws
  {
    let modules = "icalendar, recurring_ical_events"
    guard try await PythonJudge.interpreter(importing: modules) != nil else { return }
    try await Sandbox.serving([]) { sandbox in
      try await sandbox.settle()
      let (first, last) = (Stamp.from(now: 0), Stamp.from(now: 14 * 24))
      func lines(_ side: String) async throws -> [String] {
        let export = try await sandbox.lockstep("export", "--side", side)
        #expect(export.status == 0)
        let again = try await sandbox.lockstep("export", "--side", side)
        #expect(again.output == export.output)
        let answer = try await PythonJudge.answer(
          to: Self.reader,
          [first, last],
          input: Array(export.output.utf8),
          importing: modules
        )
        return try #require(answer).split(separator: "\n").map(String.init).sorted()
      }
      let dump: Dump = try await sandbox.edit("--dump").json()
      let wanted = dump.exchange
        .filter { $0.kind != "series" && !$0.allDay && $0.start >= first && $0.start < last }
        .map { "\($0.start)|\($0.end)|\($0.title)" }.sorted()
      let exchange = try await lines("exchange")
      #expect(exchange == wanted)
      // Ours: each date of a series is an appointment in the PSA.
      let ours = Set(try await lines("psa").map { String($0.prefix(41)) })
      let dates = dump.exchange.filter {
        $0.series != nil && !$0.allDay && $0.start >= first && $0.start < last
      }
      #expect(!dates.isEmpty)
      #expect(dates.allSatisfy { ours.contains("\($0.start)|\($0.end)") })
      #expect(try await lines("both").count == exchange.count + (try await lines("psa").count))
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
