import Foundation
import SyncModel
import TestGround
import ZoneData

/// Python's `dateutil` and `zoneinfo`, asked when series take place.
enum DateutilJudge {
  /// A line of answer for each series: occurrences, days of the pattern, the first one's place.
  ///
  /// Nil where no Python here has the modules.
  static func answers(_ series: [RandomSeries], _ zones: ZoneDatabase) async throws -> [String]? {
    let encoder = JSONEncoder()
    var input = Data()
    for one in series {
      input += try encoder.encode(try Question(one, zones)) + Data("\n".utf8)
    }
    let answer = try await PythonJudge.answer(
      to: script,
      input: Array(input),
      importing: "dateutil.rrule, zoneinfo"
    )
    return answer?.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
  }

  /// Reads a series and expands it by its own means, from Exchange's words and not from an RRULE.
  private static let script = """
    import json, sys
    from datetime import date, datetime, timedelta, timezone
    from zoneinfo import ZoneInfo
    from dateutil.rrule import rrule, DAILY, WEEKLY, MONTHLY, YEARLY, SU, MO, TU, WE, TH, FR, SA
    DAYS = [SU, MO, TU, WE, TH, FR, SA]
    EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

    def rule(c):
        kind = c["kind"]
        args = {"dtstart": datetime.fromisoformat(c["first"])}
        if kind == "daily":
            freq = DAILY
        elif kind == "weekly":
            freq, args["wkst"] = WEEKLY, DAYS[c["weekStart"]]
            args["byweekday"] = [DAYS[d] for d in c["days"]]
        else:
            freq = YEARLY if "month" in c else MONTHLY
            if "month" in c: args["bymonth"] = c["month"]
            if "day" in c:
                # Exchange takes the last day of a month that has no such day.
                args["bymonthday"] = list(range(min(c["day"], 28), c["day"] + 1))
                args["bysetpos"] = -1
            else:
                args["byweekday"] = [DAYS[d] for d in c["days"]]
                args["bysetpos"] = c["week"]
        args["interval"] = c.get("interval", 1)
        if "count" in c: args["count"] = c["count"]
        if "last" in c: args["until"] = datetime.fromisoformat(c["last"])
        return rrule(freq, **args)

    def answer(c):
        zone = ZoneInfo(c["zone"])
        def instant(wall): return int(wall.replace(tzinfo=zone).timestamp())
        def wall(instant):
            return (EPOCH + timedelta(seconds=instant)).astimezone(zone).replace(tzinfo=None)
        def midnight(day): return instant(datetime(day.year, day.month, day.day))
        begun, ended, length = c["from"], c["until"], c["length"]
        pad = timedelta(days=3 + (length if c["allDay"] else length // 86400))
        low, high = wall(begun) - pad, wall(ended) + timedelta(days=2)
        days, place, places = [], 0, {}
        for d in rule(c):
            if d > high: break
            place += 1
            if d >= low:
                days.append(d)
                places[d.date()] = place
        changed = {date.fromisoformat(m["date"]): m for m in c["changed"]}
        deleted = {date.fromisoformat(d) for d in c["deleted"]}
        found = []
        def add(day, start, end, isDays, id):
            first, last = (midnight(start), midnight(end)) if isDays else (start, end)
            if last >= begun and first <= ended: found.append((day, start, end, id))
        for d in days:
            if d.date() in changed or d.date() in deleted: continue
            if c["allDay"]:
                add(d.date(), d.date(), d.date() + timedelta(days=length), True, "-")
            else:
                start = d + timedelta(seconds=c["timeOfDay"])
                first = instant(start)
                exists = wall(first) == start
                last = instant(start + timedelta(seconds=length)) if exists else first + length
                add(d.date(), first, last, False, "-")
        for day, m in changed.items():
            start, end = m["start"], m["end"]
            first, last = wall(start).date(), wall(end).date()
            isDays = c["allDay"] and first < last
            isDays = isDays and midnight(first) == start and midnight(last) == end
            if isDays: start, end = first, last
            add(day, start, end, isDays, m["id"])
        found.sort()
        inside = [d.date() for d in days if wall(begun).date() <= d.date() <= wall(ended).date()]
        first = str(places[inside[0]]) if inside else "-"
        texts = [" ".join(str(part) for part in o) for o in found]
        return ",".join(texts) + "|" + ",".join(str(d) for d in inside) + "|" + first

    for line in sys.stdin:
        print(answer(json.loads(line)))
    """

  /// A series in Exchange's words.
  private struct Question: Encodable {
    struct Changed: Encodable {
      let date: String
      let start: Int64
      let end: Int64
      let id: String
    }

    var zone: String
    var kind = "monthly"
    var interval: Int?
    var days: [Int]?
    var weekStart: Int?
    var day: Int?
    var week: Int?
    var month: Int?
    var first: String
    var last: String?
    var count: Int?
    var allDay: Bool
    var timeOfDay: Int
    var length: Int64
    var changed: [Changed]
    var deleted: [String]
    var from: Int64
    var until: Int64

    init(_ series: RandomSeries, _ zones: ZoneDatabase) throws {
      zone = try series.zone(zones).name
      first = series.pattern.firstDay.description
      allDay = series.isAllDay
      timeOfDay = series.timeOfDay
      length = series.length
      let master = try series.master(zones)
      changed = zip(series.changed, master.exceptions).map { moment, exception in
        Changed(
          date: moment.date.description,
          start: exception.start.seconds,
          end: exception.end.seconds,
          id: exception.id.rawValue
        )
      }
      deleted = series.deleted.map(\.date.description)
      from = series.from.seconds
      until = series.until.seconds
      switch series.pattern.end {
      case .never: break
      case .on(let day): last = day.description
      case .after(let occurrences): count = occurrences
      }
      switch series.pattern.rhythm {
      case .daily(let interval):
        kind = "daily"
        self.interval = interval
      case .weekly(let interval, let days, let first):
        kind = "weekly"
        self.interval = interval
        self.days = days.map(\.rawValue)
        weekStart = first.rawValue
      case .monthly(let interval, let day):
        self.interval = interval
        self.day = day
      case .monthlyByWeek(let interval, let week, let days):
        self.interval = interval
        self.week = Self.place(of: week)
        self.days = days.map(\.rawValue)
      case .yearly(let month, let day):
        self.month = month
        self.day = day
      case .yearlyByWeek(let month, let week, let days):
        self.month = month
        self.week = Self.place(of: week)
        self.days = days.map(\.rawValue)
      }
    }

    private static func place(of week: RecurrencePattern.WeekOfMonth) -> Int {
      switch week {
      case .first: 1
      case .second: 2
      case .third: 3
      case .fourth: 4
      case .last: -1
      }
    }
  }
}
