import Foundation
import ICalendar
import SyncEngine
import SyncModel
import Testing
import ZoneData

/// Random series, expanded here and by Python's `dateutil` and `zoneinfo`.
///
/// `LOCKSTEP_SERIES` says how many (20,000 in the long form).
@Suite struct SeriesOracleTests {
  private let zones = ZoneDatabase()

  @Test func `random series are expanded as Python expands them`() async throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["LOCKSTEP_SERIES"].flatMap { UInt64($0) } ?? 2_000
    let series = (1...max(1, count)).map { RandomSeries(seed: $0) }
    guard let failing = try await disagreements(series) else { return }
    for var found in failing.prefix(3) {
      while let smaller = try await disagreements(found.simpler)?.first { found = smaller }
      let judged = try await DateutilJudge.answers([found], zones)?.first ?? ""
      Issue.record("\(found)\nhere:   \(try answer(found))\nPython: \(judged)")
    }
    #expect(failing.isEmpty, "\(failing.count) of \(count) differ")
  }

  /// On and around each change of clocks from 2024 to 2028: what lies in the gap, in the overlap and
  /// beside both, in one zone of ten, or in all with `LOCKSTEP_ALL_ZONES=1`.
  @Test func `wall time is kept through gaps and overlaps`() async throws {
    let all = WindowsZones.allWindowsIDs
    let wantsAll = ProcessInfo.processInfo.environment["LOCKSTEP_ALL_ZONES"] == "1"
    let chosen = wantsAll ? all : stride(from: 0, to: all.count, by: 10).map { all[$0] }
    let years: Range<Int64> = 1_704_067_200..<1_861_920_000
    var series: [RandomSeries] = []
    for id in chosen + ["W. Europe Standard Time", "Lord Howe Standard Time"] {
      let zone = try zones.zone(try #require(WindowsZones.iana(forWindows: id)))
      for change in zone.transitions(in: years) where change.before.offset != change.after.offset {
        let walls = [change.before, change.after].map { change.instant + Int64($0.offset) }.sorted()
        for wall in [walls[0] - 900, walls[0], walls[0] + 900, walls[1] - 60, walls[1]] {
          let local = LocalDateTime(secondsSince1970: wall)
          for length: Int64 in [0, 1_200, 7_200] {
            series.append(
              RandomSeries(
                windowsZone: id,
                pattern: RecurrencePattern(
                  rhythm: .daily(interval: 1),
                  firstDay: local.date.advanced(byDays: -20),
                  end: .never
                ),
                timeOfDay: local.secondOfDay,
                length: length,
                changed: [.init(date: local.date.advanced(byDays: 1), slip: -3_600)],
                deleted: [.init(date: local.date.advanced(byDays: -1), slip: 3_600)],
                from: Instant(seconds: change.instant - 4 * 86_400),
                until: Instant(seconds: change.instant + 4 * 86_400)
              )
            )
          }
        }
      }
    }
    #expect(series.count > 300)
    for found in try await disagreements(series)?.prefix(3) ?? [] {
      let judged = try await DateutilJudge.answers([found], zones)?.first ?? ""
      Issue.record("\(found)\nhere:   \(try answer(found))\nPython: \(judged)")
    }
  }

  /// Those on which the two differ; nil where no judge is here.
  private func disagreements(_ series: [RandomSeries]) async throws -> [RandomSeries]? {
    guard !series.isEmpty else { return [] }
    guard let judged = try await DateutilJudge.answers(series, zones) else { return nil }
    #expect(judged.count == series.count)
    return try zip(series, judged).filter { try answer($0) != $1 }.map(\.0)
  }

  /// What `SeriesCalendar` says, in the judge's words.
  private func answer(_ series: RandomSeries) throws -> String {
    let master = try series.master(zones)
    let zone = try series.zone(zones)
    let calendar = SeriesCalendar(zones: zones)
    guard
      case .dates(let found) = try calendar.expansion(
        of: master,
        from: series.from,
        until: series.until
      )
    else { return "zone unknown" }
    let occurrences = found.map { occurrence in
      let times =
        switch occurrence.when {
        case .timed(let start, let end, _): "\(start.seconds) \(end.seconds)"
        case .allDay(let first, let afterLast): "\(first) \(afterLast)"
        }
      return "\(occurrence.originalDate) \(times) \(occurrence.exception?.rawValue ?? "-")"
    }
    let days = [series.from, series.until].map {
      LocalDateTime(secondsSince1970: zone.localSeconds(at: $0.seconds)).date
    }
    let pattern = try #require(
      try calendar.patternDates(of: master, from: days[0], until: days[1])
    )
    .sorted()
    let index = try pattern.first.flatMap { try calendar.index(of: $0, in: master) }
    return occurrences.joined(separator: ",") + "|"
      + pattern.map(\.description).joined(separator: ",") + "|"
      + (index.map(String.init) ?? "-")
  }
}
