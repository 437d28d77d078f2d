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
    package init(folder: FolderID, number: Int) {
      self.folder = folder
      self.number = number
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
}

extension Mailbox {
  /// The text Exchange gives an item: base64 of no compression, the mailbox's GUID in ASCII and a
  /// MAPI entry id of 70 bytes (`ews.md` 2.1); 152 letters.
  package func text(of id: ItemID) -> String {
    var bytes = idHead(entryLength: 0x46)
    bytes.append(contentsOf: [0x07, 0x00])
    append(counter: id.folder.number, to: &bytes)
    append(counter: id.number, to: &bytes)
    return Base64.text(bytes)
  }

  /// The text Exchange gives a folder; its entry id has 46 bytes.
  package func text(of id: FolderID) -> String {
    var bytes = idHead(entryLength: 0x2E)
    bytes.append(contentsOf: [0x01, 0x00])
    append(counter: id.number, to: &bytes)
    return Base64.text(bytes)
  }

  /// Reads an item's id.
  ///
  /// Throws `ErrorInvalidIdMalformed` for what is no id of an item and
  /// `ErrorItemNotFound` for an id of another mailbox.
  package func itemID(_ text: String) throws(Refusal) -> ItemID {
    let entry = try entryID(text)
    guard entry.count == 0x46 else { throw Refusal(.errorInvalidIdMalformed) }
    let folder = counter(in: entry, at: 38)
    let number = counter(in: entry, at: 62)
    return ItemID(folder: FolderID(number: folder), number: number)
  }

  /// Reads a folder's id; an item's id is refused with `ErrorCannotUseItemIdForFolderId`.
  package func folderID(_ text: String) throws(Refusal) -> FolderID {
    let entry = try entryID(text)
    guard entry.count == 0x2E else { throw Refusal(.errorCannotUseItemIdForFolderId) }
    return FolderID(number: counter(in: entry, at: 38))
  }

  /// The change key of an item: base64 of kind, length, replica GUID and change number.
  package func changeKey(of item: Item) -> String {
    changeKey(item.isAppointment ? .calendarItem : .message, item.change)
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
  private func idHead(entryLength: UInt8) -> [UInt8] {
    var bytes = spelling.head
    bytes.reserveCapacity(0x71)
    bytes.append(contentsOf: [0x00, entryLength, 0x00])
    bytes.append(contentsOf: [0, 0, 0, 0])
    bytes.append(contentsOf: spelling.guid)
    return bytes
  }

  private func entryID(_ text: String) throws(Refusal) -> ArraySlice<UInt8> {
    guard !text.isEmpty else { throw Refusal(.errorInvalidIdEmpty) }
    guard let bytes = Base64.bytes(text), bytes.count > 43, bytes.starts(with: spelling.head[..<4]),
      bytes[40] == 0, bytes[42] == 0, Int(bytes[41]) == bytes.count - 43
    else { throw Refusal(.errorInvalidIdMalformed) }
    guard bytes.starts(with: spelling.head) else { throw Refusal(.errorItemNotFound) }
    return bytes[43...]
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
