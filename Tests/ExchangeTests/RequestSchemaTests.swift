import Exchange
import Foundation
import SyncEngine
import SyncModel
import TestGround
import Testing

/// Every request is valid by Exchange's own schemas, and no write can send a mail.
@Suite struct RequestSchemaTests {
  /// One request of each kind, and each variation of the writes, as they went over the wire.
  private func requests() async throws -> [Asked] {
    let server = try ScriptedExchange { asked, _ in Self.answer(asked) }
    let mailbox = Desk(server).mailbox
    let id = ExchangeItemID("AAMkAD=")
    let key = ChangeKey("DwAAABYAAAA=")
    let zone = ZoneName("Europe/Berlin")
    let whole = Fixture.shortDay
    _ = try await mailbox.open()
    _ = try await mailbox.personalZone()
    _ = try await mailbox.changes(since: nil, in: Fixture.folder)
    _ = try await mailbox.changes(since: SyncState("H4sI"), in: Fixture.folder)
    _ = try await mailbox.items(
      [id, ExchangeItemID("BROKEN"), ExchangeItemID("FOREIGN")],
      in: Fixture.folder
    )
    _ = try await mailbox.traces(of: .stamp(Fixture.stamp), calendar: Fixture.folder)
    let made = ItemMark.madeFrom(kind: .appointment, id: PSAID(1), tenant: TenantID(2))
    _ = try await mailbox.traces(of: made, calendar: Fixture.folder)
    _ = try await mailbox.traces(
      of: .uid(CleanUID("040000008200E00074C5B7101A82E008")),
      calendar: Fixture.folder
    )
    _ = try await mailbox.create(
      [
        Fixture.draft(Fixture.morning), Fixture.draft(whole),
        Fixture.draft(Fixture.morning, zone: nil, title: "", text: "", place: ""),
      ],
      in: Fixture.folder
    )
    _ = try await mailbox.update([
      ExchangeEdit(
        id: id,
        expected: key,
        when: Fixture.morning,
        title: "T",
        text: "x\u{1}\r\ny",
        place: "P"
      ),
      ExchangeEdit(id: id, expected: key, when: whole, zone: zone, turnsAllDay: true, place: ""),
      ExchangeEdit(id: id, expected: key, when: Fixture.morning, turnsAllDay: true, text: ""),
    ])
    _ = try await mailbox.delete([ExchangeTarget(id: id, expected: key)])
    _ = try await mailbox.move([id], to: Fixture.folder)
    try await mailbox.write(
      FolderMark(
        tenant: TenantID(42),
        resource: ResourceID(7),
        agent: AgentID("agent"),
        machine: "desk & <chair>",
        run: RunID(12)
      ),
      on: Fixture.folder
    )
    try await writeContacts(mailbox)
    try await keepPublicFolder(mailbox)
    return server.asked
  }

  private func keepPublicFolder(_ mailbox: EWSMailbox) async throws {
    _ = try await mailbox.publicFolder(named: "PSA contacts", known: nil)
    _ = try await mailbox.makePublicFolder(named: "PSA contacts")
    _ = try await mailbox.listing(of: Fixture.folder)
    let target = ExchangeTarget(
      id: ExchangeItemID("AAMkAD="),
      expected: ChangeKey("DwAAABYAAAA=")
    )
    _ = try await mailbox.remove([target])
  }

  private func writeContacts(_ mailbox: EWSMailbox) async throws {
    _ = try await mailbox.contactsPlace(named: nil, known: nil)
    _ = try await mailbox.contactsPlace(named: "PSA", known: nil)
    _ = try await mailbox.makeContactsFolder(named: "PSA & <friends>")
    _ = try await mailbox.contacts(["AAMkAD=", "BROKEN", "FOREIGN"].map { ExchangeItemID($0) })
    let stamp = Stamp(contact: PSAID(7), tenant: TenantID(42))
    _ = try await mailbox.traces(ofContact: stamp, in: FolderID("AAMkContacts="))
    let full = ContactCard(
      Dictionary(uniqueKeysWithValues: ContactField.allCases.map { ($0, "<\($0.rawValue)>") })
    )
    _ = try await mailbox.create(
      contacts: [
        ContactDraft(stamp: stamp, card: full),
        ContactDraft(stamp: stamp, card: ContactCard([.displayName: "x", .fileAs: "x"])),
      ],
      in: Fixture.folder
    )
    _ = try await mailbox.update(
      contacts: [full, ContactCard()].map {
        ContactEdit(
          id: ExchangeItemID("AAMkAD="),
          expected: ChangeKey("DwAAABYAAAA="),
          card: $0,
          fields: Set(ContactField.allCases)
        )
      }
    )
  }

