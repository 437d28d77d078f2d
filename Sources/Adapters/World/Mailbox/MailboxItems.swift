extension Mailbox {
  /// Whether a write may mail the attendees (`SendMeetingInvitations…`, `SendMeetingCancellations`).
  package enum Invitations: Sendable {
    case toNone
    case toSome
  }

  package enum ConflictResolution: String, Sendable {
    case neverOverwrite = "NeverOverwrite"
    case autoResolve = "AutoResolve"
    case alwaysOverwrite = "AlwaysOverwrite"
  }

  /// What surrounds a write: the clock, the zones, and the zone of the request's own header.
  package struct Surroundings: Sendable {
    package var now: Int64
    package var zones: ZoneOffsets
    /// `TimeZoneContext`, a Windows id; nil counts as UTC.
    package var contextZone: String?

    package init(now: Int64, zones: ZoneOffsets, contextZone: String? = nil) {
      self.now = now
      self.zones = zones
      self.contextZone = contextZone
    }
  }

  /// Throws `ErrorItemNotFound` when there is none (or the caller may not see it).
  package func item(_ id: ItemID) throws(Refusal) -> Item {
    guard let item = items[id.number], item.id == id else { throw Refusal(.errorItemNotFound) }
    return item
  }

  /// All items of a folder, oldest first.
  package func items(in folder: FolderID) -> [Item] {
    (folders[folder.number]?.members ?? []).compactMap { items[$0] }
  }

  /// Puts an item into a folder and answers it as stored.
  ///
  /// `withoutUID` makes an item as imports leave them; `itemClass` other than `IPM.Appointment` makes
  /// what other programs store beside appointments.
  package mutating func create(
    _ appointment: Appointment,
    in folder: FolderID,
    itemClass: String = "IPM.Appointment",
    withoutUID: Bool = false,
    invitations: Invitations = .toNone,
    _ around: Surroundings
  ) throws(Refusal) -> Item {
    // Not the folder itself: a second holder of its lists would have them copied at each create.
    guard let isCalendar = folders[folder.number]?.isCalendar else {
      throw Refusal(.errorFolderNotFound)
    }
    guard isCalendar || !itemClass.hasPrefix("IPM.Appointment") else {
      throw Refusal(.errorCannotCreateCalendarItemInNonCalendarFolder)
    }
    let stored = try settled(appointment, around)
    let number = nextNumber()
    let change = nextChange()
    var identity: GlobalObjectID?
    if !withoutUID {
      identity =
        appointment.uid.map { GlobalObjectID(uid: $0) }
        ?? GlobalObjectID(made: around.now, by: guid, number: number)
    }
    let item = Item(
      id: ItemID(folder: folder, number: number),
      itemClass: itemClass,
      appointment: stored,
      globalObjectID: identity,
      createdTime: around.now,
      lastModifiedTime: around.now,
      created: change,
      change: change
    )
    place(item, at: around.now)
    countMail(stored, invitations)
    return item
  }

  /// Makes all changes or none and answers the item as stored.
  ///
  /// `changeKey` may be nil with `alwaysOverwrite` alone. A stale one is `ErrorIrresolvableConflict`
  /// under `neverOverwrite`, and under `autoResolve` when a field was changed on both sides.
  package mutating func update(
    _ id: ItemID,
    _ changes: [Change],
    changeKey: String?,
    conflict: ConflictResolution,
    invitations: Invitations = .toNone,
    _ around: Surroundings
  ) throws(Refusal) -> Item {
    let before = try item(id)
    try check(changeKey, conflict, changes, against: before)
    var after = before
    after.appointment = try settled(changed(before.appointment, changes, around), around)
    after.change = nextChange()
    after.lastModifiedTime = max(before.lastModifiedTime, around.now)
    for change in changes { after.fieldChanges[change.field] = after.change }
    replace(before, with: after, at: around.now)
    countMail(before.appointment.hasAttendees ? before.appointment : after.appointment, invitations)
    return after
  }

  /// A new change key with nothing changed, as reminders and calendar assistants leave it.
  package mutating func touch(_ id: ItemID, at now: Int64) throws(Refusal) -> Item {
    let before = try item(id)
    var after = before
    after.change = nextChange()
    after.lastModifiedTime = max(before.lastModifiedTime, now)
    replace(before, with: after, at: now)
    return after
  }

  /// Answers the item at its new place, or nil when nothing of it is left.
  @discardableResult
  package mutating func delete(
    _ id: ItemID,
    _ type: DeleteType,
    cancellations: Invitations = .toNone,
    at now: Int64
  ) throws(Refusal) -> Item? {
    let item = try item(id)
    let home = folderID(type == .moveToDeletedItems ? .deleteditems : .recoverableitemsdeletions)
    let isLeft = type != .hardDelete && item.id.folder != home
    let moved = isLeft ? moved(item, to: home, at: now) : nil
    if !isLeft { take(item, at: now) }
    countMail(item.appointment, cancellations)
    return moved
  }

  /// Puts the item into another folder under a new id; the old id is gone.
  package mutating func move(_ id: ItemID, to folder: FolderID, at now: Int64) throws(Refusal)
    -> Item
  {
    let item = try item(id)
    try checkHome(item, folder)
    return moved(item, to: folder, at: now)
  }

  /// A second item with the same stamp and other extended properties.
  ///
  /// Programs keep the UID (`keepingUID`), people who copy and paste get a new one.
  package mutating func copy(
    _ id: ItemID,
    to folder: FolderID,
    keepingUID: Bool = true,
    at now: Int64
  ) throws(Refusal) -> Item {
    let item = try item(id)
    try checkHome(item, folder)
    let number = nextNumber()
    let change = nextChange()
    let copy = Item(
      id: ItemID(folder: folder, number: number),
      itemClass: item.itemClass,
      appointment: item.appointment,
      globalObjectID: keepingUID
        ? item.globalObjectID : GlobalObjectID(made: now, by: guid, number: number),
      createdTime: now,
      lastModifiedTime: now,
      created: change,
      change: change
    )
    place(copy, at: now)
    return copy
  }
}

