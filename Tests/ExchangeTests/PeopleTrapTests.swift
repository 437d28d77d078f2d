import Exchange
import SyncEngine
import SyncModel
import Testing

/// People in items: organizers and attendees as servers really write them (`ews.md` 6.17, 6.25).
@Suite struct PeopleTrapTests {
  @Test func `an organizer known to Exchange only has no address (6.17)`() async throws {
    let times = """
      <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
      <t:IsMeeting>true</t:IsMeeting><t:IsCancelled>false</t:IsCancelled>\
      <t:MyResponseType>Accept</t:MyResponseType><t:Organizer><t:Mailbox><t:Name>A dispatcher</t:Name>\
      <t:EmailAddress>/O=EXAMPLE/OU=FIRST/CN=RECIPIENTS/CN=DISPATCHER</t:EmailAddress>\
      <t:RoutingType>EX</t:RoutingType></t:Mailbox></t:Organizer>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    let item = try #require(try await desk.read())
    #expect(item.organizer == Person(name: "A dispatcher", address: ""))
    #expect(item.isMeeting)
    #expect(item.response == .accepted)
  }

  @Test func `attendees without a name or address, and doubles, are left out (6.25)`() async throws
  {
    let times = """
      <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
      <t:IsMeeting>true</t:IsMeeting>\
      <t:RequiredAttendees><t:Attendee><t:Mailbox/></t:Attendee>\
      <t:Attendee><t:Mailbox><t:Name>A technician</t:Name><t:EmailAddress>t@example.com</t:EmailAddress>\
      <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Mailbox>\
      <t:ResponseType>Tentative</t:ResponseType><t:LastResponseTime>2026-03-01T00:00:00Z\
      </t:LastResponseTime><t:ProposedStart>2026-03-03T08:00:00Z</t:ProposedStart>\
      <t:ProposedEnd>2026-03-03T09:00:00Z</t:ProposedEnd></t:Attendee>\
      <t:Attendee><t:Mailbox><t:EmailAddress>T@Example.com</t:EmailAddress></t:Mailbox></t:Attendee>\
      <t:Attendee><t:Mailbox><t:Name>Somebody</t:Name></t:Mailbox></t:Attendee></t:RequiredAttendees>\
      <t:OptionalAttendees><t:Attendee><t:Mailbox><t:EmailAddress>o@example.com</t:EmailAddress>\
      </t:Mailbox><t:ResponseType>Decline</t:ResponseType></t:Attendee></t:OptionalAttendees>\
      <t:Resources><t:Attendee><t:Mailbox><t:Name>Room 1</t:Name></t:Mailbox></t:Attendee></t:Resources>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    let item = try #require(try await desk.read())
    #expect(
      item.attendees == [
        Attendee(
          person: Person(name: "A technician", address: "t@example.com"),
          role: .required,
          response: .tentative
        ),
        Attendee(
          person: Person(name: "Somebody", address: ""),
          role: .required,
          response: .unknown
        ),
        Attendee(
          person: Person(name: "", address: "o@example.com"),
          role: .optional,
          response: .declined
        ),
        Attendee(person: Person(name: "Room 1", address: ""), role: .resource, response: .unknown),
      ]
    )
    // A counter-proposal's times are not the item's.
    #expect(
      item.when
        == .timed(
          start: Instant(seconds: 1_772_438_400),
          end: Instant(seconds: 1_772_442_000),
          zone: ZoneName("Europe/Berlin")
        )
    )
  }

  /// Exchange's own addresses, as items of moved mailboxes and of hybrid organizations carry them.
  @Test(
    arguments: [
      ("EX", "/O=EXAMPLE/OU=FIRST/CN=RECIPIENTS/CN=DISPATCHER"),
      // Without its type, and with an @ in it.
      ("", "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=0f3e-d@example"),
      ("SMTP", "/o=Example/ou=First/cn=Recipients/cn=d@example.com"),
      ("SMTP", "IMCEAEX-_O=EXAMPLE_OU=FIRST_CN=RECIPIENTS_CN=D@example.com"),
      ("X400", "c=DE;a= ;p=Example;o=First;s=Dispatcher@"), ("MAPIPDL", "dispatchers@example.com"),
    ]
  )
  func `an address that is no mail address is shown to nobody (6.17)`(
    type: String,
    address: String
  ) async throws {
    let mailbox = """
      <t:Mailbox><t:Name>A dispatcher</t:Name><t:EmailAddress>\(address)</t:EmailAddress>\
      <t:RoutingType>\(type)</t:RoutingType></t:Mailbox>
      """
    let times = """
      <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
      <t:Organizer>\(mailbox)</t:Organizer><t:RequiredAttendees><t:Attendee>\(mailbox)</t:Attendee>\
      </t:RequiredAttendees>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    let item = try #require(try await desk.read())
    let shown = Person(name: "A dispatcher", address: "")
    #expect(item.organizer == shown)
    #expect(item.attendees.map(\.person) == [shown])
  }

  /// Somebody is invited, whoever it is: such an item is not the PSA's to move.
  @Test func `an attendee with nothing but a directory's path is still an attendee`() async throws {
    let path = "/o=Example/ou=First/cn=Recipients/cn=gone"
    let times = """
      <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
      <t:Organizer><t:Mailbox><t:Name>\(path)</t:Name><t:EmailAddress>\(path)</t:EmailAddress>\
      <t:RoutingType>EX</t:RoutingType></t:Mailbox></t:Organizer><t:RequiredAttendees><t:Attendee>\
      <t:Mailbox><t:Name>\(path)</t:Name><t:EmailAddress>\(path)</t:EmailAddress>\
      <t:RoutingType>EX</t:RoutingType></t:Mailbox></t:Attendee></t:RequiredAttendees>
      """
    let desk = try Desk(.soap(Fixture.items(Fixture.appointment(times: times))))
    let item = try #require(try await desk.read())
    #expect(item.organizer == nil)
    #expect(item.attendees.map(\.person) == [Person(name: "Unnamed recipient", address: "")])
  }
}
