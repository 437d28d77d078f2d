import World
import XML

extension EWSDesk {
  func findFolder(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    let shape = try FolderShape(operation.child("FolderShape"))
    let isDeep: Bool
    switch operation["Traversal"] {
    case "Shallow": isDeep = false
    case "Deep": isDeep = true
    case "SoftDeleted": isDeep = false
    default: throw .schema("The 'Traversal' attribute is invalid.")
    }
    let restriction = try RestrictionReading.restriction(operation.child("Restriction"))
    let page = try IndexedPage(operation.child("IndexedPageFolderView"))
    let writing = FolderWriting(shape: shape, mailbox: mailbox)
    var reply = EWSReply("FindFolder", from: build)
    for wanted in try folderIDs("ParentFolderIds", in: mailbox) {
      do throws(EWSRefusal) {
        let parent = try wanted.get()
        let found = try asked { () throws(Mailbox.Refusal) in
          operation["Traversal"] == "SoftDeleted"
            ? [] : try mailbox.findFolders(below: parent, deep: isDeep, restriction)
        }
        let shown = found.dropFirst(page.offset).prefix(page.maximum)
        reply.success { writer in
          writer.start(
            "m:RootFolder",
            page.attributes(shown: shown.count, of: found.count)
          )
          writer.start("t:Folders")
          for folder in shown { writing.write(folder, into: &writer) }
          writer.end()
          writer.end()
        }
      } catch {
        reply.error(error)
      }
    }
    return reply.finished()
  }
}

/// `IndexedPageFolderView` and `IndexedPageItemView`.
struct IndexedPage {
  var offset = 0
  var maximum = 1_000

  /// At most 1,000 rows, as the server's own limit has it (`ews.md` 1.10).
  init(_ element: XMLElement?) throws(EWSFault) {
    guard let element else { return }
    if let text = element["MaxEntriesReturned"] {
      guard let number = Int(text), number > 0 else {
        throw .schema("The 'MaxEntriesReturned' attribute is invalid.")
      }
      maximum = min(number, 1_000)
    }
    guard let text = element["Offset"], let number = Int(text), number >= 0,
      element["BasePoint"] == "Beginning"
    else { throw .schema("The paging view has no valid 'Offset' and 'BasePoint'.") }
    offset = number
  }

  func attributes(shown: Int, of total: Int) -> [(String, String)] {
    let next = offset + shown
    return [
      ("IndexedPagingOffset", String(next)), ("TotalItemsInView", String(total)),
      ("IncludesLastItemInRange", next >= total ? "true" : "false"),
    ]
  }
}
