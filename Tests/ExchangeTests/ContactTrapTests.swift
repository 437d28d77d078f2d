import Exchange
import SyncEngine
import SyncModel
import Testing

/// Contacts as servers answer them, and to the byte as they are written (`ews.md` 5.1).
@Suite struct ContactTrapTests {
  private static func contact(_ fields: String) -> String {
    """
    <t:Contact><t:ItemId Id="C1" ChangeKey="K1"/><t:ParentFolderId Id="F" ChangeKey="1"/>\
    <t:ItemClass>IPM.Contact.Company</t:ItemClass>\(fields)</t:Contact>
    """
  }

  private func read(_ replies: Reply...) async throws -> ContactReading? {
    let server = try ScriptedExchange { _, number in replies[min(number, replies.count - 1)] }
    return try await Desk(server).mailbox.contacts([ExchangeItemID("C1")]).first
  }

  private func found(_ fields: String) async throws -> ExchangeContact {
    let reading = try await read(.soap(Fixture.items(Self.contact(fields))))
    guard case .found(let contact)? = reading else {
      throw StopFailure("It was read as \(String(describing: reading)).")
    }
    return contact
  }

  private static let modified = "<t:LastModifiedTime>2026-03-01T12:00:00Z</t:LastModifiedTime>"

  @Test func `an element that is missing is blank, and one of another class beside it is read`()
    async throws
  {
    let contact = try await found(Self.modified)
    #expect(contact.card == ContactCard() && contact.stamp == nil)
    #expect(contact.id == ExchangeItemID("C1") && contact.changeKey == ChangeKey("K1"))
    #expect(contact.folder == FolderID("F"))
    #expect(contact.modified == Instant(seconds: 1_772_366_400))
  }

