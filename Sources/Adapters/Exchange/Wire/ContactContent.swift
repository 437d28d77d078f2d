internal import XML

/// A contact as GetItem answers it: the wire's names, everything optional.
struct WireContact: Sendable {
  /// The element's name: `Contact`, or that of another class.
  var element = ""
  var itemID = WireItemID(id: "", changeKey: "")
  var parentFolderID: String?
  var itemClass: String?
  var lastModifiedTime: String?
  var stamp: String?
  /// By the names of their elements, or of the keys of their entries; of addresses the business one.
  var texts: [String: String] = [:]
}

/// The contact of one GetItem message, read from its events.
struct ContactContent: WireContent {
  /// Nil when the message carried none.
  var contact: WireContact? { depth > 0 ? read : nil }

  private var read = WireContact()
  /// How many elements are open around the contact's fields; zero before it.
  private var depth = 0
  private var wanted: ExtendedField?
  private var key = ""

  init() {}

  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {
    if depth == 0 {
      guard path.last == .items else { return }
      read.element = element.name.local
      depth = path.count + 1
      return
    }
    switch (word, path.last) {
    case (.itemID, _) where path.count == depth: read.itemID = WireItemID(element.attributes)
    case (.parentFolderID, _) where path.count == depth:
      read.parentFolderID = element.attributes["Id"]
    case (.extendedFieldURI, .extendedProperty):
      wanted = [.stamp, .namePrefix].first { $0.isNamed(by: element.attributes) }
    case (.entry, _): key = element.attributes["Key"] ?? ""
    default: break
    }
  }

  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {
    guard depth > 0, path.count >= depth else { return }
    if path.count == depth {
      switch word {
      case .itemClass: read.itemClass = text.token
      case .lastModifiedTime: read.lastModifiedTime = text.token
      default: read.texts[word.rawValue] = text.string
      }
      return
    }
    switch (word, path.last) {
    case (.value, .extendedProperty):
      if wanted == .stamp { read.stamp = text.token }
      if wanted == .namePrefix { read.texts["Title"] = text.string }
    case (.entry, .emailAddresses), (.entry, .phoneNumbers): read.texts[key] = text.string
    case (_, .entry) where path.dropLast().last == .physicalAddresses && key == "Business":
      read.texts[word.rawValue] = text.string
    default: break
    }
  }
}
