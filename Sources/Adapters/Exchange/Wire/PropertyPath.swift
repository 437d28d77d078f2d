internal import XML

/// The path of a property, as requests name it.
enum PropertyPath: Sendable, Hashable {
  /// Such as `calendar:Start`.
  case field(String)
  /// Such as `contacts:PhoneNumber`, `MobilePhone`.
  case indexed(String, String)
  case extended(ExtendedField)
}

/// The path of a property outside the schema (`ews.md` 2.1).
struct ExtendedField: Sendable, Hashable {
  enum Name: Sendable, Hashable {
    case name(String)
    case id(Int)
    case tag(Int)
  }

  /// Nil with a tag.
  let set: String?
  let name: Name
  let type: String

  /// The named property that holds an item's stamp (`rules.md` 7, `ews.md` 3.5).
  static let stamp = ExtendedField(
    set: "PublicStrings",
    name: .name("x-lockstep-stamp"),
    type: "String"
  )

  /// The named property that holds the folder mark (`rules.md` 7).
  static let folderMark = ExtendedField(
    set: "PublicStrings",
    name: .name("x-lockstep-folder"),
    type: "String"
  )

  /// PidTagDisplayNamePrefix, for which EWS has no name (`ews.md` 5.1).
  static let namePrefix = ExtendedField(set: nil, name: .tag(0x3A45), type: "String")

  /// PidLidCleanGlobalObjectId (`ews.md` 3.6).
  static let cleanGlobalObjectID = ExtendedField(set: "Meeting", name: .id(35), type: "Binary")

  /// Whether a reply's `ExtendedFieldURI` names this property.
  func isNamed(by attributes: XMLAttributes) -> Bool {
    guard attributes["DistinguishedPropertySetId"] == set else { return false }
    switch name {
    case .name(let name): return attributes["PropertyName"] == name
    case .id(let id): return attributes["PropertyId"].flatMap { Int($0) } == id
    case .tag(let tag):
      guard let text = attributes["PropertyTag"]?.lowercased() else { return false }
      return (text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)) == tag
    }
  }
}

extension XMLWriter {
  mutating func path(_ path: PropertyPath) {
    switch path {
    case .field(let uri): element("t:FieldURI", "", ("FieldURI", uri))
    case .indexed(let uri, let index):
      element("t:IndexedFieldURI", "", ("FieldURI", uri), ("FieldIndex", index))
    case .extended(let field): extendedFieldURI(field)
    }
  }

  mutating func paths(_ paths: [PropertyPath]) {
    guard !paths.isEmpty else { return }
    start("t:AdditionalProperties")
    for path in paths { self.path(path) }
    end()
  }

  mutating func extendedProperty(_ field: ExtendedField, _ value: String) {
    start("t:ExtendedProperty")
    extendedFieldURI(field)
    element("t:Value", value)
    end()
  }

  private mutating func extendedFieldURI(_ field: ExtendedField) {
    var attributes: [(String, String)] = []
    if let set = field.set { attributes.append(("DistinguishedPropertySetId", set)) }
    switch field.name {
    case .name(let name): attributes.append(("PropertyName", name))
    case .id(let id): attributes.append(("PropertyId", String(id)))
    case .tag(let tag): attributes.append(("PropertyTag", "0x" + String(tag, radix: 16)))
    }
    attributes.append(("PropertyType", field.type))
    start("t:ExtendedFieldURI", attributes)
    end()
  }
}
