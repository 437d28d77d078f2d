/// How a request proves who asks: exactly one method each.
///
/// Basic and bearer go out with the first leg; NTLM and Negotiate authenticate the connection
/// (`ews.md` 1.7) and are kept on HTTP/1.1. Negotiate uses the ticket cache of the process.
package enum Credential: Sendable, Hashable {
  case none
  case basic(user: String, password: Secret)
  /// `user` is `DOMAIN\user` or a principal name (`user@domain`).
  case ntlm(user: String, password: Secret)
  case negotiate
  case bearer(Secret)
}

/// A text that cannot be printed: neither by `print`, `dump`, interpolation nor a mirror.
package struct Secret: Sendable, Hashable {
  private let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// The text itself; the only way to it, so that each use can be found.
  package func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "‹secret›" }
  package var debugDescription: String { "‹secret›" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
