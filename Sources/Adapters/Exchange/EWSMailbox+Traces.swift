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
    let isBeginning = if case .madeFrom = mark { true } else { false }
    return try await traces(
      of: field,
      value,
      isBeginning: isBeginning,
      inAll: places(calendar: calendar)
    )
  }

  func traces(
    of field: ExtendedField,
    _ value: String,
    isBeginning: Bool = false,
    inAll places: [CalendarPlace]
  ) async throws -> [ItemTrace] {
    var traces: [ItemTrace] = []
    for start in stride(from: 0, to: places.count, by: Self.foldersAtOnce) {
      let some = Array(places[start..<min(start + Self.foldersAtOnce, places.count)])
      traces += try await self.traces(of: field, value, isBeginning, in: some)
    }
    return traces
  }

  private func property(of mark: ItemMark) -> (ExtendedField, String)? {
    switch mark {
    case .stamp(let stamp):
      (.stamp, stamp.description)
    case .uid(let uid):
      GlobalObjectID.base64(uid).map { (.cleanGlobalObjectID, $0) }
    case .madeFrom(let kind, let id, let tenant):
      (.stamp, Stamp.beginning(kind: kind, id: id, tenant: tenant))
    }
  }

  private func traces(
    of field: ExtendedField,
    _ value: String,
    _ isBeginning: Bool,
    in places: [CalendarPlace]
  ) async throws -> [ItemTrace] {
    var traces: [ItemTrace] = []
    var open = places.map { (place: $0, paging: Paging()) }
    while !open.isEmpty {
      // Folders that need the same page are asked together.
      let offset = open.map(\.paging.offset).min() ?? 0
      let asked = open.filter { $0.paging.offset == offset }
      open.removeAll { $0.paging.offset == offset }
      let operation = FindItem(
        field: field,
        value: value,
        isBeginning: isBeginning,
        folders: asked.map { .id($0.place.id) },
        offset: offset
      )
      for ((place, paging), message) in zip(asked, try await session.ask(operation)) {
        // A folder that went away since it was listed holds nothing.
        if message.code.cause == .gone, place.place != .calendar { continue }
        let page = try message.listing(message.content.page)
        traces += message.content.ids.map {
          ItemTrace(
            id: ExchangeItemID($0.id),
            changeKey: ChangeKey($0.changeKey),
            place: place.place
          )
        }
        var paging = paging
        if try paging.goesOn(after: page) { open.append((place, paging)) }
      }
    }
    return traces
  }

  /// The calendar, the other calendar folders, and Deleted Items with what lies below.
  private func places(calendar: FolderID) async throws -> [CalendarPlace] {
    if let knownFolders { return knownFolders }
    let own = CalendarPlace(id: calendar.rawValue, place: .calendar)
    let all = try await places(of: "ipf.appointment")
    let places = [own] + all.filter { $0.place == .deleted || $0.id != own.id }
    knownFolders = places
    return places
  }

  /// The folders of a class and its subclasses, and Deleted Items with what lies below.
  func places(of folderClass: String) async throws -> [CalendarPlace] {
    let deleted = try await only(session.ask(GetFolder(folder: distinguished("deleteditems"))))
    guard deleted.responseClass != .error, let deletedID = deleted.content.folders.first?.id else {
      throw EWSError(code: deleted.code, text: deleted.text, details: deleted.details)
    }
    let folders = try await allFolders()
    let parents = Dictionary(folders.map { ($0.id, $0.parent ?? "") }) { first, _ in first }
    var places = [CalendarPlace(id: deletedID, place: .deleted)]
    for folder in folders where folder.id != deletedID {
      guard folder.isOf(folderClass) else { continue }
      let isDeleted = Self.isBelow(deletedID, folder.id, parents)
      places.append(CalendarPlace(id: folder.id, place: isDeleted ? .deleted : .otherCalendar))
    }
    return places
  }

  private func allFolders() async throws -> [WireFolder] {
    var folders: [WireFolder] = []
    var paging = Paging()
    while true {
      let message = try await only(
        session.ask(FindFolder(parent: distinguished("msgfolderroot"), offset: paging.offset))
      )
      let page = try message.listing(message.content.page)
      folders += message.content.folders
      guard try paging.goesOn(after: page) else { return folders }
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

extension ResponseMessage {
  /// A listing's page, proved to be one: a part that failed, or was left out by a batch that
  /// stopped, is no folder without items (`ews.md` 2A).
  func listing(_ page: PageEnd?) throws(EWSError) -> PageEnd {
    guard responseClass != .error, code.cause == .none else {
      throw EWSError(code: code, text: text, details: details)
    }
    guard let page else { throw .unreadableReply("it lists nothing and does not say so") }
    return page
  }
}

extension WireFolder {
  /// Whether it is of a class, such as `ipf.contact`, or of its subclasses, whatever element the
  /// server chose.
  func isOf(_ wanted: String) -> Bool {
    guard let folderClass = folderClass?.lowercased() else { return false }
    return folderClass == wanted || folderClass.hasPrefix(wanted + ".")
  }
}