  private static func answer(_ asked: Asked) -> Reply {
    let operation = asked.operation
    let item = Fixture.appointment(key: "DwAAABYAAAA=")
    func each(_ count: Int, _ content: String) -> Reply {
      .soap(
        Fixture.response(
          operation,
          String(repeating: Fixture.message(operation, content), count: count)
        )
      )
    }
    switch operation {
    case "GetFolder", "UpdateFolder", "CreateFolder":
      return each(
        1,
        #"<m:Folders><t:CalendarFolder><t:FolderId Id="AAMkFolder="/></t:CalendarFolder></m:Folders>"#
      )
    case "FindFolder":
      return each(
        1,
        #"<m:RootFolder IndexedPagingOffset="0" IncludesLastItemInRange="true"><t:Folders/></m:RootFolder>"#
      )
    case "SyncFolderItems":
      return each(
        1,
        "<m:SyncState>s</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>"
      )
    case "GetItem":
      return .soap(
        Fixture.response(
          operation,
          asked.itemIDs.map { id in
            switch id {
            case "BROKEN": Fixture.message(operation, "<m:Items/>", code: "ErrorItemCorrupt")
            case "FOREIGN":
              Fixture.message(operation, "<m:Items/>", code: "ErrorInvalidPropertyRequest")
            default: Fixture.message(operation, "<m:Items>\(item)</m:Items>")
            }
          }.joined()
        )
      )
    case "FindItem":
      let folders = asked.text.components(separatedBy: "<m:ParentFolderIds>").last ?? ""
      return each(
        folders.components(separatedBy: "FolderId Id=").count - 1,
        #"<m:RootFolder IndexedPagingOffset="0" IncludesLastItemInRange="true"><t:Items/></m:RootFolder>"#
      )
    case "CreateItem", "UpdateItem", "MoveItem":
      let elements = [
        "CreateItem": ["<t:CalendarItem><t:Subject", "<t:Contact><t:Body"],
        "UpdateItem": ["<t:ItemChange>"],
      ]
      let count =
        elements[operation]?.reduce(0) {
          $0 + asked.text.components(separatedBy: $1).count - 1
        } ?? 1
      return each(count, "<m:Items>\(item)</m:Items>")
    default:
      return each(1, "")
    }
  }

  @Test func `every request that is written is valid by the schemas of Exchange`() async throws {
    let asked = try await requests()
    #expect(
      Set(asked.map(\.operation)) == [
        "GetFolder", "FindFolder", "CreateFolder", "UpdateFolder", "GetUserConfiguration",
        "SyncFolderItems",
        "GetItem", "FindItem", "CreateItem", "UpdateItem", "DeleteItem", "MoveItem",
      ]
    )
    guard let schemas = ExchangeSchemas.here() else { return }
    #expect(try await schemas.complaints(asked.map(\.body)) == "")
  }

  @Test func `no write can send a mail`() async throws {
    let silent = [
      "CreateItem": #"<m:CreateItem SendMeetingInvitations="SendToNone">"#,
      "UpdateItem": #" SendMeetingInvitationsOrCancellations="SendToNone">"#,
      "DeleteItem": #" SendMeetingCancellations="SendToNone">"#,
    ]
    var seen: Set<String> = []
    for request in try await requests() {
      #expect(!request.text.contains("SendOnly"))
      #expect(!request.text.contains("SendToAll"))
      #expect(!request.text.contains("SendToChanged"))
      #expect(!request.text.contains("MessageDisposition"))
      #expect(!request.text.contains("Attendee>"))
      guard let mark = silent[request.operation] else { continue }
      #expect(request.text.contains(mark))
      seen.insert(request.operation)
    }
    #expect(seen == Set(silent.keys))
  }
}
