import Foundation
import Sandbox
import SyncEngine
import SyncModel
import TestGround
import Testing
import World

/// Garbled replies (`promises.md`, trials): whole runs over HTTP in which an answer, or each answer
/// from some moment on, is not what the server said.
@Suite struct GarbledTests {
  /// 200 in CI; `LOCKSTEP_TRIALS_GARBLED` for the long form.
  private static let trials =
    ProcessInfo.processInfo.environment["LOCKSTEP_TRIALS_GARBLED"].flatMap { Int($0) } ?? 200

  @Test(.timeLimit(.minutes(10)))
  func `after garbled answers nothing is doubled, nothing is deleted, and a clean run mends all`()
    async throws
  {
    let stranger = try Grounds(items: 12, seed: 99)
    let proxy = GarblingProxy(seed: 3, stranger: stranger.exchangeServer)
    let grounds = try Grounds().between { proxy.before($0) }
    let people = People(grounds)
    let trials = Self.trials
    let told = try await Road.wire.agent(grounds) { agent in
      var told: [Garbling: Int] = [:]
      for _ in 0..<8 { try await people.work() }
      try await agent.settle()
      for trial in 1...trials {
        try await people.work()
        let before = await people.titles()
        let garbling = await people.garbling(trial)
        let (at, goesOn) = await people.moment()
        proxy.order(garbling, at: at, goesOn: goesOn)
        grounds.clock.advance(60)
        // Every twentieth run reads everything, so that listings are garbled too.
        _ = try await agent.cycle().sync(SyncOptions(full: trial % 20 == 0))
        let (_, garbled) = proxy.rest()
        if garbled > 0 { told[garbling, default: 0] += 1 }
        let problems = await people.problems(since: before)
        guard problems.isEmpty else {
          Issue.record("trial \(trial), \(garbling) at \(at): \(problems)")
          return told
        }
        // What was changed in the bytes themselves is mended by a run that reads everything.
        let wrong = try await people.unsettled(agent, full: garbling == .bytes)
        guard wrong.isEmpty else {
          Issue.record("trial \(trial), \(garbling) at \(at), goes on \(goesOn): \(wrong)")
          return told
        }
      }
      return told
    }
    #expect(await grounds.mailsSent == 0)
    let list = Garbling.allCases.compactMap { kind in told[kind].map { "\(kind.rawValue) \($0)" } }
    print("TRIAL: \(trials) runs with garbled answers: \(list.joined(separator: ", "))")
    if trials >= 200 { #expect(list.count == Garbling.allCases.count) }
  }
}

/// People who make, move and delete on both sides, and a model of what must come of it.
private actor People {
  private struct Entry { let side: Edit.Side; var start: Int64 }

  private let grounds: Grounds
  private var dice = Garbler(seed: 41)
  private var model: [String: Entry] = [:]
  private var made = 0

  init(_ grounds: Grounds) { self.grounds = grounds }

  func work() async throws {
    let titles = model.keys.sorted()
    let start = Grounds.monday + Int64(1 + dice.number(below: 200)) * Grounds.hour
    switch titles.count < 6 ? 0 : dice.number(below: titles.count > 16 ? 5 : 4) {
    case 0, 1:
      made += 1
      let title = "Item \(made)"
      let side = dice.one(of: [Edit.Side.exchange, .psa])
      try await grounds.make(side, .create(title: title, start: start, end: start + 1_800))
      model[title] = Entry(side: side, start: start)
    case 2, 3:
      let title = dice.one(of: titles)
      // A time may be changed on either side.
      let side = dice.one(of: [Edit.Side.exchange, .psa])
      guard let id = await item(title, on: side) else { return }
      try await grounds.make(side, .move(id: id, start: start, end: start + 1_800))
      model[title]?.start = start
    default:
      let title = dice.one(of: titles)
      guard let side = model[title]?.side, let id = await item(title, on: side) else { return }
      try await grounds.make(side, .delete(id: id))
      model[title] = nil
    }
  }

  /// 50 MB are sent rarely, for they take as long as twenty other trials.
  func garbling(_ trial: Int) -> Garbling {
    if trial % 50 == 49 { return .huge }
    return dice.one(of: Garbling.allCases.filter { $0 != .huge })
  }

  func moment() -> (at: Int, goesOn: Bool) { (dice.number(below: 12), dice.number(below: 3) == 0) }

  func titles() async -> [Edit.Side: [String]] {
    [
      .exchange: await grounds.world.exchangeListing().map(\.title),
      .psa: await grounds.world.psaListing().map(\.title),
    ]
  }

  /// What is there twice, and what is gone that nobody deleted.
  func problems(since before: [Edit.Side: [String]]) async -> [String] {
    let after = await titles()
    return [Edit.Side.exchange, .psa].flatMap { side in
      let (now, then) = (after[side] ?? [], before[side] ?? [])
      let twice = Set(now).filter { title in now.count { $0 == title } > 1 }
      let gone = Set(then).subtracting(now).filter { model[$0] != nil }
      return twice.sorted().map { "\($0) is twice in \(side)" }
        + gone.sorted().map { "\($0) is gone from \(side)" }
    }
  }

  /// What differs from the model after at most four clean runs, of which the last writes nothing.
  func unsettled(_ agent: Agent, full: Bool) async throws -> [String] {
    var failures: [String] = []
    for count in 0..<4 {
      grounds.clock.advance(60)
      let result = try await agent.cycle().sync(SyncOptions(full: full && count == 0))
      if let failure = result.failure { failures.append("\(failure)") }
      if result.failure == nil, result.attempt.writes == 0 { break }
      if count == 3 { return ["the fourth clean run wrote, or failed: \(failures)"] }
    }
    let wanted = model.map { "\($0.key) \(WireTime.text($0.value.start))" }.sorted()
    let listings = [
      "Exchange": await grounds.world.exchangeListing(), "PSA": await grounds.world.psaListing(),
    ]
    return listings.sorted { $0.key < $1.key }.flatMap { name, items in
      let found = Set(items.map { "\($0.title) \(WireTime.text($0.start))" })
      let (missing, extra) = (Set(wanted).subtracting(found), found.subtracting(wanted))
      return missing.sorted().map { "\(name) lacks \($0)" }
        + extra.sorted().map { "\(name) has \($0)" }
    }
  }

  private func item(_ title: String, on side: Edit.Side) async -> String? {
    let items =
      side == .exchange
      ? await grounds.world.exchangeListing() : await grounds.world.psaListing()
    return items.first { $0.title == title }?.id
  }
}
