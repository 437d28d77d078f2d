import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// What simulated histories found, each as short as it went (`promises.md` Trials).
@Suite(.threeRuns) struct FoundTests {
  let start = Scene.monday + 5 * Scene.hour
  var end: Int64 { start + Scene.hour }
  let day: Int64 = 86_400

  /// A copy with the UID of its original, as programs make them.
  private func copy(_ id: String, _ scene: Scene) async throws -> String {
    try await scene.inMailbox { mailbox, now in
      let copy = try mailbox.copy(mailbox.itemID(id), to: mailbox.folderID(.calendar), at: now)
      return mailbox.text(of: copy.id)
    }
  }

  /// Into another calendar, or back; answers its new id.
  private func move(_ id: String, aside: Bool, _ scene: Scene) async throws -> String {
    try await scene.inMailbox { mailbox, now in
      let calendar = mailbox.folderID(.calendar)
      let known = mailbox.folders(below: calendar, deep: false).first?.id
      let other =
        try known
        ?? mailbox.createFolder("Aside", folderClass: "IPF.Appointment", in: calendar, at: now)
      let item = try mailbox.move(mailbox.itemID(id), to: aside ? other : calendar, at: now)
      return mailbox.text(of: item.id)
    }
  }

  @Test func `a copy that is moved away and back keeps its counterpart`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let copy = try await copy(id, scene)
    _ = try await move(id, aside: true, scene)
    try await scene.settle()
    let before = try await scene.psaItems().map(\.id)
    let away = try await move(copy, aside: true, scene)
    _ = try await move(away, aside: false, scene)
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.id) == before)
  }

  /// Which of them lies there nobody can tell for certain, and what is there in any calendar is no
  /// proof for a delete.
  @Test func `a copy that vanishes while its original lies elsewhere is away, and nothing goes`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    let copy = try await copy(id, scene)
    let away = try await move(id, aside: true, scene)
    try await scene.settle()
    #expect(try await scene.psaItems().count == 2)
    // The original goes for good, and the copy takes its place there.
    try await scene.exchange(.delete(id: away))
    _ = try await move(copy, aside: true, scene)
    for _ in 0..<3 { try await scene.sync() }
    #expect(try await scene.psaItems().count == 2)
    #expect(try await scene.cache.links().allSatisfy { $0.state == .away })
  }

  @Test func `a series that is put into another calendar keeps its dates in the PSA, run for run`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(
      .calendar(
        CalendarEdit(
          .create(
            title: "Round",
            start: start,
            end: end,
            isAllDay: false,
            repetition: "daily times 5"
          )
        )
      )
    )
    try await scene.settle()
    #expect(try await scene.psaItems().count == 5)
    _ = try await move(id, aside: true, scene)
    for _ in 0..<4 { try await scene.sync() }
    #expect(try await scene.psaItems().count == 5)
    #expect(try await scene.cache.links().allSatisfy { $0.state == .away })
  }

  @Test func `what is private when it comes back gets no detail by an undo`() async throws {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "Canary", start: start, end: end))
    try await scene.settle()
    let uid = try #require(try await scene.exchangeItems().only?.uid)
    try await scene.exchange(.delete(id: id))
    let run = try await scene.sync().attempt.run
    #expect(try await scene.psaItems().isEmpty)
    // Taken out of Deleted Items, and hidden, before the next run.
    _ = try await scene.inMailbox { mailbox, now in
      let deleted = mailbox.items(in: mailbox.folderID(.deleteditems))
      let item = try #require(deleted.first { $0.uid == uid })
      _ = try mailbox.move(item.id, to: mailbox.folderID(.calendar), at: now)
    }
    let back = try #require(try await scene.exchangeItems().only?.id.rawValue)
    try await scene.change(back, [.sensitivity(.private)])
    scene.clock.advance(60)
    let result = try await scene.cycle().undo(run)
    #expect(result.attempt.psa.created == 0)
    #expect(result.attempt.notes.contains { $0.contains("is in Exchange again") })
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.title) == ["Appointment"])
  }

  @Test func `an item whose other half waits for a run is not purged`() async throws {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    try await scene.psa(.move(id: id, start: end, end: end + Scene.hour))
    scene.clock.advance(60)
    let result = try await scene.cycle().purge(.mine)
    #expect(result.attempt.exchange.deleted == 0)
    #expect(result.attempt.notes.contains { $0.contains("sync first") })
    try await scene.settle()
    #expect(
      try await scene.exchangeItems().only?.when.isSameTime(
        as: .timed(
          start: Instant(seconds: end),
          end: Instant(seconds: end + Scene.hour),
          zone: nil
        )
      ) == true
    )
  }

  @Test func `nothing else is purged than what was agreed to`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let agreed = try await scene.cycle().purgePlan(.mine).digest
    try await scene.psa(.create(title: "C", start: start, end: end))
    try await scene.settle()
    scene.clock.advance(60)
    let result = try await scene.cycle().purge(.mine, agreed: agreed)
    #expect(result.failure?.description.contains("Meanwhile something changed") == true)
    #expect(try await scene.exchangeItems().count == 2)
  }

  @Test func `a person's copy of a service call stays when the call is cancelled`() async throws {
    let scene = try Scene()
    scene.rules.serviceCalls = true
    let call = try await scene.office(
      .serviceCall,
      .create(title: "Visit", start: start, end: end)
    )
    try await scene.settle()
    let made = try await scene.exchangeItems().first { $0.stamp?.contains(";\(call);") ?? false }
    let copy = try await copy(try #require(made?.id.rawValue), scene)
    try await scene.office(.serviceCall, .cancel(id: call))
    try await scene.settle()
    #expect(try await scene.exchangeItems().contains { $0.id.rawValue == copy })
    #expect(try await !scene.exchangeItems().contains { $0.id == made?.id })
  }

  @Test func `an archived item that is moved into the window is made again in the PSA`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.exchange(.create(title: "A", start: start, end: end))
    try await scene.settle()
    scene.clock.advance(20 * day)
    try await scene.settle()
    #expect(try await scene.cache.links().only?.state == .parked)
    let old = try #require(try await scene.psaItems().only?.id)
    try await scene.psa(.delete(id: old.description))
    try await scene.settle()
    let later = start + 22 * day
    try await scene.exchange(.move(id: id, start: later, end: later + Scene.hour))
    try await scene.settle()
    #expect(try await scene.psaItems().map(\.start.seconds) == [later])
  }

  @Test func `after a lost cache what its person had moved elsewhere is not made a second time`()
    async throws
  {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let made = try #require(try await scene.exchangeItems().only?.id.rawValue)
    let away = try await move(made, aside: true, scene)
    try scene.loseCache()
    _ = try await scene.cycle().adopt(createMissing: true)
    #expect(try await scene.exchangeItems().isEmpty)
    #expect(try await scene.cache.links().only?.state == .away)
    _ = try await move(away, aside: false, scene)
    try await scene.settle()
    #expect(try await scene.exchangeItems().count == 1)
    #expect(try await scene.cache.links().only?.state == .linked)
  }

  @Test func `after a lost cache a change in the PSA makes nothing again that lies elsewhere`()
    async throws
  {
    let scene = try Scene()
    let id = try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.settle()
    let made = try #require(try await scene.exchangeItems().only?.id.rawValue)
    _ = try await move(made, aside: true, scene)
    try scene.loseCache()
    try await scene.sync()
    #expect(try await scene.cache.links().only?.state == .unmatched)
    try await scene.psa(.move(id: id, start: end, end: end + Scene.hour))
    try await scene.settle()
    #expect(try await scene.exchangeItems().isEmpty)
    #expect(try await scene.cache.links().only?.state == .away)
  }

  @Test func `what was made, moved away and back between two listings is no copy of itself`()
    async throws
  {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.sync()
    let made = try #require(try await scene.exchangeItems().only?.id.rawValue)
    let away = try await move(made, aside: true, scene)
    _ = try await move(away, aside: false, scene)
    try await scene.settle()
    #expect(try await scene.psaItems().count == 1)
    #expect(try await scene.exchangeItems().count == 1)
    #expect(try await scene.cache.links().only?.state == .linked)
  }

  @Test func `what was made and moved away between two listings is not purged`() async throws {
    let scene = try Scene()
    try await scene.psa(.create(title: "B", start: start, end: end))
    try await scene.sync()
    let made = try #require(try await scene.exchangeItems().only?.id.rawValue)
    _ = try await move(made, aside: true, scene)
    let result = try await scene.cycle().purge(.mine)
    #expect(result.attempt.exchange.deleted == 0)
    try await scene.settle()
    #expect(try await scene.cache.links().only?.state == .away)
  }
}
