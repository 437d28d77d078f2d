import TestGround
import Testing
import ZoneData

/// Whatever stands in a file of the tz database: read or refused, never a crash or endless work.
@Suite struct ZoneFuzzTests {
  @Test func `a garbled zone is read or refused, and has an offset at every moment`() throws {
    let names = ["Europe/Berlin", "America/Nuuk", "Africa/Casablanca", "UTC", "Antarctica/Troll"]
    let corpus = try names.map { try #require(readFile("/usr/share/zoneinfo/\($0)")) }
    let rules = [
      "<+03>-3", "AAA+25", "CET-1CEST,M3.5.0,M10.5.0/3", "A", ",", "J366", "M13.6.7/-168",
    ]
    try Fuzz("zones", Fragments.numbers + rules, corpus: corpus).run { bytes, garbler, _ in
      do throws(ZoneError) {
        Self.use(try Zone.parse(bytes, name: "Garbled/Zone"), &garbler)
      } catch {
        #expect(error.description.contains("Garbled/Zone"))
      }
    }
  }

  /// Counts, times and offsets as no file has them, in a file that is whole otherwise.
  @Test func `a zone with impossible numbers is read or refused`() throws {
    let berlin = try #require(readFile("/usr/share/zoneinfo/Europe/Berlin"))
    let extremes: [[UInt8]] = [
      [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0, 0, 0, 0, 0],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0, 0, 0, 0, 0],
    ]
    var garbler = Garbler(seed: 1)
    for place in 0..<berlin.count - 8 {
      for extreme in extremes {
        var bytes = berlin
        let length = garbler.one(of: [1, 4, 8])
        bytes.replaceSubrange(place..<place + length, with: extreme.prefix(length))
        do throws(ZoneError) {
          Self.use(try Zone.parse(bytes, name: "Garbled/Zone"), &garbler)
        } catch {
          #expect(!error.description.isEmpty)
        }
      }
    }
  }

  private static func use(_ zone: Zone, _ garbler: inout Garbler) {
    let now: Int64 = 1_795_420_800
    for moment in [now, 0, .min, .max, -62_135_596_800, 253_402_300_799] {
      let offset = zone.offset(at: moment)
      #expect((-100_000...100_000).contains(offset))
      _ = (zone.instant(localSeconds: moment), zone.localSeconds(at: moment))
    }
    _ = zone.transitions(in: now..<now + 3 * 366 * 86_400)
    _ = zone.finalRule
  }
}
