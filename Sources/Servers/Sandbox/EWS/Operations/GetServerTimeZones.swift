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
          ZoneDefinition(id: id, offsets: zones.offsets, at: now).write(into: &writer)
        }
        writer.end()
      }
      writer.end()
    }
    return reply.finished()
  }
}

/// The rules of a zone in the year of an instant, found by asking for offsets.
private struct ZoneDefinition {
  private struct Turn {
    let instant: Int64
    let before: Int
    let after: Int
  }

  private let id: String
  private let year: Int
  private let standard: Int
  private var turns: [Turn] = []

  init(id: String, offsets: ZoneOffsets, at now: Int64) {
    self.id = id
    let today = Timestamp.civil(now / 86_400)
    year = today.year
    let first = Timestamp.daysSince1970(year, 1, 1) * 86_400
    let last = Timestamp.daysSince1970(year + 1, 1, 1) * 86_400
    var offset = offsets.offset(id, first) ?? 0
    var lowest = offset
    for day in stride(from: first, to: last, by: 86_400) {
      let next = offsets.offset(id, day + 86_400) ?? 0
      guard next != offset else { continue }
      var (low, high) = (day, day + 86_400)
      while high - low > 1 {
        let middle = (low + high) / 2
        if (offsets.offset(id, middle) ?? 0) == offset { low = middle } else { high = middle }
      }
      turns.append(Turn(instant: high, before: offset, after: next))
      lowest = min(lowest, next)
      offset = next
    }
    standard = lowest
    // Anything but one turn each way is not what a rule can say: the offset of now alone is.
    if turns.count != 2 { turns = [] }
  }

  func write(into writer: inout XMLWriter) {
    writer.start("t:Periods")
    writePeriod("Standard", standard, into: &writer)
    if let daylight = turns.map(\.after).max(), daylight != standard {
      writePeriod("Daylight", daylight, into: &writer)
    }
    writer.end()
    writer.start("t:TransitionsGroups")
    writer.start("t:TransitionsGroup", [("Id", "0")])
    if turns.isEmpty {
      writer.start("t:Transition")
      writer.element("t:To", period("Standard"), ("Kind", "Period"))
      writer.end()
    }
    for turn in turns { writeTurn(turn, into: &writer) }
    writer.end()
    writer.end()
    writer.start("t:Transitions")
    writer.start("t:Transition")
    writer.element("t:To", "0", ("Kind", "Group"))
    writer.end()
    writer.end()
  }

  private func period(_ name: String) -> String {
    "trule:Microsoft/Registry/\(id)/\(year)-\(name)"
  }

  /// Biases are positive in the west (`ews.md` 2.12).
  private func writePeriod(_ name: String, _ offset: Int, into writer: inout XMLWriter) {
    writer.start(
      "t:Period",
      [("Bias", duration(-offset)), ("Name", name), ("Id", period(name))]
    )
    writer.end()
  }

  private func writeTurn(_ turn: Turn, into writer: inout XMLWriter) {
    let local = turn.instant + Int64(turn.before)
    let days = local / 86_400
    let date = Timestamp.civil(days)
    let weekday = Int((days + 4) % 7)
    // The last week is what both of Europe's and most others' rules mean by a late date.
    let occurrence = date.day > 24 ? -1 : (date.day - 1) / 7 + 1
    let names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    writer.start("t:RecurringDayTransition")
    writer.element(
      "t:To",
      period(turn.after == standard ? "Standard" : "Daylight"),
      ("Kind", "Period")
    )
    writer.leaf("t:TimeOffset", duration(Int(local - days * 86_400)))
    writer.leaf("t:Month", date.month)
    writer.leaf("t:DayOfWeek", names[weekday])
    writer.leaf("t:Occurrence", occurrence)
    writer.end()
  }

  private func duration(_ seconds: Int) -> String {
    let minutes = abs(seconds) / 60
    var text = seconds < 0 ? "-PT" : "PT"
    if minutes / 60 > 0 || minutes == 0 { text += "\(minutes / 60)H" }
    if minutes % 60 > 0 { text += "\(minutes % 60)M" }
    return text
  }
}
