internal import FoundationEssentials
internal import HTTPTypes
internal import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// JSON as it stands on the wire: keys in order, so that equal values are equal bytes.
enum JSON {
  static func bytes(of value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }
}

extension APICall {
  /// The body as JSON; throws `.invalid` with the place that is wrong.
  func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(body))
    } catch let error as DecodingError {
      throw RegistryProblem(.invalid, APICall.words(for: error))
    }
  }

  private static func words(for error: DecodingError) -> String {
    func place(_ context: DecodingError.Context, _ key: String? = nil) -> String {
      let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
      let all = path + (key.map { [$0] } ?? [])
      return all.isEmpty ? "The body" : "“\(all.joined(separator: "."))” in the body"
    }
    return switch error {
    case .keyNotFound(let key, let context): "\(place(context, key.stringValue)) is missing."
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(place(context)) is not of the sort that is wanted there."
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "The body is no JSON." : "\(place(context)) holds a value that cannot be there."
    @unknown default: "The body cannot be read."
    }
  }

  // MARK: Conditions

  /// The version that `If-Match` names; throws `.versionNeeded`, or `.changed` where it is none.
  var expectedVersion: Int {
    get throws {
      guard let text = headers[.ifMatch]?.trimmed, !text.isEmpty else {
        throw RegistryProblem(
          .versionNeeded,
          "Name the version that you read in If-Match, so that nobody's change is lost."
        )
      }
      let inner =
        text.hasPrefix("\"") && text.hasSuffix("\"") ? text.dropFirst().dropLast() : text[...]
      guard let version = Int(inner) else {
        throw RegistryProblem(.changed, "\(text) is no version of this. Read it again.")
      }
      return version
    }
  }

  /// True where the caller has it already.
  func knows(etag: String) -> Bool {
    guard let text = headers[.ifNoneMatch] else { return false }
    return text.split(separator: ",").contains { tag in
      let bare = String(tag).trimmed
      return bare == "*" || bare == "\"\(etag)\"" || bare == "W/\"\(etag)\""
    }
  }

  // MARK: Addresses

  /// Throws `.notFound`.
  func number(_ name: String) throws -> Int64 {
    guard let number = parameters[name].flatMap({ Int64($0) }) else {
      throw RegistryProblem(.notFound, "There is nothing under this address.")
    }
    return number
  }

  var resource: ResourceID { get throws { ResourceID(try number("number")) } }

  var agentID: AgentID { AgentID(rawValue: parameters["agent"] ?? "") }

  // MARK: Queries

  /// Throws `.invalid` for names that the call does not know: a filter that is misspelt would list
  /// everything.
  func allow(_ names: String...) throws {
    for name in query.keys.sorted() where !names.contains(name) {
      throw RegistryProblem(
        .invalid,
        names.isEmpty
          ? "This call takes no “\(name)”; it takes none."
          : "This call takes no “\(name)”; it takes \(names.joined(separator: ", ")).",
        fields: [name: "unknown"]
      )
    }
  }

  func whole(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = query[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw refused(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func flag(_ name: String) throws -> Bool? {
    guard let text = query[name] else { return nil }
    guard let flag = ["true": true, "false": false][text] else {
      throw refused(name, "true or false")
    }
    return flag
  }

  func word<Word: RawRepresentable<String> & CaseIterable>(
    _ name: String,
    _ type: Word.Type = Word.self
  ) throws -> Word? {
    guard let text = query[name] else { return nil }
    guard let word = Word(rawValue: text) else {
      throw refused(name, "one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }

  func instant(_ name: String) throws -> Instant? {
    guard let text = query[name] else { return nil }
    guard let instant = Instant(iso8601: text) else {
      throw refused(name, "a time such as 2026-03-02T08:00:00Z")
    }
    return instant
  }

  var page: Page {
    get throws {
      Page(
        try whole("page", in: 0...1_000_000) ?? 0,
        size: try whole("size", in: Page.sizes) ?? 50
      )
    }
  }

  private func refused(_ name: String, _ allowed: String) -> RegistryProblem {
    RegistryProblem(.invalid, "\(name) must be \(allowed).", fields: [name: "must be \(allowed)"])
  }
}
