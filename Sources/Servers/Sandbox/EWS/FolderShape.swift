import World
import XML

/// What a client wants to see of a folder.
struct FolderShape: Sendable {
  private let isAll: Bool
  private let wanted: Set<String>
  let extended: [ExtendedField]

  init(_ element: XMLElement?) throws(EWSFault) {
    guard let element, let base = element.child("BaseShape")?.text else {
      throw .schema("The element 'FolderShape' is missing.")
    }
    var wanted: Set<String> = []
    var extended: [ExtendedField] = []
    switch base {
    case "IdOnly": isAll = false
    case "Default":
      isAll = false
      wanted = [
        "folder:DisplayName", "folder:TotalCount", "folder:ChildFolderCount", "folder:UnreadCount",
      ]
    case "AllProperties": isAll = true
    default: throw .schema("The value '\(base)' is invalid for 'BaseShape'.")
    }
    for path in element.child("AdditionalProperties")?.children ?? [] {
      switch path.name {
      case "FieldURI": wanted.insert(try PropertyPathReading.fieldURI(path))
      case "ExtendedFieldURI": extended.append(try PropertyPathReading.extended(path))
      default: throw .schema("The element '\(path.name)' is no property path of a folder.")
      }
    }
    self.wanted = wanted
    self.extended = extended
  }

  func wants(_ uri: String) -> Bool { isAll || wanted.contains(uri) }
}

/// Writes folders as EWS shows them.
struct FolderWriting {
  let shape: FolderShape
  let mailbox: Mailbox

  func write(_ folder: Mailbox.Folder, into writer: inout XMLWriter) {
    writer.start(Self.element(of: folder))
    writer.id("t:FolderId", mailbox.text(of: folder.id), mailbox.changeKey(of: folder))
    if shape.wants("folder:ParentFolderId") { writeParent(folder, into: &writer) }
    if shape.wants("folder:FolderClass"), !folder.folderClass.isEmpty {
      writer.leaf("t:FolderClass", folder.folderClass)
    }
    if shape.wants("folder:DisplayName") { writer.leaf("t:DisplayName", folder.name) }
    if shape.wants("folder:TotalCount") { writer.leaf("t:TotalCount", folder.itemCount) }
    if shape.wants("folder:ChildFolderCount") {
      writer.leaf("t:ChildFolderCount", mailbox.childCount(of: folder.id))
    }
    for field in shape.extended {
      if let values = folder.extended(field.path) { field.write(values, into: &writer) }
    }
    if shape.wants("folder:EffectiveRights") {
      Self.writeRights(canWrite: mailbox.mayWrite(in: folder.id), into: &writer)
    }
    if shape.wants("folder:DistinguishedFolderId"), let place = mailbox.place(of: folder.id) {
      writer.leaf("t:DistinguishedFolderId", place.rawValue)
    }
    // A calendar folder has no unread count (`ews.md` 2.2).
    if shape.wants("folder:UnreadCount"), Self.element(of: folder) != "t:CalendarFolder",
      Self.element(of: folder) != "t:ContactsFolder"
    {
      writer.leaf("t:UnreadCount", 0)
    }
    writer.end()
  }

  func writeID(_ folder: Mailbox.Folder, into writer: inout XMLWriter) {
    writer.start(Self.element(of: folder))
    writer.id("t:FolderId", mailbox.text(of: folder.id), mailbox.changeKey(of: folder))
    writer.end()
  }

  static func element(of folder: Mailbox.Folder) -> String {
    if folder.isCalendar { return "t:CalendarFolder" }
    if folder.isContacts { return "t:ContactsFolder" }
    return folder.folderClass == "IPF.Task" ? "t:TasksFolder" : "t:Folder"
  }

  static func writeRights(canWrite: Bool, into writer: inout XMLWriter) {
    writer.start("t:EffectiveRights")
    for right in ["CreateAssociated", "CreateContents", "CreateHierarchy", "Delete", "Modify"] {
      writer.leaf("t:\(right)", canWrite)
    }
    for right in ["Read", "ViewPrivateItems"] { writer.leaf("t:\(right)", true) }
    writer.end()
  }

  private func writeParent(_ folder: Mailbox.Folder, into writer: inout XMLWriter) {
    // A root names itself as its parent's child nowhere; Exchange answers the root's own id.
    let id = folder.parent ?? folder.id
    do {
      let parent = try mailbox.folder(id)
      writer.id("t:ParentFolderId", mailbox.text(of: id), mailbox.changeKey(of: parent))
    } catch { return }
  }
}
