/// The body of every answer that is a refusal.
package struct RegistryProblem: Hashable, Sendable, Codable, Error, CustomStringConvertible {
  /// Programs tell refusals apart by it; people read the sentence.
  package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// No token, or one that nobody gave out.
    case unknownToken = "unknown-token"
    /// Another agent took over, or an admin took the token back.
    case revoked
    case expired
    /// A token of the other sort: an agent's at an admin's door, or the reverse.
    case forbidden
    case unknownCode = "unknown-code"
    /// The resource already has an agent; `--take-over` revokes it.
    case taken
    case notFound = "not-found"
    /// `If-Match` names another version than the present one.
    case changed
    /// `If-Match` is missing.
    case versionNeeded = "version-needed"
    case invalid
    case tooLarge = "too-large"
    case tooMany = "too-many"
    /// Something that must not be disturbed is under way.
    case busy
    case broken
    /// The gateway could not do it: what the PSA, or the way to it, said.
    case psa
  }

  package let code: Code
  /// What happened and what to do, as sentences.
  package let message: String
  /// A sentence for each field that was refused; missing where it is not about fields.
  package let fields: [String: String]?

  package init(_ code: Code, _ message: String, fields: [String: String]? = nil) {
    self.code = code
    self.message = message
    self.fields = fields
  }

  package var description: String { message }

  /// The HTTP status that goes with it.
  package var status: Int {
    switch code {
    case .unknownToken, .revoked, .expired: 401
    case .forbidden: 403
    case .notFound, .unknownCode: 404
    case .taken, .busy: 409
    case .changed: 412
    case .tooLarge: 413
    case .invalid: 422
    case .versionNeeded: 428
    case .tooMany: 429
    case .broken: 500
    case .psa: 502
    }
  }
}
