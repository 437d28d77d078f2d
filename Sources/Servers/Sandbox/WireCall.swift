/// A request as the sandbox's servers read it: whole, in memory, headers by name.
package struct WireCall: Sendable {
  package let method: String
  /// Percent-encoded, without the query.
  package let path: String
  /// Percent-encoded, without the question mark.
  package let query: String?
  /// Names in lower case, in the order of the request.
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  package init(
    method: String,
    path: String,
    query: String? = nil,
    headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers.map { (name: $0.name.lowercased(), value: $0.value) }
    self.body = body
  }

  /// The first header of this name, letters' case not counting.
  package func header(_ name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name == name }?.value
  }

  /// A parameter of the query, decoded; names without regard to case.
  package func parameter(_ name: String) -> String? {
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let key = parts.first, Self.decoded(key).lowercased() == name.lowercased() else {
        continue
      }
      return parts.count > 1 ? Self.decoded(parts[1]) : ""
    }
    return nil
  }

  /// Percent sequences and pluses decoded; a broken sequence stays as it is.
  package static func decoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var place = 0
    while place < source.count {
      if source[place] == UInt8(ascii: "%"), place + 2 < source.count,
        let byte = UInt8(String(decoding: source[place + 1...place + 2], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        place += 3
      } else {
        bytes.append(source[place] == UInt8(ascii: "+") ? UInt8(ascii: " ") : source[place])
        place += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Everything but unreserved characters as percent sequences.
  package static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes.append(contentsOf: [
          UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)],
        ])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What a server of the sandbox answers, and how much of it arrives.
package struct WireAnswer: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  package var ending = Ending.whole

  /// How the connection treats the answer.
  package enum Ending: Sendable {
    case whole
    /// Half of the body under the full Content-Length, then the connection closes.
    case cut
    /// Not one byte: the connection closes.
    case dropped
  }

  package init(
    status: Int = 200,
    headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// A server of the sandbox, apart from its socket.
package protocol WireServer: Sendable {
  /// Answers one request; calls may overlap.
  func answer(_ call: WireCall) async -> WireAnswer
}
