/// Why libcrypto refused.
package enum CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The random generator has no seed; nothing that needs a secret may go on.
  case noRandomness
  /// Another key, or something was changed since it was sealed.
  case notAuthentic
  /// Parameters that it does not take, or no memory.
  case refused(String)

  package var description: String {
    switch self {
    case .noRandomness: "The system's random generator is not ready. Try again in a minute."
    case .notAuthentic: "It was sealed with another key, or changed since."
    case .refused(let what): "The system's libcrypto refused \(what)."
    }
  }
}
