import World
import XML

extension EWSDesk {
  func createFolder(_ mailbox: inout Mailbox, at now: Int64) throws(EWSFault) -> [UInt8] {
    guard let parent = operation.child("ParentFolderId")?.children.first,
      let folders = operation.child("Folders")?.children, !folders.isEmpty
    else { throw .schema("The request names no parent or no folder.") }
    let shape = try FolderShape(EWSDesk.idOnly("FolderShape"))
    var reply = EWSReply("CreateFolder", from: build)
    for element in folders {
      do throws(EWSRefusal) {
        let home = try folderID(parent, in: mailbox)
        let extended = try folderProperties(element)
        let name = element.child("DisplayName")?.text ?? ""
        guard !name.isEmpty else {
          throw EWSRefusal("ErrorFolderSavePropertyError", "The folder has no name.")
        }
        let id = try asked { () throws(Mailbox.Refusal) in
          try mailbox.createFolder(
            name,
            folderClass: element.child("FolderClass")?.text ?? Self.folderClass(element.name),
            in: home,
            extended: extended,
            at: now
          )
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

  func folderProperties(
    _ element: XMLElement
  ) throws(EWSRefusal) -> [Mailbox.ExtendedProperty] {
    var properties: [Mailbox.ExtendedProperty] = []
    for child in element.children("ExtendedProperty") {
      properties.append(try ItemReading.extended(child))
    }
    return properties
  }

  /// The shape with nothing but ids.
  static func idOnly(_ name: String) -> XMLElement {
    XMLElement(name: name, children: [XMLElement(name: "BaseShape", text: "IdOnly")])
  }

  private static func folderClass(_ element: String) -> String {
    switch element {
    case "CalendarFolder": "IPF.Appointment"
    case "ContactsFolder": "IPF.Contact"
    case "TasksFolder": "IPF.Task"
    default: "IPF.Note"
    }
  }
}
