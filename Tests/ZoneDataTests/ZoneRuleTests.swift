import Testing
import ZoneData

@Suite struct ZoneRuleTests {
  private let database = ZoneDatabase()

  @Test func `a zone's last rule is told with the moment from which it holds`() throws {
    let rule = try #require(database.zone("Europe/Berlin").finalRule)
    #expect(rule.beginning == 828_234_000)  // 31 March 1996, when autumn's change had moved
    #expect(rule.changes.map(\.month) == [3, 10])
    #expect(rule.changes.map(\.week) == [5, 5])
    #expect(rule.changes.map(\.time) == [7_200, 10_800])
    #expect(rule.changes.map(\.after.offset) == [7_200, 3_600])
  }

  @Test(arguments: ["UTC", "Asia/Kolkata", "America/Sao_Paulo", "Asia/Tokyo"])
  func `a zone whose clocks stand still has none`(name: String) throws {
    #expect(try database.zone(name).finalRule == nil)
  }

  @Test func `from its beginning on a rule makes all transitions`() throws {
    for name in WindowsZones.allIANANames {
      let zone = try database.zone(name)
      guard let rule = zone.finalRule else { continue }
      let later = zone.transitions(in: rule.beginning..<4_102_444_800)
      #expect(Set(later.map(\.after)).count == 2, "\(name)")
      #expect(later.first?.after == rule.changes.first?.after, "\(name)")
      for (one, next) in zip(later, later.dropFirst()) {
        #expect(one.after == next.before && next.instant - one.instant < 320 * 86_400, "\(name)")
      }
    }
  }

  @Test func `a zone may be given by its rule alone`() throws {
    let berlin = try database.zone("Europe/Berlin")
    let ruled = try Zone(rule: "AAA-1BBB-2,M3.5.0/2,M10.5.0/+3:0:0", name: "of an item")
    for instant in stride(from: Int64(1_600_000_000), to: 2_000_000_000, by: 86_400 * 7) {
      #expect(ruled.offset(at: instant) == berlin.offset(at: instant))
    }
    #expect(throws: ZoneError.self) { try Zone(rule: "AAA-1BBB-2", name: "of an item") }
  }
}
