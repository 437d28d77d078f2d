import World
import XML

/// Answers one request over the mailbox: pure, one visit.
struct EWSDesk: Sendable {
  let request: EWSRequest
  let build: ExchangeBuild
  let zones: ZoneCatalog
  /// The fault that befalls this request's answer.
  var fault: FaultKind?

  var operation: XMLElement { request.operation }

  func reply(_ mailbox: inout Mailbox, at now: Int64) throws(EWSFault) -> [UInt8] {
    switch request.name {
    case "GetFolder": try getFolder(mailbox)
    case "FindFolder": try findFolder(mailbox)
    case "CreateFolder": try createFolder(&mailbox, at: now)
    case "UpdateFolder": try updateFolder(&mailbox, at: now)
    case "DeleteFolder": try deleteFolder(&mailbox, at: now)
    case "SyncFolderHierarchy": try syncFolderHierarchy(mailbox)
    case "SyncFolderItems": try syncFolderItems(mailbox)
    case "GetItem": try getItem(mailbox)
    case "FindItem": try findItem(mailbox)
    case "CreateItem": try createItem(&mailbox, at: now)
    case "UpdateItem": try updateItem(&mailbox, at: now)
    case "DeleteItem": try deleteItem(&mailbox, at: now)
    case "MoveItem", "CopyItem": try moveItem(&mailbox, at: now)
    case "GetUserConfiguration": try getUserConfiguration(mailbox)
    case "GetServerTimeZones": try getServerTimeZones(at: now)
    case "ConvertId": try convertID(mailbox)
    case "ResolveNames": try resolveNames(mailbox)
    case "Subscribe", "Unsubscribe", "GetEvents", "GetStreamingEvents": notifications()
    default: throw .invalid("The operation '\(request.name)' is not known.")
    }
  }

  func surroundings(_ now: Int64) -> Mailbox.Surroundings {
    Mailbox.Surroundings(now: now, zones: zones.offsets, contextZone: request.contextZone)
  }
}

extension EWSDesk {
  /// A `FolderId` or `DistinguishedFolderId` of this mailbox.
  func folderID(_ element: XMLElement, in mailbox: Mailbox) throws(EWSRefusal) -> Mailbox.FolderID {
    switch element.name {
    case "FolderId":
      let id = try asked { () throws(Mailbox.Refusal) in
        try mailbox.folderID(element["Id"] ?? "")
      }
      _ = try asked { () throws(Mailbox.Refusal) in try mailbox.folder(id) }
      return id
    case "DistinguishedFolderId":
      if let address = element.descendant("Mailbox", "EmailAddress")?.text,
        address.lowercased() != mailbox.owner.address.lowercased()
      {
        throw EWSRefusal(
          "ErrorNonExistentMailbox",
          "The SMTP address has no mailbox associated with it."
        )
      }
      guard let place = Mailbox.Place(rawValue: element["Id"] ?? "") else {
        throw EWSRefusal(
          "ErrorFolderNotFound",
          "The specified folder could not be found in the store."
        )
      }
      return mailbox.folderID(place)
    default:
      throw EWSRefusal("ErrorInvalidRequest", "The folder id is not valid.")
    }
  }

  /// The folders that a request names in one of its children, each resolved on its own.
  func folderIDs(
    _ container: String,
    in mailbox: Mailbox
  ) throws(EWSFault) -> [Result<Mailbox.FolderID, EWSRefusal>] {
    let elements = operation.child(container)?.children ?? []
    guard !elements.isEmpty else {
      throw .schema("The element '\(container)' is missing or empty.")
    }
    return elements.map { element in
      do throws(EWSRefusal) { return .success(try folderID(element, in: mailbox)) } catch {
        return .failure(error)
      }
    }
  }

  /// The item that an id of any kind names: by itself, by its place in a series, or as the master
  /// of an occurrence.
  func item(_ element: XMLElement, in mailbox: Mailbox) throws(EWSRefusal) -> Mailbox.Item {
    let zones = zones.offsets
    return try asked { () throws(Mailbox.Refusal) in
      switch element.name {
      case "ItemId": return try mailbox.item(mailbox.itemID(element["Id"] ?? ""), zones)
      case "OccurrenceItemId":
        let master = try mailbox.itemID(element["RecurringMasterId"] ?? "")
        let series = try mailbox.series(master, zones)
        return try series.occurrence(at: element["InstanceIndex"].flatMap { Int($0) } ?? 0)
      default:
        let id = try mailbox.itemID(element["OccurrenceId"] ?? "")
        guard id.day != nil else {
          throw Mailbox.Refusal(.errorCalendarCannotUseIdForOccurrenceId)
        }
        return try mailbox.item(id.master)
      }
    }
  }

  /// The ids in a request's `ItemIds`.
  func itemElements() throws(EWSFault) -> [XMLElement] {
    let elements = operation.child("ItemIds")?.children ?? []
    guard !elements.isEmpty else { throw .schema("The element 'ItemIds' is missing or empty.") }
    return elements
  }
}
