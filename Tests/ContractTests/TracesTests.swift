import SyncEngine
import SyncModel
import Testing
import World

/// `ExchangeMailbox.traces`: where items with a mark are (`ews.md` 3.6, `rules.md` 7).
@Suite struct TracesTests {
  @Test(arguments: ExchangePort.allCases)
  func `an item is found by stamp and by UID in the calendar, with id and version`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let drafts = [Draft.exchange(1), Draft.exchange(2)]
      let results = try await mailbox.create(drafts, in: folder)
      for (draft, result) in zip(drafts, results) {
        let expected = ItemTrace(
          id: try #require(result.id),
          changeKey: try #require(result.changeKey),
          place: .calendar
        )
        let uid = try #require(try await mailbox.item(expected.id).cleanUID)
        #expect(try await mailbox.traces(of: .stamp(draft.stamp), calendar: folder) == [expected])
        #expect(try await mailbox.traces(of: .uid(uid), calendar: folder) == [expected])
        // Who has lost the links does not know the UID that it chose.
        let made = ItemMark.madeFrom(
          kind: draft.stamp.kind,
          id: draft.stamp.id,
          tenant: draft.stamp.tenant
        )
        #expect(try await mailbox.traces(of: made, calendar: folder) == [expected])
      }
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a person's item is found by UID, whether Exchange or another program made it`(
    port: ExchangePort,
  ) async throws {
    let grounds = try Grounds()
    let own = try await grounds.add("own")
    let foreign = try await grounds.add("foreign") { $0.uid = "Türöffner-7@example.net" }
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      #expect(try await mailbox.item(foreign).uid == "Türöffner-7@example.net")
      for id in [own, foreign] {
        let uid = try #require(try await mailbox.item(id).cleanUID)
        #expect(try await mailbox.traces(of: .uid(uid), calendar: folder).map(\.id) == [id])
      }
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `nothing is found where there is nothing`(port: ExchangePort) async throws {
    let grounds = try Grounds(items: 10)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let stamp = Draft.stamp(99, uid: "x")
      #expect(try await mailbox.traces(of: .stamp(stamp), calendar: folder).isEmpty)
      let uid = CleanUID("040000008200E00074C5B7101A82E00800000000")
      #expect(try await mailbox.traces(of: .uid(uid), calendar: folder).isEmpty)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an item that was moved or deleted is found where it is now`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let other = try await grounds.addFolder("Second calendar")
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let results = try await mailbox.create([Draft.exchange(1), Draft.exchange(2)], in: folder)
      let moved = try await grounds.move(try #require(results[0].id), to: other)
      try await grounds.delete(try #require(results[1].id))
      let first = try await mailbox.traces(
        of: .stamp(Draft.exchange(1).stamp),
        calendar: folder
      )
      #expect(first.map(\.place) == [.otherCalendar])
      #expect(first.map(\.id) == [moved])
      let second = try await mailbox.traces(
        of: .stamp(Draft.exchange(2).stamp),
        calendar: folder
      )
      #expect(second.map(\.place) == [.deleted])
      let item = try await mailbox.item(try #require(second.only?.id))
      #expect(item.stamp == Draft.exchange(2).stamp.description)
      let uid = try #require(item.cleanUID)
      #expect(try await mailbox.traces(of: .uid(uid), calendar: folder) == second)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a deleted calendar folder counts as deleted with everything in it`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let other = try await grounds.addFolder("Second calendar")
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let results = try await mailbox.create([Draft.exchange()], in: folder)
      _ = try await grounds.move(try #require(results.only?.id), to: other)
      try await grounds.inMailbox { mailbox, around in
        let id = try mailbox.folderID(other.rawValue)
        try mailbox.deleteFolder(id, .moveToDeletedItems, at: around.now)
      }
      _ = try await mailbox.open()
      let traces = try await mailbox.traces(of: .stamp(Draft.exchange().stamp), calendar: folder)
      #expect(traces.map(\.place) == [.deleted])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an item that only a recovery brings back is not found`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let results = try await mailbox.create([Draft.exchange()], in: folder)
      let id = try #require(results.only?.id)
      try await grounds.inMailbox { mailbox, around in
        _ = try mailbox.delete(mailbox.itemID(id.rawValue), .softDelete, at: around.now)
      }
      let stamp = Draft.exchange().stamp
      #expect(try await mailbox.traces(of: .stamp(stamp), calendar: folder).isEmpty)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `copies of one stamp are all found`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let other = try await grounds.addFolder("Second calendar")
    let stamp = Draft.exchange().stamp
    try await grounds.inMailbox { mailbox, around in
      for place in [mailbox.folderID(.calendar), try mailbox.folderID(other.rawValue)] {
        for number in 0..<60 {
          var copy = Mailbox.Appointment(
            "Copy \(number)",
            start: around.now,
            end: around.now + 60
          )
          copy.extended = [
            Mailbox.ExtendedProperty(.publicString("x-lockstep-stamp"), stamp.description)
          ]
          _ = try mailbox.create(copy, in: place, around)
        }
      }
    }
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let traces = try await mailbox.traces(of: .stamp(stamp), calendar: folder)
      #expect(Set(traces.map(\.id)).count == 120)
      #expect(traces.count { $0.place == .calendar } == 60)
      #expect(traces.count { $0.place == .otherCalendar } == 60)
    }
  }
}
