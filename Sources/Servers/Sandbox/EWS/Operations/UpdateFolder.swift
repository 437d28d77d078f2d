import World
import XML

extension EWSDesk {
  func updateFolder(_ mailbox: inout Mailbox, at now: Int64) throws(EWSFault) -> [UInt8] {
    let changes = operation.child("FolderChanges")?.children("FolderChange") ?? []
    guard !changes.isEmpty else { throw .schema("The element 'FolderChanges' is empty.") }
    let shape = try FolderShape(EWSDesk.idOnly("FolderShape"))
    var reply = EWSReply("UpdateFolder", from: build)
    for change in changes {
      guard let target = change.children.first, change.children.count == 2,
        let updates = change.child("Updates")
      else { throw .schema("The element 'FolderChange' has to hold an id and its updates.") }
      do throws(EWSRefusal) {
        let id = try folderID(target, in: mailbox)
        var wanted: [Mailbox.FolderChange] = []
        for update in updates.children { wanted.append(try folderChange(update)) }
        try asked { () throws(Mailbox.Refusal) in
          try mailbox.updateFolder(id, wanted, at: now)
        }
        let folder = try asked { () throws(Mailbox.Refusal) in try mailbox.folder(id) }
        let writing = FolderWriting(shape: shape, mailbox: mailbox)
        reply.success { writer in
          writer.start("m:Folders")
          writing.writeID(folder, into: &writer)
          writer.end()
        }
      } catch {
        reply.error(error) { $0.element("m:Folders") }
      }
    }
    return reply.finished()
  }

  private func folderChange(_ update: XMLElement) throws(EWSRefusal) -> Mailbox.FolderChange {
    let path: Mailbox.PropertyPath
    do throws(EWSFault) {
      guard let first = update.children.first else { throw EWSFault.schema("An update is empty.") }
      path = try PropertyPathReading.path(first)
    } catch {
      throw EWSRefusal(error.code, error.message)
    }
    switch (update.name, path) {
    case ("SetFolderField", .field("folder:DisplayName")):
      return .name(try onlyChild(of: update, named: "DisplayName").text)
    case ("SetFolderField", .field("folder:FolderClass")):
      return .folderClass(try onlyChild(of: update, named: "FolderClass").text)
    case ("SetFolderField", .extended(let path)):
      let property = try ItemReading.extended(
        try onlyChild(of: update, named: "ExtendedProperty")
      )
      guard property.path == path else { throw Self.mismatch }
      return .set(property)
    case ("DeleteFolderField", .extended(let path)): return .remove(path)
    case ("DeleteFolderField", .field(let uri)), ("DeleteFolderField", .indexed(let uri, _)):
      throw .property("ErrorInvalidPropertyDelete", uri)
    case (_, .field(let uri)), (_, .indexed(let uri, _)):
      throw .property("ErrorInvalidPropertySet", uri)
    case (_, .extended): throw EWSRefusal("ErrorInvalidPropertyAppend", "Append is not possible.")
    }
  }

  /// The single property inside the folder or item element of an update.
  func onlyChild(of update: XMLElement, named name: String) throws(EWSRefusal) -> XMLElement {
    guard update.children.count == 2 else { throw Self.mismatch }
    let properties = update.children[1].children
    guard properties.count == 1 else {
      throw EWSRefusal(
        "ErrorIncorrectUpdatePropertyCount",
        "An object within a change description must contain one and only one property to modify."
      )
    }
    guard properties[0].name == name else { throw Self.mismatch }
    return properties[0]
  }

  static var mismatch: EWSRefusal {
    EWSRefusal(
      "ErrorUpdatePropertyMismatch",
      "A property in an update object does not match its path."
    )
  }
}
