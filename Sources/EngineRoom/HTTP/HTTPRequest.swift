/// One header line.
package struct HTTPHeader: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension HTTPHeader: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The line, but `‹secret›` for the value of a header that carries one by its name.
  package var description: String { "\(name): \(isSecret ? "‹secret›" : value)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }

  fileprivate var isSecret: Bool {
    let name = name.lowercased()
    return ["authorization", "cookie", "secret", "password", "token", "key", "integrationcode"]
      .contains { name.contains($0) }
  }
}

/// One request, as a value.
///
/// `Content-Length` is always sent with a body, `Expect` and chunked uploads never are
/// (`ews.md` 1.4). `Accept-Encoding: gzip` is added and undone unless `headers` has an
/// `Accept-Encoding` of its own; then the body arrives as it was sent.
/// A request prints as method, host and path only: headers, query and body may be private.
package struct HTTPRequest: Sendable {
  /// "GET", "POST", "PATCH", "DELETE", "PUT" or "HEAD".
  package var method: String
  /// Absolute, `https`, or `http` to a loopback host; no user or password in it.
  package var url: String
  package var headers: [HTTPHeader]
  /// Held in memory, so that the legs of NTLM and a redirect can send it again.
  package var body: [UInt8]?
  package var credential: Credential
  /// For the whole transfer, redirects included, counted from when a connection is free for it.
  package var timeout: Duration
  /// For name, connection and TLS of each leg.
  package var connectTimeout: Duration
  /// Bytes after decompression; more fails with `.tooLarge`.
  package var maximumBody: Int
  /// Whether it may be sent twice when a kept-alive connection dies before any answer.
  ///
  /// True for GET and HEAD. A POST that only reads may say so; one that writes must not, for a
  /// lost answer to a create would become a second create.
  package var isRepeatable: Bool

  package init(
    method: String,
    url: String,
    headers: [HTTPHeader] = [],
    body: [UInt8]? = nil,
    credential: Credential = .none,
    timeout: Duration = .seconds(60),
    connectTimeout: Duration = .seconds(20),
    maximumBody: Int = 64 << 20,
    isRepeatable: Bool? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.credential = credential
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.maximumBody = maximumBody
    self.isRepeatable = isRepeatable ?? (method == "GET" || method == "HEAD")
  }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String {
    do throws(HTTPError) {
      return "\(method) \(try WebAddress(url).withoutQuery)"
    } catch {
      return "\(method) ‹bad URL›"
    }
  }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension HTTPRequest {
  /// A server's words without the secrets that it was sent.
  func concealed(in text: String) -> String {
    headers.filter { $0.isSecret && $0.value.utf8.count >= 4 }
      .reduce(credential.concealed(in: text)) { $0.replacing($1.value, with: "…") }
  }
}
