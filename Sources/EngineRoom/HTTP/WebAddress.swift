internal import CCurl
import Glibc

/// Where a request goes, taken apart by curl's own reader, so that what is checked is what is
/// asked.
struct WebAddress: Sendable, Hashable {
  /// The whole URL in curl's normal form.
  let text: String
  let scheme: String
  /// Lower case; IPv6 in brackets.
  let host: String
  let port: Int
  private let path: String

  /// Refuses what is not an absolute `http` or `https` URL without user and password, and plain
  /// `http` to another machine.
  init(_ url: String) throws(HTTPError) {
    try self.init(base: nil, url)
  }

  /// The address that `location` (absolute or relative) means in an answer from here.
  func resolving(_ location: String) throws(HTTPError) -> WebAddress {
    try WebAddress(base: text, location)
  }

  private init(base: String?, _ url: String) throws(HTTPError) {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) || base != nil else {
      throw .badURL(reason: "it contains a space or a control character")
    }
    guard !url.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw .badURL(reason: "it contains a control character")
    }
    guard let parts = curl_url() else { throw .badURL(reason: "there is no memory to read it") }
    defer { curl_url_cleanup(parts) }
    if let base { try Self.check(curl_url_set(parts, CURLUPART_URL, base, Self.flags)) }
    let encode = base == nil ? 0 : UInt32(CURLU_URLENCODE)
    try Self.check(curl_url_set(parts, CURLUPART_URL, url, Self.flags | encode))
    scheme = try Self.part(CURLUPART_SCHEME, of: parts).lowercased()
    guard scheme == "https" || scheme == "http" else {
      throw .badURL(reason: "its scheme is not https")
    }
    host = try Self.part(CURLUPART_HOST, of: parts).lowercased()
    guard !host.isEmpty else { throw .badURL(reason: "it names no host") }
    port = Int(try Self.part(CURLUPART_PORT, of: parts, UInt32(CURLU_DEFAULT_PORT))) ?? 0
    path = try Self.part(CURLUPART_PATH, of: parts)
    text = try Self.part(CURLUPART_URL, of: parts)
    guard scheme == "https" || isLoopback else { throw .plainHTTP(host: place) }
  }

  /// The host as people write it, with the port where it is not the scheme's own.
  var place: String {
    port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
  }

  /// For messages and logs: a query may hold names or secrets.
  var withoutQuery: String { "\(scheme)://\(place)\(path)" }

  var origin: Origin { Origin(scheme: scheme, host: host, port: port) }

  /// `localhost`, 127.0.0.0/8 and ::1, which never leave this machine.
  var isLoopback: Bool {
    if host == "localhost" { return true }
    if host.hasPrefix("[") {
      var address = in6_addr()
      guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1 else {
        return false
      }
      return withUnsafeBytes(of: address) { bytes in
        bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 }
      }
    }
    var address = in_addr()
    guard inet_pton(AF_INET, host, &address) == 1 else { return false }
    return withUnsafeBytes(of: address) { $0.first == 127 }
  }

  /// Scheme, host and port: what a redirect must not leave.
  struct Origin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: Int
  }
}

extension WebAddress {
  private static var flags: UInt32 {
    UInt32(CURLU_DISALLOW_USER) | UInt32(CURLU_NON_SUPPORT_SCHEME)
  }

  private static func check(_ code: CURLUcode) throws(HTTPError) {
    switch code {
    case CURLUE_OK: return
    case CURLUE_USER_NOT_ALLOWED:
      throw .badURL(reason: "it contains a user name or password, which belong elsewhere")
    case CURLUE_BAD_SCHEME, CURLUE_UNSUPPORTED_SCHEME, CURLUE_BAD_SLASHES:
      throw .badURL(reason: "it does not begin with https://")
    case CURLUE_BAD_PORT_NUMBER: throw .badURL(reason: "its port is not a number up to 65535")
    case CURLUE_NO_HOST, CURLUE_BAD_HOSTNAME, CURLUE_BAD_IPV6:
      throw .badURL(reason: "its host is not a name")
    default: throw .badURL(reason: "it is not written as URLs are")
    }
  }

  private static func part(
    _ wanted: CURLUPart,
    of parts: OpaquePointer,
    _ flags: UInt32 = 0
  ) throws(HTTPError) -> String {
    var text: UnsafeMutablePointer<CChar>?
    try check(curl_url_get(parts, wanted, &text, flags))
    guard let text else { return "" }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
