import Foundation
import TestGround
import Testing
import ZoneData

/// Every zone with a Windows name, against Python's `zoneinfo`: one in ten, all of them with
/// `LOCKSTEP_ALL_ZONES=1`.
@Suite struct WindowsZoneOracleTests {
  private static let script = """
    import sys
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo
    epoch, wrong, count = datetime(1970, 1, 1), [], 0
    for line in sys.stdin:
        name, local, instant = line.split("|")
        wall = (epoch + timedelta(seconds=int(local))).replace(tzinfo=ZoneInfo(name))
        count += 1
        if int(wall.timestamp()) != int(instant): wrong.append(line.strip())
    print(count, len(wrong), *wrong[:3])
    """

  private var names: [String] {
    let all = WindowsZones.allIANANames
    if ProcessInfo.processInfo.environment["LOCKSTEP_ALL_ZONES"] == "1" { return all }
    return all.enumerated().filter { $0.offset % 10 == 0 }.map(\.element)
  }

  @Test func `each name has a Windows id whose zone leads back to that id`() throws {
    for name in WindowsZones.allIANANames {
      let id = try #require(WindowsZones.windows(forIANA: name))
      let zone = try #require(WindowsZones.iana(forWindows: id))
      #expect(WindowsZones.windows(forIANA: zone) == id, "\(name)")
      // Windows has a zone of the name UTC too.
      if name != "UTC" { #expect(WindowsZones.iana(forWindows: name) == name) }
    }
  }

  /// A quarter hour apart around each change of clocks: gaps, overlaps and what lies beside them.
  @Test func `wall times around each change are zoneinfo's, and survive the round trip`()
    async throws
  {
    let database = ZoneDatabase()
    // 2024 to 2032.
    let years: Range<Int64> = 1_704_067_200..<1_956_528_000
    var lines = ""
    var count = 0
    for name in names {
      let zone = try database.zone(name)
      let changes = zone.transitions(in: years)
      #expect(changes.count < 100)
      for moment in changes.map(\.instant) + [years.lowerBound] {
        for step in -14...14 as ClosedRange<Int64> {
          let local = zone.localSeconds(at: moment) + step * 900
          let instant = zone.instant(localSeconds: local)
          lines += "\(name)|\(local)|\(instant)\n"
          count += 1
          // Shown again, it is the same wall time; in a gap the clock has gone on by its length.
          let again = zone.localSeconds(at: instant)
          let gap = changes.first { $0.instant <= instant && instant < $0.instant + 86_400 }
            .map { Int64($0.after.offset - $0.before.offset) }
          #expect(again == local || again == local + (gap ?? 0), "\(name) \(local)")
        }
      }
    }
    guard
      let answer = try await PythonJudge.answer(
        to: Self.script,
        input: Array(lines.utf8),
        importing: "zoneinfo"
      )
    else { return }
    #expect(answer == "\(count) 0\n")
  }
}
