import World
import XML

extension EWSDesk {
  func getServerTimeZones(at now: Int64) throws(EWSFault) -> [UInt8] {
    let asked = operation.child("Ids")?.children("Id").map(\.text.trimmed) ?? []
    let ids = asked.isEmpty ? zones.ids : asked.filter { zones.offsets.knows($0) }
    let isFull = !["false", "0"].contains(operation["ReturnFullTimeZoneData"])
    var reply = EWSReply("GetServerTimeZones", from: build)
    reply.success { writer in
      writer.start("m:TimeZoneDefinitions")
      for id in ids {
        writer.start("t:TimeZoneDefinition", [("Id", id), ("Name", zones.displayName(id))])
        if isFull {
          ZoneWriting.write(ZoneRules(of: id, zones.offsets, at: now), into: &writer)
        }
        writer.end()
      }
      writer.end()
    }
    return reply.finished()
  }
}

extension ZoneRules {
  /// The rules of a zone in the year of an instant, found by asking for offsets.
  fileprivate init?(of id: String, _ offsets: ZoneOffsets, at now: Int64) {
    let year = Timestamp.civil(now / 86_400).year
    let first = Timestamp.daysSince1970(year, 1, 1) * 86_400
    let last = Timestamp.daysSince1970(year + 1, 1, 1) * 86_400
    var offset = offsets.offset(id, first) ?? 0
    var standard = offset
    var changes: [(instant: Int64, before: Int, after: Int)] = []
    for day in stride(from: first, to: last, by: 86_400) {
      let next = offsets.offset(id, day + 86_400) ?? 0
      guard next != offset else { continue }
      var (low, high) = (day, day + 86_400)
      while high - low > 1 {
        let middle = (low + high) / 2
        if (offsets.offset(id, middle) ?? 0) == offset { low = middle } else { high = middle }
      }
      changes.append((high, offset, next))
      standard = min(standard, next)
      offset = next
    }
    // Anything but one turn each way is not what a rule can say: the offset of now alone is.
    if changes.count != 2 { changes = [] }
    func period(_ name: String) -> String { "trule:Microsoft/Registry/\(id)/\(year)-\(name)" }
    var periods = [Period(id: period("Standard"), name: "Standard", offset: standard)]
    if let daylight = changes.map(\.after).max(), daylight != standard {
      periods.append(Period(id: period("Daylight"), name: "Daylight", offset: daylight))
    }
    let turns = changes.map { change in
      Turn(
        at: change.instant + Int64(change.before),
        to: period(change.after == standard ? "Standard" : "Daylight")
      )
    }
    self.init(
      name: nil,
      periods: periods,
      groups: [Group(id: "0", always: turns.isEmpty ? periods[0].id : nil, turns: turns)],
      steps: [Step(.group("0"))]
    )
  }
}

extension ZoneRules.Turn {
  fileprivate init(at local: Int64, to period: String) {
    let day = local / 86_400
    let date = Timestamp.civil(day)
    self.init(
      period: period,
      month: date.month,
      // The last week is what both of Europe's and most others' rules mean by a late date.
      day: .weekday(
        Mailbox.Weekday(ofDay: day),
        week: date.day > 24 ? -1 : (date.day - 1) / 7 + 1
      ),
      time: Int(local - day * 86_400)
    )
  }
}