  @Test func `only the business address and our own keys are read`() async throws {
    let contact = try await found(
      Self.modified + """
        <t:CompleteName><t:Title>Dr.</t:Title><t:FirstName>Ada</t:FirstName></t:CompleteName>\
        <t:EmailAddresses><t:Entry Key="EmailAddress1" Name="Jane" RoutingType="SMTP">\
        SMTP:jane@example.com</t:Entry><t:Entry Key="EmailAddress2"/></t:EmailAddresses>\
        <t:PhysicalAddresses><t:Entry Key="Home"><t:Street>Home</t:Street><t:City>H</t:City></t:Entry>\
        <t:Entry Key="Business"><t:Street>1 Main&#xD;
        Back yard</t:Street><t:PostalCode>53111</t:PostalCode></t:Entry></t:PhysicalAddresses>\
        <t:PhoneNumbers><t:Entry Key="HomePhone">+49 9</t:Entry>\
        <t:Entry Key="MobilePhone">+49 2</t:Entry><t:Entry Key="BusinessFax"/></t:PhoneNumbers>\
        <t:Surname>Doe</t:Surname>
        """
    )
    #expect(
      contact.card
        == ContactCard([
          .mail: "jane@example.com", .street: "1 Main\r\nBack yard", .postalCode: "53111",
          .mobilePhone: "+49 2", .surname: "Doe",
        ])
    )
  }

  @Test(arguments: ["0x3A45", "0x3a45", "14917"])
  func `the title before a name is found however its tag is spelled`(tag: String) async throws {
    let contact = try await found(
      """
      <t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="\(tag)" PropertyType="String"/>\
      <t:Value>Dr.</t:Value></t:ExtendedProperty><t:ExtendedProperty><t:ExtendedFieldURI \
      DistinguishedPropertySetId="PublicStrings" PropertyName="x-lockstep-stamp" \
      PropertyType="String"/><t:Value>lockstep1;contact;7;42</t:Value></t:ExtendedProperty>
      """ + Self.modified
    )
    #expect(contact.card[.prefix] == "Dr.")
    #expect(contact.stamp.flatMap { Stamp($0) } == Stamp(contact: PSAID(7), tenant: TenantID(42)))
  }

  @Test func `a distribution list among the contacts is named by its class`() async throws {
    let reading = try await read(
      .soap(
        Fixture.response(
          "GetItem",
          Fixture.message("GetItem", "<m:Items/>", code: "ErrorInvalidPropertyRequest")
        )
      ),
      .soap(
        Fixture.items(
          #"<t:DistributionList><t:ItemId Id="C1" ChangeKey="K1"/>"#
            + "<t:ItemClass>IPM.DistList</t:ItemClass></t:DistributionList>"
        )
      )
    )
    #expect(reading == .unreadable("not a contact: IPM.DistList"))
  }

  @Test func `a note that the server cannot convert leaves the rest readable`() async throws {
    let reading = try await read(
      .soap(
        Fixture.response(
          "GetItem",
          Fixture.message("GetItem", "<m:Items/>", code: "ErrorItemCorrupt")
        )
      ),
      .soap(Fixture.items(Self.contact(Self.modified + "<t:Surname>Doe</t:Surname>")))
    )
    guard case .found(let contact)? = reading else {
      Issue.record("\(String(describing: reading))")
      return
    }
    #expect(!contact.isNoteWhole && contact.card[.surname] == "Doe")
  }

  @Test func `a contact is created under the name that it is filed as, by hand`() async throws {
    let desk = try Desk(Wire.written("CreateItem", ("C1", "K1")))
    let card = ContactCard([
      .fileAs: "Doe, Jane", .displayName: "Jane Doe", .givenName: "Jane", .surname: "Doe",
      .prefix: "Dr.", .mail: "jane@example.com", .city: "Bonn", .mobilePhone: "+49 2",
      .note: "a & b",
    ])
    let results = try await desk.mailbox.create(
      contacts: [
        ContactDraft(stamp: Stamp(contact: PSAID(7), tenant: TenantID(42)), card: card)
      ],
      in: Fixture.folder
    )
    #expect(results == [.done(ExchangeItemID("C1"), ChangeKey("K1"))])
    #expect(
      Wire.body(desk.server.asked.first) == """
        <m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId>\
        <t:FolderId Id="AAMkFolder="/></m:SavedItemFolderId><m:Items><t:Contact>\
        <t:Body BodyType="Text">a &amp; b</t:Body><t:ExtendedProperty><t:ExtendedFieldURI \
        DistinguishedPropertySetId="PublicStrings" PropertyName="x-lockstep-stamp" \
        PropertyType="String"/><t:Value>lockstep1;contact;7;42</t:Value></t:ExtendedProperty>\
        <t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x3a45" PropertyType="String"/>\
        <t:Value>Dr.</t:Value></t:ExtendedProperty><t:FileAs>Doe, Jane</t:FileAs>\
        <t:FileAsMapping>None</t:FileAsMapping><t:DisplayName>Jane Doe</t:DisplayName>\
        <t:GivenName>Jane</t:GivenName><t:EmailAddresses>\
        <t:Entry Key="EmailAddress1">jane@example.com</t:Entry></t:EmailAddresses>\
        <t:PhysicalAddresses><t:Entry Key="Business"><t:City>Bonn</t:City></t:Entry>\
        </t:PhysicalAddresses><t:PhoneNumbers><t:Entry Key="MobilePhone">+49 2</t:Entry>\
        </t:PhoneNumbers><t:Surname>Doe</t:Surname></t:Contact></m:Items></m:CreateItem>
        """
    )
  }

  @Test func `a changed field is set in an element of its own, a blank one is taken away`()
    async throws
  {
    let desk = try Desk(Wire.written("UpdateItem", ("C1", "K2")))
    _ = try await desk.mailbox.update(contacts: [
      ContactEdit(
        id: ExchangeItemID("C1"),
        expected: ChangeKey("K1"),
        card: ContactCard([.city: "Bonn"]),
        fields: [.city, .mobilePhone, .note]
      )
    ])
    #expect(
      Wire.body(desk.server.asked.first) == """
        <m:UpdateItem ConflictResolution="NeverOverwrite" \
        SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>\
        <t:ItemId Id="C1" ChangeKey="K1"/><t:Updates><t:SetItemField>\
        <t:FieldURI FieldURI="item:Body"/><t:Contact><t:Body BodyType="Text"/></t:Contact>\
        </t:SetItemField><t:SetItemField><t:IndexedFieldURI FieldURI="contacts:PhysicalAddress:City" \
        FieldIndex="Business"/><t:Contact><t:PhysicalAddresses><t:Entry Key="Business">\
        <t:City>Bonn</t:City></t:Entry></t:PhysicalAddresses></t:Contact></t:SetItemField>\
        <t:DeleteItemField><t:IndexedFieldURI FieldURI="contacts:PhoneNumber" \
        FieldIndex="MobilePhone"/></t:DeleteItemField></t:Updates></t:ItemChange>\
        </m:ItemChanges></m:UpdateItem>
        """
    )
  }

  @Test func `a contact whose create got no answer is not sent again`() async throws {
    let desk = try Desk(Reply(isDropped: true))
    let error = await failure {
      try await desk.mailbox.create(
        contacts: [
          ContactDraft(
            stamp: Stamp(contact: PSAID(7), tenant: TenantID(42)),
            card: ContactCard()
          )
        ],
        in: Fixture.folder
      )
    }
    #expect(error?.remedy == .retry(after: .seconds(60)))
    #expect(desk.server.asked.count == 1)
  }
}
