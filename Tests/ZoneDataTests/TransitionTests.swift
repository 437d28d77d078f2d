import Foundation
import TestGround
import Testing
import ZoneData

/// Every change of clocks 1990-2045, as Python's `zoneinfo` sees it: in one zone of ten, or in all
/// with `LOCKSTEP_ALL_ZONES=1`.
@Suite struct TransitionTests {
  /// Prints `zone i instant offset` and `zone l local instant` lines around each transition, which
  /// it finds by itself, and at the middle of each month.
  private static let script = """
    import sys
    from datetime import datetime, timedelta, timezone
    from zoneinfo import ZoneInfo
    EPOCH = datetime(1970, 1, 1)
    UTC = timezone.utc
    def offset(zone, instant):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant)
        return int(moment.astimezone(zone).utcoffset().total_seconds())
    def seconds(year, month, day):
        return int((datetime(year, month, day) - EPOCH).total_seconds())
    out = []
    for name in sys.argv[1:]:
        zone = ZoneInfo(name)
        instants, locals = set(), set()
        day, last = seconds(1990, 1, 1), seconds(2046, 1, 1)
        before = offset(zone, day)
        while day < last:
            after = offset(zone, day + 86400)
            if after != before:
                low, high = day, day + 86400
                while high - low > 1:
                    middle = (low + high) // 2
                    if offset(zone, middle) == before: low = middle
                    else: high = middle
                instants.update((high - 1, high, high + 1))
                first, second = sorted((high + before, high + after))
                for edge in (first, second):
                    locals.update((edge - 3600, edge - 60, edge - 1, edge, edge + 1, edge + 1800))
            before = after
            day += 86400
        for year in range(1990, 2046):
            for month in range(1, 13):
                instants.add(seconds(year, month, 15))
                locals.add(seconds(year, month, 15))
        for instant in sorted(instants):
            out.append(f"{name} i {instant} {offset(zone, instant)}")
        for local in sorted(locals):
            moment = (EPOCH + timedelta(seconds=local)).replace(tzinfo=zone)
            out.append(f"{name} l {local} {int(moment.timestamp())}")
    print("\\n".join(out))
    """

  @Test func `offsets and instants are those of Python`() async throws {
    let all = WindowsZones.allIANANames
    let wantsAll = ProcessInfo.processInfo.environment["LOCKSTEP_ALL_ZONES"] == "1"
    let chosen = wantsAll ? all : stride(from: 0, to: all.count, by: 10).map { all[$0] }
    let answer = try await PythonJudge.answer(
      to: Self.script,
      chosen,
      importing: "zoneinfo",
      // the system's tz database, as ours
      environment: [
        "PYTHONTZPATH": ProcessInfo.processInfo.environment["ZONEINFO_DIR"] ?? "/usr/share/zoneinfo"
      ]
    )
    guard let answer else { return }
    let database = ZoneDatabase()
    var compared = 0
    var differing: [String] = []
    for line in answer.split(separator: "\n") {
      let words = line.split(separator: " ")
      let zone = try database.zone(String(words[0]))
      let asked = try #require(Int64(words[2]))
      let wanted = try #require(Int64(words[3]))
      let answer =
        words[1] == "i" ? Int64(zone.offset(at: asked)) : zone.instant(localSeconds: asked)
      compared += 1
      if answer != wanted { differing.append("\(line), not \(answer)") }
    }
    #expect(compared > chosen.count * 1_000)
    #expect(differing.isEmpty, "\(differing.count) of \(compared): \(differing.prefix(10))")
  }

  @Test func `listed transitions are where the offset changes`() throws {
    let database = ZoneDatabase()
    let years: Range<Int64> = 631_152_000..<2_398_377_600
    for name in ["Europe/Berlin", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe"] {
      let zone = try database.zone(name)
      let transitions = zone.transitions(in: years)
      #expect(transitions.count >= 110)
      #expect(transitions.map(\.instant) == transitions.map(\.instant).sorted())
      for transition in transitions {
        #expect(zone.observance(at: transition.instant - 1) == transition.before)
        #expect(zone.observance(at: transition.instant) == transition.after)
      }
    }
  }
}
