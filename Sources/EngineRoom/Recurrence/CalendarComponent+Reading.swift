internal import CIcal

extension CalendarComponent {
  /// Reads iCalendar text by libical's parser; lines and components of other kinds are left out.
  ///
  /// Throws `unreadable` for text that is no component or that the parser complains of.
  package static func read(_ bytes: [UInt8]) throws(CalendarError) -> CalendarComponent {
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw .unreadable
    }
    return try LibICal.exclusively { () throws(CalendarError) in
      guard let root = icalparser_parse_string(text) else { throw .unreadable }
      let tree = ICalTree(owning: root)
      guard icalcomponent_count_errors(tree.root) == 0, let component = component(tree.root) else {
        throw .unreadable
      }
      return component
    }
  }

  private static func component(_ pointer: OpaquePointer) -> CalendarComponent? {
    guard let name = icalcomponent_kind_to_string(icalcomponent_isa(pointer)),
      let kind = Kind(rawValue: String(cString: name))
    else { return nil }
    var component = CalendarComponent(kind)
    var line = icalcomponent_get_first_property(pointer, ICAL_ANY_PROPERTY)
    while let current = line {
      if let read = CalendarLine(current) { component.lines.append(read) }
      line = icalcomponent_get_next_property(pointer, ICAL_ANY_PROPERTY)
    }
    var part = icalcomponent_get_first_component(pointer, ICAL_ANY_COMPONENT)
    while let current = part {
      if let read = Self.component(current) { component.parts.append(read) }
      part = icalcomponent_get_next_component(pointer, ICAL_ANY_COMPONENT)
    }
    return component
  }
}

extension CalendarLine {
  fileprivate init?(_ pointer: OpaquePointer) {
    guard let name = Self.text(icalproperty_get_property_name_r(pointer)),
      let held = icalproperty_get_value(pointer)
    else { return nil }
    var parameters: [CalendarParameter] = []
    var parameter = icalproperty_get_first_parameter(pointer, ICAL_ANY_PARAMETER)
    while let current = parameter {
      if let read = CalendarParameter(current) { parameters.append(read) }
      parameter = icalproperty_get_next_parameter(pointer, ICAL_ANY_PARAMETER)
    }
    guard let value = CalendarValue(held, isEntry: name == "CATEGORIES") else { return nil }
    self.init(name, value, parameters)
  }

  fileprivate static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
    pointer.map { String(decoding: ICalText(owning: $0).bytes, as: UTF8.self) }
  }
}

extension CalendarParameter {
  /// Asks the parameter itself: to ask its property by name would begin the property's walk anew,
  /// which then never ends where a parameter stands twice.
  fileprivate init?(_ pointer: OpaquePointer) {
    guard let text = CalendarLine.text(icalparameter_as_ical_string_r(pointer)),
      let mark = text.firstIndex(of: "=")
    else { return nil }
    let value = text[text.index(after: mark)...]
    let isQuoted = value.count > 1 && value.first == "\"" && value.last == "\""
    self.init(String(text[..<mark]), String(isQuoted ? value.dropFirst().dropLast() : value))
  }
}

extension CalendarValue {
  fileprivate init?(_ pointer: OpaquePointer, isEntry: Bool) {
    switch icalvalue_isa(pointer) {
    case ICAL_TEXT_VALUE:
      let text = icalvalue_get_text(pointer).map { String(cString: $0) } ?? ""
      self = isEntry ? .entry(text) : .text(text)
    case ICAL_X_VALUE:
      self = .text(icalvalue_get_x(pointer).map { String(cString: $0) } ?? "")
    case ICAL_CALADDRESS_VALUE:
      self = .address(icalvalue_get_caladdress(pointer).map { String(cString: $0) } ?? "")
    case ICAL_URI_VALUE:
      self = .address(icalvalue_get_uri(pointer).map { String(cString: $0) } ?? "")
    case ICAL_DATE_VALUE:
      let time = icalvalue_get_date(pointer)
      self = .date(year: Int(time.year), month: Int(time.month), day: Int(time.day))
    case ICAL_DATETIME_VALUE:
      self = .clock(CalendarClock(icalvalue_get_datetime(pointer)))
    case ICAL_DATETIMEPERIOD_VALUE:
      self = .clock(CalendarClock(icalvalue_get_datetimeperiod(pointer).time))
    case ICAL_UTCOFFSET_VALUE:
      self = .offset(Int(icalvalue_get_utcoffset(pointer)))
    default:
      guard let text = CalendarLine.text(icalvalue_as_ical_string_r(pointer)) else { return nil }
      self = .token(text)
    }
  }
}

extension CalendarClock {
  fileprivate init(_ time: icaltimetype) {
    self.init(
      year: Int(time.year),
      month: Int(time.month),
      day: Int(time.day),
      hour: Int(time.hour),
      minute: Int(time.minute),
      second: Int(time.second),
      isUTC: icaltime_is_utc(time) != 0
    )
  }
}
