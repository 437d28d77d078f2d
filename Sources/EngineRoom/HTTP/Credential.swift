internal import FoundationEssentials

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

extension Credential {
  /// The text with “…” in the place of what this credential keeps secret, also as Basic spells it.
  ///
  /// For words of a server, which may repeat what it was sent. Secrets of less than four characters
  /// stay: they are in every text.
  package func concealed(in text: String) -> String {
    forms.reduce(text) { $1.utf8.count < 4 ? $0 : $0.replacing($1, with: "…") }
  }

  private var forms: [String] {
    switch self {
    case .none, .negotiate: []
    case .bearer(let token): [token.reveal()]
    case .basic(let user, let password), .ntlm(let user, let password):
      [Data("\(user):\(password.reveal())".utf8).base64EncodedString(), password.reveal()]
    }
  }
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
