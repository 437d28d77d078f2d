extension Mailbox {
  /// The folders that every mailbox has, by the names of EWS.
  package enum Place: String, Codable, Sendable, CaseIterable {
    case root
    case msgfolderroot
    case calendar
    case contacts
    case tasks
    case inbox
    case drafts
    case deleteditems
    case recoverableitemsdeletions
    case publicfoldersroot
  }

  /// A folder as the mailbox keeps it.
  package struct Folder: Codable, Sendable {
    package let id: FolderID
    /// nil for a root.
    package internal(set) var parent: FolderID?
    package internal(set) var folderClass: String
    package internal(set) var name: String
    package internal(set) var extended: [ExtendedProperty] = []
    let created: Int
    var change: Int
    /// When an item in it last changed.
    var contentTime: Int64
    /// Numbers of the items inside, ascending.
    var members: [Int] = []
    var log: [FolderLogEntry] = []
    var tombstones: [Int: Tombstone] = [:]
    var deletedTotal = 0

    package var itemCount: Int { members.count }

    package var isCalendar: Bool {
      folderClass == "IPF.Appointment" || folderClass.hasPrefix("IPF.Appointment.")
    }

    package var isContacts: Bool {
      folderClass == "IPF.Contact" || folderClass.hasPrefix("IPF.Contact.")
    }

    var changeKeyKind: ChangeKeyKind {
      if isCalendar { return .calendarFolder }
      if isContacts { return .contactsFolder }
      return folderClass == "IPF.Task" ? .tasksFolder : .folder
    }

    /// The values of an extended property, those that Exchange computes included.
    package func extended(_ path: ExtendedPath) -> [String]? {
      switch path {
      case .localCommitTimeMax: [Timestamp.text(contentTime)]
      case .deletedCountTotal: [String(deletedTotal)]
      default: extended.first { $0.path == path }?.values
      }
    }
  }

  struct RemovedFolder: Codable, Sendable {
    let id: FolderID
    let parent: FolderID?
    let change: Int
  }

  package enum DeleteType: String, Sendable {
    case hardDelete = "HardDelete"
    case softDelete = "SoftDelete"
    case moveToDeletedItems = "MoveToDeletedItems"
  }

  package enum FolderChange: Sendable {
    case name(String)
    case folderClass(String)
    case set(ExtendedProperty)
    case remove(ExtendedPath)
  }
}

extension Mailbox {
  /// The id of a folder that every mailbox has.
  package func folderID(_ place: Place) -> FolderID {
    FolderID(number: places[place] ?? 0)
  }

  /// Throws `ErrorItemNotFound` when there is none (as Exchange does for folders too).
  package func folder(_ id: FolderID) throws(Refusal) -> Folder {
    guard let folder = folders[id.number] else { throw Refusal(.errorItemNotFound) }
    return folder
  }

  package func place(of id: FolderID) -> Place? {
    places.first { $0.value == id.number }?.key
  }

  /// The folders directly or anywhere below `parent`, by number.
  package func folders(below parent: FolderID, deep: Bool) -> [Folder] {
    folders.values
      .filter { deep ? isFolder($0.id, below: parent) : $0.parent == parent }
      .sorted { $0.id.number < $1.id.number }
  }

  package func childCount(of id: FolderID) -> Int {
    folders.values.count { $0.parent == id }
  }

  func isFolder(_ id: FolderID, below ancestor: FolderID) -> Bool {
    var next = folders[id.number]?.parent
    while let parent = next {
      if parent == ancestor { return true }
      next = folders[parent.number]?.parent
    }
    return false
  }

  /// True for the root of the public folders and everything below it.
  package func isPublic(_ id: FolderID) -> Bool {
    let root = folderID(.publicfoldersroot)
    return id == root || isFolder(id, below: root)
  }

  /// Whether the owner may make, change and delete there; reading is always allowed.
  package func mayWrite(in id: FolderID) -> Bool { mayWritePublicFolders || !isPublic(id) }

  func checkRight(in id: FolderID, or code: Code) throws(Refusal) {
    guard mayWrite(in: id) else { throw Refusal(code) }
  }

