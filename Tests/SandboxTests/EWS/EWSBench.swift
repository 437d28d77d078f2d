import Foundation
import Logging
import Sandbox
import World
import XML
import ZoneData

/// A small Exchange on a world of its own, with everything that it was asked and answered.
final class EWSBench: Sendable {
  static let user = "technician@example.com"
  static let password = "sandbox"
  /// 2026-03-02T08:00:00Z, a Monday.
  static let now: Int64 = 1_772_438_400
  static let berlin = "W. Europe Standard Time"

  let world: World
  let faults: Faults
  let server: ExchangeServer
  let papers = EWSPapers()

  init(items: Int = 0, seed: UInt64 = 1, build: ExchangeBuild = .subscriptionEdition) throws {
    let sides = try Seeding(items: items, zones: Self.zones.offsets, now: Self.now).sides()
    world = World(mailbox: sides.mailbox, tenant: sides.tenant, clock: { Self.now })
    faults = Faults(seed: seed)
    let papers = papers
    server = ExchangeServer(
      world,
      faults: faults,
      user: Self.user,
      password: Self.password,
      zones: Self.zones,
      build: build,
      trace: { papers.add(request: $0, reply: $1) }
    )
  }

  static let zones: ZoneCatalog = {
    let database = ZoneDatabase()
    let offsets = ZoneOffsets { windows, instant in
      guard let name = WindowsZones.iana(forWindows: windows) else { return nil }
      return (try? database.zone(name))?.offset(at: instant)
    }
    return ZoneCatalog(offsets: offsets, ids: WindowsZones.allWindowsIDs)
  }()

  /// Answers a call as it is.
  func answer(
    _ body: [UInt8],
    method: String = "POST",
    path: String = "/EWS/Exchange.asmx",
    authorization: String? = EWSBench.authorization
  ) async -> WireAnswer {
    var headers = [(name: "Content-Type", value: "text/xml; charset=utf-8")]
    if let authorization { headers.append((name: "Authorization", value: authorization)) }
    return await server.answer(
      WireCall(method: method, path: path, headers: headers, body: body)
    )
  }

  static var authorization: String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }

  /// Sends an operation in an envelope and reads the reply's body: the response or the fault.
  func ask(_ operation: String, version: String = "Exchange2013_SP1", zone: String? = nil)
    async throws
    -> XMLElement
  {
    let answer = await answer(Self.envelope(operation, version: version, zone: zone))
    let root = try XMLElement.parse(answer.body)
    guard let body = root.child("Body")?.children.first else { throw Unreadable() }
    return body
  }

  struct Unreadable: Error {}

  static func envelope(
    _ operation: String,
    version: String = "Exchange2013_SP1",
    zone: String? = nil
  ) -> [UInt8] {
    let context = zone.map {
      "<t:TimeZoneContext><t:TimeZoneDefinition Id=\"\($0)\"/></t:TimeZoneContext>"
    }
    let text = """
      <?xml version="1.0" encoding="utf-8"?>
      <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" \
      xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" \
      xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>\
      <t:RequestServerVersion Version="\(version)"/>\(context ?? "")</s:Header>\
      <s:Body>\(operation)</s:Body></s:Envelope>
      """
    return Array(text.utf8)
  }

  /// Creates one item from the children of `t:CalendarItem` and answers its id and change key.
  func create(_ children: String, zone: String? = nil) async throws -> EWSKnown {
    let reply = try await ask(
      """
      <m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId>\
      <t:DistinguishedFolderId Id="calendar"/></m:SavedItemFolderId><m:Items><t:CalendarItem>\
      \(children)</t:CalendarItem></m:Items></m:CreateItem>
      """,
      zone: zone
    )
    return try EWSKnown(reply)
  }

  /// Reads one item with the properties named.
  func get(_ item: EWSKnown, _ paths: String, body: String = "Text") async throws -> XMLElement {
    let reply = try await ask(
      """
      <m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:BodyType>\(body)</t:BodyType>\
      <t:AdditionalProperties>\(paths)</t:AdditionalProperties></m:ItemShape>\
      <m:ItemIds><t:ItemId Id="\(item.id)"/></m:ItemIds></m:GetItem>
      """
    )
    guard let item = reply.all("Items").first?.children.first else { throw Unreadable() }
    return item
  }

  /// Updates one item with the children of `t:Updates`.
  func update(
    _ item: EWSKnown,
    _ updates: String,
    conflict: String = "NeverOverwrite"
  ) async throws -> XMLElement {
    try await ask(
      """
      <m:UpdateItem ConflictResolution="\(conflict)" \
      SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>\
      <t:ItemId Id="\(item.id)" ChangeKey="\(item.changeKey)"/><t:Updates>\(updates)</t:Updates>\
      </t:ItemChange></m:ItemChanges></m:UpdateItem>
      """
    )
  }

  /// One page of the calendar's changes.
  func sync(_ state: String?, maximum: Int = 100) async throws -> XMLElement {
    let state = state.map { "<m:SyncState>\($0)</m:SyncState>" } ?? ""
    return try await ask(
      """
      <m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
      <m:SyncFolderId><t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId>\(state)\
      <m:MaxChangesReturned>\(maximum)</m:MaxChangesReturned></m:SyncFolderItems>
      """
    )
  }
}

/// An item's id and change key as a reply gave them.
struct EWSKnown {
  let id: String
  let changeKey: String

  init(_ reply: XMLElement) throws {
    guard let element = reply.all("ItemId").first, let id = element["Id"],
      let changeKey = element["ChangeKey"]
    else { throw EWSBench.Unreadable() }
    self.id = id
    self.changeKey = changeKey
  }
}

extension XMLElement {
  /// The response codes of all messages, or of the fault.
  var codes: [String] { all("ResponseCode").map(\.text) }
}
