import Foundation
import Testing
import World

@Suite struct MailboxItemTests {
  @Test func `an all-day item is widened to midnights of its own zone, across summer time`() throws
  {
    var sample = MailboxSample()
    var appointment = MailboxSample.appointment("Training")
    // 28 March 15:00 to 29 March 15:00 local; the clocks change in the night between.
    appointment.start = 1_774_706_400
    appointment.end = 1_774_789_200
    appointment.isAllDay = true
    let item = try sample.add(appointment)
    #expect(Timestamp.text(item.appointment.start) == "2026-03-27T23:00:00Z")
    #expect(Timestamp.text(item.appointment.end) == "2026-03-29T22:00:00Z")
  }

  @Test func `an all-day item without a zone is widened in the request's, else in UTC`() throws {
    var sample = MailboxSample()
    var appointment = Mailbox.Appointment(
      "Training",
      start: MailboxSample.now,
      end: MailboxSample.now
    )
    appointment.isAllDay = true
    var around = MailboxSample.around()
    around.contextZone = MailboxSample.berlin
    let local = try sample.mailbox.create(appointment, in: sample.calendar, around)
    #expect(Timestamp.text(local.appointment.start) == "2026-03-01T23:00:00Z")
    #expect(local.appointment.end - local.appointment.start == 86_400)
    let plain = try sample.add(appointment)
    #expect(Timestamp.text(plain.appointment.start) == "2026-03-02T00:00:00Z")
  }