  /// Throws `ErrorFolderExists` for a name that its parent already holds.
  package mutating func createFolder(
    _ name: String,
    folderClass: String,
    in parent: FolderID,
    extended: [ExtendedProperty] = [],
    at now: Int64
  ) throws(Refusal) -> FolderID {
    guard folders[parent.number] != nil else { throw Refusal(.errorFolderNotFound) }
    try checkRight(in: parent, or: .errorAccessDenied)
    try checkName(name, in: parent)
    let id = addFolder(name, folderClass: folderClass, in: parent, at: now)
    folders[id.number]?.extended = extended
    return id
  }

  package mutating func updateFolder(
    _ id: FolderID,
    _ changes: [FolderChange],
    at now: Int64
  ) throws(Refusal) {
    var changed = try folder(id)
    try checkRight(in: id, or: .errorAccessDenied)
    for change in changes {
      switch change {
      case .name(let name):
        if name != changed.name, let parent = changed.parent { try checkName(name, in: parent) }
        changed.name = name
      case .folderClass(let folderClass): changed.folderClass = folderClass
      case .set(let property):
        changed.extended.removeAll { $0.path == property.path }
        changed.extended.append(property)
      case .remove(let path): changed.extended.removeAll { $0.path == path }
      }
    }
    changed.change = nextChange()
    folders[id.number] = changed
  }

  package mutating func deleteFolder(
    _ id: FolderID,
    _ type: DeleteType,
    at now: Int64
  ) throws(Refusal) {
    var removed = try folder(id)
    guard place(of: id) == nil else { throw Refusal(.errorDeleteDistinguishedFolder) }
    try checkRight(in: id, or: .errorAccessDenied)
    let change = nextChange()
    if type == .moveToDeletedItems, removed.parent != folderID(.deleteditems) {
      removed.parent = folderID(.deleteditems)
      removed.change = change
      folders[id.number] = removed
      return
    }
    for folder in folders(below: id, deep: true) + [removed] {
      for member in folder.members {
        if let item = items.removeValue(forKey: member) { index.remove(item) }
      }
      folders[folder.id.number] = nil
      removedFolders.append(
        RemovedFolder(id: folder.id, parent: folder.parent, change: change)
      )
    }
  }

  mutating func makePlaces(at now: Int64) {
    func place(_ place: Place, _ name: String, _ folderClass: String, in parent: Place?) {
      let id = addFolder(
        name,
        folderClass: folderClass,
        in: parent.map { folderID($0) },
        at: now
      )
      places[place] = id.number
    }
    place(.root, "", "", in: nil)
    place(.msgfolderroot, "Top of Information Store", "IPF", in: .root)
    place(.calendar, "Calendar", "IPF.Appointment", in: .msgfolderroot)
    place(.contacts, "Contacts", "IPF.Contact", in: .msgfolderroot)
    place(.deleteditems, "Deleted Items", "IPF.Note", in: .msgfolderroot)
    place(.drafts, "Drafts", "IPF.Note", in: .msgfolderroot)
    place(.inbox, "Inbox", "IPF.Note", in: .msgfolderroot)
    place(.tasks, "Tasks", "IPF.Task", in: .msgfolderroot)
    place(.recoverableitemsdeletions, "Deletions", "IPF", in: .root)
    place(.publicfoldersroot, "IPM_SUBTREE", "IPF", in: nil)
  }

  private mutating func addFolder(
    _ name: String,
    folderClass: String,
    in parent: FolderID?,
    at now: Int64
  ) -> FolderID {
    let id = FolderID(number: nextNumber())
    let change = nextChange()
    folders[id.number] = Folder(
      id: id,
      parent: parent,
      folderClass: folderClass,
      name: name,
      created: change,
      change: change,
      contentTime: now
    )
    return id
  }

  private func checkName(_ name: String, in parent: FolderID) throws(Refusal) {
    let exists = folders.values.contains {
      $0.parent == parent && $0.name.lowercased() == name.lowercased()
    }
    if exists { throw Refusal(.errorFolderExists) }
  }
}
