internal import SyncModel
internal import ZoneData

/// The zone that a definition on an item describes, where its id is nobody's (`ews.md` 3.3).
///
/// Only for the days of that item: rules that look like a known zone's are still no name of it.
enum CustomZone {
  /// The zone as it is around an instant; nil for a definition that is not whole.
  static func zone(of wire: WireTimeZone, at instant: Instant) -> Zone? {
    guard let rule = rule(of: wire, at: instant) else { return nil }
    do {
      return try Zone(rule: rule, name: wire.id)
    } catch {
      return nil
    }
  }

  /// In the words of POSIX, which cover what a definition can say.
  private static func rule(of wire: WireTimeZone, at instant: Instant) -> String? {
    let dated = wire.transitions.compactMap { transition -> (from: Instant, WireTransition)? in
      guard let date = transition.date else { return nil }
      return Instant(iso8601: date).map { ($0, transition) }
    }
    let current = dated.filter { $0.from <= instant }.max { $0.from < $1.from }?.1
    guard let start = current ?? wire.transitions.first(where: { $0.date == nil }) else {
      return nil
    }
    guard start.isToGroup else { return standing(start, wire) }
    let changes = wire.groups[start.target] ?? []
    switch changes.count {
    case 1: return standing(changes[0], wire)
    case 2:
      guard let one = bias(changes[0], wire), let other = bias(changes[1], wire),
        let intoOne = moment(changes[0]), let intoOther = moment(changes[1])
      else { return nil }
      return "AAA\(posix(other))BBB\(posix(one)),\(intoOne),\(intoOther)"
    default: return nil
    }
  }

  private static func standing(_ transition: WireTransition, _ wire: WireTimeZone) -> String? {
    bias(transition, wire).map { "AAA\(posix($0))" }
  }

  private static func bias(_ transition: WireTransition, _ wire: WireTimeZone) -> Int? {
    guard !transition.isToGroup else { return nil }
    return wire.periods[transition.target].flatMap { seconds($0) }
  }

  private static func moment(_ transition: WireTransition) -> String? {
    guard let month = transition.month, (1...12).contains(month),
      let time = transition.timeOffset.flatMap({ seconds($0) })
    else { return nil }
    switch transition.kind {
    case .recurringDayTransition:
      guard let day = transition.dayOfWeek.flatMap({ weekdays.firstIndex(of: $0) }),
        let week = transition.occurrence, week == -1 || (1...4).contains(week)
      else { return nil }
      return "M\(month).\(week == -1 ? 5 : week).\(day)/\(posix(time))"
    case .recurringDateTransition:
      // POSIX counts the days of a year without its leap day.
      guard let day = transition.day, (1...31).contains(day) else { return nil }
      let newYear = LocalDate(year: 2023, month: 1, day: 1).daysSince1970
      let date = LocalDate(year: 2023, month: month, day: day).daysSince1970
      return "J\(Int(date - newYear) + 1)/\(posix(time))"
    default: return nil
    }
  }

  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  private static func posix(_ seconds: Int) -> String {
    let rest = abs(seconds)
    return "\(seconds < 0 ? "-" : "+")\(rest / 3_600):\(rest / 60 % 60):\(rest % 60)"
  }

  /// A duration of hours, minutes and seconds, such as `-PT5H30M`; nil for another.
  static func seconds(_ duration: String) -> Int? {
    let isNegative = duration.hasPrefix("-")
    let text = isNegative ? duration.dropFirst() : duration[...]
    guard text.hasPrefix("P"), let clock = text.firstIndex(of: "T") else { return nil }
    guard ["", "0D"].contains(text[text.index(after: text.startIndex)..<clock]) else { return nil }
    var total = 0
    var number = ""
    for character in text[text.index(after: clock)...] {
      if character.isASCII, character.isNumber || character == "." {
        number.append(character)
        continue
      }
      guard let value = Double(number), value < 1_000,
        let unit = ["H": 3_600, "M": 60, "S": 1][character]
      else { return nil }
      total += Int(value) * unit
      number = ""
    }
    return number.isEmpty ? (isNegative ? -total : total) : nil
  }
}
