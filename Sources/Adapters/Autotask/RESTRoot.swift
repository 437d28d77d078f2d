/// Where a zone's REST API begins, such as `https://webservices5.autotask.net/ATServicesRest/v1.0`.
struct RESTRoot: Hashable, Sendable {
  let origin: Origin
  /// Without a slash at the end.
  private let text: String

  /// Reads what people and the PSA write: with or without scheme, path, version, slash, query.
  ///
  /// A bare host gets `https` and the usual path. Nil for what is no address.
  init?(_ address: String) {
    var words = address.split(whereSeparator: \.isWhitespace)
    guard words.count == 1, let whole = words.popLast() else { return nil }
    let full = whole.contains("://") ? String(whole) : "https://" + whole
    guard let (origin, rest) = Origin.split(full) else { return nil }
    let path = rest.prefix { $0 != "?" && $0 != "#" }
    var parts = path.split(separator: "/").map(String.init)
    if parts.last?.lowercased() == "zoneinformation" { parts.removeLast() }
    if let last = parts.last, RESTRoot.isVersion(last) { parts.removeLast() }
    if parts.isEmpty { parts = ["ATServicesRest"] }
    self.origin = origin
    text = ([origin.text] + parts + ["v1.0"]).joined(separator: "/")
  }

  func url(_ path: String) -> String { "\(text)/\(path)" }

  /// `v1.0`, `V1.0` or `1.0`.
  private static func isVersion(_ part: String) -> Bool {
    let number = part.lowercased().hasPrefix("v") ? part.dropFirst() : part[...]
    return number.contains(".") && Double(number) != nil
  }
}

/// Scheme, host and port: to whom credentials may be sent.
struct Origin: Hashable, Sendable {
  let scheme: String
  /// Lower case.
  let host: String
  let port: Int

  /// The origin of an absolute URL; nil for anything that could be read in two ways.
  init?(_ url: String) {
    guard let (origin, _) = Origin.split(url) else { return nil }
    self = origin
  }

  /// The host, with its port where that is not the scheme's own.
  var server: String { port == Origin.usualPort(scheme) ? host : "\(host):\(port)" }

  var text: String { "\(scheme)://\(server)" }

  static func split(_ url: String) -> (Origin, rest: Substring)? {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let mark = url.firstRange(of: "://")
    else { return nil }
    let after = url[mark.upperBound...]
    let authority = after.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let origin = Origin(scheme: url[..<mark.lowerBound].lowercased(), String(authority))
    else { return nil }
    return (origin, after[authority.endIndex...])
  }

  private init?(scheme: String, _ authority: String) {
    guard let usual = Origin.usualPort(scheme) else { return nil }
    var host = authority[...]
    var port = usual
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      guard let read = UInt16(authority[authority.index(after: colon)...]), read > 0 else {
        return nil
      }
      port = Int(read)
      host = authority[..<colon]
    }
    // Whatever else may stand here (a user, a backslash) is read differently by different readers.
    let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
    let name = isAddress ? host.dropFirst().dropLast() : host
    guard !name.isEmpty,
      name.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
          true
        case UInt8(ascii: ":"): isAddress
        default: false
        }
      })
    else { return nil }
    self.scheme = scheme
    self.host = host.lowercased()
    self.port = port
  }

  private static func usualPort(_ scheme: String) -> Int? {
    switch scheme {
    case "https": 443
    case "http": 80
    default: nil
    }
  }
}
