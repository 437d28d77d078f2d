import Foundation
import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// `rules.md` 7 and 8: lost answers, short listings, refused states, restored sides, the brake.
@Suite(.threeRuns) struct TroubleTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  @Test func `a create in the PSA whose answer is lost is not made twice`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.losesCreates = true }
    let result = try await scene.cycle(psa: troubled).sync(SyncOptions())
    #expect(result.attempt.failedItems == 1)
    #expect(try await scene.psaItems().count == 1)
    try await scene.settle()
    #expect(try await scene.psaItems().count == 1)
  }

  @Test func `a create in Exchange whose answer is lost is not made twice`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.losesCreates = true }
    let result = try await scene.cycle(mailbox: troubled).sync(SyncOptions())
    #expect(result.failure != nil)
    let made = try #require(try await scene.exchangeItems().only)
    // A look at the plan looks the lost write up, and changes nothing else.
    _ = try await scene.cycle().plan()
    #expect(try await scene.cache.links().only?.stamp?.description == made.stamp)
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == 1)
    #expect(try await scene.cache.links().only?.stamp?.description == made.stamp)
  }

  @Test func `a listing of Exchange cut short deletes nothing and is read again`() async throws {
    let scene = try Scene(items: 12)
    try await scene.settle()
    let psa = try await scene.psaItems().count
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.cutsListings = true }
    let result = try await scene.cycle(mailbox: troubled).sync(SyncOptions(full: true))
    #expect(result.attempt.psa.deleted == 0)
    #expect(result.attempt.exchange.deleted == 0)
    try await scene.settle()
    #expect(try await scene.psaItems().count == psa)
  }

  @Test func `a listing of Exchange without an end ends the run, and a later one goes on`()
    async throws
  {
    let scene = try Scene(items: 12)
    try await scene.settle()
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.listsWithoutEnd = true }
    for options in [SyncOptions(), SyncOptions(full: true)] {
      let result = try await scene.cycle(mailbox: troubled).sync(options)
      #expect("\(try #require(result.failure))".contains("goes on and on"))
      #expect(result.attempt.outcome == .failed && result.attempt.writes == 0)
    }
    try await scene.settle()
  }

  @Test func `a listing of the PSA cut short deletes nothing`() async throws {
    let scene = try Scene(items: 12)
    try await scene.settle()
    let exchange = try await scene.exchangeItems().count
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.cutsListings = true }
    let result = try await scene.cycle(psa: troubled).sync(SyncOptions(full: true))
    #expect(result.attempt.psa.deleted + result.attempt.exchange.deleted == 0)
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == exchange)
  }

  @Test func `a refused sync state deletes nothing in that run, and what is gone goes later`()
    async throws
  {
    let scene = try Scene(items: 6)
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let psa = try await scene.psaItems().count
    try await scene.exchange(.delete(id: id))
    try await scene.inMailbox { mailbox, _ in mailbox.expireSyncStates() }
    let first = try await scene.sync()
    #expect(first.attempt.psa.deleted == 0)
    try await scene.sync()
    #expect(try await scene.psaItems().count == psa - 1)
    try await scene.settle()
  }

  @Test func `a listing that breaks off after a refused sync state is none of the two that count`()
    async throws
  {
    let scene = try Scene(items: 6)
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let psa = try await scene.psaItems().count
    try await scene.exchange(.delete(id: id))
    try await scene.inMailbox { mailbox, _ in mailbox.expireSyncStates() }
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { $0.breaksListings = true }
    let broken = try await scene.cycle(mailbox: troubled).sync(SyncOptions())
    #expect(broken.attempt.outcome == .failed && broken.attempt.writes == 0)
    #expect(try await scene.sync().attempt.psa.deleted == 0)
    #expect(try await scene.psaItems().count == psa)
    #expect(try await scene.sync().attempt.psa.deleted == 1)
    try await scene.settle()
  }

  @Test func `many deletes at once wait for a person, and go by the digest`() async throws {
    let scene = try Scene()
    var ids: [String] = []
    for number in 0..<8 {
      let at = start + Int64(number) * 7_200
      ids.append(try await scene.exchange(.create(title: "A\(number)", start: at, end: at + 60)))
    }
    try await scene.settle()
    for id in ids { try await scene.exchange(.delete(id: id)) }
    try await scene.psa(.create(title: "B", start: start, end: end))
    let held = try await scene.sync()
    #expect(held.attempt.psa.deleted == 0)
    #expect(held.attempt.psa.held == 8)
    #expect(held.attempt.exchange.created == 1)
    let hold = try #require(held.holds.first { $0.needsApproval })
    let again = try await scene.sync()
    #expect(again.holds.map(\.digest) == held.holds.map(\.digest))
    let approved = try await scene.sync(SyncOptions(approve: hold.digest))
    #expect(approved.attempt.psa.deleted == 8)
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["B"])
  }

  @Test func `a stranger's change between gathering and writing is neither overwritten nor lost`()
    async throws
  {
    let scene = try Scene()
    let made = try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let items = try await scene.exchangeItems()
    let copy = try #require(items.first { $0.title == "B" })
    try await scene.psa(.retitle(id: made, title: "B2"))
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { trouble in
      trouble.beforeUpdate = {
        _ = try await scene.exchange(
          .move(
            id: copy.id.rawValue,
            start: scene.clock.now + 90_000,
            end: scene.clock.now + 93_600
          )
        )
      }
    }
    let result = try await scene.cycle(mailbox: troubled).sync(SyncOptions())
    #expect(result.failure == nil)
    #expect(result.attempt.exchange.updated == 0)
    try await scene.settle()
    let after = try #require(try await scene.exchangeItems().first { $0.title == "B2" })
    let psa = try #require(try await scene.psaItems().first { $0.title == "B2" })
    #expect(psa.start.seconds > end)
    #expect(after.when.isSameTime(as: .timed(start: psa.start, end: psa.end, zone: nil)))
  }

  @Test(arguments: [true, false])
  func `what is not written because the PSA item changed or went is told in the journal`(
    isGone: Bool
  ) async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let psa = try #require(try await scene.psaItems().only?.id.description)
    try await scene.exchange(.retitle(id: id, title: "A2"))
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set { trouble in
      trouble.afterMark = {
        try await scene.psa(isGone ? .delete(id: psa) : .retitle(id: psa, title: "P"))
      }
    }
    let result = try await scene.sync(mailbox: mailbox)
    #expect(result.attempt.writes == 0)
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).only)
    #expect(entry.status == .dropped && entry.intent.target == psa)
    #expect(entry.note?.contains(isGone ? "is gone" : "changed meanwhile") == true)
  }

  @Test func `a delete whose PSA item is gone by then closes the link and is told in the journal`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let psa = try #require(try await scene.psaItems().only?.id.description)
    try await scene.change(id, [.isCancelled(true)])
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set { $0.afterMark = { try await scene.psa(.delete(id: psa)) } }
    let result = try await scene.sync(mailbox: mailbox)
    let entry = try #require(try await scene.cache.entries(of: result.attempt.run).only)
    #expect(entry.status == .dropped && entry.intent.verb == .delete)
    #expect(entry.note?.contains("not there any more") == true)
    #expect(try await scene.cache.links().only?.state == .closed)
    try await scene.settle()
  }

  @Test func `a restored cache reverts no edit and deletes nothing`() async throws {
    let scene = try Scene(items: 6)
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let saved = try scene.copyCache()
    try await scene.exchange(.retitle(id: id, title: "A2"))
    try await scene.exchange(.create(title: "New", start: end, end: end + 600))
    try await scene.settle()
    let exchange = try await scene.exchangeItems().map(\.title)
    let psa = try await scene.psaItems().map(\.title)
    try scene.restoreCache(saved)
    #expect(try await scene.sync().attempt.notes.contains { $0.contains("a backup of the cache") })
    try await scene.settle()
    #expect(try await scene.exchangeItems().map(\.title) == exchange)
    #expect(try await scene.psaItems().map(\.title) == psa)
  }

  /// Numbers of runs that never wrote a mark counted as journaled, and the mailbox as the older side.
  @Test func `a restored cache is known as one, also after runs that failed`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let saved = try scene.copyCache()
    for number in 1...5 {
      try await scene.exchange(.retitle(id: id, title: "A\(number)"))
      try await scene.sync()
    }
    let mark = try #require(try await scene.worldMailbox.open().mark?.run)
    try scene.restoreCache(saved)
    let known = try #require(try await scene.cache.attempts(limit: 1).first?.run)
    let psa = TroubledPSA(scene.worldPSA)
    await psa.set { $0.isDown = true }
    for _ in known.rawValue..<mark.rawValue + 2 {
      #expect(try await scene.cycle(psa: psa).sync(SyncOptions()).attempt.outcome == .failed)
    }
    // One more of them came as far as its mark.
    try await scene.exchange(.retitle(id: id, title: "A6"))
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set { $0.refusesMarks = true }
    #expect(try await scene.cycle(mailbox: mailbox).sync(SyncOptions()).attempt.outcome == .failed)
    try await scene.exchange(.create(title: "B", start: start, end: end))
    let epoch = try await scene.cache.positions().epoch
    try await scene.settle()
    #expect(try await scene.cache.positions().epoch > epoch)
    // Of what is new to a restored cache nobody knows whether it had been suppressed.
    #expect(try await scene.cache.links().map(\.state) == [.linked, .unmatched])
    #expect(try await scene.psaItems().map(\.title) == ["A6"])
  }

  @Test func `a mark whose answer was lost twice is still this agent's own`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set { $0.afterMark = { throw LostAnswer() } }
    try await scene.exchange(.retitle(id: id, title: "A2"))
    #expect(try await scene.cycle(mailbox: mailbox).sync(SyncOptions()).failure != nil)
    await mailbox.set { $0.refusesMarks = true }
    #expect(try await scene.cycle(mailbox: mailbox).sync(SyncOptions()).failure != nil)
    let epoch = try await scene.cache.positions().epoch
    try await scene.settle()
    #expect(try await scene.cache.positions().epoch == epoch)
    #expect(try await scene.psaItems().map(\.title) == ["A2"])
  }

  @Test func `a mark lost from the known folder stops creates and deletes until adopt`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    try await scene.inMailbox { mailbox, now in
      let folder = try mailbox.folder(mailbox.folderID(.calendar))
      let changes = folder.extended.map { Mailbox.FolderChange.remove($0.path) }
      _ = try mailbox.updateFolder(folder.id, changes, at: now)
    }
    try await scene.exchange(.create(title: "C", start: start, end: end))
    try await scene.exchange(.retitle(id: id, title: "A2"))
    let result = try await scene.sync()
    #expect(result.attempt.psa.updated == 1 && result.attempt.writes == 1)
    #expect(result.attempt.notes.contains { $0.contains("lost its mark") })
    // What was written in between is no mark.
    let next = try await scene.sync()
    #expect(next.attempt.writes == 0)
    #expect(next.attempt.notes.contains { $0.contains("lost its mark") })
    #expect(try await scene.cycle().adopt(createMissing: false).failure == nil)
    try await scene.settle()
    #expect(try await scene.psaItems().count == 2)
  }

  @Test func `a refused write is held with its reason and not tried again`() async throws {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    let troubled = TroubledPSA(scene.worldPSA)
    await troubled.set { $0.refusesCreates = true }
    let first = try await scene.cycle(psa: troubled).sync(SyncOptions())
    #expect(first.attempt.outcome == .successWithErrors)
    let second = try await scene.cycle(psa: troubled).sync(SyncOptions())
    let hold = try #require(second.holds.first { $0.reason.contains("refused") })
    #expect(hold.items.map(\.verb) == [.create] && hold.items.map(\.side) == [.psa])
    #expect(hold.items.map(\.words) == ["no right to do this"])
    #expect(await troubled.creates == 1)

    try await scene.psa(.create(title: "B", start: start, end: end))
    let third = try await scene.cycle(psa: troubled).sync(SyncOptions(approve: hold.digest))
    #expect(third.attempt.outcome == .failed && third.attempt.writes == 0)
    #expect(third.failure?.description.contains("Approval does not end") == true)
  }

  @Test func `under a mistaken approval nothing is written, and what is approved stays so`()
    async throws
  {
    let scene = try Scene()
    var ids: [String] = []
    for number in 0..<8 {
      let at = start + Int64(number) * 7_200
      ids.append(try await scene.exchange(.create(title: "A\(number)", start: at, end: at + 60)))
    }
    try await scene.settle()
    for id in ids { try await scene.exchange(.delete(id: id)) }
    try await scene.psa(.create(title: "B", start: start, end: end))
    let wrong = PlanDigest("0123456789abcdef")
    let first = try await scene.cycle().sync(SyncOptions(approve: wrong))
    #expect(first.attempt.outcome == .failed && first.attempt.writes == 0)
    #expect(first.attempt.exchange.requests + first.attempt.psa.requests > 0)
    let hold = try #require(first.holds.first { $0.needsApproval })
    #expect(first.failure?.description.contains(hold.digest.rawValue) == true)

    #expect(try await scene.cache.approve(hold.digest))
    let second = try await scene.cycle().sync(SyncOptions(approve: wrong))
    #expect(second.attempt.writes == 0)
    #expect(second.holds.first?.digest == hold.digest && second.holds.first?.isApproved == true)
    let third = try await scene.sync()
    #expect(third.attempt.psa.deleted == 8 && third.attempt.exchange.created == 1)
  }

  @Test func `a run that is asked to end in a write becomes interrupted, and is made good`()
    async throws
  {
    let scene = try Scene()
    let made = try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    try await scene.psa(.retitle(id: made, title: "B2"))
    let troubled = TroubledMailbox(scene.worldMailbox)
    await troubled.set { trouble in
      trouble.beforeUpdate = {
        withUnsafeCurrentTask { $0?.cancel() }
        throw LostAnswer()
      }
    }
    let run = Task { [troubled] in
      try await scene.cycle(mailbox: troubled).sync(SyncOptions())
    }
    let result = try await run.value
    #expect(result.attempt.outcome == .interrupted && result.failure == nil)
    #expect(try await scene.cache.attempts(limit: 1).first?.outcome == .interrupted)
    try await scene.settle()
    #expect(try await scene.exchangeItems().map(\.title) == ["B2"])
  }

  @Test func `an attempt of a killed run is closed as interrupted`() async throws {
    let scene = try Scene()
    _ = try await scene.cache.begin(.sync, at: Instant(seconds: scene.clock.now), settings: "")
    try await scene.sync()
    let outcomes = try await scene.cache.attempts(limit: 2).map(\.outcome)
    #expect(outcomes == [.success, .interrupted])
  }
}
