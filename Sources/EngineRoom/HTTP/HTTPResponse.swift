/// Status and headers of the final answer (after redirects and legs of authentication).
package struct ResponseHead: Sendable, Hashable {
  package let status: Int
  package let headers: [HTTPHeader]

  package init(status: Int, headers: [HTTPHeader] = []) {
    self.status = status
    self.headers = headers
  }

  /// The value of the first header of that name, upper and lower case being equal.
  package func value(of header: String) -> String? {
    headers.first { $0.name.isSameHeader(as: header) }?.value
  }

  /// The values of all headers of that name, in order (`WWW-Authenticate`, `Set-Cookie`).
  package func values(of header: String) -> [String] {
    headers.filter { $0.name.isSameHeader(as: header) }.map(\.value)
  }
}

/// A whole answer in memory, decompressed.
///
/// Any status is an answer, not an error.
package struct HTTPResponse: Sendable {
  package let head: ResponseHead
  package let body: [UInt8]

  package init(head: ResponseHead, body: [UInt8]) {
    self.head = head
    self.body = body
  }

  package var status: Int { head.status }
}

/// Takes an answer's body as it arrives.
///
/// All three are called on the client's own thread, in order, never at once, and never after
/// `send` has returned: `begin` once with the head of the final answer (any status), `receive`
/// for each decompressed piece (at most 64 KiB; the bytes are valid during the call only), `end`
/// once when the body is complete. A slow consumer holds up the client's other transfers.
/// A compressed body that its own server ended too early, with all the bytes that it had announced,
/// counts as complete here; the parser must notice. Whatever one of them throws aborts the transfer and comes back as `HTTPError.consumer`.
package protocol BodyConsumer: AnyObject, Sendable {
  /// The head of the answer whose body follows.
  func begin(_ head: ResponseHead) throws
  /// The next piece of the body, borrowed for the call.
  func receive(_ bytes: UnsafeRawBufferPointer) throws
  /// The body is complete.
  func end() throws
}

extension String {
  func isSameHeader(as other: String) -> Bool {
    let mine = utf8
    let theirs = other.utf8
    guard mine.count == theirs.count else { return false }
    return zip(mine, theirs).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
  }
}

extension UInt8 {
  var asciiLowercased: UInt8 {
    (0x41...0x5A).contains(self) ? self | 0x20 : self
  }
}
