import World
import XML

/// What a client wants to see of an item.
struct ItemShape: Sendable {
  enum BodyFormat: String { case best = "Best", html = "HTML", text = "Text" }

  private let isAll: Bool
  private let wanted: Set<String>
  /// Single entries of a contact's dictionaries, by their keys.
  private let entries: [ContactField.Dictionary: Set<String>]
  /// FindItem and SyncFolderItems: short strings, no complex properties.
  let isListing: Bool
  let bodyFormat: BodyFormat
  let maximumBody: Int?
  let extended: [ExtendedField]

  init(_ element: XMLElement?, isListing: Bool) throws(EWSFault) {
    guard let element, let base = element.child("BaseShape")?.text else {
      throw .schema("The element 'ItemShape' is missing.")
    }
    var wanted: Set<String> = []
    var entries: [ContactField.Dictionary: Set<String>] = [:]
    var extended: [ExtendedField] = []
    switch base {
    case "IdOnly": isAll = false
    case "Default":
      isAll = false
      wanted = ItemField.standard.union(ContactField.standard)
    case "AllProperties": isAll = true
    default: throw .schema("The value '\(base)' is invalid for 'BaseShape'.")
    }
    for path in element.child("AdditionalProperties")?.children ?? [] {
      switch path.name {
      case "FieldURI": wanted.insert(try PropertyPathReading.fieldURI(path))
      case "ExtendedFieldURI": extended.append(try PropertyPathReading.extended(path))
      case "IndexedFieldURI":
        guard let dictionary = ContactField.Dictionary(uri: path["FieldURI"] ?? "") else {
          continue
        }
        entries[dictionary, default: []].insert(path["FieldIndex"] ?? "")
      default: throw .schema("The element '\(path.name)' is no property path.")
      }
    }
    guard let format = BodyFormat(rawValue: element.child("BodyType")?.text ?? "Best") else {
      throw .schema("The value of 'BodyType' is invalid.")
    }
    self.wanted = wanted
    self.entries = entries
    self.isListing = isListing
    bodyFormat = format
    maximumBody = element.child("MaximumBodySize").flatMap { Int($0.text) }
    self.extended = extended
  }

  func wants(_ uri: String) -> Bool {
    guard isAll || wanted.contains(uri) else { return false }
    return !(isListing && ItemField.missingInListings.contains(uri))
  }

  func wants(_ dictionary: ContactField.Dictionary, _ key: String) -> Bool {
    wants("contacts:\(dictionary.element)") || entries[dictionary]?.contains(key) == true
  }

  /// Strings in listings are cut at 255 units.
  func shown(_ text: String) -> String { isListing ? text.cut(at: 255) : text }
}
