import Testing
import World

/// The threshold of `facts/autotask.md` 4.7, JSON and times of the wire.
@Suite struct TenantLimitTests {
  @Test func `the threshold slows down at a half and three quarters, then refuses`() throws {
    var threshold = Threshold(limit: 8)
    var added: [Int] = []
    for _ in 0..<8 { added.append(try threshold.admit(at: 600)) }
    #expect(added == [0, 0, 0, 0, 500, 500, 1000, 1000])
    let refusal = #expect(throws: Refusal.self) { _ = try threshold.admit(at: 700) }
    #expect(refusal?.status == 429)
    #expect(refusal?.retryAfter ?? 0 > 0)
    #expect(threshold.count(at: 700) == 8)
    #expect(try threshold.admit(at: 600 + 3660) == 0)
  }

  @Test(
    arguments: [
      ("2026-03-02T08:00:00Z", 1_772_438_400),
      ("2026-03-02T08:00:00.000Z", 1_772_438_400),
      ("2026-03-02T08:00:00.1234567", 1_772_438_400),
      ("2026-03-02T08:00:00", 1_772_438_400),
      ("2026-03-02 08:00", 1_772_438_400),
      ("2026-03-02T09:00:00+01:00", 1_772_438_400),
      ("2026-03-02T02:30:00-0530", 1_772_438_400),
      ("2026-03-02", 1_772_409_600),
      ("1969-12-31T23:59:59Z", -1),
    ] as [(String, Int64)]
  )
  func `times are read with and without fraction, Z or offset`(text: String, seconds: Int64) {
    #expect(WireTime.seconds(text) == seconds)
  }

  @Test(arguments: ["", "2026-13-01", "2026-03-02T25:00:00Z", "2026-03-02T08:00:00Zz", "now"])
  func `what is no time is none`(text: String) {
    #expect(WireTime.seconds(text) == nil)
  }

  @Test func `JSON keeps whole numbers, order and all characters`() throws {
    let text = #"{"b":9007199254740993,"a":[true,null,-1.5,"\u00e4\ud83d\ude00\n\"\\"]}"#
    let value = try JSONValue(parsing: Array(text.utf8))
    #expect(value["B"] == 9_007_199_254_740_993)
    #expect(value["a"]?.elements?[3] == "ä😀\n\"\\")
    #expect(try JSONValue(parsing: value.bytes) == value)
    #expect(String(decoding: value.bytes, as: UTF8.self).hasPrefix(#"{"b":9007199254740993,"a""#))
  }

  @Test(arguments: ["", "{", "[1,]", "{\"a\" 1}", "tru", "1 2", "\"x", "[\"\\u12\"]", "nul"])
  func `broken JSON is a problem, not a value`(text: String) {
    #expect(throws: JSONProblem.self) { _ = try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test func `JSON nested too deeply is refused`() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSONProblem.self) { _ = try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test func `entity information follows the schema, picklist values are texts`() throws {
    let tenant = try TenantSample().tenant
    let entity = try #require(Schema.entity("ServiceCalls"))
    let fields = try #require(Tenant.fields(of: entity)["fields"]?.elements)
    #expect(fields.count == entity.fields.count)
    let status = try #require(fields.first { $0["name"] == "status" })
    #expect(status["isPickList"] == true)
    #expect(status["picklistValues"]?.elements?.first?["value"] == "3")
    #expect(fields.first { $0["name"] == "description" }?["length"] == 2000)
    #expect(fields.first { $0["name"] == "description" }?["picklistValues"] == .null)
    let children = try #require(Schema.entity("servicecalltickets"))
    #expect(tenant.entityInformation(children)["info"]?["canUpdate"] == false)
    #expect(tenant.entityInformation(children)["info"]?["name"] == "ServiceCallTicket")
  }
}
