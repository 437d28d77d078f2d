import Recurrence
package import SyncModel
package import ZoneData

/// A pattern as an RRULE, with its end (`ews.md` 4.1).
extension RecurrencePattern {
  /// The value of RRULE; nil for numbers that no pattern has.
  ///
  /// The last day ends in the series' `zone` (nil: UTC) and is written as the last second of it in
  /// UTC; `isAllDay` writes it as a date.
  package func line(isAllDay: Bool, zone: Zone?) -> String? {
    guard let rule else { return nil }
    switch end {
    case .never:
      return rule.description
    case .after(let occurrences):
      return "\(rule);COUNT=\(occurrences)"
    case .on(let day):
      let digits = day.description.filter(\.isNumber)
      if isAllDay { return "\(rule);UNTIL=\(digits)" }
      let local = LocalDateTime(date: day, secondOfDay: 86_399).secondsSince1970
      let moment = LocalDateTime(secondsSince1970: zone?.instant(localSeconds: local) ?? local)
      return "\(rule);UNTIL=\(moment.iso8601.filter { $0.isNumber || $0 == "T" })Z"
    }
  }

  /// The pattern that an RRULE stands for whose event begins at `start` in `zone` (nil: UTC).
  ///
  /// Nil where Exchange has no pattern that yields the same days.
  package init?(line: String, start: LocalDateTime, zone: Zone?) {
    var parts = line.split(separator: ";")
    func taken(_ name: String) -> Substring? {
      guard let place = parts.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
      return parts.remove(at: place).dropFirst(name.count + 1)
    }
    let end: End
    switch (taken("COUNT"), taken("UNTIL")) {
    case (nil, nil):
      end = .never
    case (let count?, nil):
      guard let occurrences = Int(count), occurrences > 0 else { return nil }
      end = .after(occurrences: occurrences)
    case (nil, let until?):
      guard let day = LocalDate(until: until, start: start, zone: zone) else { return nil }
      end = .on(day)
    case (_?, _?):
      return nil
    }
    guard let rule = RecurrenceRule(parts.joined(separator: ";")) else { return nil }
    self.init(rule, firstDay: start.date, end: end)
  }
}

extension LocalDate {
  /// The last day on which an event may begin that begins at the time of day of `start`.
  fileprivate init?(until text: Substring, start: LocalDateTime, zone: Zone?) {
    let digits = text.filter(\.isNumber)
    func part(_ from: Int, _ count: Int) -> Substring { digits.dropFirst(from).prefix(count) }
    guard let date = LocalDate(iso8601: "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))") else {
      return nil
    }
    if digits.count == 8 {
      self = date
      return
    }
    guard digits.count == 14, let hour = Int(part(8, 2)), let minute = Int(part(10, 2)),
      let second = Int(part(12, 2))
    else { return nil }
    let written = date.start + Int64(hour * 3_600 + minute * 60 + second)
    let isUTC = text.hasSuffix("Z")
    let local = LocalDateTime(
      secondsSince1970: isUTC ? zone?.localSeconds(at: written) ?? written : written
    )
    self = local.date.advanced(byDays: local.secondOfDay < start.secondOfDay ? -1 : 0)
  }
}

extension LocalDate {
  /// The day's midnight, counted as if UTC.
  var start: Int64 { Int64(daysSince1970) * 86_400 }
}
