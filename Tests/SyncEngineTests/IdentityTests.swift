import Store
import SyncEngine
import SyncModel
import Testing
import World

/// `rules.md` 7: moves, copies, lost caches, other agents, the vendor's own extension.
@Suite(.threeRuns) struct IdentityTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }

  @Test(arguments: [true, false])
  func `a person's copy is a new item and leaves the original alone`(keepsUID: Bool) async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "Made in the PSA", start: start, end: end))
    try await scene.exchange(.create(title: "Made in Exchange", start: start, end: end))
    try await scene.settle()
    try await scene.inMailbox { mailbox, now in
      for item in mailbox.items(in: mailbox.folderID(.calendar)) {
        _ = try mailbox.copy(
          item.id,
          to: mailbox.folderID(.calendar),
          keepingUID: keepsUID,
          at: now
        )
      }
    }
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == 4)
    #expect(try await scene.psaItems().count == 4)
    try await scene.settle()
    #expect(try await scene.psaItems().count == 4)
  }

  /// The cache refused two links of one UID, and every run ended there.
  @Test func `a copy made before the first run stops nothing, and the last one is kept in step`()
    async throws
  {
    let scene = try Scene()
    let original = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.exchange(.create(title: "B", start: start, end: end))
    try await copy(original, in: scene)
    let first = try await scene.settle()
    #expect(first.holds.flatMap(\.items).count == 2)
    #expect(try await scene.psaItems().map(\.title) == ["B"])
    try await scene.exchange(.delete(id: original))
    #expect(try await scene.settle().holds.isEmpty)
    #expect(try await scene.psaItems().map(\.title) == ["A", "B"])
  }

  @Test func `after a lost cache each copy has the PSA appointment that was made of it`()
    async throws
  {
    let scene = try Scene()
    let original = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let copy = try await copy(original, in: scene)
    try await scene.settle()
    let before = try await pairs(scene)
    #expect(before.count == 2)
    try scene.loseCache()
    #expect(try await scene.sync().attempt.notes.contains { $0.contains("it was lost") })
    try await scene.settle()
    #expect(try await pairs(scene) == before)
    try await scene.exchange(.retitle(id: copy, title: "Copy"))
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["A", "Copy"])
  }

  @Test func `after a lost cache copies that claim one PSA appointment wait for a person`()
    async throws
  {
    let scene = try Scene()
    let original = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let copy = try await copy(original, in: scene)
    try await scene.exchange(.retitle(id: copy, title: "Copy"))
    try scene.loseCache()
    let result = try await scene.settle()
    #expect(
      Set(result.holds.flatMap(\.items).compactMap(\.exchange?.rawValue)) == [original, copy]
    )
    #expect(try await scene.psaItems().map(\.title) == ["A"])
    try await scene.exchange(.delete(id: copy))
    #expect(try await scene.settle().holds.isEmpty)
    #expect(try await scene.cache.links().only?.exchange?.item.rawValue == original)
    #expect(try await scene.psaItems().map(\.title) == ["A"])
  }

  /// A person's copy in the calendar that bears the UID of its original.
  @discardableResult
  private func copy(_ id: String, in scene: Scene) async throws -> String {
    try await scene.inMailbox { mailbox, now in
      let copy = try mailbox.copy(
        mailbox.itemID(id),
        to: mailbox.folderID(.calendar),
        keepingUID: true,
        at: now
      )
      return mailbox.text(of: copy.id)
    }
  }

  private func pairs(_ scene: Scene) async throws -> [ExchangeItemID: PSAID] {
    var pairs: [ExchangeItemID: PSAID] = [:]
    for link in try await scene.cache.links() {
      if let item = link.exchange?.item { pairs[item] = link.psa?.id }
    }
    return pairs
  }

  @Test func `an item moved to another folder is away, and linked again when it comes back`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let moved = try await scene.inMailbox { mailbox, now in
      let other = try mailbox.createFolder(
        "Archive",
        folderClass: "IPF.Appointment",
        in: mailbox.folderID(.calendar),
        at: now
      )
      return try mailbox.move(mailbox.itemID(id), to: other, at: now).id
    }
    try await scene.settle()
    #expect(try await scene.psaItems().count == 1)
    #expect(try await scene.cache.links().only?.state == .away)
    try await scene.inMailbox { mailbox, now in
      _ = try mailbox.move(moved, to: mailbox.folderID(.calendar), at: now)
    }
    try await scene.settle()
    #expect(try await scene.psaItems().count == 1)
    #expect(try await scene.cache.links().only?.state == .linked)
  }

  @Test func `a moved item that no UID finds is found by its stamp`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    try await scene.inMailbox { mailbox, now in
      let other = try mailbox.createFolder(
        "Archive",
        folderClass: "IPF.Appointment",
        in: mailbox.folderID(.calendar),
        at: now
      )
      for item in mailbox.items(in: mailbox.folderID(.calendar)) {
        _ = try mailbox.move(item.id, to: other, at: now)
      }
    }
    let mailbox = TroubledMailbox(scene.worldMailbox)
    await mailbox.set { $0.findsNoUIDs = true }
    try await scene.sync(mailbox: mailbox)
    #expect(try await scene.cache.links().only?.state == .away)
  }

  @Test func `an item that is there under its id, and that nothing else traces, is not gone`()
    async throws
  {
    let scene = try Scene()
    let id = ExchangeItemID(
      try await scene.exchange(.create(title: "A", start: start, end: end))
    )
    let mailbox = TroubledMailbox(scene.worldMailbox)
    let hidesUID: @Sendable (inout TroubledMailbox.Trouble) -> Void = { trouble in
      trouble.shows = { item in
        var item = item
        item.cleanUID = nil
        return item
      }
    }
    await mailbox.set(hidesUID)
    for _ in 0..<2 { try await scene.sync(mailbox: mailbox) }
    await mailbox.set { trouble in
      trouble.unlisted = [id]
      trouble.shows = { item in
        var item = item
        item.cleanUID = nil
        item.folder = FolderID("somewhere else")
        return item
      }
    }
    try await scene.sync(SyncOptions(full: true), mailbox: mailbox)
    #expect(try await scene.psaItems().count == 1)
    await mailbox.set(hidesUID)
    await mailbox.set { $0.unlisted = [] }
    try await scene.sync(SyncOptions(full: true), mailbox: mailbox)
    #expect(try await scene.cache.links().map(\.state) == [.linked])
  }

  @Test func `a copy that bears the stamp of a deleted original does not stand in for it`()
    async throws
  {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let original = try #require(try await scene.exchangeItems().only?.id.rawValue)
    try await scene.inMailbox { mailbox, now in
      _ = try mailbox.copy(
        mailbox.itemID(original),
        to: mailbox.folderID(.calendar),
        keepingUID: false,
        at: now
      )
    }
    try await scene.settle()
    try await scene.exchange(.delete(id: original))
    try await scene.settle()
    let links = try await scene.cache.links()
    #expect(links.map(\.state) == [.suppressed, .linked])
    #expect(try await scene.psaItems().count == 2)
  }

  @Test func `an original goes with its counterpart, though a copy bears its UID`() async throws {
    let scene = try Scene()
    let original = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    try await scene.inMailbox { mailbox, now in
      _ = try mailbox.copy(
        mailbox.itemID(original),
        to: mailbox.folderID(.calendar),
        keepingUID: true,
        at: now
      )
    }
    try await scene.settle()
    #expect(try await scene.psaItems().count == 2)
    try await scene.exchange(.delete(id: original))
    try await scene.settle()
    #expect(try await scene.psaItems().count == 1)
    #expect(try await scene.cache.links().count == 1)
  }

  @Test func `a lost cache is rebuilt from stamps and references, with no create and no delete`()
    async throws
  {
    let scene = try Scene(items: 12)
    try await scene.settle()
    let exchange = try await scene.exchangeItems().count
    let psa = try await scene.psaItems().count
    try scene.loseCache()
    let result = try await scene.cycle().adopt(createMissing: false)
    #expect(result.failure == nil)
    #expect(result.attempt.writes == 0)
    #expect(
      try await scene.cache.links().filter { $0.exchange != nil }
        .allSatisfy { ($0.stamp != nil) == ($0.origin == .psa) },
      "what Lockstep made is known by its stamp again"
    )
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == exchange)
    #expect(try await scene.psaItems().count == psa)
  }

  @Test func `after a lost cache what a person had deleted does not come back`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    for item in try await scene.exchangeItems() where item.title == "B" {
      try await scene.exchange(.delete(id: item.id.rawValue))
    }
    try await scene.settle()
    try scene.loseCache()
    try await scene.settle()
    #expect(try await scene.exchangeItems().map(\.title) == ["A"])
    let unmatched = try await scene.cache.links().filter { $0.state == .unmatched }
    #expect(unmatched.count == 1)
    let result = try await scene.cycle().adopt(createMissing: true)
    #expect(result.attempt.exchange.created == 1)
    #expect(try await scene.exchangeItems().map(\.title) == ["A", "B"])
  }

  @Test func `a lost cache is over with its run: later moves and deletions are followed`()
    async throws
  {
    let scene = try Scene()
    let moved = try await scene.exchange(.create(title: "A", start: start, end: end))
    let gone = try await scene.exchange(.create(title: "B", start: start, end: end))
    try await scene.settle()
    try scene.loseCache()
    try await scene.sync()
    try await scene.exchange(.move(id: moved, start: start + 600, end: end + 600))
    try await scene.exchange(.delete(id: gone))
    try await scene.settle()
    let left = try await scene.psaItems()
    #expect(left.map(\.title) == ["A"])
    #expect(left.first?.start.seconds == start + 600)
  }

  @Test func `another agent stops before it writes and says where the first one runs`() async throws
  {
    let scene = try Scene()
    try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    try await scene.exchange(.create(title: "C", start: start, end: end))
    try scene.loseCache()
    scene.agent = AgentID("agent-two")
    let result = try await scene.cycle().sync(SyncOptions())
    #expect(result.attempt.outcome == .failed)
    #expect(result.failure?.description.contains("runs on desk") == true)
    #expect(try await scene.psaItems().count == 1)
    #expect(try await scene.cycle().takeOver().failure == nil)
    try await scene.settle()
    #expect(try await scene.psaItems().count == 1)
  }

  @Test
  func `beside the vendor's extension pairs are proposed, nothing is made, approval links them`()
    async throws
  {
    let scene = try Scene(items: 20, fillsLikeVendor: true)
    let before = try await scene.exchangeItems().count
    let first = try await scene.sync()
    #expect(first.attempt.writes == 0)
    let hold = try #require(first.holds.first { $0.needsApproval })
    #expect(hold.reason.contains("pairs"))
    let again = try await scene.sync()
    #expect(again.holds.map(\.digest) == first.holds.map(\.digest))
    // What an admin approved, and nobody holds any more, is no obstacle.
    let approvals: Set = [hold.digest, PlanDigest("0000000000000000")]
    #expect(try await scene.cycle().plan(approvals: approvals).holds.isEmpty)
    try await scene.sync(SyncOptions(approvals: approvals))
    let links = try await scene.cache.links()
    #expect(links.count == hold.items.count)
    #expect(links.allSatisfy { $0.origin == .paired })
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == before)
    #expect(
      try await scene.psaItems().count(where: { $0.resource.rawValue == Seeding.technician })
        >= links.count
    )
  }
}
