extension Mailbox {
  /// A MAPI property that EWS has no name for, with its value as EWS spells it.
  package struct ExtendedProperty: Hashable, Codable, Sendable {
    package var path: ExtendedPath
    /// One text for a plain type, any number for an array type.
    package var values: [String]

    package init(_ path: ExtendedPath, _ values: [String]) {
      self.path = path
      self.values = values
    }

    package init(_ path: ExtendedPath, _ value: String) {
      self.init(path, [value])
    }
  }

  /// What names an extended property: (set or tag, name or id, type), `ews.md` 2.1.
  package struct ExtendedPath: Hashable, Codable, Sendable {
    package enum Name: Hashable, Codable, Sendable {
      case tag(Int)
      case id(Int)
      case name(String)
    }

    /// The property set's GUID in lower case; nil with a tag.
    package let set: String?
    package let name: Name
    /// The type as EWS spells it, such as `String`, `Binary` or `StringArray`.
    package let type: String

    package init(tag: Int, type: String) {
      set = nil
      name = .tag(tag)
      self.type = type
    }

    package init(set: String, _ name: Name, type: String) {
      self.set = set.lowercased()
      self.name = name
      self.type = type
    }

    /// A property in one of the sets that EWS knows by name; nil for an unknown set.
    package init?(distinguished: String, _ name: Name, type: String) {
      guard let set = Self.distinguishedSets[distinguished] else { return nil }
      self.init(set: set, name, type: type)
    }

    /// A property that a program names itself: `PublicStrings` and a name.
    package static func publicString(_ name: String) -> ExtendedPath {
      ExtendedPath(set: publicStrings, .name(name), type: "String")
    }

    package static let publicStrings = "00020329-0000-0000-c000-000000000046"
    static let address = "00062004-0000-0000-c000-000000000046"
    static let meeting = "6ed8da90-450b-101b-98da-00aa003f1305"

    /// `Meeting/3`, with the date of the instance.
    package static let globalObjectID = ExtendedPath(set: meeting, .id(3), type: "Binary")
    /// `Meeting/35`, equal on a series and all its exceptions.
    package static let cleanGlobalObjectID = ExtendedPath(set: meeting, .id(35), type: "Binary")
    static let localCommitTimeMax = ExtendedPath(tag: 0x670A, type: "SystemTime")
    static let deletedCountTotal = ExtendedPath(tag: 0x670B, type: "Integer")
    static let lastModificationTime = ExtendedPath(tag: 0x3008, type: "SystemTime")
    static let creationTime = ExtendedPath(tag: 0x3007, type: "SystemTime")
    static let subject = ExtendedPath(tag: 0x0037, type: "String")

    private static let distinguishedSets = [
      "Address": address,
      "Appointment": "00062002-0000-0000-c000-000000000046",
      "CalendarAssistant": "11000e07-b51b-40d6-af21-caa85edab1d0",
      "Common": "00062008-0000-0000-c000-000000000046",
      "InternetHeaders": "00020386-0000-0000-c000-000000000046",
      "Meeting": meeting,
      "PublicStrings": publicStrings,
      "Sharing": "00062040-0000-0000-c000-000000000046",
      "Task": "00062003-0000-0000-c000-000000000046",
      "UnifiedMessaging": "4442858e-a9e3-4e80-b900-317a210cc15b",
    ]
  }

  /// What names any property in a restriction, an order or an update.
  package enum PropertyPath: Hashable, Sendable {
    case field(String)
    case indexed(String, String)
    case extended(ExtendedPath)
  }
}
