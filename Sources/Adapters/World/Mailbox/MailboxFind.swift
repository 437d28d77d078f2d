extension Mailbox {
  package struct SortOrder: Sendable {
    package let path: PropertyPath
    package let isDescending: Bool

    package init(_ path: PropertyPath, isDescending: Bool) {
      self.path = path
      self.isDescending = isDescending
    }
  }

  /// One page of a search.
  package struct FoundItems: Sendable {
    package let items: [Item]
    /// Where the next page begins, counted from the first match.
    package let nextOffset: Int
    package let total: Int
    package let includesLast: Bool
  }

  /// Masters and singles of a folder, newest first unless ordered otherwise.
  ///
  /// Occurrences are not expanded. Throws `ErrorUnsupportedPathForQuery` for a property that cannot be searched.
  package func find(
    in folder: FolderID,
    _ restriction: Restriction? = nil,
    order: [SortOrder] = [],
    offset: Int = 0,
    maximum: Int = .max
  ) throws(Refusal) -> FoundItems {
    let members = try self.folder(folder).members
    // Checked apart from the items, so that an empty folder answers the same.
    for path in (restriction?.paths ?? []) + order.map(\.path) { try checkSearchable(path) }
    if restriction == nil, order.isEmpty {
      let rest = max(0, members.count - offset)
      let count = min(rest, maximum)
      return FoundItems(
        items: members.dropLast(min(offset, members.count)).suffix(count).reversed()
          .compactMap { items[$0] },
        nextOffset: offset + count,
        total: members.count,
        includesLast: count == rest
      )
    }
    var matches: [Item] = []
    for number in candidates(restriction, members) {
      guard let item = items[number], item.id.folder == folder else { continue }
      let isMatch = try restriction?.holds { path throws(Refusal) in try scalars(path, of: item) }
      if isMatch ?? true { matches.append(item) }
    }
    try sort(&matches, order)
    let page = matches.dropFirst(offset).prefix(maximum)
    return FoundItems(
      items: Array(page),
      nextOffset: offset + page.count,
      total: matches.count,
      includesLast: offset + page.count >= matches.count
    )
  }

  /// Every item anywhere in the mailbox with this value of a String or Binary property (base64).
  package func items(with path: ExtendedPath, _ value: String) -> [Item] {
    index.items(path, value).sorted().compactMap { items[$0] }
  }

  /// Singles, occurrences and exceptions that overlap a window, by start; never a master.
  ///
  /// The window is two years at most (`ErrorCalendarViewRangeTooBig`).
  package func calendarView(
    of id: FolderID,
    from start: Int64,
    to end: Int64,
    _ zones: ZoneOffsets,
    maximum: Int = .max
  ) throws(Refusal) -> FoundItems {
    guard end - start <= 2 * 366 * 86_400 else { throw Refusal(.errorCalendarViewRangeTooBig) }
    let folder = try folder(id)
    guard folder.isCalendar else { throw Refusal(.errorCalendarFolderIsInvalidForCalendarView) }
    var inside: [Item] = []
    for item in folder.members.compactMap({ items[$0] }) where item.isAppointment {
      if let series = Series(item, zones) {
        inside += series.occurrences(from: start, to: end)
      } else if item.appointment.overlaps(from: start, to: end) {
        inside.append(item)
      }
    }
    inside.sort {
      ($0.appointment.start, $0.id.number, $0.id.day ?? 0)
        < ($1.appointment.start, $1.id.number, $1.id.day ?? 0)
    }
    let page = inside.prefix(maximum)
    return FoundItems(
      items: Array(page),
      nextOffset: page.count,
      total: inside.count,
      includesLast: page.count == inside.count
    )
  }

  /// Folders below a parent that meet a restriction.
  package func findFolders(
    below parent: FolderID,
    deep: Bool,
    _ restriction: Restriction? = nil
  ) throws(Refusal) -> [Folder] {
    _ = try folder(parent)
    if deep, parent == folderID(.publicfoldersroot) { throw Refusal(.errorAccessDenied) }
    var matches: [Folder] = []
    for folder in folders(below: parent, deep: deep) {
      let isMatch = try restriction?.holds { path throws(Refusal) in
        try scalars(path, of: folder)
      }
      if isMatch ?? true { matches.append(folder) }
    }
    return matches
  }
}

extension Mailbox {
  private func candidates(_ restriction: Restriction?, _ members: [Int]) -> [Int] {
    guard let key = restriction?.indexed else { return members.reversed() }
    return index.items(key.path, key.value).sorted(by: >)
  }

