/// What helps against a failure; decided where it is understood, acted on in one place.
package enum Remedy: Equatable, Sendable {
  /// Nothing is wrong for good: the run ends and a later one goes on.
  case retry(after: Duration)
  /// The person has to sign in or mend a password.
  case signIn
  /// This item is left alone with its reason; the rest goes on.
  case skipItem
  /// The run ends; a person has to act.
  case stop
}

/// An error that says what happened, to which item, what to do, and what helps.
package protocol SyncFailure: Error, CustomStringConvertible {
  var remedy: Remedy { get }
  /// A sentence for people, without titles, texts or secrets.
  var description: String { get }
}

/// A failure that the core itself found.
package struct StopFailure: SyncFailure, Equatable {
  package let remedy: Remedy
  package let description: String

  package init(_ description: String, remedy: Remedy = .stop) {
    self.description = description
    self.remedy = remedy
  }
}
