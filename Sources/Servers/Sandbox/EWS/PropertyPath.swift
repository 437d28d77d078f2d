import World
import XML

/// An extended property as a client names it: what it means, and how it spelt it.
struct ExtendedField: Sendable {
  let path: Mailbox.ExtendedPath
  /// Echoed in replies.
  let attributes: [(String, String)]
}

/// Reads the names of properties in requests (`ews.md` 2.1).
enum PropertyPathReading {
  static func path(_ element: XMLElement) throws(EWSFault) -> Mailbox.PropertyPath {
    switch element.name {
    case "FieldURI":
      return .field(try fieldURI(element))
    case "IndexedFieldURI":
      return .indexed(element["FieldURI"] ?? "", element["FieldIndex"] ?? "")
    case "ExtendedFieldURI":
      return .extended(try extended(element).path)
    default:
      throw .schema("The element '\(element.name)' is no property path.")
    }
  }

  static func isPath(_ element: XMLElement) -> Bool {
    ["FieldURI", "IndexedFieldURI", "ExtendedFieldURI"].contains(element.name)
  }

  static func fieldURI(_ element: XMLElement) throws(EWSFault) -> String {
    let uri = element["FieldURI"] ?? ""
    let prefixes = [
      "folder:", "message:", "task:", "meeting:", "meetingRequest:", "distributionlist:",
      "postitem:", "conversation:", "persona:", "rolemember:", "person:",
    ]
    let isKnown =
      ItemField.all.contains(uri) || ContactField.all.contains(uri)
      || prefixes.contains { uri.hasPrefix($0) }
    guard isKnown else {
      throw .schema(
        "The 'FieldURI' attribute is invalid - The value '\(uri)' is invalid according to its "
          + "datatype 'UnindexedFieldURIType'."
      )
    }
    return uri
  }

  static func extended(_ element: XMLElement) throws(EWSFault) -> ExtendedField {
    let type = element["PropertyType"] ?? ""
    guard types.contains(type) else {
      throw .schema(
        "The value '\(type)' is invalid according to its datatype 'MapiPropertyTypeType'."
      )
    }
    let attributes = element.attributes.filter { $0.namespace.isEmpty }.map { ($0.local, $0.value) }
    guard let path = path(element, type) else {
      throw EWSFault(
        code: "ErrorInvalidExtendedProperty",
        message: "The extended property attribute combination is invalid."
      )
    }
    return ExtendedField(path: path, attributes: attributes)
  }

  private static func path(_ element: XMLElement, _ type: String) -> Mailbox.ExtendedPath? {
    let distinguished = element["DistinguishedPropertySetId"]
    let set = element["PropertySetId"]
    if let tag = element["PropertyTag"] {
      guard distinguished == nil, set == nil, element["PropertyName"] == nil,
        element["PropertyId"] == nil, let number = number(tag), number < 0x8000
      else { return nil }
      return Mailbox.ExtendedPath(tag: number, type: type)
    }
    let name: Mailbox.ExtendedPath.Name
    switch (element["PropertyName"], element["PropertyId"]) {
    case (let text?, nil): name = .name(text)
    case (nil, let id?):
      guard let number = number(id) else { return nil }
      name = .id(number)
    default: return nil
    }
    switch (distinguished, set) {
    case (let known?, nil):
      return Mailbox.ExtendedPath(distinguished: known, name, type: type)
    case (nil, let guid?): return Mailbox.ExtendedPath(set: guid, name, type: type)
    default: return nil
    }
  }

  private static func number(_ text: String) -> Int? {
    text.lowercased().hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
  }

  private static let types: Set<String> = {
    let plain = [
      "ApplicationTime", "Binary", "CLSID", "Currency", "Double", "Float", "Integer", "Long",
      "Short", "SystemTime", "String",
    ]
    return Set(
      plain + plain.map { "\($0)Array" } + ["Boolean", "Error", "Null", "Object", "ObjectArray"]
    )
  }()
}

extension ExtendedField {
  /// Reads the values of an `ExtendedProperty` in the form in which they are compared.
  func property(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.ExtendedProperty {
    let texts =
      element.child("Values")?.children("Value").map(\.text)
      ?? element.children("Value").map(\.text)
    guard texts.count == 1 || path.type.hasSuffix("Array") else {
      throw EWSRefusal(
        "ErrorInvalidExtendedPropertyValue",
        "The extended property value is not valid for its type."
      )
    }
    var values: [String] = []
    for text in texts { values.append(try canonical(text)) }
    return Mailbox.ExtendedProperty(path, values)
  }

  private func canonical(_ text: String) throws(EWSRefusal) -> String {
    let value: String? =
      switch path.type {
      case "Integer", "Short", "Long", "IntegerArray", "ShortArray", "LongArray":
        Int64(text).map { String($0) }
      case "Boolean":
        ["true", "1"].contains(text.lowercased())
          ? "true" : (["false", "0"].contains(text.lowercased()) ? "false" : nil)
      case "Binary", "BinaryArray": Base64.bytes(text).map { Base64.text($0) }
      case "SystemTime", "SystemTimeArray":
        Timestamp.reading(text).map { Timestamp.text($0.wallClock - Int64($0.offset ?? 0)) }
      default: text
      }
    guard let value else {
      throw EWSRefusal(
        "ErrorInvalidExtendedPropertyValue",
        "The extended property value is not valid for its type."
      )
    }
    return value
  }

  /// Writes the property as `t:ExtendedProperty` in the client's own spelling.
  func write(_ values: [String], cutAt limit: Int? = nil, into writer: inout XMLWriter) {
    writer.start("t:ExtendedProperty")
    writer.start("t:ExtendedFieldURI", attributes)
    writer.end()
    if path.type.hasSuffix("Array") {
      writer.start("t:Values")
      for value in values { writer.leaf("t:Value", value) }
      writer.end()
    } else {
      let value = values.first ?? ""
      writer.leaf("t:Value", limit.map { value.cut(at: $0) } ?? value)
    }
    writer.end()
  }
}

extension String {
  /// At most so many UTF-16 units, never half a character.
  func cut(at limit: Int) -> String {
    guard utf16.count > limit else { return self }
    var end = utf16.index(utf16.startIndex, offsetBy: limit)
    while end > startIndex, end.samePosition(in: self) == nil { end = utf16.index(before: end) }
    return String(self[..<end])
  }
}
