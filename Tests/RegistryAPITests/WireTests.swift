import Foundation
import RegistryAPI
import SyncModel
import Testing

@Suite struct WireTests {
  private func again<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
  }

  @Test func `times travel as ISO 8601 in UTC`() throws {
    let time = WireTime(Instant(seconds: 1_772_438_400))
    #expect(
      String(decoding: try JSONEncoder().encode([time]), as: UTF8.self)
        == #"["2026-03-02T08:00:00Z"]"#
    )
    #expect(try again([time]) == [time])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([WireTime].self, from: Data(#"["yesterday"]"#.utf8))
    }
  }

  @Test func `a policy's switches survive the way, and one that lacks a switch is refused`() throws
  {
    var switches = SyncSwitches.standard
    switches.importDetail = .none
    switches.pastDays = 3
    #expect(try SyncSwitches(texts: again(switches.texts)) == switches)
    var texts = switches.texts
    texts["send_free_time"] = nil
    #expect(throws: ProfileRefusal.self) { try SyncSwitches(texts: texts) }
    texts["send_free_time"] = "perhaps"
    #expect(throws: ProfileRefusal.self) { try SyncSwitches(texts: texts) }
  }

  @Test func `a profile travels with what was chosen only`() throws {
    var profile = UserProfile()
    try profile.set("sync_contacts=false")
    try profile.set("past_days=2")
    let document = try again(ProfileDocument(version: 4, profile))
    #expect(document.choices == ["sync_contacts": "false", "past_days": "2"])
    #expect(try document.profile() == profile)
    #expect(throws: ProfileRefusal.self) {
      try ProfileDocument(version: 1, choices: ["past_days": "31"]).profile()
    }
  }

  @Test func `the admin sees of a hold how many of which sort, and no item`() throws {
    let items = [
      HeldItem(.delete, side: .psa, kind: .appointment, psa: PSAID(1)),
      HeldItem(.delete, side: .psa, kind: .appointment, psa: PSAID(2)),
      HeldItem(.create, side: .exchange, kind: .toDo, psa: PSAID(3), words: "canary"),
    ]
    let hold = Hold(
      digest: PlanDigest("d1"),
      reason: "3 at once",
      items: items,
      mend: "lockstep sync --approve d1",
      needsApproval: true
    )
    let report = try again(HoldReport(hold))
    #expect(report.counts.map(\.number) == [2, 1])
    #expect(!String(decoding: try JSONEncoder().encode(report), as: UTF8.self).contains("canary"))
  }

  @Test func `a code is read however it is typed`() {
    #expect(EnrolmentCode.normalised(" 7gqm-2xkd ht49wz5b") == "7GQM2XKDHT49WZ5B")
    #expect(EnrolmentCode.shown("7GQM2XKDHT49WZ5B") == "7GQM-2XKD-HT49-WZ5B")
  }
}
