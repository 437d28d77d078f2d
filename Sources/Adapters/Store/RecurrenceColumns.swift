internal import SyncModel

/// The ten columns of `mirror_exchange_item` that hold a series' pattern.
enum RecurrenceColumns {
  private enum Word: String {
    case daily, weekly, monthly, monthlyByWeek = "monthly-by-week", yearly
    case yearlyByWeek = "yearly-by-week"
  }

  /// The rhythm's parts, each in its own column.
  private struct Parts {
    var word: Word
    var interval: Int?
    var days: [RecurrencePattern.Weekday] = []
    var weekStarts: RecurrencePattern.Weekday?
    var day: Int?
    var week: RecurrencePattern.WeekOfMonth?
    var month: Int?
  }

  static func add(_ pattern: RecurrencePattern?, to row: inout ColumnWriter) throws {
    let parts = pattern.map { self.parts(of: $0.rhythm) }
    row.add(word: parts?.word)
    row.add(parts?.interval)
    let days: [Int] = parts?.days.map(\.rawValue) ?? []
    try row.add(list: days)
    row.add(parts?.weekStarts?.rawValue)
    row.add(parts?.day)
    row.add(word: parts?.week)
    row.add(parts?.month)
    row.add(pattern?.firstDay)
    switch pattern?.end {
    case .on(let date):
      row.add(date)
      row.add(Int?.none)
    case .after(let occurrences):
      row.add(LocalDate?.none)
      row.add(occurrences)
    case .never, nil:
      row.add(LocalDate?.none)
      row.add(Int?.none)
    }
  }

  static func pattern(_ columns: inout ColumnReader) throws -> RecurrencePattern? {
    guard let word = try columns.optionalWord(Word.self) else {
      columns.skip(9)
      return nil
    }
    let parts = Parts(
      word: word,
      interval: try columns.optionalCount(),
      days: try columns.list(Int.self).compactMap(RecurrencePattern.Weekday.init(rawValue:)),
      weekStarts: try columns.optionalCount().flatMap(RecurrencePattern.Weekday.init(rawValue:)),
      day: try columns.optionalCount(),
      week: try columns.optionalWord(),
      month: try columns.optionalCount()
    )
    let firstDay = try columns.date()
    let lastDay = try columns.optionalDate()
    let occurrences = try columns.optionalCount()
    guard let rhythm = rhythm(of: parts) else {
      throw UnreadableColumn(table: "mirror_exchange_item")
    }
    let end: RecurrencePattern.End =
      lastDay.map { .on($0) } ?? occurrences.map { .after(occurrences: $0) } ?? .never
    return RecurrencePattern(rhythm: rhythm, firstDay: firstDay, end: end)
  }

  private static func parts(of rhythm: RecurrencePattern.Rhythm) -> Parts {
    switch rhythm {
    case .daily(let interval):
      Parts(word: .daily, interval: interval)
    case .weekly(let interval, let days, let weekStarts):
      Parts(word: .weekly, interval: interval, days: days, weekStarts: weekStarts)
    case .monthly(let interval, let day):
      Parts(word: .monthly, interval: interval, day: day)
    case .monthlyByWeek(let interval, let week, let days):
      Parts(word: .monthlyByWeek, interval: interval, days: days, week: week)
    case .yearly(let month, let day):
      Parts(word: .yearly, day: day, month: month)
    case .yearlyByWeek(let month, let week, let days):
      Parts(word: .yearlyByWeek, days: days, week: week, month: month)
    }
  }

  private static func rhythm(of parts: Parts) -> RecurrencePattern.Rhythm? {
    switch (parts.word, parts.interval, parts.day, parts.week, parts.month) {
    case (.daily, let interval?, _, _, _):
      .daily(interval: interval)
    case (.weekly, let interval?, _, _, _):
      parts.weekStarts.map {
        .weekly(interval: interval, days: parts.days, firstDayOfWeek: $0)
      }
    case (.monthly, let interval?, let day?, _, _):
      .monthly(interval: interval, dayOfMonth: day)
    case (.monthlyByWeek, let interval?, _, let week?, _):
      .monthlyByWeek(interval: interval, week: week, days: parts.days)
    case (.yearly, _, let day?, _, let month?):
      .yearly(month: month, dayOfMonth: day)
    case (.yearlyByWeek, _, _, let week?, let month?):
      .yearlyByWeek(month: month, week: week, days: parts.days)
    case (.daily, _, _, _, _), (.weekly, _, _, _, _), (.monthly, _, _, _, _),
      (.monthlyByWeek, _, _, _, _), (.yearly, _, _, _, _), (.yearlyByWeek, _, _, _, _):
      nil
    }
  }
}
