/// One call of the REST API, without the headers that say who asks.
struct RESTCall: Sendable {
  enum Verb: String, Sendable {
    case get = "GET"
    case post = "POST"
    /// Goes to the collection, the id being in the body (`autotask.md` 4.5).
    case patch = "PATCH"
    case delete = "DELETE"
  }

  enum Target: Hashable, Sendable {
    /// Below the root, such as `Appointments/query`.
    case path(String)
    /// A next page, as the PSA named it.
    case page(String)
  }

  let verb: Verb
  /// The endpoint whose lanes it takes, and the word for it in messages.
  let entity: String
  var id: Int64?
  let target: Target
  var body: [UInt8]?
  /// Whether it changes nothing, so that it may be sent twice.
  let isReading: Bool
  /// Titles and texts in its body: no message repeats them.
  var hidden: [String] = []
}
