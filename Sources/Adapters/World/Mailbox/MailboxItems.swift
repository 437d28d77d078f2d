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

  /// The items of all folders, oldest first.
  package var allItems: [Item] { items.values.sorted { $0.id.number < $1.id.number } }

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
    var item = newItem(try settled(appointment, around), itemClass, in: folder, at: around.now)
    try checkCreate(item, in: folder)
    item = try laidOut(item, after: nil, [], around)
    if !withoutUID {
      item.globalObjectID =
        appointment.uid.map { GlobalObjectID(uid: $0) }
        ?? GlobalObjectID(made: around.now, by: guid, number: number)
    }
    place(item, at: around.now)
    countMail(item.appointment, invitations)
    return item
  }

  /// Puts a contact into a folder; `head` has what every item has.
  package mutating func create(
    _ contact: Contact,
    _ head: Appointment = Appointment("", start: 0, end: 0),
    in folder: FolderID,
    itemClass: String = "IPM.Contact",
    _ around: Surroundings
  ) throws(Refusal) -> Item {
    var item = newItem(try settled(head, around), itemClass, in: folder, at: around.now)
    item.contact = contact
    try checkCreate(item, in: folder)
    item.nameContact()
    place(item, at: around.now)
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
    let before = try item(id, around.zones)
    try checkRight(in: id.folder, or: .errorAccessDenied)
    try check(changeKey, conflict, changes, against: before)
    let after: Item
    if let day = id.day {
      after = try changeOccurrence(before, on: day, changes, around)
    } else {
      after = try changedItem(before, changes, around)
      replace(before, with: after, at: around.now)
    }
    countMail(before.appointment.hasAttendees ? before.appointment : after.appointment, invitations)
    return after
  }

  /// A new change key with nothing changed, as reminders and calendar assistants leave it.
  package mutating func touch(_ id: ItemID, at now: Int64) throws(Refusal) -> Item {
    let before = try item(id.master)
    var after = before
    after.change = nextChange()
    after.lastModifiedTime = max(before.lastModifiedTime, now)
    replace(before, with: after, at: now)
    return after
  }

  /// Answers the item at its new place, or nil when nothing of it is left (as of an occurrence).
  @discardableResult
  package mutating func delete(
    _ id: ItemID,
    _ type: DeleteType,
    cancellations: Invitations = .toNone,
    at now: Int64
  ) throws(Refusal) -> Item? {
    try checkRight(in: id.folder, or: .errorAccessDenied)
    if let day = id.day {
      let gone = try deleteOccurrence(of: id.master, on: day, type, at: now)
      countMail(gone, cancellations)
      return nil
    }
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
    let item = try whole(id)
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
    var copy = try whole(id)
    try checkHome(copy, folder)
    copy.id = ItemID(folder: folder, number: nextNumber())
    copy.born = number
    copy.created = nextChange()
    copy.change = change
    copy.fieldChanges = [:]
    (copy.createdTime, copy.lastModifiedTime) = (now, now)
    if !keepingUID { copy.globalObjectID = GlobalObjectID(made: now, by: guid, number: number) }
    place(copy, at: now)
    return copy
  }
}

extension Mailbox {
  private mutating func newItem(
    _ appointment: Appointment,
    _ itemClass: String,
    in folder: FolderID,
    at now: Int64
  ) -> Item {
    let change = nextChange()
    let number = nextNumber()
    return Item(
      id: ItemID(folder: folder, number: number),
      born: number,
      itemClass: itemClass,
      appointment: appointment,
      createdTime: now,
      lastModifiedTime: now,
      created: change,
      change: change
    )
  }

  private mutating func changedItem(
    _ before: Item,
    _ changes: [Change],
    _ around: Surroundings
  ) throws(Refusal) -> Item {
    var after = before
    after.appointment = try settled(changed(before.appointment, changes, around), around)
    after.contact = before.contact?.changed(changes)
    after.nameContact()
    after = try laidOut(after, after: before, changes, around)
    after.change = nextChange()
    after.lastModifiedTime = max(before.lastModifiedTime, around.now)
    for change in changes { after.fieldChanges[change.field] = after.change }
    return after
  }

  /// An item that can be moved and copied: no occurrence.
  private func whole(_ id: ItemID) throws(Refusal) -> Item {
    guard id.day == nil else { throw Refusal(.errorCalendarCannotMoveOrCopyOccurrence) }
    return try item(id)
  }

  private func checkCreate(_ item: Item, in id: FolderID) throws(Refusal) {
    // Not the folder itself: a second holder of its lists would have them copied at each create.
    guard let isCalendar = folders[id.number]?.isCalendar,
      let isContacts = folders[id.number]?.isContacts
    else { throw Refusal(.errorFolderNotFound) }
    if item.isAppointment, !isCalendar {
      throw Refusal(.errorCannotCreateCalendarItemInNonCalendarFolder)
    }
    if item.contact != nil, !isContacts {
      throw Refusal(.errorCannotCreateContactInNonContactFolder)
    }
    try checkRight(in: id, or: .errorCreateItemAccessDenied)
  }

  private func checkHome(_ item: Item, _ folder: FolderID) throws(Refusal) {
    guard folders[folder.number] != nil else { throw Refusal(.errorFolderNotFound) }
    let takesAll = [.deleteditems, .recoverableitemsdeletions].contains { folderID($0) == folder }
    if !takesAll { try checkCreate(item, in: folder) }
    try checkRight(in: item.id.folder, or: .errorAccessDenied)
  }

  private mutating func moved(_ item: Item, to folder: FolderID, at now: Int64) -> Item {
    take(item, at: now)
    var moved = item
    moved.created = nextChange()
    moved.change = change
    moved.id = ItemID(folder: folder, number: nextNumber())
    moved.lastModifiedTime = max(item.lastModifiedTime, now)
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

  mutating func replace(_ before: Item, with after: Item, at now: Int64) {
    index.remove(before)
    items[after.id.number] = after
    index.add(after)
    folders[after.id.folder.number]?
      .note(after.id.number, change: after.change, at: now, items: items)
  }

  private mutating func countMail(_ appointment: Appointment, _ invitations: Invitations) {
    switch invitations {
    case .toNone: break
    case .toSome:
      loudWrites += 1
      if appointment.hasAttendees { mailsSent += 1 }
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
}
