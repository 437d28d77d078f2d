import World

/// Both calendars side by side, a line for each stretch of time.
struct WeekTable {
  /// An item of one side; times are local wall clocks counted as if UTC.
  struct Row {
    var start: Int64
    var end: Int64
    var exchange: String
    var psa: String
  }

  private let rows: [Row]

  /// Rows with the same times become one line, as long as each side has a title for it.
  init(_ items: [Row]) {
    var rows: [Row] = []
    for item in items {
      let place = rows.firstIndex { row in
        row.start == item.start && row.end == item.end
          && (row.exchange.isEmpty || item.exchange.isEmpty)
          && (row.psa.isEmpty || item.psa.isEmpty)
      }
      if let place {
        rows[place].exchange += item.exchange
        rows[place].psa += item.psa
      } else {
        rows.append(item)
      }
    }
    self.rows = rows.sorted { ($0.start, $0.end, $0.exchange) < ($1.start, $1.end, $1.exchange) }
  }

  var text: String {
    let lines = rows.map { (Self.day($0), Self.hours($0), $0.exchange, $0.psa) }
    let width = max(8, lines.map(\.2.count).max() ?? 0)
    let head = "  day         time          \(Self.padded("Exchange", width))   PSA"
    let rest = lines.map { day, hours, exchange, psa in
      "  \(Self.padded(day, 10))  \(Self.padded(hours, 12))  \(Self.padded(exchange, width))   \(psa)"
        .trimmingBlanks
    }
    return ([head] + rest).joined(separator: "\n")
  }

  private static func day(_ row: Row) -> String {
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let number = row.start / 86_400
    let date = Timestamp.civil(number)
    return "\(days[Int(number % 7)]) \(date.day) \(months[date.month - 1])"
  }

  private static func hours(_ row: Row) -> String {
    if row.start % 86_400 == 0, row.end % 86_400 == 0, row.end > row.start {
      let days = (row.end - row.start) / 86_400
      return days == 1 ? "all day" : "\(days) days"
    }
    return "\(clock(row.start))–\(clock(row.end))"
  }

  private static func clock(_ time: Int64) -> String {
    let minutes = time % 86_400 / 60
    return "\(pair(minutes / 60)):\(pair(minutes % 60))"
  }

  private static func pair(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
