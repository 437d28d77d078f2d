/// A filter of a query, checked against the schema and ready to be held against rows
/// (`facts/autotask.md` 4.3).
///
/// Texts compare without regard to case, and a field without value meets `notExist` only, as in
/// the database underneath.
indirect enum Condition: Sendable {
  case all([Condition])
  case any([Condition])
  case cell(Int, Test)
  case userDefined(String, Test)

  enum Test: Sendable {
    case exists
    case isMissing
    case equals(JSONValue)
    case differs(JSONValue)
    case isOneOf(Set<JSONValue>)
    case isNoneOf(Set<JSONValue>)
    case isAbove(JSONValue, orEqual: Bool)
    case isBelow(JSONValue, orEqual: Bool)
    case begins(String)
    case ends(String)
    case contains(String)
  }

  func holds(for row: Table.Row) -> Bool {
    switch self {
    case .all(let conditions): conditions.allSatisfy { $0.holds(for: row) }
    case .any(let conditions): conditions.contains { $0.holds(for: row) }
    case .cell(let column, let test): test.holds(for: row.cells[column])
    case .userDefined(let name, let test):
      test.holds(for: row.userDefined.first { $0.name.lowercased() == name }?.value ?? .null)
    }
  }

  /// The ids that can meet the condition at all, so that a query need not look at the others.
  var idBounds: ClosedRange<Int64> {
    switch self {
    case .all(let conditions):
      return conditions.reduce(Int64.min...Int64.max) { bounds, condition in
        let other = condition.idBounds
        let low = max(bounds.lowerBound, other.lowerBound)
        return low...max(low, min(bounds.upperBound, other.upperBound))
      }
    case .cell(0, .equals(.int(let id))): return id...id
    case .cell(0, .isAbove(.int(let id), _)): return id...Int64.max
    case .cell(0, .isBelow(.int(let id), _)): return Int64.min...id
    case .any, .cell, .userDefined: return Int64.min...Int64.max
    }
  }
}

extension Condition.Test {
  func holds(for cell: JSONValue) -> Bool {
    if case .null = cell {
      if case .isMissing = self { return true }
      return false
    }
    switch self {
    case .exists: return true
    case .isMissing: return false
    case .equals(let value): return cell.folded == value
    case .differs(let value): return cell.folded != value
    case .isOneOf(let values): return values.contains(cell.folded)
    case .isNoneOf(let values): return !values.contains(cell.folded)
    case .isAbove(let value, let orEqual):
      guard let order = cell.order(to: value) else { return false }
      return order > 0 || (orEqual && order == 0)
    case .isBelow(let value, let orEqual):
      guard let order = cell.order(to: value) else { return false }
      return order < 0 || (orEqual && order == 0)
    case .begins(let text): return cell.folded.text?.hasPrefix(text) ?? false
    case .ends(let text): return cell.folded.text?.hasSuffix(text) ?? false
    case .contains(let text): return cell.folded.text?.contains(text) ?? false
    }
  }
}

extension JSONValue {
  /// The value as comparisons see it: texts in lower case.
  var folded: JSONValue {
    if case .string(let text) = self { .string(text.lowercased()) } else { self }
  }

  fileprivate func order(to other: JSONValue) -> Int? {
    switch (self, other) {
    case (.int(let left), .int(let right)): left < right ? -1 : left > right ? 1 : 0
    case (.string, .string(let right)):
      folded.text.map { $0 < right ? -1 : $0 > right ? 1 : 0 }
    default:
      if let left = real, let right = other.real {
        left < right ? -1 : left > right ? 1 : 0
      } else {
        nil
      }
    }
  }

  private var real: Double? {
    switch self {
    case .int(let value): Double(value)
    case .number(let value): value
    case .null, .bool, .string, .array, .object: nil
    }
  }
}

extension Condition {
  /// The body's `filter`: its elements hold together.
  init(filter: JSONValue?, on entity: EntitySchema) throws(Refusal) {
    guard let elements = filter?.elements, !elements.isEmpty else {
      throw Refusal("Value cannot be null. (Parameter 'filter')")
    }
    var reader = ConditionReader(entity: entity)
    var conditions: [Condition] = []
    for element in elements { conditions.append(try reader.condition(element, isInOr: false)) }
    self = .all(conditions)
  }
}

private struct ConditionReader {
  let entity: EntitySchema
  private var alternatives = 0
  private var userDefined = 0

  init(entity: EntitySchema) { self.entity = entity }

  mutating func condition(_ json: JSONValue, isInOr: Bool) throws(Refusal) -> Condition {
    guard let name = json["op"]?.text?.lowercased() else {
      throw Refusal("A filter needs an op.")
    }
    if isInOr { try countAlternatives(1) }
    if name == "and" || name == "or" {
      var conditions: [Condition] = []
      for item in json["items"]?.elements ?? [] {
        conditions.append(try condition(item, isInOr: name == "or"))
      }
      guard !conditions.isEmpty else { throw Refusal("The op \(name) needs items.") }
      return name == "or" ? .any(conditions) : .all(conditions)
    }
    guard let field = json["field"]?.text else { throw Refusal("The op \(name) needs a field.") }
    let value = json["value"] ?? .null
    if json["udf"] == .bool(true) || json["udf"]?.text?.lowercased() == "true" {
      userDefined += 1
      guard entity.hasUserDefinedFields, userDefined == 1 else {
        throw Refusal("Only one user-defined field is allowed per query.")
      }
      return .userDefined(field.lowercased(), try test(name, value, of: nil))
    }
    guard let column = entity.column(field) else {
      throw Refusal("Unable to find \(field) in the \(entity.singular) Entity.")
    }
    let schema = entity.fields[column]
    guard !schema.flags.contains(.notQueryable) else {
      throw Refusal("The field \(schema.name) of the \(entity.singular) Entity is not queryable.")
    }
    return .cell(column, try test(name, value, of: schema))
  }

  private mutating func countAlternatives(_ number: Int) throws(Refusal) {
    alternatives += number
    guard alternatives <= 500 else { throw .tooManyConditions }
  }

  private mutating func test(
    _ name: String,
    _ value: JSONValue,
    of field: FieldSchema?
  ) throws(Refusal) -> Condition.Test {
    switch name {
    case "exist": return .exists
    case "notexist": return .isMissing
    case "eq": return .equals(try operand(value, of: field))
    case "noteq": return .differs(try operand(value, of: field))
    case "gt": return .isAbove(try operand(value, of: field), orEqual: false)
    case "gte": return .isAbove(try operand(value, of: field), orEqual: true)
    case "lt": return .isBelow(try operand(value, of: field), orEqual: false)
    case "lte": return .isBelow(try operand(value, of: field), orEqual: true)
    case "in", "notin":
      guard let elements = value.elements else { throw Refusal("The op \(name) needs an array.") }
      try countAlternatives(elements.count)
      var operands: Set<JSONValue> = []
      for element in elements { operands.insert(try operand(element, of: field)) }
      return name == "in" ? .isOneOf(operands) : .isNoneOf(operands)
    case "beginswith", "endswith", "contains":
      guard let text = value.text?.lowercased() else {
        throw Refusal("The op \(name) needs a string.")
      }
      return name == "beginswith"
        ? .begins(text) : name == "endswith" ? .ends(text) : .contains(text)
    default: throw Refusal("The op \(name) is unknown.")
    }
  }

  private func operand(_ value: JSONValue, of field: FieldSchema?) throws(Refusal) -> JSONValue {
    guard let field else { return value.folded }
    guard value != .null else { throw Refusal("A filter on \(field.name) needs a value.") }
    return try field.cell(value).folded
  }
}
