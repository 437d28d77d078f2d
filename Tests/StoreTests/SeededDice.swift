import SyncEngine
import SyncModel
import TestGround

/// Random values that are the same in each run of the tests.
struct SeededDice: RandomNumberGenerator {
  private var numbers: SplitMix

  init(seed: UInt64) { numbers = SplitMix(seed: seed) }

  mutating func next() -> UInt64 { numbers.next() }

  mutating func flag() -> Bool { Bool.random(using: &self) }
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func id() -> Int64 { Int64.random(in: 1...1_000_000_000, using: &self) }

  mutating func one<Element>(of choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &self)]
  }

  mutating func maybe<Value>(_ make: (inout SeededDice) -> Value) -> Value? {
    flag() ? make(&self) : nil
  }

  mutating func list<Value>(_ make: (inout SeededDice) -> Value) -> [Value] {
    (0..<number(0...3)).map { _ in make(&self) }
  }

  mutating func text() -> String {
    let letters = ["a", "Z", " ", "ß", "\n", "\"", "'", "é", "漢", "👩🏽‍🔧", "\\", "%", "\t"]
    return (0..<number(0...30)).map { _ in one(of: letters) }.joined()
  }

  mutating func name(_ length: Int = 40) -> String {
    let letters = Array("ABCDEFGHabcdefgh0123456789+/=").map(String.init)
    return (0..<length).map { _ in one(of: letters) }.joined()
  }

  mutating func instant() -> Instant {
    Instant(seconds: Int64.random(in: -1_000_000...4_000_000_000, using: &self))
  }

  mutating func date() -> LocalDate {
    LocalDate(daysSince1970: Int32.random(in: -400...60_000, using: &self))
  }

  mutating func zone() -> ZoneName {
    ZoneName(one(of: ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC"]))
  }

  mutating func fingerprint() -> Fingerprint { Fingerprint(high: next(), low: next()) }

  mutating func prints() -> ContentPrints {
    ContentPrints(
      title: fingerprint(),
      text: fingerprint(),
      place: fingerprint(),
      privacy: fingerprint(),
      showAs: fingerprint()
    )
  }

  mutating func reference() -> Reference {
    let letters = Array("abcdefghijklmnopqrstuvwxyz234567").map(String.init)
    let text = (0..<16).map { _ in one(of: letters) }.joined()
    guard let reference = Reference(letters: text) else { preconditionFailure(text) }
    return reference
  }

  mutating func span() -> Span { Span(start: instant(), end: instant()) }

  mutating func when() -> When {
    flag()
      ? .timed(start: instant(), end: instant(), zone: maybe { $0.zone() })
      : .allDay(first: date(), afterLast: date())
  }
}
