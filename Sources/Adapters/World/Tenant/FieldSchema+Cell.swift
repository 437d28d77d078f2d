extension FieldSchema {
  /// The value as the tenant keeps it: date-times as seconds since 1970 UTC, numbers and booleans
  /// also from their texts (`facts/autotask.md` 4.5); throws what the PSA says to anything else.
  func cell(_ value: JSONValue) throws(Refusal) -> JSONValue {
    if case .null = value { return .null }
    switch type {
    case .string:
      switch value {
      case .string: return value
      case .int(let number): return .string(String(number))
      case .number(let number): return .string("\(number)")
      case .null, .bool, .array, .object: throw unexpected(value)
      }
    case .datetime:
      guard let text = value.text else { throw unexpected(value) }
      guard let seconds = WireTime.seconds(text) else {
        throw Refusal("Could not convert string to DateTime: \(text).")
      }
      return .int(seconds)
    case .integer, .long, .short:
      guard let number = value.integer else { throw unexpected(value) }
      return .int(number)
    case .boolean:
      switch value {
      case .bool: return value
      case .int(let number): return .bool(number != 0)
      case .string(let text) where text.lowercased() == "true": return true
      case .string(let text) where text.lowercased() == "false": return false
      case .null, .number, .string, .array, .object: throw unexpected(value)
      }
    case .decimal, .double:
      switch value {
      case .int, .number: return value
      case .string(let text):
        guard let number = Double(text) else { throw unexpected(value) }
        return .number(number)
      case .null, .bool, .array, .object: throw unexpected(value)
      }
    }
  }

  /// The cell as JSON; what the server sets itself carries a fraction, as seen on the wire (4.8).
  func wire(_ cell: JSONValue) -> JSONValue {
    guard type == .datetime, case .int(let seconds) = cell else { return cell }
    return .string(WireTime.text(seconds, withFraction: flags.contains(.readOnly)))
  }

  private func unexpected(_ value: JSONValue) -> Refusal {
    let first = String(decoding: value.bytes.prefix(1), as: UTF8.self)
    return Refusal(
      "Unexpected character encountered while parsing value: \(first). Path '\(name)'."
    )
  }
}
