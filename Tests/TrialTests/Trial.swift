import Foundation
import TestGround

/// The real programs on a world of their own, and a model of what people did in it.
final class Trial {
  let folder: TemporaryFolder
  let sandbox: Sandbox
  /// The settings of the machine that is meant.
  var config: String
  /// Whether contacts are kept in step too.
  let hasContacts: Bool
  /// What differs from this process's own environment while the agent runs.
  var environment: [String: String]
  var model: Model
  var dice: SplitMix

  struct Attempt: Decodable {
    struct Side: Decodable {
      let created: Int
      let updated: Int
      let deleted: Int
      let held: Int
      let requests: Int
      var writes: Int { created + updated + deleted }
    }
    struct Hold: Decodable {
      let digest: String
      let reason: String
      let needsApproval: Bool
    }
    let outcome: String
    let exchange: Side
    let psa: Side
    let notes: [String]
    let holds: [Hold]

    var writes: Int { exchange.writes + psa.writes }
    var created: Int { exchange.created + psa.created }
    var deleted: Int { exchange.deleted + psa.deleted }
  }

  /// Starts a sandbox; `options` are those of `lockstep-sandbox serve`, `servers` what differs in its
  /// environment.
  init(
    seed: UInt64,
    items: Int = 0,
    hasContacts: Bool = true,
    environment servers: [String: String] = [:],
    _ options: [String] = []
  ) async throws {
    self.hasContacts = hasContacts
    dice = SplitMix(seed: seed)
    model = Model()
    folder = try TemporaryFolder()
    environment = [
      "HOME": folder.path, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "TZ": "UTC",
      "NO_COLOR": "1",
    ]
    let counts = ["--items", "\(items)", "--seed", "\(seed)"]
    sandbox = try await Sandbox(folder("world"), counts + options, servers)
    config = sandbox.ready.config
    let settings = try String(contentsOfFile: config, encoding: .utf8)
    let switches = "\n[sync]\nsync_contacts = \(hasContacts)\n"
    try Data((settings + switches).utf8).write(to: URL(filePath: config))
  }

  /// So many trials, numbered from 1, each on the world of the one before, which is in step.
  ///
  /// A world serves a few of them only: its PSA takes 10,000 requests an hour, and slows down long
  /// before.
  static func repeated(
    _ count: Int,
    seed: UInt64,
    hasContacts: Bool = true,
    prepare: (Trial) async throws -> Void = { try await $0.begin() },
    _ body: (Trial, _ number: Int) async throws -> Void
  ) async throws {
    for first in stride(from: 1, through: count, by: 8) {
      let trial = try await Trial(
        seed: seed + UInt64(first) * 1_000,
        items: 5,
        hasContacts: hasContacts
      )
      try await prepare(trial)
      for number in first..<min(first + 8, count + 1) { try await body(trial, number) }
    }
  }

  // MARK: The agent

  /// One whole run, or what stands in its place (`adopt`); `config` is another machine's.
  func sync(
    _ options: [String] = [],
    command: String = "sync",
    config: String? = nil
  ) async throws -> Attempt {
    let run = try await lockstep([command, "--json"] + options, config: config)
    do {
      return try JSONDecoder().decode(Attempt.self, from: Data(run.bytes))
    } catch {
      throw TrialProblem("\(command) ended with \(run.status): \(run.output)\(run.errors)")
    }
  }

  func lockstep(_ arguments: [String], config: String? = nil) async throws -> Finished {
    try await Child.finished(
      try Sandbox.program("lockstep"),
      ["--config", config ?? self.config] + arguments,
      environment: environment
    )
  }

  /// A run that goes on meanwhile.
  func started(_ options: [String] = [], config: String? = nil) throws -> Child {
    try Child(
      try Sandbox.program("lockstep"),
      ["--config", config ?? self.config, "sync"] + options,
      environment: environment,
      output: "/dev/null"
    )
  }

  /// A run that is killed without warning after so many milliseconds; true if it was still alive.
  ///
  /// Nothing is waited for here: the moment is the dice's, and any will do.
  func syncKilled(after milliseconds: Int, _ options: [String] = []) async throws -> Bool {
    let agent = try started(options)
    try await Task.sleep(for: .milliseconds(milliseconds))
    agent.end()
    return await agent.ended() < 0
  }

  /// Runs until a run ends well and writes nothing; the number of runs that it took.
  @discardableResult
  func settle(atMost limit: Int, _ options: [String] = []) async throws -> Int {
    var last = ""
    for count in 1...limit {
      do {
        let attempt = try await sync(options)
        if attempt.outcome == "success", attempt.writes == 0 {
          model.settled(lifting: options.contains("--full"))
          return count
        }
        last = "\(attempt)"
      } catch let problem as TrialProblem {
        last = "\(problem)"
      }
    }
    throw TrialProblem("\(limit) runs did not settle it: \(last)")
  }

  /// A person approves what waits, for as long as something does.
  func approve() async throws {
    for _ in 1...4 {
      guard let hold = try await sync().holds.first(where: { $0.needsApproval }) else { return }
      _ = try await sync(["--approve", hold.digest])
    }
    throw TrialProblem("what was approved is still held")
  }

  func roll(below limit: Int) -> Int { Int(dice.next() % UInt64(limit)) }
}
