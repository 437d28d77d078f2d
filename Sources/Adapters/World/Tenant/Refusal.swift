/// What the PSA answers instead of doing what was asked (`facts/autotask.md` 4.6).
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// The HTTP status; business errors are 500 as a rule.
  package let status: Int
  package let errors: [String]
  /// Seconds for `Retry-After`.
  package let retryAfter: Int?

  package init(_ status: Int, _ errors: [String], retryAfter: Int? = nil) {
    self.status = status
    self.errors = errors
    self.retryAfter = retryAfter
  }

  package init(_ text: String) { self.init(500, [text]) }

  package var description: String { "\(status): \(errors.joined(separator: " "))" }
}

extension Refusal {
  package static let unauthorized = Refusal(
    401,
    ["The API user name, secret or tracking identifier is invalid."]
  )
  package static let unknownZone = Refusal("Zone information could not be determined")
  package static let pageSize = Refusal(
    "maxCountOfRecordsToReturn must be between 1 and 500"
  )
  package static let tooManyConditions = Refusal(
    "Queries are limited to 500 or fewer 'OR' conditions."
  )
  package static let deleteMissing = Refusal(
    "No matching records found. The logged in Resource may not have the required permissions to"
      + " delete the data."
  )
  package static let updateMissing = Refusal("No matching records found.")
  package static let notFound = Refusal(404, ["The requested resource does not exist."])
  package static let wrongVerb = Refusal(
    405,
    ["The requested resource does not support this method."]
  )
  /// Above three requests at a time on one object endpoint (`facts/autotask.md` 4.7).
  package static let threads = Refusal(
    "Itgenatr005: Thread Threshold Exceeded. Too many concurrent requests to this object endpoint."
  )

  /// The row that was to be written is not there.
  package var namesMissingRow: Bool { self == .deleteMissing || self == .updateMissing }

  static func permission(to verb: String) -> Refusal {
    Refusal(
      "The logged in Resource does not have the adequate permissions to \(verb) this entity type."
    )
  }

  static func reference(_ field: FieldSchema, singular: String) -> Refusal {
    Refusal(
      "Reference value on field: \(field.name) of type: \(singular) does not exist or is invalid."
    )
  }
}
