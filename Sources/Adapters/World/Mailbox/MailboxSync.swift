extension Mailbox {
  package enum ItemChange: Sendable {
    case create(Item)
    case update(Item)
    case delete(ItemID, changeKey: String)
  }

  /// One page of `SyncFolderItems`.
  package struct SyncPage: Sendable {
    package var changes: [ItemChange]
    package var state: String
    package var includesLast: Bool
  }

  package enum HierarchyChange: Sendable {
    case create(Folder)
    case update(Folder)
    case delete(FolderID)
  }

  /// What `SyncFolderHierarchy` answers, always in one page.
  package struct HierarchyPage: Sendable {
    package var changes: [HierarchyChange]
    package var state: String
  }
}

/// What a sync state knows: bound to a mailbox, an epoch and a folder.
///
/// Changes up to `covered` are known to the client. While a page is unfinished, those between `cursor`
/// and `ceiling` are known as well. What was created after `base` counts as new until the end.
struct SyncCursor {
  var folder: Int
  var epoch: Int
  var base = 0
  var covered = 0
  var ceiling = 0
  var cursor = 0

  private static let magic: [UInt8] = [0x48, 0x34, 0x6C, 0x73]

  init(folder: Int, epoch: Int) {
    self.folder = folder
    self.epoch = epoch
  }

  init?(_ text: String, of guid: Mailbox.GUID) {
    guard let bytes = Base64.bytes(text), bytes.count == 76, bytes.starts(with: Self.magic),
      Array(bytes[4..<20]) == guid.bytes,
      Self.number(bytes, 68) == Self.checksum(bytes[..<68])
    else { return nil }
    folder = Self.number(bytes, 20)
    epoch = Self.number(bytes, 28)
    base = Self.number(bytes, 36)
    covered = Self.number(bytes, 44)
    ceiling = Self.number(bytes, 52)
    cursor = Self.number(bytes, 60)
  }

  func text(of guid: Mailbox.GUID) -> String {
    var bytes = Self.magic + guid.bytes
    for number in [folder, epoch, base, covered, ceiling, cursor] {
      Self.append(number, to: &bytes)
    }
    Self.append(Self.checksum(bytes[...]), to: &bytes)
    return Base64.text(bytes)
  }

  private static func append(_ number: Int, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
    bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash)
  }
}

extension Mailbox {
  /// Changes of a folder since a state, newest first, own writes included; nil asks for everything.
  ///
  /// Throws `ErrorInvalidSyncStateData` for a state of another folder, mailbox or epoch, and for what is
  /// no state. `maximum` is 1…512.
  package func sync(
    _ id: FolderID,
    since state: String?,
    maximum: Int,
    ignoring ignored: Set<ItemID> = []
  ) throws(Refusal) -> SyncPage {
    let folder = try folder(id)
    var place = SyncCursor(folder: id.number, epoch: epoch)
    if let state {
      guard let known = SyncCursor(state, of: guid), known.folder == id.number,
        known.epoch == epoch,
        known.covered <= change, known.ceiling <= change
      else { throw Refusal(.errorInvalidSyncStateData) }
      place = known
    }
    if place.cursor == 0 {
      place.ceiling = change
      place.cursor = change + 1
    }
    var changes: [ItemChange] = []
    var next = folder.log.partitioningIndex { $0.change >= place.cursor } - 1
    while next >= 0, changes.count < maximum, folder.log[next].change > place.covered {
      let entry = folder.log[next]
      place.cursor = entry.change
      next -= 1
      let item = ItemID(folder: id, number: entry.number)
      guard !ignored.contains(item) else { continue }
      if let item = items[entry.number], item.change == entry.change {
        changes.append(item.created > place.base ? .create(item) : .update(item))
      } else if let tombstone = folder.tombstones[entry.number], tombstone.change == entry.change,
        tombstone.created <= place.covered
      {
        let kind = ChangeKeyKind(rawValue: tombstone.kind) ?? .calendarItem
        changes.append(.delete(item, changeKey: changeKey(kind, tombstone.change)))
      }
    }
    let pageIsLast = next < 0 || folder.log[next].change <= place.covered
    if pageIsLast {
      place.covered = place.ceiling
      place.cursor = 0
    }
    let isLast = pageIsLast && (folder.log.last?.change ?? 0) <= place.covered
    if isLast { place.base = place.covered }
    return SyncPage(changes: changes, state: place.text(of: guid), includesLast: isLast)
  }

  /// The state that covers everything in a folder.
  package func syncState(of id: FolderID) -> String {
    var place = SyncCursor(folder: id.number, epoch: epoch)
    place.covered = change
    place.ceiling = change
    place.base = change
    return place.text(of: guid)
  }

  /// Every state given so far is refused from now on, as after a restore or a mailbox move.
  package mutating func expireSyncStates() { epoch += 1 }

  /// Changes of the folders below `root`; nil asks for all of them.
  package func syncHierarchy(
    _ root: FolderID,
    since state: String?
  ) throws(Refusal) -> HierarchyPage {
    _ = try folder(root)
    var covered = 0
    if let state {
      // A hierarchy's state names its root as a negative number: no folder's state passes for it.
      guard let known = SyncCursor(state, of: guid), known.folder == -root.number,
        known.epoch == epoch
      else { throw Refusal(.errorInvalidSyncStateData) }
      covered = known.covered
    }
    var changes: [HierarchyChange] = folders(below: root, deep: true)
      .filter { $0.change > covered }
      .map { $0.created > covered ? .create($0) : .update($0) }
    if state != nil {
      changes += removedFolders.filter { $0.change > covered }.map { .delete($0.id) }
    }
    var place = SyncCursor(folder: -root.number, epoch: epoch)
    place.covered = change
    return HierarchyPage(changes: changes, state: place.text(of: guid))
  }
}
