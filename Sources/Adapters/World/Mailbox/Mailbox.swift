/// An Exchange mailbox as a stranger knows it from outside (`ews.md` sections 2, 3 and 9): folders,
/// items, change keys and sync states, all in memory.
///
/// A pure value: time comes in as seconds since 1970 UTC, zones as `ZoneOffsets`, ids and change
/// numbers from counters, so that the same calls always make the same mailbox.
package struct Mailbox: Codable, Sendable {
  package let owner: Person
  package let guid: GUID
  /// How many times the mailbox sent mail on its owner's behalf.
  package internal(set) var mailsSent = 0
  /// How many writes of appointments did not ask for `SendToNone`, whether or not a mail followed.
  package internal(set) var loudWrites = 0
  /// An administrator's to give; without it the public folders can only be read.
  package var mayWritePublicFolders = true

  /// The last number given to a folder or an item.
  var number = 0x1000
  /// The last change number given.
  var change = 0x10_0000
  /// Sync states of another epoch are refused.
  var epoch = 1
  var folders: [Int: Folder] = [:]
  var places: [Place: Int] = [:]
  var removedFolders: [RemovedFolder] = []
  var items: [Int: Item] = [:]
  var configurations: [UserConfiguration] = []
  /// Where items with a value of an extended property are; rebuilt, never stored.
  var index = PropertyIndex()
  /// The parts that all ids have in common; made from the GUID, never stored.
  let spelling: IDSpelling

  enum CodingKeys: CodingKey {
    case owner, guid, mailsSent, number, change, epoch, folders, places, removedFolders, items
    case configurations, mayWritePublicFolders, loudWrites
  }

  /// A mailbox with the folders every mailbox has.
  ///
  /// `seed` names it: another seed is another mailbox.
  package init(owner: Person, seed: UInt64, at now: Int64) {
    self.owner = owner
    guid = GUID(seed: seed)
    spelling = IDSpelling(guid)
    makePlaces(at: now)
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    owner = try values.decode(Person.self, forKey: .owner)
    guid = try values.decode(GUID.self, forKey: .guid)
    spelling = IDSpelling(guid)
    mailsSent = try values.decode(Int.self, forKey: .mailsSent)
    // Worlds that were stored before this was counted have none.
    loudWrites = try values.decodeIfPresent(Int.self, forKey: .loudWrites) ?? 0
    number = try values.decode(Int.self, forKey: .number)
    change = try values.decode(Int.self, forKey: .change)
    epoch = try values.decode(Int.self, forKey: .epoch)
    folders = try values.decode([Int: Folder].self, forKey: .folders)
    places = try values.decode([Place: Int].self, forKey: .places)
    removedFolders = try values.decode([RemovedFolder].self, forKey: .removedFolders)
    items = try values.decode([Int: Item].self, forKey: .items)
    configurations = try values.decode([UserConfiguration].self, forKey: .configurations)
    mayWritePublicFolders = try values.decode(Bool.self, forKey: .mayWritePublicFolders)
    for item in items.values { index.add(item) }
  }

  mutating func nextNumber() -> Int {
    number += 1
    return number
  }

  mutating func nextChange() -> Int {
    change += 1
    return change
  }
}

extension Mailbox {
  /// A dictionary that a program keeps in a folder, such as `OWA.UserOptions` in the root.
  package struct UserConfiguration: Hashable, Codable, Sendable {
    package let folder: FolderID
    package let name: String
    package var entries: [String: String]
  }

  /// A configuration, or nil where no program has written one.
  package func userConfiguration(_ name: String, in folder: FolderID) -> UserConfiguration? {
    configurations.first { $0.folder == folder && $0.name == name }
  }

  /// Writes entries beside those that are there; nil removes one.
  package mutating func setUserConfiguration(
    _ name: String,
    in folder: FolderID,
    _ entries: [String: String?]
  ) {
    let place =
      configurations.firstIndex { $0.folder == folder && $0.name == name }
      ?? {
        configurations.append(UserConfiguration(folder: folder, name: name, entries: [:]))
        return configurations.count - 1
      }()
    for (key, value) in entries { configurations[place].entries[key] = value }
  }

  /// The Windows zone the owner chose in Outlook on the web; nil for people who never opened it.
  package var timeZone: String? {
    get { userConfiguration("OWA.UserOptions", in: folderID(.root))?.entries["timezone"] }
    set { setUserConfiguration("OWA.UserOptions", in: folderID(.root), ["timezone": newValue]) }
  }
}

extension Mailbox {
  /// What a backup held takes the place of what is there; sync states given so far are refused.
  package mutating func restore(_ old: Mailbox) {
    let (number, change, epoch, mails) = (number, change, epoch, mailsSent)
    self = old
    (self.number, self.change) = (max(number, old.number), max(change, old.change))
    (self.epoch, mailsSent) = (epoch + 1, mails)
  }
}