  private func sort(_ matches: inout [Item], _ order: [SortOrder]) throws(Refusal) {
    guard !order.isEmpty else { return }
    var keyed: [(keys: [Scalar?], item: Item)] = []
    for item in matches {
      var keys: [Scalar?] = []
      for field in order { keys.append(try scalars(field.path, of: item).first) }
      keyed.append((keys, item))
    }
    keyed.sort { one, other in
      for (place, field) in order.enumerated() {
        let isLess: Bool
        let isGreater: Bool
        switch (one.keys[place], other.keys[place]) {
        case (nil, nil): (isLess, isGreater) = (false, false)
        case (nil, _?): (isLess, isGreater) = (true, false)
        case (_?, nil): (isLess, isGreater) = (false, true)
        case (let one?, let other?):
          (isLess, isGreater) = (one.isLess(than: other), other.isLess(than: one))
        }
        if isLess || isGreater { return isLess != field.isDescending }
      }
      return one.item.id.number > other.item.id.number
    }
    matches = keyed.map(\.item)
  }

  private func checkSearchable(_ path: PropertyPath) throws(Refusal) {
    switch path {
    case .extended: return
    case .indexed: throw Refusal(.errorUnsupportedPathForQuery)
    case .field(let uri):
      guard Self.searchable.contains(uri) else { throw Refusal(.errorUnsupportedPathForQuery) }
    }
  }

  private static let searchable = Set(
    [
      "item:Subject", "item:ItemClass", "item:Sensitivity", "item:Importance", "item:Categories",
      "item:Body", "item:LastModifiedTime", "item:DateTimeCreated", "item:DateTimeReceived",
      "item:DateTimeSent", "item:ReminderIsSet", "item:HasAttachments", "calendar:Start",
      "calendar:End", "calendar:IsAllDayEvent", "calendar:LegacyFreeBusyStatus",
      "calendar:Location", "calendar:IsMeeting", "calendar:IsCancelled", "calendar:MyResponseType",
    ]
      + Contact.Text.allCases.map(\.uri)
  )

  func scalars(_ path: PropertyPath, of item: Item) throws(Refusal) -> [Scalar] {
    let appointment = item.appointment
    switch path {
    case .extended(let path):
      return scalars(item.extended(path) ?? [], path.type)
    case .indexed:
      throw Refusal(.errorUnsupportedPathForQuery)
    case .field(let uri):
      switch uri {
      case "item:Subject": return [.text(appointment.subject)]
      case "item:ItemClass": return [.text(item.itemClass)]
      case "item:Sensitivity": return [.text(appointment.sensitivity.rawValue)]
      case "item:Importance": return [.text(appointment.importance.rawValue)]
      case "item:Categories": return appointment.categories.map { .text($0) }
      case "item:Body": return [.text(appointment.body.content)]
      case "item:LastModifiedTime": return [.instant(item.lastModifiedTime)]
      case "item:DateTimeCreated", "item:DateTimeReceived", "item:DateTimeSent":
        return [.instant(item.createdTime)]
      case "item:ReminderIsSet": return [.flag(appointment.reminderIsSet)]
      case "item:HasAttachments": return [.flag(false)]
      case "calendar:Start": return [.instant(appointment.start)]
      case "calendar:End": return [.instant(appointment.end)]
      case "calendar:IsAllDayEvent": return [.flag(appointment.isAllDay)]
      case "calendar:LegacyFreeBusyStatus": return [.text(appointment.showAs.rawValue)]
      case "calendar:Location":
        return appointment.location.isEmpty ? [] : [.text(appointment.location)]
      case "calendar:IsMeeting": return [.flag(appointment.isMeeting)]
      case "calendar:IsCancelled": return [.flag(appointment.isCancelled)]
      case "calendar:MyResponseType": return [.text(item.myResponse.rawValue)]
      default:
        guard let text = Contact.Text(uri: uri) else {
          throw Refusal(.errorUnsupportedPathForQuery)
        }
        return [item.contact?[text]].compactMap { $0.map { .text($0) } }
      }
    }
  }

  private func scalars(_ path: PropertyPath, of folder: Folder) throws(Refusal) -> [Scalar] {
    switch path {
    case .extended(let path): return scalars(folder.extended(path) ?? [], path.type)
    case .indexed: throw Refusal(.errorUnsupportedPathForQuery)
    case .field(let uri):
      switch uri {
      case "folder:DisplayName": return [.text(folder.name)]
      case "folder:FolderClass": return [.text(folder.folderClass)]
      case "folder:TotalCount": return [.number(Int64(folder.itemCount))]
      case "folder:ChildFolderCount": return [.number(Int64(childCount(of: folder.id)))]
      default: throw Refusal(.errorUnsupportedPathForQuery)
      }
    }
  }

  private func scalars(_ values: [String], _ type: String) -> [Scalar] {
    values.compactMap { value in
      switch type {
      case "Integer", "Long", "Short": return Int64(value).map { .number($0) }
      case "Boolean": return .flag(value == "true")
      case "SystemTime":
        return Timestamp.reading(value).map { .instant($0.wallClock - Int64($0.offset ?? 0)) }
      default: return .text(value)
      }
    }
  }
}
