import TestGround
import Testing
import ZoneData

@Suite struct ZoneTests {
  private let database = ZoneDatabase()

  /// 29 March 2026, 02:30 in Berlin does not exist: 01:30 UTC, an hour after 00:30 UTC (libical).
  @Test func `in a gap the offset before it counts`() throws {
    let berlin = try database.zone("Europe/Berlin")
    #expect(berlin.instant(localSeconds: 1_774_751_400) == 1_774_747_800)
    #expect(berlin.localSeconds(at: 1_774_747_800) == 1_774_755_000)
  }

  @Test func `in an overlap the first of the two counts`() throws {
    let berlin = try database.zone("Europe/Berlin")
    #expect(berlin.instant(localSeconds: 1_792_895_400) == 1_792_888_200)
  }

  @Test func `after the last transition the zone's rule goes on`() throws {
    let berlin = try database.zone("Europe/Berlin")
    #expect(berlin.offset(at: 4_118_040_000) == 7200)
    #expect(berlin.offset(at: 4_102_444_800) == 3600)
    #expect(berlin.observance(at: 4_118_040_000).abbreviation == "CEST")
  }

  @Test func `far moments have an offset too`() throws {
    let berlin = try database.zone("Europe/Berlin")
    #expect([3600, 7200].contains(berlin.offset(at: .max)))
    #expect(berlin.offset(at: .min) == 3208)
  }

  @Test func `UTC has one offset and no transitions`() throws {
    let utc = try database.zone("UTC")
    #expect(utc.offset(at: 1_774_747_800) == 0)
    #expect(utc.transitions(in: 0..<4_000_000_000).isEmpty)
  }

  @Test(arguments: [
    "../../../etc/passwd", "/etc/localtime", "Europe/../Europe/Berlin", "", "Europe/", "/",
    "Europe//Berlin", "localtime", "posixrules", "Europe/Ber lin", "zone.tab",
    String(repeating: "a", count: 200),
  ])
  func `what is no name of the database is refused before any file is opened`(name: String) {
    #expect(throws: ZoneError.notAName(name)) { try database.zone(name) }
  }

  @Test func `a name with a zero byte is refused`() {
    #expect(throws: ZoneError.self) { try database.zone("Europe/Berlin\0x") }
  }

  @Test func `an unknown zone is named with the place where it was sought`() {
    let error = ZoneError.unknown("Europe/Atlantis", directory: "/usr/share/zoneinfo")
    #expect(throws: error) {
      try ZoneDatabase(directory: "/usr/share/zoneinfo").zone("Europe/Atlantis")
    }
    #expect(error.description.contains("Europe/Atlantis"))
    #expect(throws: ZoneError.self) { try database.zone("Europe") }
  }

  @Test func `bytes cut anywhere are refused and crash nothing`() throws {
    let whole = try #require(readFile("/usr/share/zoneinfo/Europe/Berlin"))
    _ = try Zone.parse(whole, name: "Whole")
    for length in stride(from: 0, to: whole.count - 1, by: 7) {
      #expect(throws: ZoneError.self) { try Zone.parse(Array(whole[..<length]), name: "Cut") }
    }
  }

  @Test func `bytes with flipped bits are read or refused and crash nothing`() throws {
    let whole = try #require(readFile("/usr/share/zoneinfo/America/New_York"))
    var dice = SplitMix(seed: 7)
    for _ in 0..<2_000 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int(dice.next() % UInt64(bytes.count))] ^= UInt8(1 << (dice.next() % 8))
      }
      if let zone = try? Zone.parse(bytes, name: "Flipped") {
        _ = zone.offset(at: 1_774_747_800)
        _ = zone.instant(localSeconds: 4_118_040_000)
      }
    }
  }
}
