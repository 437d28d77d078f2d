/// A component of an iCalendar object (RFC 5545 section 3.6), as a value.
package struct CalendarComponent: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case calendar = "VCALENDAR"
    case event = "VEVENT"
    case toDo = "VTODO"
    case alarm = "VALARM"
    case zone = "VTIMEZONE"
    case standard = "STANDARD"
    case daylight = "DAYLIGHT"
  }

  package let kind: Kind
  /// In the order in which they are written.
  package var lines: [CalendarLine]
  package var parts: [CalendarComponent]

  package init(_ kind: Kind, lines: [CalendarLine] = [], parts: [CalendarComponent] = []) {
    self.kind = kind
    self.lines = lines
    self.parts = parts
  }

  /// The value of the first line of that name.
  package subscript(name: String) -> CalendarValue? {
    lines.first { $0.name == name }?.value
  }
}

/// A content line: a property with its parameters and its value.
package struct CalendarLine: Hashable, Sendable {
  /// In upper case, such as `SUMMARY` or `X-LOCKSTEP-ID`.
  package let name: String
  package let parameters: [CalendarParameter]
  package let value: CalendarValue

  package init(_ name: String, _ value: CalendarValue, _ parameters: [CalendarParameter] = []) {
    self.name = name
    self.parameters = parameters
    self.value = value
  }
}

/// A parameter of a line, such as `TZID=Europe/Berlin`.
package struct CalendarParameter: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// The value of a content line, unescaped.
package enum CalendarValue: Hashable, Sendable {
  /// Free text; what iCalendar cannot carry (control characters but tab and line end) is dropped.
  case text(String)
  /// One entry of a line that may list several, such as a category; commas belong to it.
  case entry(String)
  /// An address or URI; white space and control characters are dropped.
  case address(String)
  /// A value that is written as it stands, such as `PRIVATE`, `-PT15M` or a rule.
  case token(String)
  case date(year: Int, month: Int, day: Int)
  case clock(CalendarClock)
  /// Seconds east of UTC.
  case offset(Int)
}

/// A date and a time of day, of UTC or of the zone that the line's `TZID` names.
package struct CalendarClock: Hashable, Sendable {
  package let year: Int
  package let month: Int
  package let day: Int
  package let hour: Int
  package let minute: Int
  package let second: Int
  package let isUTC: Bool

  package init(
    year: Int,
    month: Int,
    day: Int,
    hour: Int,
    minute: Int,
    second: Int,
    isUTC: Bool = false
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.isUTC = isUTC
  }
}

/// Why iCalendar could not be written, read or expanded.
package enum CalendarError: Error, Hashable, Sendable {
  /// The line's value is none that its name may have.
  case refusedLine(name: String)
  case refusedParameter(name: String)
  /// A rule that nothing can follow, such as one for 31 April.
  case refusedRule(String)
  /// The text is no iCalendar object.
  case unreadable
  /// libical could not go on; its own words.
  case library(String)
}

extension CalendarError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refusedLine(let name): "The value of \(name) cannot be written as iCalendar."
    case .refusedParameter(let name): "The parameter \(name) cannot be written as iCalendar."
    case .refusedRule(let rule): "The rule \(rule) cannot be followed."
    case .unreadable: "This is no iCalendar text."
    case .library(let words): "libical could not go on: \(words)"
    }
  }
}
