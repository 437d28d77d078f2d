import Testing
import World

@Suite struct MailboxSyncTests {
  @Test func `everything comes newest first, in pages, and own writes come again`() throws {
    var sample = MailboxSample()
    var items: [Mailbox.Item] = []
    for number in 0..<10 {
      items.append(try sample.add(MailboxSample.appointment("\(number)")))
    }
    var replica = Replica()
    let first = try sample.mailbox.sync(sample.calendar, since: nil, maximum: 4)
    #expect(!first.includesLast)
    #expect(first.changes.count == 4)
    #expect(replica.take(first) == ["+9", "+8", "+7", "+6"])
    #expect(try replica.readToEnd(sample) == ["+5", "+4", "+3", "+2", "+1", "+0"])
    _ = try sample.change(items[3], [.subject("3b")])
    try sample.mailbox.delete(items[4].id, .moveToDeletedItems, at: 0)
    #expect(try replica.readToEnd(sample) == ["-", "~3b"])
    #expect(try replica.readToEnd(sample) == [])
  }

  @Test func `an item that changes between pages is not lost and comes as new`() throws {
    var sample = MailboxSample()
    var items: [Mailbox.Item] = []
    for number in 0..<6 { items.append(try sample.add(MailboxSample.appointment("\(number)"))) }
    var replica = Replica()
    _ = replica.take(try sample.mailbox.sync(sample.calendar, since: nil, maximum: 2))
    _ = try sample.change(items[1], [.subject("1b")])
    let rest = try replica.readToEnd(sample)
    #expect(rest.contains("+1b"))
    #expect(rest.count == 4)
  }

  @Test func `states of other folders, mailboxes and epochs and broken ones are refused`() throws {
    var sample = MailboxSample()
    let state = sample.mailbox.syncState(of: sample.calendar)
    let refusal = Mailbox.Refusal(.errorInvalidSyncStateData)
    #expect(throws: refusal) {
      try sample.mailbox.sync(sample.mailbox.folderID(.inbox), since: state, maximum: 9)
    }
    let other = Mailbox(owner: sample.mailbox.owner, seed: 2, at: 0)
    #expect(throws: refusal) {
      try other.sync(other.folderID(.calendar), since: state, maximum: 9)
    }
    for broken in ["H4sIAAA=", "", String(state.dropLast(4)), "B" + state.dropFirst()] {
      #expect(throws: refusal) {
        try sample.mailbox.sync(sample.calendar, since: broken, maximum: 9)
      }
    }
    let hierarchy = try sample.mailbox.syncHierarchy(
      sample.mailbox.folderID(.msgfolderroot),
      since: nil
    )
    #expect(throws: refusal) {
      try sample.mailbox.sync(sample.calendar, since: hierarchy.state, maximum: 9)
    }
    sample.mailbox.expireSyncStates()
    #expect(throws: refusal) {
      try sample.mailbox.sync(sample.calendar, since: state, maximum: 9)
    }
  }

  @Test func `ignored items are left out of one call only`() throws {
    var sample = MailboxSample()
    let item = try sample.add(MailboxSample.appointment("Visit"))
    let page = try sample.mailbox.sync(
      sample.calendar,
      since: nil,
      maximum: 9,
      ignoring: [item.id]
    )
    #expect(page.changes.isEmpty)
    #expect(page.includesLast)
  }

  @Test func `the hierarchy reports what came, changed and went`() throws {
    var sample = MailboxSample()
    let root = sample.mailbox.folderID(.msgfolderroot)
    let all = try sample.mailbox.syncHierarchy(root, since: nil)
    #expect(all.changes.count == 6)
    let team = try sample.mailbox.createFolder(
      "Team",
      folderClass: "IPF.Appointment",
      in: root,
      at: 0
    )
    let made = try sample.mailbox.syncHierarchy(root, since: all.state)
    guard case .create(let folder)? = made.changes.first, made.changes.count == 1 else {
      Issue.record("no create")
      return
    }
    #expect(folder.id == team)
    try sample.mailbox.deleteFolder(team, .hardDelete, at: 0)
    let gone = try sample.mailbox.syncHierarchy(root, since: made.state)
    guard case .delete(let id)? = gone.changes.first, gone.changes.count == 1 else {
      Issue.record("no delete")
      return
    }
    #expect(id == team)
  }

  /// Random writes between random pages: whoever follows the changes ends with the folder.
  @Test(arguments: 1...20)
  func `a follower always ends with what is there`(seed: UInt64) throws {
    var sample = MailboxSample()
    var dice = Chance(state: seed)
    var replica = Replica()
    for step in 0..<300 {
      let items = sample.mailbox.items(in: sample.calendar)
      switch dice.roll(6) {
      case 0, 1: try sample.add(MailboxSample.appointment("\(step)"))
      case 2 where !items.isEmpty:
        _ = try sample.change(items[dice.roll(items.count)], [.subject("\(step)")])
      case 3 where !items.isEmpty:
        try sample.mailbox.delete(items[dice.roll(items.count)].id, .moveToDeletedItems, at: 0)
      case 4:
        let deleted = sample.mailbox.items(in: sample.mailbox.folderID(.deleteditems))
        if !deleted.isEmpty {
          _ = try sample.mailbox.move(
            deleted[dice.roll(deleted.count)].id,
            to: sample.calendar,
            at: 0
          )
        }
      default:
        let page = try sample.mailbox.sync(
          sample.calendar,
          since: replica.state,
          maximum: dice.roll(4) + 1
        )
        _ = replica.take(page)
      }
    }
    _ = try replica.readToEnd(sample)
    let there = sample.mailbox.items(in: sample.calendar)
    #expect(replica.items == Dictionary(uniqueKeysWithValues: there.map { ($0.id, $0) }))
  }

  @Test func `ten thousand items are listed, changed and found`() throws {
    var sample = MailboxSample()
    let stamp = Mailbox.ExtendedPath.publicString("stamp")
    for number in 0..<10_000 {
      var appointment = MailboxSample.appointment("Visit \(number)")
      appointment.extended = [Mailbox.ExtendedProperty(stamp, "s\(number)")]
      try sample.add(appointment)
    }
    var replica = Replica()
    #expect(try replica.readToEnd(sample).count == 10_000)
    for number in stride(from: 0, to: 10_000, by: 10) {
      let found = sample.mailbox.items(with: stamp, "s\(number)")
      _ = try sample.change(try #require(found.first), [.subject("Changed")])
    }
    #expect(try replica.readToEnd(sample).count == 1_000)
  }
}

/// What a client keeps that follows the changes of a folder.
private struct Replica {
  var state: String?
  var items: [Mailbox.ItemID: Mailbox.Item] = [:]

  /// The changes in short: `+` and `~` with the subject, `-`.
  mutating func take(_ page: Mailbox.SyncPage) -> [String] {
    state = page.state
    return page.changes.map { change in
      switch change {
      case .create(let item):
        items[item.id] = item
        return "+" + item.appointment.subject
      case .update(let item):
        if items[item.id] == nil { Issue.record("an update of an item that nobody told of") }
        items[item.id] = item
        return "~" + item.appointment.subject
      case .delete(let id, _):
        items[id] = nil
        return "-"
      }
    }
  }

  mutating func readToEnd(_ sample: MailboxSample) throws -> [String] {
    var all: [String] = []
    while true {
      let page = try sample.mailbox.sync(sample.calendar, since: state, maximum: 512)
      all += take(page)
      if page.includesLast { return all }
    }
  }
}

private struct Chance {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % sides
  }
}
