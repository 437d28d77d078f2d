package import SyncEngine
package import SyncModel

/// A folder that a look-up searches, and what finding something there means.
struct CalendarPlace: Sendable, Hashable {
  let id: String
  let place: ItemPlace
}

extension EWSMailbox {
  /// How many folders one FindItem searches.
  private static let foldersAtOnce = 50

  package func traces(of mark: ItemMark, calendar: FolderID) async throws -> [ItemTrace] {
    guard let (field, value) = property(of: mark) else { return [] }
    let places = try await places(calendar: calendar)
    var traces: [ItemTrace] = []
    for start in stride(from: 0, to: places.count, by: Self.foldersAtOnce) {
      let some = Array(places[start..<min(start + Self.foldersAtOnce, places.count)])
      traces += try await self.traces(of: field, value, in: some)
    }
    return traces
  }

  private func property(of mark: ItemMark) -> (ExtendedField, String)? {
    switch mark {
    case .stamp(let stamp):
      (.stamp, stamp.description)
    case .uid(let uid):
      GlobalObjectID.base64(uid).map { (.cleanGlobalObjectID, $0) }
    }
  }

  private func traces(
    of field: ExtendedField,
    _ value: String,
    in places: [CalendarPlace]
  ) async throws -> [ItemTrace] {
    var traces: [ItemTrace] = []
    var open = places.map { (place: $0, offset: 0) }
    while !open.isEmpty {
      // Folders that need the same page are asked together.
      let offset = open.map(\.offset).min() ?? 0
      let asked = open.filter { $0.offset == offset }.map(\.place)
      open.removeAll { $0.offset == offset }
      let operation = FindItem(
        field: field,
        value: value,
        folders: asked.map { .id($0.id) },
        offset: offset
      )
      for (place, message) in zip(asked, try await session.ask(operation)) {
        if message.responseClass == .error {
          // A folder that went away since it was listed holds nothing.
          if message.code.cause == .gone, place.place != .calendar { continue }
          throw EWSError(code: message.code, text: message.text, details: message.details)
        }
        traces += message.content.ids.map {
          ItemTrace(
            id: ExchangeItemID($0.id),
            changeKey: ChangeKey($0.changeKey),
            place: place.place
          )
        }
        guard !message.content.includesLast else { continue }
        guard let next = message.content.nextOffset, next > offset else {
          throw EWSError.unreadableReply("its pages do not go on")
        }
        open.append((place, next))
      }
    }
    return traces
  }

  /// The calendar, the other calendar folders, and Deleted Items with what lies below.
  private func places(calendar: FolderID) async throws -> [CalendarPlace] {
    if let knownFolders { return knownFolders }
    let deleted = try await only(session.ask(GetFolder(folder: distinguished("deleteditems"))))
    guard deleted.responseClass != .error, let deletedID = deleted.content.folders.first?.id else {
      throw EWSError(code: deleted.code, text: deleted.text, details: deleted.details)
    }
    let folders = try await allFolders()
    let parents = Dictionary(folders.map { ($0.id, $0.parent ?? "") }) { first, _ in first }
    var places = [
      CalendarPlace(id: calendar.rawValue, place: .calendar),
      CalendarPlace(id: deletedID, place: .deleted),
    ]
    for folder in folders where folder.id != calendar.rawValue && folder.id != deletedID {
      guard folder.isCalendar else { continue }
      let isDeleted = Self.isBelow(deletedID, folder.id, parents)
      places.append(CalendarPlace(id: folder.id, place: isDeleted ? .deleted : .otherCalendar))
    }
    knownFolders = places
    return places
  }

  private func allFolders() async throws -> [WireFolder] {
    var folders: [WireFolder] = []
    var offset = 0
    while true {
      let message = try await only(
        session.ask(FindFolder(parent: distinguished("msgfolderroot"), offset: offset))
      )
      guard message.responseClass != .error else {
        throw EWSError(code: message.code, text: message.text, details: message.details)
      }
      folders += message.content.folders
      if message.content.includesLast { return folders }
      guard let next = message.content.nextOffset, next > offset else {
        throw EWSError.unreadableReply("its pages do not go on")
      }
      offset = next
    }
  }

  private static func isBelow(
    _ ancestor: String,
    _ folder: String,
    _ parents: [String: String]
  ) -> Bool {
    var id = folder
    for _ in 0..<parents.count {
      guard let parent = parents[id] else { return false }
      if parent == ancestor { return true }
      id = parent
    }
    return false
  }
}

extension WireFolder {
  /// `IPF.Appointment` and its subclasses, whatever element the server chose.
  fileprivate var isCalendar: Bool {
    guard let folderClass = folderClass?.lowercased() else { return false }
    return folderClass == "ipf.appointment" || folderClass.hasPrefix("ipf.appointment.")
  }
}
