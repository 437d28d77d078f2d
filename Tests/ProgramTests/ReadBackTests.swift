import Foundation
import TestGround
import Testing

/// What the agent wrote into Exchange, read back by exchangelib: series, stamps, whole days.
@Suite(.timeLimit(.minutes(10))) struct ReadBackTests {
  private struct Made: Decodable { let id: String }

  private struct Calendar: Decodable {
    struct Item: Decodable, Equatable {
      let type: String
      let title: String
      let start: String
      let end: String
      let isAllDay: Bool
      let zone: String?
      let place: String
      let text: String
      let sensitivity: String
      let showAs: String
      let isMeeting: Bool
      let attendees: Int
      let stamp: String?
      /// True when the stamp's digest is SHA-256 over its own parts, the resource and the UID.
      let isStampOwn: Bool
      let rule: String?
      let range: String?
      let originalStart: String?
      let deleted: [String]
      let exceptions: [Item]
    }
    let mark: String?
    let items: [Item]

    func titled(_ title: String) throws -> Item {
      let found = items.filter { $0.title == title }
      try #require(found.count == 1, "\(title): \(found)")
      return found[0]
    }
  }

  /// Each item is read whole, and so is each changed date of a series.
  private static func calendar(of sandbox: Sandbox) async throws -> Calendar? {
    let script = """
      def text(moment):
          return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(moment, "hour") else str(moment)

      def is_own(stamp, uid):
          if not stamp: return False
          _, kind, number, tenant, digest = stamp.split(";")
          parts = [kind, number, tenant, "\(sandbox.ready.resourceID)", uid]
          octets = b"".join(b"%d:%s" % (len(p.encode()), p.encode()) for p in parts)
          return hashlib.sha256(octets).hexdigest()[:32] == digest

      def told(item):
          rule = item.recurrence
          return {
              "type": item.type, "title": item.subject, "start": text(item.start),
              "end": text(item.end), "isAllDay": item.is_all_day,
              "zone": item._start_timezone and item._start_timezone.ms_id,
              "place": item.location or "", "text": (item.text_body or "").strip(),
              "sensitivity": item.sensitivity, "showAs": item.legacy_free_busy_status,
              "isMeeting": item.is_meeting, "attendees": len(item.required_attendees or []),
              "stamp": item.stamp, "isStampOwn": is_own(item.stamp, item.uid),
              "rule": str(rule.pattern) if rule else None,
              "range": str(rule.boundary) if rule else None,
              "originalStart": item.original_start and text(item.original_start),
              "deleted": [text(date.start) for date in item.deleted_occurrences or []],
              "exceptions": [told(account.calendar.get(id=date.id))
                             for date in item.modified_occurrences or []],
          }

      ids = [item.id for item in account.calendar.all().only("subject")]
      items = [told(account.calendar.get(id=id)) for id in ids]
      print(json.dumps({"mark": account.calendar.mark, "items": items}))
      """
    return try await MailboxReader.read(by: script, in: sandbox)
  }

  @Test func `a series keeps its rule, and what the PSA moved is an exception like any other`()
    async throws
  {
    guard try await PythonJudge.interpreter(importing: "exchangelib") != nil else { return }
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let until = Stamp.from(now: 24 * 20).prefix(10)
      let all = "MO,TU,WE,TH,FR,SA,SU"
      let repetitions = [
        "Daily": "daily times 5", "Endless": "daily every 2",
        "Weekly": "weekly \(all) from SU until \(until)",
      ]
      var ids: [String: String] = [:]
      for (title, repetition) in repetitions {
        let made: Made = try await sandbox.edit(
          "--side",
          "exchange",
          "--create",
          title,
          Stamp.from(now: 24),
          Stamp.from(now: 25),
          "--repeat",
          repetition
        ).json()
        ids[title] = made.id
      }
      let before = try #require(try await Self.calendar(of: sandbox))
      try await sandbox.edit("--side", "exchange", "--private", try #require(ids["Weekly"]))
      try await sandbox.edit("--side", "exchange", "--free", try #require(ids["Endless"]))
      try await sandbox.settle()

      // The second date of each series, by ten minutes.
      var moved: [String: (from: String, to: String, end: String)] = [:]
      let psa = try await sandbox.dump().psa
      for (title, shown) in ["Daily": "Daily", "Endless": "Endless", "Weekly": "Appointment"] {
        let dates = psa.filter { $0.title == shown }.sorted { $0.start < $1.start }
        let second = try #require(dates.dropFirst().first, "\(title)")
        let (start, end) = try (Self.later(second.start), Self.later(second.end))
        try await sandbox.edit("--side", "psa", "--move", second.id, start, end)
        moved[title] = (second.start, start, end)
      }
      try await sandbox.settle()
      let after = try #require(try await Self.calendar(of: sandbox))
      #expect(after.items.count == 3)
      for (title, times) in moved {
        let (old, new) = try (before.titled(title), after.titled(title))
        #expect(new.type == "RecurringMaster" && new.rule != nil)
        #expect([new.rule, new.range, new.zone] == [old.rule, old.range, old.zone])
        #expect([new.start, new.end] == [old.start, old.end])
        #expect(new.deleted == [] && new.stamp == nil && !new.isMeeting)
        #expect(new.sensitivity == (title == "Weekly" ? "Private" : "Normal"))
        #expect(new.showAs == (title == "Endless" ? "Free" : "Busy"))
        let exception = try #require(new.exceptions.first)
        #expect(new.exceptions.count == 1)
        #expect(exception.type == "Exception" && exception.title == title)
        #expect(Stamp.same(try #require(exception.originalStart), times.from))
        #expect(Stamp.same(exception.start, times.to) && Stamp.same(exception.end, times.end))
        #expect(exception.sensitivity == new.sensitivity && exception.showAs == new.showAs)
        #expect(exception.stamp == nil && exception.attendees == 0 && exception.rule == nil)
      }
      #expect(try after.titled("Daily").rule == "Occurs every 1 day(s)")
      #expect(try after.titled("Daily").range?.hasSuffix("and occurs 5 time(s)") == true)
      #expect(try after.titled("Weekly").range?.hasSuffix("ends on \(until)") == true)
      #expect(try after.titled("Weekly").rule?.hasSuffix("the week is Sunday") == true)
      #expect(try after.titled("Endless").rule == "Occurs every 2 day(s)")
      #expect(try await sandbox.dump().mails == 0)
    }
  }

  @Test func `each kind of the PSA bears a stamp of its own, and is nobody's meeting`() async throws
  {
    guard try await PythonJudge.interpreter(importing: "exchangelib") != nil else { return }
    try await Sandbox.serving(["--items", "0"], allKinds: true) { sandbox in
      let (start, end) = (Stamp.from(now: 24), Stamp.from(now: 25))
      let made: Made = try await sandbox.edit(
        "--side",
        "psa",
        "--create",
        "Straße & <Küche> 😀",
        start,
        end
      ).json()
      try await sandbox.settle()
      let calendar = try #require(try await Self.calendar(of: sandbox))
      let stamps = calendar.items.compactMap(\.stamp)
        .map { $0.split(separator: ";").prefix(4).joined(separator: ";") }
      #expect(
        stamps.sorted() == [
          "lockstep1;appointment;\(made.id);123456", "lockstep1;service-call;4021;123456",
          "lockstep1;to-do;2204;123456",
        ]
      )
      for item in calendar.items {
        #expect(item.isStampOwn, "\(item)")
        #expect(item.type == "Single" && !item.isAllDay && item.rule == nil)
        #expect(item.sensitivity == "Normal" && item.showAs == "Busy")
        #expect(!item.isMeeting && item.attendees == 0)
      }
      let own = try calendar.titled("Straße & <Küche> 😀")
      #expect(Stamp.same(own.start, start) && Stamp.same(own.end, end))

      // What the agent wrote is what the PSA has.
      let psa = try await sandbox.wholeDump().psa
      for (title, kind) in [
        ("Phone Call: Harbour branch", "to-do"), ("Service call: Harbour branch", "service-call"),
      ] {
        let item = try calendar.titled(title)
        let source = try #require(psa.first { $0.kind == kind })
        #expect(Stamp.same(item.start, source.start) && Stamp.same(item.end, source.end))
        #expect(item.text.contains("Harbour branch"))
        #expect(item.text.contains(try #require(source.text)))
        #expect(item.place.isEmpty == (kind == "to-do"))
      }
      let mark = try #require(calendar.mark).split(separator: ";")
      try #require(mark.count == 6)
      #expect(mark[0...2] == ["lockstep1", "123456", "\(sandbox.ready.resourceID)"])
    }
  }

  @Test func `whole days that the PSA moves stay whole days, in the zone that they were made in`()
    async throws
  {
    guard try await PythonJudge.interpreter(importing: "exchangelib") != nil else { return }
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
      let first = try Self.midnight(in: zone)
      let name = Date.ISO8601FormatStyle(timeZone: zone).year().month().day()
      let days = [first.formatted(name), first.addingTimeInterval(86_400).formatted(name)]
      let script = """
        from exchangelib import EWSDate
        day = EWSDate.fromisoformat("\(days[0])")
        CalendarItem(account=account, folder=account.calendar, subject="Fair", is_all_day=True,
            start=day, end=day, _start_timezone=EWSTimeZone("Europe/Berlin"),
            _end_timezone=EWSTimeZone("Europe/Berlin"),
        ).save(send_meeting_invitations="SendToNone")
        print("made")
        """
      #expect(try await MailboxReader.answer(to: script, in: sandbox) == "made\n")
      try await sandbox.settle()
      let before = try #require(try await Self.calendar(of: sandbox)).titled("Fair")
      #expect(before.isAllDay && [before.start, before.end] == [days[0], days[0]])
      let fair = try #require(try await sandbox.dump().psa.first { $0.title == "Fair" })
      let end = first.addingTimeInterval(2 * 86_400).formatted(.iso8601)
      try await sandbox.edit("--side", "psa", "--move", fair.id, fair.end, end)
      try await sandbox.settle()
      let after = try #require(try await Self.calendar(of: sandbox)).titled("Fair")
      #expect(after.isAllDay && [after.start, after.end] == [days[1], days[1]])
      #expect(after.zone == before.zone && after.sensitivity == "Normal")
      #expect(after.showAs == before.showAs && after.stamp == nil)
    }
  }

  @Test func `contacts that somebody changed or removed in Exchange are the PSA's again`()
    async throws
  {
    guard try await PythonJudge.interpreter(importing: "exchangelib") != nil else { return }
    try await Sandbox.serving(["--items", "0"]) { sandbox in
      let config = try sandbox.settings(
        "contacts.toml",
        replacing: "\n[sync]\n",
        with: "\n[sync]\nsync_contacts = true\ncontacts_folder = \"PSA\"\n"
      )
      func settle() async throws {
        for _ in 1...2 { _ = try await sandbox.lockstep("sync", "--full", config: config) }
        let third: AttemptLine = try await sandbox.lockstep("sync", "--json", config: config).json()
        #expect(third.writes == 0 && third.outcome == "success", "\(third.notes)")
      }
      func cards() async throws -> [[String: String]]? {
        let script = """
          fields = ["stamp", "file_as", "subject", "given_name", "surname", "generation",
                    "company_name", "job_title", "office", "text_body"]
          def told(card):
              card = folder.get(id=card.id)
              lists = {"mails": [e.email for e in card.email_addresses or []],
                       "phones": [(p.label, p.phone_number) for p in card.phone_numbers or []
                                  if p.phone_number],
                       "addresses": [(a.label, a.street, a.city, a.zipcode, a.state, a.country)
                                     for a in card.physical_addresses or [] if a.street]}
              return ({name: str(getattr(card, name) or "").strip() for name in fields}
                      | {name: json.dumps(list) for name, list in lists.items()})
          folder = account.contacts / "PSA"
          print(json.dumps([told(card) for card in folder.all().order_by("surname")]))
          """
        return try await MailboxReader.read(by: script, in: sandbox)
      }
      try await settle()
      let written = try #require(try await cards())
      #expect(
        written.map { $0["stamp"] } == [
          "lockstep1;contact;30700;123456", "lockstep1;contact;30712;123456",
        ]
      )
      let vandal = """
        from exchangelib.indexed_properties import PhoneNumber
        first, second = (account.contacts / "PSA").all().order_by("surname")
        first.surname, first.job_title = "Nobody", None
        first.phone_numbers = [PhoneNumber(label="BusinessPhone", phone_number="0")]
        first.save(update_fields=["surname", "job_title", "phone_numbers"])
        second.move_to_trash()
        print(first.id, second.id)
        """
      #expect(try await MailboxReader.answer(to: vandal, in: sandbox) != nil)
      #expect(try await cards()?.count == 1)
      try await settle()
      #expect(try await cards() == written)
    }
  }

  /// A midnight some days ahead, and not around a change of the clocks, where exchangelib's own
  /// arithmetic is a day off.
  private static func midnight(in zone: TimeZone) throws -> Date {
    var calendar = Foundation.Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    for ahead in 3...9 {
      let soon = Date.now.addingTimeInterval(Double(ahead) * 86_400)
      let midnight = calendar.startOfDay(for: soon)
      let later = midnight.addingTimeInterval(3 * 86_400)
      if calendar.startOfDay(for: later) == later { return midnight }
    }
    throw Unmet()
  }

  private struct Unmet: Error {}

  private static func date(_ text: String) throws -> Date {
    try #require(
      (try? Date(text, strategy: .iso8601))
        ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    )
  }

  /// Ten minutes later.
  private static func later(_ text: String) throws -> String {
    try date(text).addingTimeInterval(600).formatted(.iso8601)
  }
}
