extension Mailbox {
  /// The identity of a folder inside one mailbox; `Mailbox.text(of:)` spells it as Exchange does.
  package struct FolderID: Hashable, Codable, Sendable {
    package let number: Int
    package init(number: Int) { self.number = number }
  }

  /// The identity of an item: it names the folder, so a move always makes a new one.
  package struct ItemID: Hashable, Codable, Sendable {
    package let folder: FolderID
    package let number: Int
    /// Of an occurrence: its day by the pattern, counted since 1970 in the zone of the series.
    package let day: Int64?

    package init(folder: FolderID, number: Int, day: Int64? = nil) {
      self.folder = folder
      self.number = number
      self.day = day
    }

    /// The series that an occurrence belongs to; any other item itself.
    package var master: ItemID { ItemID(folder: folder, number: number) }

    func occurrence(on day: Int64) -> ItemID {
      ItemID(folder: folder, number: number, day: day)
    }
  }
}

/// What all ids of a mailbox have in common.
struct IDSpelling: Sendable {
  /// The GUID as it stands in entry ids.
  let guid: [UInt8]
  /// No compression, the mailbox's GUID in ASCII; an entry id follows with its instruction and length.
  let head: [UInt8]

  init(_ guid: Mailbox.GUID) {
    self.guid = guid.bytes
    head = [0x00, 0x03, 0x24, 0x00] + Array(guid.text.utf8)
  }
}

/// What a folder or an item is, as the first word of a change key tells it (`ews.md` 2.1).
enum ChangeKeyKind: UInt32 {
  case folder = 1
  case calendarFolder = 2
  case contactsFolder = 3
  case tasksFolder = 4
  case message = 9
  case calendarItem = 0x0F
  case contact = 0x11
}

extension Mailbox {
  /// The text Exchange gives an item: base64 of no compression, the mailbox's GUID in ASCII and a
  /// MAPI entry id of 70 bytes (`ews.md` 2.1); 152 letters.
  ///
  /// An occurrence's names its day as well, in ticks of a tenth of a microsecond since the year 1.
  package func text(of id: ItemID) -> String {
    var bytes = spelling.head
    bytes.reserveCapacity(0x7C)
    if let day = id.day {
      bytes.append(contentsOf: [0x01, 0x51, 0x00, 0x08])
      let ticks = (day + Self.daysBefore1970) * Self.ticksOfDay
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: ticks >> Int64(shift)))
      }
    } else {
      bytes.append(contentsOf: [0x00, 0x46, 0x00])
    }
    bytes.append(contentsOf: [0, 0, 0, 0])
    bytes.append(contentsOf: spelling.guid)
    bytes.append(contentsOf: [0x07, 0x00])
    append(counter: id.folder.number, to: &bytes)
    append(counter: id.number, to: &bytes)
    if id.day != nil { bytes.append(contentsOf: [0x10, 0x00]) }
    return Base64.text(bytes)
  }

  private static let daysBefore1970: Int64 = 719_162
  private static let ticksOfDay: Int64 = 864_000_000_000

  /// The text Exchange gives a folder; its entry id has 46 bytes.
  package func text(of id: FolderID) -> String {
    var bytes = spelling.head
    bytes.append(contentsOf: [0x00, 0x2E, 0x00])
    bytes.append(contentsOf: [0, 0, 0, 0])
    bytes.append(contentsOf: spelling.guid)
    bytes.append(contentsOf: [0x01, 0x00])
    append(counter: id.number, to: &bytes)
    return Base64.text(bytes)
  }

  /// Reads an item's id.
  ///
  /// Throws `ErrorInvalidIdMalformed` for what is no id of an item and
  /// `ErrorItemNotFound` for an id of another mailbox.
  package func itemID(_ text: String) throws(Refusal) -> ItemID {
    let (entry, day) = try entryID(text)
    guard entry.count == 0x46 else { throw Refusal(.errorInvalidIdMalformed) }
    let folder = counter(in: entry, at: 38)
    let number = counter(in: entry, at: 62)
    return ItemID(folder: FolderID(number: folder), number: number, day: day)
  }

  /// Reads a folder's id; an item's id is refused with `ErrorCannotUseItemIdForFolderId`.
  package func folderID(_ text: String) throws(Refusal) -> FolderID {
    let (entry, _) = try entryID(text)
    guard entry.count == 0x2E else { throw Refusal(.errorCannotUseItemIdForFolderId) }
    return FolderID(number: counter(in: entry, at: 38))
  }

  /// The change key of an item: base64 of kind, length, replica GUID and change number.
  package func changeKey(of item: Item) -> String {
    changeKey(item.changeKeyKind, item.change)
  }

  /// The change key of a folder.
  package func changeKey(of folder: Folder) -> String {
    changeKey(folder.changeKeyKind, folder.change)
  }

  func changeKey(_ kind: ChangeKeyKind, _ change: Int) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(30)
    append(word: kind.rawValue, to: &bytes)
    append(word: 0x16, to: &bytes)
    bytes.append(contentsOf: spelling.guid)
    for shift in stride(from: 40, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: change >> shift))
    }
    return Base64.text(bytes)
  }

  /// The change number inside a change key.
  ///
  /// Throws `ErrorInvalidChangeKey` for anything else.
  func changeNumber(in changeKey: String) throws(Refusal) -> Int {
    guard let bytes = Base64.bytes(changeKey), bytes.count == 30, bytes[4] == 0x16,
      bytes[8..<24].elementsEqual(spelling.guid)
    else { throw Refusal(.errorInvalidChangeKey) }
    return bytes[24...].reduce(0) { $0 << 8 | Int($1) }
  }
}

extension Mailbox {
  /// The entry id inside an id, and the day that an occurrence's id has before it.
  private func entryID(_ text: String) throws(Refusal) -> (ArraySlice<UInt8>, day: Int64?) {
    guard !text.isEmpty else { throw Refusal(.errorInvalidIdEmpty) }
    guard let bytes = Base64.bytes(text), bytes.count > 43, bytes.starts(with: spelling.head[..<4]),
      bytes[40] < 2, bytes[42] == 0, Int(bytes[41]) == bytes.count - 43
    else { throw Refusal(.errorInvalidIdMalformed) }
    guard bytes.starts(with: spelling.head) else { throw Refusal(.errorItemNotFound) }
    guard bytes[40] == 1 else { return (bytes[43...], nil) }
    guard bytes.count == 43 + 0x51, bytes[43] == 8 else { throw Refusal(.errorInvalidIdMalformed) }
    let ticks = bytes[44..<52].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    return (bytes[52..<122], ticks / Self.ticksOfDay - Self.daysBefore1970)
  }

  private func append(word: UInt32, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
    }
  }

  private func append(counter: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: spelling.guid)
    for shift in stride(from: 40, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: counter >> shift))
    }
    bytes.append(contentsOf: [0, 0])
  }

  private func counter(in entry: ArraySlice<UInt8>, at offset: Int) -> Int {
    let first = entry.startIndex + offset
    return entry[first..<first + 6].reduce(0) { $0 << 8 | Int($1) }
  }
}
