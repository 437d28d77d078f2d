import Foundation
import Testing
import World

@Suite struct MailboxIdentityTests {
  @Test func `an item's id has Exchange's layout and 152 letters`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment("Visit"))
    let text = sample.mailbox.text(of: item.id)
    #expect(text.count == 152)
    #expect(text.hasPrefix("AAMk"))
    let bytes = try #require(Base64.bytes(text))
    #expect(Array(bytes[0..<4]) == [0, 3, 0x24, 0])
    #expect(String(decoding: bytes[4..<40], as: UTF8.self) == sample.mailbox.guid.text)
    #expect(Array(bytes[40..<43]) == [0, 0x46, 0])
    #expect(try sample.mailbox.itemID(text) == item.id)
  }

  @Test func `change keys begin as Exchange's do`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment("Visit"))
    #expect(sample.mailbox.changeKey(of: item).hasPrefix("DwAAABYAAA"))
    let folder = try sample.mailbox.folder(sample.calendar)
    #expect(sample.mailbox.changeKey(of: folder).hasPrefix("AgAAABYAAA"))
  }

  @Test(arguments: [
    ("", Mailbox.Code.errorInvalidIdEmpty), ("AAMk", .errorInvalidIdMalformed),
    ("no id at all", .errorInvalidIdMalformed),
  ])
  func `what is no id is refused`(text: String, code: Mailbox.Code) {
    let mailbox = MailboxSample().mailbox
    #expect(throws: Mailbox.Refusal(code)) { try mailbox.itemID(text) }
  }

  @Test func `ids of another mailbox find nothing, and folders' ids are no items'`() throws {
    let sample = MailboxSample()
    let other = Mailbox(owner: sample.mailbox.owner, seed: 2, at: 0)
    #expect(other.guid != sample.mailbox.guid)
    let foreign = other.text(of: Mailbox.ItemID(folder: other.folderID(.calendar), number: 1))
    #expect(throws: Mailbox.Refusal(.errorItemNotFound)) { try sample.mailbox.itemID(foreign) }
    let folder = sample.mailbox.text(of: sample.calendar)
    #expect(throws: Mailbox.Refusal(.errorInvalidIdMalformed)) {
      try sample.mailbox.itemID(folder)
    }
    let item = sample.mailbox.text(of: Mailbox.ItemID(folder: sample.calendar, number: 1))
    #expect(throws: Mailbox.Refusal(.errorCannotUseItemIdForFolderId)) {
      try sample.mailbox.folderID(item)
    }
  }

  @Test func `a foreign UID comes back bare from its blob`() {
    let identity = Mailbox.GlobalObjectID(uid: "my-own-uid-1")
    #expect(identity.uid == "my-own-uid-1")
    #expect(Array(identity.bytes[40..<52]) == Array("vCal-Uid".utf8) + [1, 0, 0, 0])
    #expect(Int(identity.bytes[36]) == identity.bytes.count - 40)
    #expect(identity.bytes.last == 0)
  }

  @Test func `a UID that the server made is its blob in capitals and reads back`() {
    let made = Mailbox.GlobalObjectID(made: 0, by: Mailbox.GUID(seed: 3), number: 7)
    #expect(made.uid.hasPrefix("040000008200E00074C5B7101A82E008"))
    #expect(Mailbox.GlobalObjectID(uid: made.uid) == made)
    #expect(Mailbox.GlobalObjectID(uid: made.uid.lowercased()) == made)
  }

  @Test func `the date of an instance is not in the clean form`() {
    let made = Mailbox.GlobalObjectID(made: 0, by: Mailbox.GUID(seed: 3), number: 7)
    let dated = made.uid.prefix(32) + "07EA0302" + made.uid.dropFirst(40)
    #expect(Mailbox.GlobalObjectID(uid: String(dated)) == made)
  }

  @Test(arguments: [0, 1, 2, 3, 4, 57, 200])
  func `base64 agrees with Foundation's`(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
    let text = Base64.text(bytes)
    #expect(text == Data(bytes).base64EncodedString())
    #expect(Base64.bytes(text) == bytes)
  }

  @Test(arguments: ["A", "AB=", "A===", "AB=C", "AB C!", "=", "QUJD="])
  func `broken base64 is none`(text: String) {
    #expect(Base64.bytes(text) == nil)
  }

  @Test(
    arguments: [
      ("2026-03-02T08:00:00Z", 1_772_438_400, 0),
      ("2026-03-02T09:00:00.123+01:00", 1_772_442_000, 3_600),
      ("2026-03-02T03:30:00-04:30", 1_772_422_200, -16_200),
      ("2026-03-02", 1_772_409_600, nil),
      ("1969-12-31T23:59:59Z", -1, 0),
      ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
    ] as [(String, Int64, Int?)]
  )
  func `date-times are read with their offsets`(text: String, wallClock: Int64, offset: Int?) {
    #expect(Timestamp.reading(text) == Timestamp.Reading(wallClock: wallClock, offset: offset))
  }

  @Test(arguments: [
    "2026-02-29T00:00:00Z", "2026-13-01", "26-01-01", "2026-01-01T25:00:00Z", "soon",
  ])
  func `what is no date-time is refused`(text: String) {
    #expect(Timestamp.reading(text) == nil)
  }

  @Test func `instants are written as they are read`() {
    for instant in stride(from: Int64(-5_000_000_000), to: 9_000_000_000, by: 123_456_789) {
      let reading = Timestamp.reading(Timestamp.text(instant))
      #expect(reading == Timestamp.Reading(wallClock: instant, offset: 0))
    }
  }
}