  @Test func `a zone written without its time keeps the wall clock`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment("Visit"))
    let after = try sample.change(item, [.startZone("UTC"), .endZone("UTC")])
    #expect(after.appointment.start == item.appointment.start + 3_600)
    #expect(after.appointment.end == item.appointment.end + 3_600)
  }

  @Test func `subjects lose blanks at their ends, long ones are refused`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment(" \r\nVisit at\nsite "))
    #expect(item.appointment.subject == "Visit at site")
    let long = MailboxSample.appointment(String(repeating: "x", count: 256))
    #expect(throws: Mailbox.Refusal(.errorItemSavePropertyError)) { try sample.add(long) }
  }

  @Test func `an end before the start is refused`() throws {
    var sample = MailboxSample()
    var appointment = MailboxSample.appointment("Visit")
    appointment.end = appointment.start - 60
    #expect(throws: Mailbox.Refusal(.errorCalendarEndDateIsEarlierThanStartDate)) {
      try sample.add(appointment)
    }
  }

  @Test func `NeverOverwrite refuses any stale change key`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment("Visit"))
    _ = try sample.mailbox.touch(item.id, at: MailboxSample.now)
    #expect(throws: Mailbox.Refusal(.errorIrresolvableConflict)) {
      try sample.change(item, [.subject("Other")])
    }
    #expect(try sample.mailbox.item(item.id).appointment.subject == "Visit")
  }

  @Test func `AutoResolve merges other fields and refuses the same one`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment("Visit"))
    _ = try sample.change(item, [.location("Room 1")])
    let merged = try sample.change(item, [.subject("Other")], conflict: .autoResolve)
    #expect(merged.appointment.location == "Room 1")
    #expect(merged.appointment.subject == "Other")
    #expect(throws: Mailbox.Refusal(.errorIrresolvableConflict)) {
      try sample.change(item, [.location("Room 2")], conflict: .autoResolve)
    }
    let forced = try sample.change(item, [.location("Room 2")], conflict: .alwaysOverwrite)
    #expect(forced.appointment.location == "Room 2")
  }

  @Test func `a change key is required unless everything is overwritten`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment("Visit"))
    #expect(throws: Mailbox.Refusal(.errorChangeKeyRequiredForWriteOperations)) {
      try sample.mailbox.update(
        item.id,
        [.subject("Other")],
        changeKey: nil,
        conflict: .neverOverwrite,
        MailboxSample.around()
      )
    }
  }

  @Test func `moving to Deleted Items makes a new id with the same UID`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment("Visit"))
    let moved = try #require(
      try sample.mailbox.delete(item.id, .moveToDeletedItems, at: MailboxSample.now)
    )
    #expect(moved.id != item.id)
    #expect(moved.uid == item.uid)
    #expect(moved.id.folder == sample.mailbox.folderID(.deleteditems))
    #expect(throws: Mailbox.Refusal(.errorItemNotFound)) { try sample.mailbox.item(item.id) }
    let back = try sample.mailbox.move(moved.id, to: sample.calendar, at: MailboxSample.now)
    #expect(back.id != item.id)
    #expect(sample.mailbox.items(in: sample.calendar).map(\.id) == [back.id])
  }

  @Test func `a hard delete leaves nothing, a soft one leaves it to be recovered`() throws {
    var sample = MailboxSample()
    let one = try sample.add(MailboxSample.appointment("Visit"))
    let two = try sample.add(MailboxSample.appointment("Call"))
    #expect(try sample.mailbox.delete(one.id, .hardDelete, at: 0) == nil)
    let left = try sample.mailbox.delete(two.id, .softDelete, at: 0)
    #expect(left?.id.folder == sample.mailbox.folderID(.recoverableitemsdeletions))
    #expect(sample.mailbox.items(in: sample.calendar).isEmpty)
  }

  @Test func `a copy carries the stamp, and the UID as asked`() throws {
    var sample = MailboxSample()
    let stamp = Mailbox.ExtendedPath.publicString("stamp")
    var appointment = MailboxSample.appointment("Visit")
    appointment.extended = [Mailbox.ExtendedProperty(stamp, "abc")]
    let item = try sample.add(appointment)
    let same = try sample.mailbox.copy(item.id, to: sample.calendar, at: 0)
    let other = try sample.mailbox.copy(item.id, to: sample.calendar, keepingUID: false, at: 0)
    #expect(same.uid == item.uid)
    #expect(other.uid != item.uid)
    #expect(sample.mailbox.items(with: stamp, "abc").map(\.id) == [item.id, same.id, other.id])
  }

  @Test func `only a write to a meeting that does not say none sends mail`() throws {
    var sample = MailboxSample()
    var meeting = MailboxSample.appointment("Meeting")
    meeting.required = [
      Mailbox.Attendee(Mailbox.Person(name: "Dispatcher", address: "dispatcher@example.com"))
    ]
    let item = try sample.add(meeting)
    let single = try sample.mailbox.create(
      MailboxSample.appointment("Visit"),
      in: sample.calendar,
      invitations: .toSome,
      MailboxSample.around()
    )
    #expect(single.myResponse == .unknown)
    #expect(item.myResponse == .organizer)
    #expect(sample.mailbox.mailsSent == 0)
    let after = try sample.change(item, [.subject("Later")], invitations: .toSome)
    try sample.mailbox.delete(after.id, .moveToDeletedItems, cancellations: .toSome, at: 0)
    #expect(sample.mailbox.mailsSent == 2)
  }

  @Test func `search finds by stamp, by UID, by subject and in order`() throws {
    var sample = MailboxSample()
    let stamp = Mailbox.ExtendedPath.publicString("stamp")
    var items: [Mailbox.Item] = []
    for number in 0..<20 {
      var appointment = MailboxSample.appointment("Visit \(number)", hour: Int64(40 - number))
      appointment.extended = [Mailbox.ExtendedProperty(stamp, "s\(number)")]
      items.append(try sample.add(appointment))
    }
    let byStamp = try sample.mailbox.find(
      in: sample.calendar,
      .compares(.extended(stamp), .equal, "s7")
    )
    #expect(byStamp.items.map(\.id) == [items[7].id])
    let blob = try #require(items[8].globalObjectID)
    let byUID = try sample.mailbox.find(
      in: sample.calendar,
      .compares(.extended(.cleanGlobalObjectID), .equal, Base64.text(blob.bytes))
    )
    #expect(byUID.items.map(\.id) == [items[8].id])
    let bySubject = try sample.mailbox.find(
      in: sample.calendar,
      .and([
        .contains(.field("item:Subject"), "visit 1", .prefixed, ignoresCase: true),
        .not(.exists(.extended(.publicString("other")))),
      ]),
      order: [Mailbox.SortOrder(.field("calendar:Start"), isDescending: false)],
      offset: 2,
      maximum: 3
    )
    #expect(bySubject.total == 11)
    #expect(bySubject.items.map(\.appointment.subject) == ["Visit 17", "Visit 16", "Visit 15"])
    #expect(!bySubject.includesLast)
    #expect(throws: Mailbox.Refusal(.errorUnsupportedPathForQuery)) {
      try sample.mailbox.find(
        in: sample.calendar,
        .compares(.field("calendar:UID"), .equal, "x")
      )
    }
    try sample.mailbox.delete(items[7].id, .moveToDeletedItems, at: 0)
    let gone = try sample.mailbox.find(
      in: sample.calendar,
      .compares(.extended(stamp), .equal, "s7")
    )
    #expect(gone.items.isEmpty)
  }

  @Test func `a calendar view holds what overlaps it, by start`() throws {
    var sample = MailboxSample()
    for hour in [5, 1, 3] {
      try sample.add(MailboxSample.appointment("\(hour)", hour: Int64(hour)))
    }
    let hour: Int64 = 3_600
    let view = try sample.mailbox.calendarView(
      of: sample.calendar,
      from: MailboxSample.now + 2 * hour,
      to: MailboxSample.now + 5 * hour,
      MailboxSample.zones
    )
    #expect(view.items.map(\.appointment.subject) == ["3"])
  }

  @Test func `folders are made, marked, renamed and removed`() throws {
    var sample = MailboxSample()
    let root = sample.mailbox.folderID(.msgfolderroot)
    let team = try sample.mailbox.createFolder(
      "Team",
      folderClass: "IPF.Appointment",
      in: root,
      at: 0
    )
    #expect(throws: Mailbox.Refusal(.errorFolderExists)) {
      try sample.mailbox.createFolder("team", folderClass: "IPF.Note", in: root, at: 0)
    }
    let mark = Mailbox.ExtendedPath.publicString("mark")
    try sample.mailbox.updateFolder(
      team,
      [.name("Crew"), .set(Mailbox.ExtendedProperty(mark, "1"))],
      at: 0
    )
    #expect(try sample.mailbox.folder(team).extended(mark) == ["1"])
    let found = try sample.mailbox.findFolders(
      below: root,
      deep: true,
      .compares(.field("folder:DisplayName"), .equal, "Crew")
    )
    #expect(found.map(\.id) == [team])
    #expect(throws: Mailbox.Refusal(.errorDeleteDistinguishedFolder)) {
      try sample.mailbox.deleteFolder(sample.calendar, .hardDelete, at: 0)
    }
    try sample.mailbox.deleteFolder(team, .hardDelete, at: 0)
    #expect(throws: Mailbox.Refusal(.errorItemNotFound)) { try sample.mailbox.folder(team) }
  }

  @Test func `a mailbox comes back whole from storage`() throws {
    var sample = MailboxSample()
    let stamp = Mailbox.ExtendedPath.publicString("stamp")
    var appointment = MailboxSample.appointment("Visit")
    appointment.extended = [Mailbox.ExtendedProperty(stamp, "abc")]
    let item = try sample.add(appointment)
    let state = sample.mailbox.syncState(of: sample.calendar)
    sample.mailbox.timeZone = MailboxSample.berlin
    let stored = try JSONEncoder().encode(sample.mailbox)
    var back = try JSONDecoder().decode(Mailbox.self, from: stored)
    #expect(back.timeZone == MailboxSample.berlin)
    #expect(try back.item(item.id) == item)
    #expect(back.items(with: stamp, "abc") == [item])
    #expect(try back.sync(back.folderID(.calendar), since: state, maximum: 9).changes.isEmpty)
    let next = try back.create(appointment, in: back.folderID(.calendar), MailboxSample.around())
    #expect(next.id.number > item.id.number)
  }
}
