import Exchange
import Foundation
import HTTP
import SyncEngine
import SyncModel
import TestGround
import ZoneData

/// What the tests share: envelopes as Exchange writes them, and a mailbox over a scripted server.
enum Fixture {
  /// The shape of a reply of Exchange 2019 (`ews.md` 1.6, 2).
  static func envelope(_ body: String) -> String {
    """
    <?xml version="1.0" encoding="utf-8"?><s:Envelope \
    xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h:ServerVersionInfo \
    MajorVersion="15" MinorVersion="2" MajorBuildNumber="1118" MinorBuildNumber="40" \
    Version="V2017_07_11" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types" \
    xmlns="http://schemas.microsoft.com/exchange/services/2006/types" \
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" \
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/></s:Header><s:Body \
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" \
    xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" \
    xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">\(body)</s:Body></s:Envelope>
    """
  }

  /// One response message of an operation.
  static func message(
    _ operation: String,
    _ content: String = "",
    code: String = "NoError",
    text: String = "",
    xml: String = "",
    responseClass: String? = nil
  ) -> String {
    let kind = responseClass ?? (code == "NoError" ? "Success" : "Error")
    let messageText = text.isEmpty ? "" : "<m:MessageText>\(text)</m:MessageText>"
    let link = code == "NoError" ? "" : "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
    return """
      <m:\(operation)ResponseMessage ResponseClass="\(kind)">\(messageText)\
      <m:ResponseCode>\(code)</m:ResponseCode>\(link)\(xml)\(content)\
      </m:\(operation)ResponseMessage>
      """
  }

  static func response(_ operation: String, _ messages: String...) -> String {
    "<m:\(operation)Response><m:ResponseMessages>\(messages.joined())</m:ResponseMessages>"
      + "</m:\(operation)Response>"
  }

  /// A GetItem answer with these items, each a whole `t:CalendarItem` or another element.
  static func items(_ items: String...) -> String {
    response(
      "GetItem",
      items.map { message("GetItem", "<m:Items>\($0)</m:Items>") }.joined()
    )
  }

  /// A single timed appointment whose fields a test may change.
  static func appointment(
    id: String = "AAMkAD=",
    key: String = "DwAAABYAAAA=",
    fields: String = "",
    times: String = """
    <t:Start>2026-03-02T08:00:00Z</t:Start><t:End>2026-03-02T09:00:00Z</t:End>\
    <t:IsAllDayEvent>false</t:IsAllDayEvent>
    """,
    zone: String = #"<t:StartTimeZone Id="W. Europe Standard Time"/>"#
  ) -> String {
    """
    <t:CalendarItem><t:ItemId Id="\(id)" ChangeKey="\(key)"/><t:ItemClass>IPM.Appointment</t:ItemClass>\
    <t:Subject>Weekly</t:Subject>\(fields)<t:LastModifiedTime>2026-03-01T12:00:00Z</t:LastModifiedTime>\
    \(times)<t:CalendarItemType>Single</t:CalendarItemType>\(zone)</t:CalendarItem>
    """
  }

  static func fault(_ code: String, detail: String = "", faultCode: String? = nil) -> String {
    """
    <s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">\
    \(faultCode ?? "a:\(code)")</faultcode><faultstring xml:lang="en-US">It did not work.</faultstring>\
    <detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">\
    \(code)</e:ResponseCode><e:Message \
    xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">It did not work.</e:Message>\
    \(detail)</detail></s:Fault>
    """
  }

  static let folder = FolderID("AAMkFolder=")
}

/// Time that passes only when somebody waits.
final class StillTime: Sendable {
  private let spent = Locked<(elapsed: Duration, waits: [Duration])>((.zero, []))

  var slept: [Duration] { spent.withLock { $0.waits } }

  func pass(_ time: Duration) { spent.withLock { $0.elapsed += time } }

  /// `server` lives as long as what uses the pace.
  func pace(keeping server: ScriptedExchange) -> Pace {
    Pace(
      sleep: { pause in
        self.spent.withLock {
          $0.waits.append(pause)
          $0.elapsed += pause
        }
      },
      now: { self.spent.withLock { $0.elapsed } },
      dice: { withExtendedLifetime(server) { 0 } }
    )
  }
}

/// A mailbox that speaks to a scripted server.
struct Desk {
  let server: ScriptedExchange
  let time = StillTime()
  let client = HTTPClient(trust: .system)
  let mailbox: EWSMailbox

  init(
    _ server: ScriptedExchange,
    zone: ZoneName? = ZoneName("Europe/Berlin"),
    timeout: Duration = .seconds(20)
  ) {
    self.server = server
    mailbox = EWSMailbox(
      account: EWSAccount(
        url: server.url,
        mailbox: "Technician@Example.com",
        credential: .basic(user: "technician", password: Secret("secret"))
      ),
      client: client,
      zones: ZoneDatabase(),
      zone: zone,
      timeout: timeout,
      pace: time.pace(keeping: server)
    )
  }

  init(_ replies: Reply..., zone: ZoneName? = ZoneName("Europe/Berlin")) throws {
    self.init(
      try ScriptedExchange { _, number in replies[min(number, replies.count - 1)] },
      zone: zone
    )
  }

  /// The one item of the first id, as it was read.
  func read(_ id: String = "AAMkAD=") async throws -> ExchangeItem? {
    guard case .found(let item) = try await reading(id) else { return nil }
    return item
  }

  func reading(_ id: String = "AAMkAD=") async throws -> ItemReading? {
    try await mailbox.items([ExchangeItemID(id)], in: Fixture.folder).first
  }
}

/// The failure that a call ended with.
func failure(_ call: () async throws -> some Any) async -> EWSError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? EWSError
  }
}

extension Fixture {
  /// Sixteen bytes that only look like a digest: enough for what the adapter does with stamps.
  static let fingerprinter = Fingerprinter { bytes in
    (0..<32).map { UInt8(truncatingIfNeeded: bytes.count &+ $0) }
  }

  static let stamp = Stamp(
    kind: .appointment,
    id: PSAID(7),
    tenant: TenantID(42),
    resource: ResourceID(1),
    uid: "uid-1",
    fingerprinter
  )

  static func draft(
    _ when: When,
    zone: ZoneName? = ZoneName("Europe/Berlin"),
    title: String = "Visit <A & B>",
    text: String = "line\r\nnext",
    place: String = "Room 1"
  ) -> ExchangeDraft {
    ExchangeDraft(
      stamp: stamp,
      uid: "uid-1",
      when: when,
      zone: zone,
      title: title,
      text: text,
      place: place
    )
  }

  /// 2026-03-02, 09:00 to 10:00 in Berlin.
  static let morning = When.timed(
    start: Instant(seconds: 1_772_438_400),
    end: Instant(seconds: 1_772_442_000),
    zone: ZoneName("Europe/Berlin")
  )

  /// The day on which Berlin's clocks go forward.
  static let shortDay = When.allDay(
    first: LocalDate(year: 2026, month: 3, day: 29),
    afterLast: LocalDate(year: 2026, month: 3, day: 30)
  )
}
