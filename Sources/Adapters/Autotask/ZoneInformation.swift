import HTTP
import SyncModel

/// Where a tenant's web services are.
///
/// The call takes no credentials (`autotask.md` 4.1).
struct ZoneInformation: Hashable, Sendable {
  static let entity = "ZoneInformation"

  var root: RESTRoot
  let tenant: TenantID

  /// The request that asks any zone's host for the user's own zone.
  static func request(at entry: RESTRoot, user: String) -> HTTPRequest {
    HTTPRequest(
      method: "GET",
      url: entry.url("zoneInformation?user=\(percentEncoded(user))"),
      headers: Headers.open,
      timeout: .seconds(60),
      maximumBody: 1 << 20
    )
  }

  /// Reads the answer; a wrong user is a 500 there, not a 401.
  init(_ answer: Answer, entry: RESTRoot) throws(AutotaskError) {
    let body: [UInt8]
    do throws(AutotaskError) {
      body = try answer.body()
    } catch .refused(_, let words) {
      throw .unknownUser(server: entry.origin.server, words: words)
    } catch .outOfOrder where answer.response.status == 500 && answer.isFromPSA {
      throw .unknownUser(server: entry.origin.server, words: "")
    }
    do throws(JSONReader.Fault) {
      self = try ZoneInformation(body, entry: entry)
    } catch {
      throw .malformed(answer.subject, reason: error.description)
    }
  }

  private init(_ body: [UInt8], entry: RESTRoot) throws(JSONReader.Fault) {
    var reader = JSONReader(body)
    var url: String?
    var tenant: Int64?
    guard try reader.enterObject("zone") else { throw .wrong("zone") }
    while let key = try reader.nextKey() {
      switch key {
      case "url": url = try reader.text(key)
      case "ci": tenant = try reader.number(key)
      default: try reader.skip()
      }
    }
    try reader.finish()
    guard let url, let root = RESTRoot(url) else { throw .wrong("url") }
    // Credentials that would travel encrypted by the entry point never travel in the open.
    guard root.origin.scheme == entry.origin.scheme || root.origin.scheme == "https" else {
      throw .wrong("url (plain http)")
    }
    guard let tenant else { throw .wrong("ci") }
    self.root = root
    self.tenant = TenantID(tenant)
  }

  private static func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        encoded += byte < 16 ? "%0" : "%"
        encoded += String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}
