/// An address of a server as settings may give it.
///
/// A name, never a number address other than loopback; https, or http to loopback; no password, no
/// query and no fragment in it (`design.md` 8).
package struct ServerAddress: Hashable, Sendable {
  /// Why an address is not taken, as the end of a sentence that begins with the key.
  struct Refused: Error, Equatable { let reason: String }

  /// The whole address, host and scheme in lower case.
  package let url: String
  /// The host, without brackets.
  package let host: String
  /// As given, or the scheme's own.
  package let port: Int
  package let isLoopback: Bool

  init(url text: String) throws(Refused) {
    let lower = text.lowercased()
    guard let scheme = ["https", "http"].first(where: { lower.hasPrefix($0 + "://") }) else {
      throw Refused(reason: "must begin with https://")
    }
    let rest = text.dropFirst(scheme.utf8.count + 3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let path = rest.dropFirst(authority.count)
    guard !authority.contains("@") else {
      throw Refused(reason: "must hold neither a user nor a password")
    }
    guard !path.contains("?"), !path.contains("#"), Self.isPath(path) else {
      throw Refused(reason: "has a path with characters that do not belong there")
    }
    let (host, port) = try Self.split(authority)
    try self.init(
      scheme: scheme,
      host: host,
      port: port ?? (scheme == "https" ? 443 : 80),
      writtenPort: port,
      path: String(path)
    )
  }

  init(scheme: String = "https", host: String, port: Int, path: String) throws(Refused) {
    guard Self.isPath(path[...]), !path.contains("?"), !path.contains("#") else {
      throw Refused(reason: "holds characters that do not belong into a path")
    }
    try self.init(
      scheme: scheme,
      host: host,
      port: port,
      writtenPort: port == 443 ? nil : port,
      path: "/" + path.drop { $0 == "/" }
    )
  }

  private init(
    scheme: String,
    host: String,
    port: Int,
    writtenPort: Int?,
    path: String
  ) throws(Refused) {
    let host = host.lowercased()
    isLoopback = Self.isLoopback(host)
    if !isLoopback { try Self.checkName(host) }
    guard scheme == "https" || isLoopback else {
      throw Refused(reason: "must begin with https://; http is for this machine only")
    }
    self.host = host
    self.port = port
    let bracketed = host.contains(":") ? "[\(host)]" : host
    url = "\(scheme)://\(bracketed)\(writtenPort.map { ":\($0)" } ?? "")\(path)"
  }

  private static func split(_ authority: Substring) throws(Refused) -> (host: String, port: Int?) {
    var host = authority
    var portText: Substring?
    if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
      host = authority[authority.index(after: authority.startIndex)..<close]
      let rest = authority[authority.index(after: close)...]
      guard rest.isEmpty || rest.hasPrefix(":") else {
        throw Refused(reason: "has no server name that can be read")
      }
      portText = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = authority.lastIndex(of: ":") {
      host = authority[..<colon]
      portText = authority[authority.index(after: colon)...]
    }
    guard let portText else { return (String(host), nil) }
    guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText),
      (1...65_535).contains(port)
    else { throw Refused(reason: "must have a port from 1 to 65535") }
    return (String(host), port)
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
          && (part.count == 1 || part.first != "0") && Int(part).map { $0 <= 255 } ?? false
      }
  }

  /// Refuses what is no host name, and every spelling of a number address that curl would take.
  private static func checkName(_ host: String) throws(Refused) {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    let isWord = labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
        && label.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
        }
    }
    let last = labels.last ?? ""
    let isNumber = last.utf8.allSatisfy { (0x30...0x39).contains($0) } || last.hasPrefix("0x")
    if host.contains(":") || isWord && isNumber {
      throw Refused(reason: "must name the server, for certificates do not vouch for numbers")
    }
    guard isWord, host.utf8.count <= 253 else {
      throw Refused(reason: "must be a server's name in ASCII, such as mail.example.com")
    }
  }

  private static func isPath(_ path: Substring) -> Bool {
    path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }
  }
}
