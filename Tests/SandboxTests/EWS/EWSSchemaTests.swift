import Foundation
import Sandbox
import TestGround
import Testing
import World
import XML

@Suite struct EWSSchemaTests {
  @Test func `replies to every documented request are valid by the schemas`() async throws {
    guard let schemas = ExchangeSchemas.here() else { return }
    let bench = try EWSBench(items: 80)
    try await furnish(bench)
    let folder = schemas.folder.appending(path: "skeletons")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.contains("-request") }.sorted()
    #expect(names.count > 20)
    for name in names {
      let request = try Data(contentsOf: folder.appending(path: name))
      _ = await bench.answer(Array(request))
    }
    try await everything(bench)
    // A wrong id in ErrorSubscriptionIds is spelt as on the wire, against the schema (`ews.md` 2.11).
    let replies = bench.papers.all.replies.filter {
      !String(decoding: $0, as: UTF8.self).contains("m:ErrorSubscriptionIds")
    }
    #expect(try await schemas.complaints(replies) == "")
  }

  @Test func `what is asked of public folders and of single dates is valid, and so is each answer`()
    async throws
  {
    let bench = try EWSBench()
    try await publicFolder(bench)
    try await dateByPlace(bench)
    guard let schemas = ExchangeSchemas.here() else { return }
    let papers = bench.papers.all
    #expect(papers.requests.count == 10)
    #expect(try await schemas.complaints(papers.requests) == "")
    #expect(try await schemas.complaints(papers.replies) == "")
  }

  /// A folder of contacts below the root is made, found, filled and read.
  private func publicFolder(_ bench: EWSBench) async throws {
    let root = "<t:DistinguishedFolderId Id=\"publicfoldersroot\"/>"
    let shape =
      "<m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>"
    let shown = try await bench.ask(
      "<m:GetFolder>\(shape)<m:FolderIds>\(root)</m:FolderIds></m:GetFolder>"
    )
    #expect(shown.codes == ["NoError"])
    let made = try await bench.ask(
      """
      <m:CreateFolder><m:ParentFolderId>\(root)</m:ParentFolderId><m:Folders><t:ContactsFolder>\
      <t:FolderClass>IPF.Contact</t:FolderClass><t:DisplayName>Customers</t:DisplayName>\
      </t:ContactsFolder></m:Folders></m:CreateFolder>
      """
    )
    #expect(made.codes == ["NoError"])
    let found = try await bench.ask(
      """
      <m:FindFolder Traversal="Shallow">\(shape)<m:ParentFolderIds>\(root)</m:ParentFolderIds>\
      </m:FindFolder>
      """
    )
    let folder = try #require(found.all("ContactsFolder").first)
    #expect(folder.child("DisplayName")?.text == "Customers")
    #expect(folder.child("FolderClass")?.text == "IPF.Contact")
    let id = try #require(folder.child("FolderId")?["Id"])
    #expect(id == made.all("FolderId").first?["Id"])
    let home = "<t:FolderId Id=\"\(id)\"/>"
    let filled = try await bench.ask(
      """
      <m:CreateItem><m:SavedItemFolderId>\(home)</m:SavedItemFolderId><m:Items><t:Contact>\
      <t:FileAs>Doe, Jane</t:FileAs><t:DisplayName>Jane Doe</t:DisplayName></t:Contact></m:Items>\
      </m:CreateItem>
      """
    )
    let contact = try EWSKnown(filled)
    let listed = try await bench.ask(
      """
      <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
      <m:ParentFolderIds>\(home)</m:ParentFolderIds></m:FindItem>
      """
    )
    #expect(listed.all("ItemId").compactMap { $0["Id"] } == [contact.id])
    let read = try await bench.get(contact, "<t:FieldURI FieldURI=\"contacts:DisplayName\"/>")
    #expect(read.child("DisplayName")?.text == "Jane Doe")
  }

  /// A date of a series is read by its place, and the series by the date.
  private func dateByPlace(_ bench: EWSBench) async throws {
    let series = try await bench.create(
      """
      <t:Subject>Round</t:Subject><t:Start>2026-03-03T09:00:00Z</t:Start>\
      <t:End>2026-03-03T10:00:00Z</t:End><t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval>\
      </t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2026-03-03</t:StartDate>\
      <t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>
      """
    )
    func item(_ id: String) async throws -> EWSKnown {
      try EWSKnown(
        try await bench.ask(
          """
          <m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>\
          <m:ItemIds>\(id)</m:ItemIds></m:GetItem>
          """
        )
      )
    }
    let third = try await item(
      "<t:OccurrenceItemId RecurringMasterId=\"\(series.id)\" InstanceIndex=\"3\"/>"
    )
    let master = try await item("<t:RecurringMasterItemId OccurrenceId=\"\(third.id)\"/>")
    #expect(master.id == series.id)
    let view = try await bench.ask(
      """
      <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
      <m:CalendarView StartDate="2026-03-05T00:00:00Z" EndDate="2026-03-06T00:00:00Z"/>\
      <m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>
      """
    )
    #expect(view.all("ItemId").compactMap { $0["Id"] } == [third.id])
  }

  /// Items as other programs leave them.
  private func furnish(_ bench: EWSBench) async throws {
    try await bench.world.mailbox { mailbox, now in
      let around = Mailbox.Surroundings(now: now, zones: EWSBench.zones.offsets)
      let calendar = mailbox.folderID(.calendar)
      var odd = Mailbox.Appointment("Odd \u{1F}\u{0} <&> 😀", start: now, end: now + 60)
      odd.body = Mailbox.Body("line\nline \u{8}")
      odd.organizer = Mailbox.Person(name: "A manager", address: "/o=example/cn=manager")
      odd.isCancelled = true
      odd.required = [
        Mailbox.Attendee(
          Mailbox.Person(name: "", address: "a@example.com"),
          response: .noResponseReceived
        )
      ]
      odd.extended = [
        Mailbox.ExtendedProperty(
          Mailbox.ExtendedPath(
            set: Mailbox.ExtendedPath.publicStrings,
            .name("list"),
            type: "StringArray"
          ),
          ["a", "b"]
        )
      ]
      _ = try mailbox.create(odd, in: calendar, withoutUID: true, around)
      for itemClass in ["IPM.Note", "IPM.Post", "IPM.DistList", "IPM.Schedule.Meeting.Request"] {
        _ = try mailbox.create(
          Mailbox.Appointment("Other", start: now, end: now),
          in: calendar,
          itemClass: itemClass,
          around
        )
      }
      let patterns: [Mailbox.RecurrencePattern] = [
        .daily(interval: 1), .weekly(interval: 2, days: [.monday, .friday], firstDay: .monday),
        .absoluteMonthly(interval: 1, day: 31),
        .relativeMonthly(interval: 1, days: .weekday, index: .last),
        .absoluteYearly(day: 1, month: .may),
        .relativeYearly(days: .sunday, index: .first, month: .june),
      ]
      let ranges: [Mailbox.RecurrenceRange] = [
        .noEnd(start: "2026-03-02"), .endDate(start: "2026-03-02", end: "2030-12-31"),
        .numbered(start: "2026-03-02", count: 10),
      ]
      for (index, pattern) in patterns.enumerated() {
        var series = Mailbox.Appointment("Series", start: now, end: now + 3_600)
        series.startZone = EWSBench.berlin
        series.recurrence = Mailbox.Recurrence(pattern, ranges[index % 3])
        let master = try mailbox.create(series, in: calendar, around).id
        let dates = try mailbox.series(master, around.zones)
        let (second, third) = (try dates.occurrence(at: 2), try dates.occurrence(at: 3))
        _ = try mailbox.update(
          second.id,
          [.location("Elsewhere"), .end(second.appointment.end + 600)],
          changeKey: nil,
          conflict: .alwaysOverwrite,
          around
        )
        try mailbox.delete(third.id, .moveToDeletedItems, at: now)
      }
      var custom = Mailbox.Appointment("Far away", start: now, end: now + 3_600)
      custom.startZone = "Customized Time Zone"
      custom.startRules = ZoneRules(
        name: nil,
        periods: [
          ZoneRules.Period(id: "s", name: "Standard", offset: 10_800),
          ZoneRules.Period(id: "d", name: "Daylight", offset: 14_400),
        ],
        groups: [
          ZoneRules.Group(id: "0", always: "s"),
          ZoneRules.Group(
            id: "1",
            turns: [
              ZoneRules.Turn(period: "d", month: 3, day: .weekday(.sunday, week: -1), time: 7_200),
              ZoneRules.Turn(period: "s", month: 10, day: .date(31), time: 10_800),
            ]
          ),
        ],
        steps: [
          ZoneRules.Step(.group("0")), ZoneRules.Step(.group("1"), from: now),
        ]
      )
      custom.recurrence = Mailbox.Recurrence(.daily(interval: 1), .noEnd(start: "2026-03-02"))
      _ = try mailbox.create(custom, in: calendar, around)
      var contact = Mailbox.Contact(
        Dictionary(uniqueKeysWithValues: Mailbox.Contact.Text.allCases.map { ($0, "\($0)") })
      )
      contact.emails = [
        .first: Mailbox.Contact.Email("a@example.com", name: "A <&>"),
        .third: Mailbox.Contact.Email("c@example.com"),
      ]
      contact.phones = [.mobilePhone: "1", .assistantPhone: "2", .ttyTddPhone: "3"]
      contact.addresses = [.business: [.street: "1 Main", .city: "Bonn"], .home: [.country: "DE"]]
      contact.instantMessages = [.first: "sip:a", .third: "sip:c"]
      contact.mailingAddress = .business
      contact.birthday = 327_412_740
      contact.weddingAnniversary = 0
      contact.children = ["Ada", "Bob"]
      contact.companies = ["ACME"]
      for contact in [contact, Mailbox.Contact()] {
        _ = try mailbox.create(contact, in: mailbox.folderID(.contacts), around)
      }
    }
  }

  /// Every item with every property, in both kinds of shape, and every folder.
  private func everything(_ bench: EWSBench) async throws {
    let page = try await bench.sync(nil, maximum: 512)
    let ids = page.all("ItemId").compactMap { $0["Id"] }
    #expect(ids.count > 90)
    let list = ids.map { "<t:ItemId Id=\"\($0)\"/>" }.joined()
    for shape in ["IdOnly", "Default", "AllProperties"] {
      for body in ["Best", "HTML", "Text"] {
        _ = try await bench.ask(
          """
          <m:GetItem><m:ItemShape><t:BaseShape>\(shape)</t:BaseShape><t:BodyType>\(body)</t:BodyType>\
          <t:AdditionalProperties><t:FieldURI FieldURI="item:Body"/>\
          <t:FieldURI FieldURI="item:TextBody"/><t:ExtendedFieldURI \
          DistinguishedPropertySetId="PublicStrings" PropertyName="list" \
          PropertyType="StringArray"/><t:ExtendedFieldURI PropertyTag="0x3008" \
          PropertyType="SystemTime"/></t:AdditionalProperties></m:ItemShape>\
          <m:ItemIds>\(list)</m:ItemIds></m:GetItem>
          """
        )
      }
      _ = try await bench.ask(
        """
        <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>\(shape)</t:BaseShape>\
        </m:ItemShape><m:IndexedPageItemView MaxEntriesReturned="50" Offset="10" \
        BasePoint="Beginning"/><m:SortOrder><t:FieldOrder Order="Ascending">\
        <t:FieldURI FieldURI="calendar:Start"/></t:FieldOrder></m:SortOrder><m:ParentFolderIds>\
        <t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>
        """
      )
      _ = try await bench.ask(
        """
        <m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>\(shape)</t:BaseShape>\
        </m:FolderShape><m:ParentFolderIds><t:DistinguishedFolderId Id="root"/>\
        </m:ParentFolderIds></m:FindFolder>
        """
      )
    }
    try await dates(bench)
    try await contacts(bench)
    _ = try await bench.ask("<m:GetServerTimeZones/>")
    _ = try await bench.ask("<m:Nonsense/>")
    for kind in [FaultKind.busy, .truncatedListing, .expiredState] {
      await bench.faults.arrange(kind)
      _ = try await bench.sync(page.all("SyncState").first?.text)
    }
  }

  /// Occurrences and exceptions with every property.
  private func dates(_ bench: EWSBench) async throws {
    let view = try await bench.ask(
      """
      <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape>\
      </m:ItemShape><m:CalendarView MaxEntriesReturned="200" StartDate="2026-02-28T00:00:00Z" \
      EndDate="2026-12-31T00:00:00Z"/><m:ParentFolderIds>\
      <t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>
      """
    )
    let types = Set(view.all("CalendarItemType").map(\.text))
    #expect(types == ["Single", "Occurrence", "Exception"])
    let list = view.all("ItemId").compactMap { $0["Id"] }.map { "<t:ItemId Id=\"\($0)\"/>" }
    let read = try await bench.ask(
      """
      <m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>\
      <m:ItemIds>\(list.joined())</m:ItemIds></m:GetItem>
      """
    )
    #expect(Set(read.codes) == ["NoError"])
  }

  private func contacts(_ bench: EWSBench) async throws {
    for shape in ["IdOnly", "Default", "AllProperties"] {
      let found = try await bench.ask(
        """
        <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>\(shape)</t:BaseShape>\
        </m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id="contacts"/>\
        </m:ParentFolderIds></m:FindItem>
        """
      )
      #expect(found.all("Contact").count >= 2)
      let list = found.all("ItemId").compactMap { $0["Id"] }.map { "<t:ItemId Id=\"\($0)\"/>" }
      _ = try await bench.ask(
        """
        <m:GetItem><m:ItemShape><t:BaseShape>\(shape)</t:BaseShape><t:AdditionalProperties>\
        <t:IndexedFieldURI FieldURI="contacts:PhysicalAddress:City" FieldIndex="Business"/>\
        <t:ExtendedFieldURI DistinguishedPropertySetId="Address" PropertyId="32899" \
        PropertyType="String"/></t:AdditionalProperties></m:ItemShape>\
        <m:ItemIds>\(list.joined())</m:ItemIds></m:GetItem>
        """
      )
    }
  }
}
