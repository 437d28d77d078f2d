import HTTP
import SyncEngine
import SyncModel
import TestGround
import Testing

@testable import Autotask

/// Whatever the PSA, a proxy or an attacker answers: read or refused, never a crash or endless work.
@Suite struct ReplyFuzzTests {
  private static let toDo = """
    {"id":9,"assignedToResourceID":29682885,"companyID":174,"actionType":2,"contactID":null,\
    "activityDescription":"Call back","startDateTime":"2026-11-24T08:00:00Z",\
    "endDateTime":"2026-11-24T08:15:00Z","createDateTime":"2026-11-20T08:00:00Z",\
    "lastModifiedDate":"2026-11-20T08:00:00Z","completedDate":null,"ticketID":7}
    """
  private static let call = """
    {"id":7,"companyID":174,"companyLocationID":3,"startDateTime":"2026-11-24T08:00:00Z",\
    "endDateTime":"2026-11-24T08:15:00Z","createDateTime":"2026-11-20T08:00:00Z",\
    "description":"K\\u00fcche \\ud83d\\ude00","status":1,"canceledDateTime":null,"isComplete":0}
    """
  private static let contact = """
    {"id":8,"companyID":174,"isActive":1,"firstName":"Ada","lastName":"Byron","namePrefix":3,\
    "emailAddress":"ada@example.com","phone":"+49 1","createDate":"2026-05-01T08:00:00Z",\
    "lastActivityDate":"2026-05-01T08:00:00Z","lastModifiedDate":"2026-05-01T08:00:00Z"}
    """
  private static let errors = [
    #"{"errors":["No matching records found",{"message":"IntegrationCode is invalid"}]}"#,
    #"{"errors":[{"errors":[{"message":["a","thread threshold"]}]}],"message":"x"}"#,
  ]
  private static let picklists = """
    {"fields":[{"name":"status","dataType":"integer","picklistValues":[{"value":"1",\
    "label":"New","isActive":true},{"value":"5","label":"Complete"}]},{"name":"id",\
    "picklistValues":null}]}
    """
  private static let lists = [Office.row(5), toDo, call, contact].map { Office.rows($0, $0).body }
  private static let small = [
    #"{"queryCount":1234}"#, #"{"itemId":77}"#, picklists,
    #"{"externalRequestThreshold":10000,"requestThresholdTimeframe":60,"currentTimeframeRequestCount":12}"#,
    #"{"info":{"name":"ServiceCall","canQuery":true,"userAccessForQuery":"All"}}"#,
  ]

  /// Every entity's rows out of every list: a row of a wrong type must be refused, not misread.
  @Test func `garbled lists are read or refused`() throws {
    try Fuzz("psa-lists", Fragments.json, corpus: Self.lists).run { bytes, _, _ in
      try Self.read(AppointmentRow.self, bytes)
      try Self.read(CompanyToDoRow.self, bytes)
      try Self.read(ServiceCallRow.self, bytes)
      try Self.read(ContactRow.self, bytes)
      try Self.read(ResourceRow.self, bytes)
      try Self.read(PlainRow.self, bytes)
    }
  }

  @Test func `garbled small replies and reasons are read or refused`() throws {
    let corpus = Self.small + Self.errors + [Office.zone.body, Office.person.body]
    try Fuzz("psa-replies", Fragments.json, corpus: corpus).run { bytes, _, _ in
      let words = ErrorWords(bytes, hiding: [Office.secret])
      #expect(words.text.count <= 300)
      _ = (words.isThreshold, words.isNoMatch, words.isAboutIntegrationCode)
      Self.caught { () throws(JSONReader.Fault) in _ = try ThresholdInformation(bytes).isSlowed }
      Self.caught { () throws(JSONReader.Fault) in _ = try EntityInformation(bytes).mayBeQueried }
      Self.caught { () throws(JSONReader.Fault) in
        _ = try Picklists(bytes).label(of: 1, in: "status")
      }
      Self.caught { () throws(JSONReader.Fault) in
        _ = try JSONReader.member("queryCount", of: bytes)
      }
    }
  }

  /// Whoever answers for the zone says where credentials go: https stays https, and what can be
  /// read in two ways is no address.
  @Test func `garbled zones never name an address that is none`() throws {
    let corpus = [
      "https://webservices5.autotask.net/ATServicesRest/", "webservices5.autotask.net",
      "http://127.0.0.1:8443/ATServicesRest/v1.0", "https://[::1]:443/x?y#z",
    ]
    let text = Fragments.text + ["@", "\\", "https://", "//", ":", "%00", "[", "]", "..", "?", "#"]
    try Fuzz("psa-zones", text, corpus: corpus).run { bytes, _, _ in
      let address = String(decoding: bytes, as: UTF8.self)
      guard let root = RESTRoot(address) else { return }
      #expect(root.origin.host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x40 })
      #expect((1...65_535).contains(root.origin.port))
      #expect(root.url("x").hasPrefix(root.origin.text + "/"))
    }
  }

  /// The whole way, status included.
  @Test func `a service whose server garbles every answer fails with a sentence`() async throws {
    let corpus = Self.lists + Self.small + Self.errors
    let psa = try ScriptedPSA { request, number in
      if request.path.contains("zoneInformation") { return Office.zone }
      var garbler = Garbler(seed: UInt64(number), fragments: Fragments.json)
      let bytes = garbler.garbled(Array(garbler.one(of: corpus).utf8))
      var reply = Reply.json(String(decoding: bytes, as: UTF8.self))
      reply.status = garbler.one(of: [200, 200, 200, 500, 204, 301, 400, 401, 404, 503])
      reply.ending = garbler.one(of: [.whole, .whole, .whole, .cut])
      return reply
    }
    let service = Office.service(at: psa)
    for _ in 0..<60 {
      do {
        _ = try await service.open()
        _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
      } catch let error as AutotaskError {
        #expect(error.description.count > 10)
        #expect(!error.description.contains(Office.secret))
      }
    }
  }

  private static func read<Row: EntityRow>(_ row: Row.Type, _ bytes: [UInt8]) throws {
    caught { () throws(JSONReader.Fault) in
      let reply = try QueryReply<Row>(bytes)
      #expect(reply.rows.count * 4 <= bytes.count)
    }
  }

  private static func caught(_ read: () throws(JSONReader.Fault) -> Void) {
    do {
      try read()
    } catch {
      #expect(!error.description.isEmpty)
    }
  }
}
