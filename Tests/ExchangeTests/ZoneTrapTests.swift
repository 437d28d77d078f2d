import Exchange
import SyncEngine
import SyncModel
import Testing

/// Whole days and odd zones (`ews.md` 3.3, 3.4, 6.9, 6.12).
@Suite struct ZoneTrapTests {
  private func allDay(_ start: String, _ end: String) -> String {
    "<t:Start>\(start)</t:Start><t:End>\(end)</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>"
  }

  private func when(
    _ times: String,
    zone: String,
    mailbox: ZoneName? = ZoneName("Europe/Berlin")
  ) async throws -> When? {
    let desk = try Desk(
      .soap(Fixture.items(Fixture.appointment(times: times, zone: zone))),
      zone: mailbox
    )
    return try await desk.read()?.when
  }

  private func days(_ first: String, _ afterLast: String) throws -> When {
    .allDay(
      first: try #require(LocalDate(iso8601: first)),
      afterLast: try #require(LocalDate(iso8601: afterLast))
    )
  }

  @Test(
    arguments: [
      ("2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z", "W. Europe Standard Time", "2026-07-01"),
      ("2026-07-01T04:00:00Z", "2026-07-02T04:00:00Z", "Eastern Standard Time", "2026-07-01"),
      ("2026-06-30T12:00:00Z", "2026-07-01T12:00:00Z", "New Zealand Standard Time", "2026-07-01"),
      ("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z", "UTC", "2026-07-01"),
      // The day on which clocks change has 23 hours.
      ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "W. Europe Standard Time", "2026-03-29"),
    ]
  )
  func `whole days are those of the item's own zone`(
    start: String,
    end: String,
    zone: String,
    day: String
  ) async throws {
    let first = try #require(LocalDate(iso8601: day))
    let read = try await when(
      allDay(start, end),
      zone: "<t:StartTimeZone Id=\"\(zone)\"/>",
      mailbox: ZoneName("Pacific/Honolulu")
    )
    #expect(read == .allDay(first: first, afterLast: first.advanced(byDays: 1)))
  }

  @Test func `several days end before the day after the last`() async throws {
    let read = try await when(
      allDay("2026-06-30T22:00:00Z", "2026-07-03T22:00:00Z"),
      zone: #"<t:StartTimeZone Id="W. Europe Standard Time"/>"#
    )
    #expect(try read == days("2026-07-01", "2026-07-04"))
  }

  @Test(
    arguments: [
      "", "<t:StartTimeZone/>", #"<t:StartTimeZone Id=""/>"#,
      #"<t:StartTimeZone Id="Customized Time Zone"/>"#,
      #"<t:StartTimeZone Id="tzone://Microsoft/Custom"/>"#,
    ]
  )
  func `without a known zone of its own the mailbox's zone counts`(zone: String) async throws {
    let read = try await when(
      allDay("2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"),
      zone: zone
    )
    #expect(try read == days("2026-07-01", "2026-07-02"))
  }

  @Test(
    arguments: [
      ("2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z", "2026-07-01"),
      ("2026-07-01T04:00:00Z", "2026-07-02T04:00:00Z", "2026-07-01"),
      ("2026-06-30T12:00:00Z", "2026-07-01T12:00:00Z", "2026-07-01"),
      ("2026-06-30T18:30:00Z", "2026-07-01T18:30:00Z", "2026-07-01"),
      ("2026-07-01T10:00:00Z", "2026-07-02T10:00:00Z", "2026-07-01"),
      ("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z", "2026-07-01"),
      ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-29"),
    ]
  )
  func `without any zone the day is the one that begins then somewhere`(
    start: String,
    end: String,
    day: String
  ) async throws {
    let first = try #require(LocalDate(iso8601: day))
    let read = try await when(allDay(start, end), zone: "", mailbox: nil)
    #expect(read == .allDay(first: first, afterLast: first.advanced(byDays: 1)))
  }

  @Test func `midnight to midnight without the mark stays timed`() async throws {
    let times = """
      <t:Start>2026-06-30T22:00:00Z</t:Start><t:End>2026-07-01T22:00:00Z</t:End>\
      <t:IsAllDayEvent>false</t:IsAllDayEvent>
      """
    let read = try await when(times, zone: #"<t:StartTimeZone Id="W. Europe Standard Time"/>"#)
    #expect(read?.isAllDay == false)
  }

  @Test(
    arguments: [
      (#"<t:StartTimeZone Id="W. Europe Standard Time"/>"#, "Europe/Berlin"),
      (#"<t:StartTimeZone Id="UTC"/>"#, "UTC"),
      (#"<t:StartTimeZone Id="tzone://Microsoft/Utc"/>"#, "UTC"),
      (#"<t:StartTimeZone Id="Europe/Vienna"/>"#, "Europe/Vienna"),
      (#"<t:StartTimeZone Id="Customized Time Zone"/>"#, nil),
      (#"<t:StartTimeZone Id="tzone://Microsoft/Custom"/>"#, nil),
      (#"<t:StartTimeZone Id="../../etc/passwd"/>"#, nil), ("", nil),
      // Some clients write the end's zone only.
      (#"<t:EndTimeZone Id="Tokyo Standard Time"/>"#, "Asia/Tokyo"),
    ] as [(String, String?)]
  )
  func `odd zones leave a timed item's instants alone`(zone: String, name: String?) async throws {
    let times = "<t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>"
    let read = try await when(times, zone: zone)
    #expect(
      read
        == .timed(
          start: Instant(seconds: 1_772_438_400),
          end: Instant(seconds: 1_772_442_000),
          zone: name.map { ZoneName($0) }
        )
    )
  }

  @Test func `a zone with its whole definition is known by its id`() async throws {
    let zone = """
      <t:StartTimeZone Id="W. Europe Standard Time" Name="(UTC+01:00) Amsterdam"><t:Periods>\
      <t:Period Bias="-PT1H" Name="Standard" Id="trule:Microsoft/Registry/W. Europe Standard \
      Time/1-Standard"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">\
      <t:RecurringDayTransition><t:To Kind="Period">trule:x</t:To><t:TimeOffset>PT2H</t:TimeOffset>\
      <t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>-1</t:Occurrence>\
      </t:RecurringDayTransition></t:TransitionsGroup></t:TransitionsGroups><t:Transitions>\
      <t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:StartTimeZone>
      """
    let read = try await when(allDay("2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"), zone: zone)
    #expect(try read == days("2026-07-01", "2026-07-02"))
  }

  /// A zone as Outlook for iOS and old clients leave it, here far west, with rules of its own.
  private static func custom(
    _ id: String = "Customized Time Zone",
    bias: (String, String) = ("PT12H", "PT11H"),
    groups: String = day("D", "PT2H", 3, "Sunday", 2) + day("S", "PT2H", 11, "Sunday", 1),
    transitions: String = #"<t:Transition><t:To Kind="Group">0</t:To></t:Transition>"#
  ) -> String {
    """
    <t:StartTimeZone Id="\(id)" Name="Customized Time Zone"><t:Periods>\
    <t:Period Bias="\(bias.0)" Name="Standard" Id="S"/><t:Period Bias="\(bias.1)" Name="Daylight" Id="D"/>\
    </t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">\(groups)</t:TransitionsGroup>\
    <t:TransitionsGroup Id="1"><t:Transition><t:To Kind="Period">S</t:To></t:Transition>\
    </t:TransitionsGroup></t:TransitionsGroups><t:Transitions>\(transitions)</t:Transitions>\
    </t:StartTimeZone>
    """
  }

  private static func day(
    _ period: String,
    _ time: String,
    _ month: Int,
    _ weekday: String,
    _ week: Int
  ) -> String {
    """
    <t:RecurringDayTransition><t:To Kind="Period">\(period)</t:To><t:TimeOffset>\(time)</t:TimeOffset>\
    <t:Month>\(month)</t:Month><t:DayOfWeek>\(weekday)</t:DayOfWeek>\
    <t:Occurrence>\(week)</t:Occurrence></t:RecurringDayTransition>
    """
  }

  private static func date(_ period: String, _ month: Int, _ day: Int) -> String {
    """
    <t:RecurringDateTransition><t:To Kind="Period">\(period)</t:To><t:TimeOffset>PT0S</t:TimeOffset>\
    <t:Month>\(month)</t:Month><t:Day>\(day)</t:Day></t:RecurringDateTransition>
    """
  }

  private static let changeOfRules = """
    <t:Transition><t:To Kind="Group">0</t:To></t:Transition><t:AbsoluteDateTransition>\
    <t:To Kind="Group">1</t:To><t:DateTime>2026-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition>
    """

  @Test(
    arguments: [
      // Summer, winter, and the days on which clocks change.
      (custom(), "2026-07-01T11:00:00Z", "2026-07-02T11:00:00Z", "2026-07-01"),
      (custom(), "2026-12-01T12:00:00Z", "2026-12-02T12:00:00Z", "2026-12-01"),
      (custom(), "2026-03-08T12:00:00Z", "2026-03-09T11:00:00Z", "2026-03-08"),
      (
        custom(
          "tzone://Microsoft/Custom",
          groups: day("D", "PT2H", 3, "Sunday", -1) + day("S", "PT3H", 10, "Sunday", -1)
        ), "2026-10-25T11:00:00Z", "2026-10-26T12:00:00Z", "2026-10-25"
      ),
      // South of the equator, half hours, and one offset for ever.
      (
        custom("", groups: day("S", "PT3H", 4, "Sunday", 1) + day("D", "PT2H", 10, "Sunday", 1)),
        "2026-12-31T11:00:00Z", "2027-01-01T11:00:00Z", "2026-12-31"
      ),
      (
        custom(bias: ("PT10H30M", "PT11H"), groups: day("S", "PT3H", 4, "Sunday", 1)),
        "2026-07-01T10:30:00Z", "2026-07-02T10:30:00Z", "2026-07-01"
      ),
      (
        custom(transitions: #"<t:Transition><t:To Kind="Period">D</t:To></t:Transition>"#),
        "2026-12-01T11:00:00Z", "2026-12-02T11:00:00Z", "2026-12-01"
      ),
      // Changes on dates, and rules that ended with a year.
      (
        custom(groups: date("D", 3, 20) + date("S", 9, 19)), "2026-09-18T11:00:00Z",
        "2026-09-19T12:00:00Z", "2026-09-18"
      ),
      (
        custom(groups: date("D", 3, 20) + date("S", 9, 19)), "2026-09-20T12:00:00Z",
        "2026-09-21T12:00:00Z", "2026-09-20"
      ),
      (
        custom(transitions: changeOfRules), "2025-07-01T11:00:00Z", "2025-07-02T11:00:00Z",
        "2025-07-01"
      ),
      (
        custom(transitions: changeOfRules), "2026-07-01T12:00:00Z", "2026-07-02T12:00:00Z",
        "2026-07-01"
      ),
    ]
  )
  func `a zone that no id names is read by its definition (3.3, 6.12)`(
    zone: String,
    start: String,
    end: String,
    day: String
  ) async throws {
    let first = try #require(LocalDate(iso8601: day))
    // In the person's zone no day begins then, and a guess would take the day after.
    let read = try await when(allDay(start, end), zone: zone, mailbox: ZoneName("Europe/Berlin"))
    #expect(read == .allDay(first: first, afterLast: first.advanced(byDays: 1)))
  }

  @Test(
    arguments: [
      custom(bias: ("five", "PT4H")), custom(bias: ("P1DT5H", "PT4H")),
      custom(bias: ("PT99H", "PT98H")), custom(groups: ""), custom(transitions: ""),
      custom(transitions: #"<t:Transition><t:To Kind="Group">9</t:To></t:Transition>"#),
      custom(groups: day("D", "PT2H", 13, "Sunday", 2) + day("S", "PT2H", 11, "Sunday", 1)),
      custom(groups: day("D", "PT2H", 3, "Someday", 2) + day("S", "PT2H", 11, "Sunday", 1)),
      custom(groups: day("D", "PT2H", 3, "Sunday", 9) + day("X", "PT2H", 11, "Sunday", 1)),
    ]
  )
  func `a definition that is not whole leaves the day to the mailbox's zone`(
    zone: String
  ) async throws {
    let read = try await when(allDay("2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"), zone: zone)
    #expect(try read == days("2026-07-01", "2026-07-02"))
  }

  @Test func `a definition names no zone for a timed item`() async throws {
    let times = "<t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>"
    let read = try await when(times, zone: Self.custom())
    #expect(
      read
        == .timed(
          start: Instant(seconds: 1_772_438_400),
          end: Instant(seconds: 1_772_442_000),
          zone: nil
        )
    )
  }

  @Test func `the person's zone is read from Outlook on the web's options`() async throws {
    let configuration = """
      <m:UserConfiguration><t:UserConfigurationName Name="OWA.UserOptions"><t:FolderId Id="R"/>\
      </t:UserConfigurationName><t:Dictionary><t:DictionaryEntry><t:DictionaryKey><t:Type>String</t:Type>\
      <t:Value>timeformat</t:Value></t:DictionaryKey><t:DictionaryValue><t:Type>String</t:Type>\
      <t:Value>HH:mm</t:Value></t:DictionaryValue></t:DictionaryEntry><t:DictionaryEntry>\
      <t:DictionaryKey><t:Type>String</t:Type><t:Value>timezone</t:Value></t:DictionaryKey>\
      <t:DictionaryValue><t:Type>String</t:Type><t:Value>Tokyo Standard Time</t:Value>\
      </t:DictionaryValue></t:DictionaryEntry></t:Dictionary></m:UserConfiguration>
      """
    let desk = try Desk(
      .soap(
        Fixture.response(
          "GetUserConfiguration",
          Fixture.message("GetUserConfiguration", configuration)
        )
      )
    )
    #expect(try await desk.mailbox.personalZone() == ZoneName("Asia/Tokyo"))
  }

  @Test func `a person who never used Outlook on the web has no zone there`() async throws {
    let desk = try Desk(
      .soap(
        Fixture.response(
          "GetUserConfiguration",
          Fixture.message(
            "GetUserConfiguration",
            code: "ErrorItemNotFound",
            text: "The specified object was not found in the store."
          )
        )
      )
    )
    #expect(try await desk.mailbox.personalZone() == nil)
  }
}
