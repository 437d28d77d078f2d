import SyncEngine
import SyncModel
import World

/// What goes wrong at one effect of a run.
enum Trouble: Hashable, Sendable {
  /// The request never arrives.
  case lostRequest
  /// It was done, and the answer never arrives.
  case lostAnswer
  /// The server sends the agent away for a while.
  case throttled
  /// Somebody changes something directly before it.
  case person(Step)
  /// The run is asked to end.
  case interrupted
}

/// How listings lie during a run.
enum Lie: String, Hashable, Sendable, CaseIterable {
  /// Only the first entry, and no word of more.
  case truncated
  case reordered
  /// Nothing has moved since the last time.
  case stale
}

/// What goes wrong in one run.
struct RunTroubles: Hashable, Sendable {
  /// The process ends before, or directly after, its effect of this number.
  struct Crash: Hashable, Sendable {
    let effect: Int
    let isAfter: Bool
  }

  var crash: Crash?
  var at: [Int: Trouble] = [:]
  var lie: Lie?
}

/// One life of an agent's process: its effects are numbered, and after its end nothing that is left
/// of it reaches a side or the cache.
final class Life: @unchecked Sendable {
  // Touched on the history's one thread only.
  let name: String
  let troubles: RunTroubles
  private(set) var effects = 0
  private(set) var isOver = false
  private var abandoned: UnsafeContinuation<Void, Never>?
  /// Somebody acts in the middle of the run.
  var act: (Step) async -> Void = { _ in }
  var interrupt: () -> Void = {}
  var note: (String) -> Void = { _ in }
  /// Where two agents run at once: each waits for its turn at every effect.
  var turns: Turns?
  /// What the ports were asked for, by kind.
  var asked: Set<Kind> = []
  /// The runs that it put on record.
  var runs: Set<RunID> = []

  init(name: String, troubles: RunTroubles = RunTroubles()) {
    self.name = name
    self.troubles = troubles
  }

  var isAbandoned: Bool { abandoned != nil }

  /// One effect: counted, and struck by what the dice have for it.
  func effect<Value>(
    _ what: String,
    isPort: Bool = true,
    losing: ((Value) -> Value)? = nil,
    _ deed: () async throws -> Value
  ) async throws -> Value {
    if isOver { throw Gone() }
    if let turns {
      await turns.wait(for: self)
      if isOver { throw Gone() }
    }
    effects += 1
    let number = effects
    if troubles.crash == RunTroubles.Crash(effect: number, isAfter: false) {
      note("\(name) ends before its effect \(number), \(what)")
      await vanish()
      throw Gone()
    }
    let trouble = troubles.at[number]
    switch trouble {
    case .person(let step): await act(step)
    case .interrupted: interrupt()
    case .lostRequest where isPort:
      note("the request of \(what) is lost")
      throw Lost(what: what)
    case .throttled where isPort:
      note("\(what) is sent away")
      throw SentAway(what: what)
    case .lostRequest, .lostAnswer, .throttled, nil: break
    }
    let value = try await deed()
    if troubles.crash == RunTroubles.Crash(effect: number, isAfter: true) {
      note("\(name) ends after its effect \(number), \(what)")
      await vanish()
      throw Gone()
    }
    if trouble == .lostAnswer, isPort {
      note("the answer to \(what) is lost")
      guard let losing else { throw Lost(what: what) }
      return losing(value)
    }
    return value
  }

  /// Reading the cache is no effect, but the dead do not read either.
  func reading<Value>(_ deed: () async throws -> Value) async throws -> Value {
    if isOver { throw Gone() }
    let value = try await deed()
    if isOver { throw Gone() }
    return value
  }

  /// The process is gone: whatever waited for this effect waits for ever.
  private func vanish() async {
    isOver = true
    await withUnsafeContinuation { abandoned = $0 }
  }

  /// Ends the life from outside, where it still goes on.
  func end() { isOver = true }

  /// Lets what the dead process left behind run off, into nothing.
  func bury() {
    abandoned?.resume()
    abandoned = nil
  }
}

/// Two agents that run at once, one effect each in an order that the dice choose.
final class Turns: @unchecked Sendable {
  // Touched on the history's one thread only.
  private var waiting: [(life: Life, continuation: UnsafeContinuation<Void, Never>)] = []
  var dice: Dice

  init(_ dice: Dice) { self.dice = dice }

  func wait(for life: Life) async {
    await withUnsafeContinuation { waiting.append((life, $0)) }
  }

  /// Lets one of those that wait go on; false where nobody waits.
  func next() -> Bool {
    guard !waiting.isEmpty else { return false }
    let index = Int(dice.next() % UInt64(waiting.count))
    waiting.remove(at: index).continuation.resume()
    return true
  }
}

/// What a dead process meets at everything it tries; nobody sees it.
struct Gone: Error {}

/// A request or an answer that did not arrive.
struct Lost: SyncFailure {
  let what: String
  var remedy: Remedy { .retry(after: .seconds(1)) }
  var description: String { "the connection broke at \(what)" }
}

/// The server asks for patience.
struct SentAway: SyncFailure {
  let what: String
  var remedy: Remedy { .retry(after: .seconds(60)) }
  var description: String { "the server is busy and sent \(what) away" }
}
