import RegistryAPI
import SyncModel
import Testing

/// Who is mailed about, and how often (`design.md` section 5).
@Suite struct TroubleWatchTests {
  private static let start = Instant(seconds: 1_795_420_800)

  private static func at(_ minutes: Int64) -> Instant {
    Instant(seconds: start.seconds + minutes * 60)
  }

  /// One look after another, as the registry does it.
  private struct Registry {
    var known: [Trouble] = []
    var lastMails: [Trouble.Kind: Instant] = [:]
    var lastRecovery: Instant?

    mutating func look(_ minutes: Int64, _ seen: [Int64: Trouble.Kind]) -> TroubleWatch.Findings {
      let now = TroubleWatchTests.at(minutes)
      let watch = TroubleWatch(now: now, lastMails: lastMails, lastRecovery: lastRecovery)
      let findings = watch.findings(known: known, seen: seen)
      known = findings.known
      for kind in findings.begun.keys { lastMails[kind] = now }
      if !findings.over.isEmpty { lastRecovery = now }
      return findings
    }
  }

  private func numbers(_ troubles: [Trouble]?) -> [Int64] { troubles?.map(\.resource) ?? [] }

  @Test func `a trouble that passes within its grace is never told, nor its end`() {
    var registry = Registry()
    #expect(registry.look(0, [7: .failing]).begun.isEmpty)
    #expect(registry.look(10, [7: .failing]).begun.isEmpty)
    let after = registry.look(14, [:])
    #expect(after.over.isEmpty && after.known.isEmpty)
  }

  @Test func `a trouble that lasts is told once, and its end once`() {
    var registry = Registry()
    _ = registry.look(0, [7: .failing])
    #expect(numbers(registry.look(15, [7: .failing]).begun[.failing]) == [7])
    for minutes in stride(from: Int64(20), to: 2_000, by: 20) {
      #expect(registry.look(minutes, [7: .failing]).begun.isEmpty)
    }
    #expect(numbers(registry.look(2_000, [:]).over) == [7])
    #expect(registry.look(2_001, [:]).over.isEmpty)
  }

  @Test func `many that break together are one mail, and those that follow soon are the next`() {
    var registry = Registry()
    let first = Dictionary(
      uniqueKeysWithValues: (1...500).map { (Int64($0), Trouble.Kind.failing) }
    )
    _ = registry.look(0, first)
    #expect(registry.look(15, first).begun[.failing]?.count == 500)
    var more = first
    more[501] = .failing
    _ = registry.look(5, more)
    #expect(registry.look(20, more).begun.isEmpty, "the pause after a mail is kept")
    #expect(numbers(registry.look(35, more).begun[.failing]) == [501])
  }

  @Test func `recoveries are grouped and rate-limited too, and none is lost`() {
    var registry = Registry()
    let both: [Int64: Trouble.Kind] = [1: .failing, 2: .failing, 3: .failing]
    _ = registry.look(0, both)
    _ = registry.look(15, both)
    #expect(numbers(registry.look(30, [3: .failing]).over) == [1, 2])
    #expect(registry.look(35, [:]).over.isEmpty)
    #expect(numbers(registry.look(45, [:]).over) == [3])
  }

  @Test func `an agent that falls silent has an hour, and failing that turns silent is told once`()
  {
    var registry = Registry()
    _ = registry.look(0, [1: .overdue, 2: .failing])
    #expect(numbers(registry.look(30, [1: .overdue, 2: .failing]).begun[.failing]) == [2])
    let later = registry.look(60, [1: .overdue, 2: .overdue])
    #expect(numbers(later.begun[.overdue]) == [1])
  }

  @Test func `one that breaks again before its recovery was told goes on as the same trouble`() {
    var registry = Registry()
    _ = registry.look(0, [1: .failing, 2: .failing])
    _ = registry.look(15, [1: .failing, 2: .failing])
    _ = registry.look(30, [2: .failing])
    #expect(registry.look(35, [:]).over.isEmpty)
    #expect(registry.look(40, [2: .failing]).begun.isEmpty)
    #expect(registry.look(60, [2: .failing]).begun.isEmpty)
  }
}
