internal import XML

/// GetUserConfiguration: the person's own settings of Outlook on the web (`rules.md` 6).
struct GetUserConfiguration: EWSOperation {
  typealias Content = UserConfigurationContent

  let name = "OWA.UserOptions"
  let folder: WireFolderID

  let isRead = true
  let messageCount = 1

  func write(to writer: inout XMLWriter) {
    writer.start("m:GetUserConfiguration")
    writer.start("m:UserConfigurationName", [("Name", name)])
    writer.folderID(folder)
    writer.end()
    writer.element("m:UserConfigurationProperties", "Dictionary")
    writer.end()
  }
}

/// The dictionary of a configuration; of an entry with several values the first.
struct UserConfigurationContent: WireContent {
  private(set) var entries: [String: String] = [:]

  private var key: String?
  private var value: String?

  init() {}

  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {
    guard word == .dictionaryEntry else { return }
    key = nil
    value = nil
  }

  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {
    switch (word, path.last) {
    case (.value, .dictionaryKey): key = key ?? text.token
    case (.value, .dictionaryValue): value = value ?? text.token
    case (.dictionaryEntry, _):
      if let key, let value { entries[key] = value }
    default: break
    }
  }
}
