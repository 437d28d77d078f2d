import SyncEngine
import SyncModel
import Testing
import World

/// `ExchangeMailbox.changes`: what moved in the folder, page by page (`ews.md` 2.4).
@Suite struct ChangesTests {
  @Test(arguments: ExchangePort.allCases)
  func `the whole folder comes in pages of at most 512, each item once`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.add(many: 1_100)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let whole = try await mailbox.allChanges(since: nil, in: folder)
      #expect(whole.pages.count == 3)
      #expect(whole.pages.allSatisfy { $0.present.count + $0.gone.count <= 512 })
      #expect(whole.pages.map(\.isLast) == [false, false, true])
      #expect(whole.present.count == 1_100)
      #expect(Set(whole.present) == Set(ids))
      #expect(whole.gone.isEmpty)
      let later = try await mailbox.allChanges(since: whole.next, in: folder)
      #expect(later.pages.count == 1)
      #expect(later.present.isEmpty && later.gone.isEmpty)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an empty folder is one empty last page with a state to go on from`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let empty = try await mailbox.allChanges(since: nil, in: folder)
      #expect(empty.pages.count == 1 && empty.present.isEmpty && empty.gone.isEmpty)
      let id = try await grounds.add()
      let later = try await mailbox.allChanges(since: empty.next, in: folder)
      #expect(later.present == [id])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `what is created, changed and deleted is reported once, with its version`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let kept = try await grounds.add("kept")
    let changed = try await grounds.add("changed")
    let deleted = try await grounds.add("deleted")
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let first = try await mailbox.allChanges(since: nil, in: folder)
      try await grounds.change(changed, .subject("changed again"))
      try await grounds.delete(deleted)
      let created = try await grounds.add("created")
      let passing = try await grounds.add("passing")
      try await grounds.delete(passing)
      let second = try await mailbox.allChanges(since: first.next, in: folder)
      #expect(Set(second.present) == [changed, created])
      #expect(second.present.count == 2)
      #expect(second.gone.contains(deleted))
      #expect(Set(second.gone).isSubset(of: [deleted, passing]))
      #expect(!second.present.contains(kept))
      let version = try await mailbox.item(changed).changeKey
      #expect(second.changeKey(of: changed) == version)
      #expect(first.changeKey(of: changed) != version)
      let third = try await mailbox.allChanges(since: second.next, in: folder)
      #expect(third.present.isEmpty && third.gone.isEmpty)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a state may be asked again and answers the same`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    _ = try await grounds.add(many: 5)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let state = try await mailbox.allChanges(since: nil, in: folder).next
      let id = try await grounds.add()
      for _ in 0..<2 {
        #expect(try await mailbox.allChanges(since: state, in: folder).present == [id])
      }
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `own writes are reported, with the versions that the writes gave back`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let doomed = try await grounds.add("doomed")
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let state = try await mailbox.allChanges(since: nil, in: folder).next
      let made = try #require(
        try await mailbox.create([Draft.exchange(1), Draft.exchange(2)], in: folder)[0].id
      )
      let version = try await mailbox.item(made).changeKey
      let result = try await mailbox.update([
        ExchangeEdit(id: made, expected: version, title: "changed")
      ])
      let target = ExchangeTarget(id: doomed, expected: try await mailbox.item(doomed).changeKey)
      _ = try await mailbox.delete([target])
      let changes = try await mailbox.allChanges(since: state, in: folder)
      #expect(changes.present.count == 2)
      #expect(changes.changeKey(of: made) == result.only?.changeKey)
      #expect(changes.gone == [doomed])
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `what moves between two pages is not lost`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let ids = try await grounds.add(many: 700)
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      guard case .page(let first) = try await mailbox.changes(since: nil, in: folder) else {
        Issue.record("no page")
        return
      }
      #expect(!first.isLast)
      // One that was listed and one that was not, each changed and deleted meanwhile.
      let listed = first.present.map(\.id)
      let open = Array(Set(ids).subtracting(listed))
      try await grounds.change(listed[0], .subject("listed"))
      try await grounds.delete(listed[1])
      try await grounds.change(open[0], .subject("open"))
      try await grounds.delete(open[1])
      let made = try await grounds.add("made meanwhile")
      var standing = Dictionary(
        first.present.map { ($0.id, $0.changeKey) },
        uniquingKeysWith: { _, last in last }
      )
      var state = first.next
      // The rest of the pass and one pass more.
      for _ in 0..<2 {
        let rest = try await mailbox.allChanges(since: state, in: folder)
        for page in rest.pages {
          for moved in page.present { standing[moved.id] = moved.changeKey }
          for gone in page.gone { standing[gone] = nil }
        }
        state = try #require(rest.next)
      }
      #expect(Set(standing.keys) == Set(ids).union([made]).subtracting([listed[1], open[1]]))
      let versions = try await mailbox.items([listed[0], open[0], made], in: folder)
      for item in versions.compactMap(\.item) { #expect(standing[item.id] == item.changeKey) }
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `an item that leaves the folder is gone from it, and one that comes back is present`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let id = try await grounds.add()
    let other = try await grounds.addFolder("Second calendar")
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let first = try await mailbox.allChanges(since: nil, in: folder)
      let away = try await grounds.move(id, to: other)
      let second = try await mailbox.allChanges(since: first.next, in: folder)
      #expect(second.present.isEmpty)
      #expect(second.gone == [id])
      let back = try await grounds.move(away, to: folder)
      let third = try await mailbox.allChanges(since: second.next, in: folder)
      #expect(third.present == [back])
      #expect(third.gone.isEmpty)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a state that the server does not accept is answered as refused, not as a failure`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    _ = try await grounds.add(many: 3)
    let other = try await grounds.addFolder("Second calendar")
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open().id
      let good = try #require(try await mailbox.allChanges(since: nil, in: folder).next)
      let foreign = try #require(try await mailbox.allChanges(since: nil, in: other).next)
      for state in [SyncState("c29tZXRoaW5n"), SyncState("no state at all"), foreign] {
        #expect(try await mailbox.changes(since: state, in: folder) == .stateRefused)
      }
      #expect(try await mailbox.allChanges(since: good, in: folder).present.isEmpty)
      try await grounds.inMailbox { mailbox, _ in mailbox.expireSyncStates() }
      #expect(try await mailbox.changes(since: good, in: folder) == .stateRefused)
      #expect(try await mailbox.allChanges(since: nil, in: folder).present.count == 3)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a folder that is not there is a failure`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    let folder = try await grounds.addFolder("Second calendar")
    try await grounds.inMailbox { mailbox, around in
      try mailbox.deleteFolder(mailbox.folderID(folder.rawValue), .hardDelete, at: around.now)
    }
    try await port.open(grounds) { mailbox in
      _ = await caught {
        _ = try await mailbox.changes(since: nil, in: folder)
      }
    }
  }
}
