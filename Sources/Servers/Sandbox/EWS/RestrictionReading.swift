import World
import XML

/// Reads `m:Restriction` (`ews.md` 2.1).
enum RestrictionReading {
  static func restriction(_ element: XMLElement?) throws(EWSFault) -> Mailbox.Restriction? {
    guard let element else { return nil }
    guard let inner = element.children.first, element.children.count == 1 else {
      throw .schema("The element 'Restriction' has to hold one expression.")
    }
    return try expression(inner)
  }

  private static func expression(_ element: XMLElement) throws(EWSFault) -> Mailbox.Restriction {
    switch element.name {
    case "And": return .and(try expressions(element))
    case "Or": return .or(try expressions(element))
    case "Not":
      guard let inner = element.children.first else { throw .schema("'Not' is empty.") }
      return .not(try expression(inner))
    case "Exists": return .exists(try path(element))
    case "IsEqualTo": return try comparison(element, .equal)
    case "IsNotEqualTo": return try comparison(element, .notEqual)
    case "IsGreaterThan": return try comparison(element, .greater)
    case "IsGreaterThanOrEqualTo": return try comparison(element, .greaterOrEqual)
    case "IsLessThan": return try comparison(element, .less)
    case "IsLessThanOrEqualTo": return try comparison(element, .lessOrEqual)
    case "Contains":
      let mode = element["ContainmentMode"] ?? "FullString"
      guard let containment = Mailbox.Restriction.Containment(rawValue: mode),
        let constant = element.child("Constant")?["Value"]
      else { throw .schema("The element 'Contains' is not valid.") }
      return .contains(
        try path(element),
        constant,
        containment,
        ignoresCase: element["ContainmentComparison"]?.hasPrefix("Ignore") ?? false
      )
    case "Excludes":
      guard let value = element.child("Bitmask")?["Value"],
        let bits = value.lowercased().hasPrefix("0x")
          ? Int64(value.dropFirst(2), radix: 16) : Int64(value)
      else { throw .schema("The element 'Excludes' is not valid.") }
      return .excludes(try path(element), bits: bits)
    default: throw .schema("The element '\(element.name)' is no search expression.")
    }
  }

  private static func expressions(_ element: XMLElement) throws(EWSFault) -> [Mailbox.Restriction] {
    guard element.children.count > 1 else {
      throw .schema("The element '\(element.name)' has incomplete content.")
    }
    var all: [Mailbox.Restriction] = []
    for child in element.children { all.append(try expression(child)) }
    return all
  }

  private static func comparison(
    _ element: XMLElement,
    _ comparison: Mailbox.Restriction.Comparison
  ) throws(EWSFault) -> Mailbox.Restriction {
    guard let constant = element.descendant("FieldURIOrConstant", "Constant")?["Value"] else {
      throw EWSFault(
        code: "ErrorUnsupportedPathForQuery",
        message: "Two properties can not be compared with each other."
      )
    }
    return .compares(try path(element), comparison, constant)
  }

  private static func path(_ element: XMLElement) throws(EWSFault) -> Mailbox.PropertyPath {
    guard let first = element.children.first, PropertyPathReading.isPath(first) else {
      throw .schema("The element '\(element.name)' names no property.")
    }
    return try PropertyPathReading.path(first)
  }
}