extension Mailbox {
  private func checkHome(_ item: Item, _ folder: FolderID) throws(Refusal) {
    guard let home = folders[folder.number] else { throw Refusal(.errorFolderNotFound) }
    let takesAll = [.deleteditems, .recoverableitemsdeletions].contains { folderID($0) == home.id }
    if item.isAppointment, !home.isCalendar, !takesAll {
      throw Refusal(.errorCannotCreateCalendarItemInNonCalendarFolder)
    }
  }

  private mutating func moved(_ item: Item, to folder: FolderID, at now: Int64) -> Item {
    take(item, at: now)
    let change = nextChange()
    let moved = Item(
      id: ItemID(folder: folder, number: nextNumber()),
      itemClass: item.itemClass,
      appointment: item.appointment,
      globalObjectID: item.globalObjectID,
      createdTime: item.createdTime,
      lastModifiedTime: max(item.lastModifiedTime, now),
      created: change,
      change: change,
      fieldChanges: item.fieldChanges
    )
    place(moved, at: now)
    return moved
  }

  private mutating func place(_ item: Item, at now: Int64) {
    let home = item.id.folder.number
    items[item.id.number] = item
    index.add(item)
    folders[home]?.insert(item.id.number)
    folders[home]?.note(item.id.number, change: item.change, at: now, items: items)
  }

  private mutating func take(_ item: Item, at now: Int64) {
    let home = item.id.folder.number
    let change = nextChange()
    items[item.id.number] = nil
    index.remove(item)
    folders[home]?.remove(item, change: change)
    folders[home]?.note(item.id.number, change: change, at: now, items: items)
  }

  private mutating func replace(_ before: Item, with after: Item, at now: Int64) {
    index.remove(before)
    items[after.id.number] = after
    index.add(after)
    folders[after.id.folder.number]?
      .note(after.id.number, change: after.change, at: now, items: items)
  }

  private mutating func countMail(_ appointment: Appointment, _ invitations: Invitations) {
    switch invitations {
    case .toNone: break
    case .toSome: if appointment.hasAttendees { mailsSent += 1 }
    }
  }

  private func check(
    _ changeKey: String?,
    _ conflict: ConflictResolution,
    _ changes: [Change],
    against item: Item
  ) throws(Refusal) {
    guard let changeKey else {
      if conflict == .alwaysOverwrite { return }
      throw Refusal(.errorChangeKeyRequiredForWriteOperations)
    }
    let known = try changeNumber(in: changeKey)
    guard known != item.change else { return }
    switch conflict {
    case .alwaysOverwrite: return
    case .neverOverwrite: throw Refusal(.errorIrresolvableConflict)
    case .autoResolve:
      if changes.contains(where: { (item.fieldChanges[$0.field] ?? 0) > known }) {
        throw Refusal(.errorIrresolvableConflict)
      }
    }
  }

  /// What the server makes of an appointment before it stores it; refuses what it would not store.
  private func settled(
    _ appointment: Appointment,
    _ around: Surroundings
  ) throws(Refusal) -> Appointment {
    var settled = appointment
    settled.subject = trimmed(appointment.subject)
    settled.body.content = mailText(appointment.body)
    guard settled.subject.utf16.count <= 255, settled.location.utf16.count <= 255 else {
      throw Refusal(.errorItemSavePropertyError)
    }
    guard settled.end >= settled.start else {
      throw Refusal(.errorCalendarEndDateIsEarlierThanStartDate)
    }
    guard settled.end - settled.start <= 5 * 366 * 86_400 else {
      throw Refusal(.errorCalendarDurationIsTooLong)
    }
    guard settled.start >= -11_644_473_600, settled.end < 79_841_376_000 else {
      throw Refusal(.errorCalendarOutOfRange)
    }
    if settled.isAllDay {
      (settled.start, settled.end) = around.zones.wholeDays(
        start: settled.start,
        end: settled.end,
        in: settled.startZone ?? around.contextZone ?? "UTC"
      )
    }
    return settled
  }

  /// Plain text is kept with the line ends of mail.
  private func mailText(_ body: Body) -> String {
    guard body.format == .text, body.content.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D })
    else { return body.content }
    var text = ""
    for character in body.content {
      text += character == "\n" || character == "\r" ? "\r\n" : String(character)
    }
    return text
  }

  private func trimmed(_ subject: String) -> String {
    let blanks: Set<Character> = [" ", "\t", "\r", "\n", "\r\n"]
    let rest = subject.drop { blanks.contains($0) }
    let end = rest.lastIndex { !blanks.contains($0) }
    return String((end.map { rest[...$0] } ?? "").map { $0.isNewline ? " " : $0 })
  }
}
