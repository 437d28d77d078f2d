internal import CIcal

extension CalendarComponent {
  /// The component as RFC 5545 wants it: escaped, folded at 75 octets, lines ended by CRLF.
  package func bytes() throws(CalendarError) -> [UInt8] {
    try LibICal.exclusively { () throws(CalendarError) in
      let tree = try tree()
      guard let text = icalcomponent_as_ical_string_r(tree.root) else {
        throw .library(String(cString: icalerror_perror()))
      }
      return ListMark.written(ICalText(owning: text).bytes)
    }
  }

  private func tree() throws(CalendarError) -> ICalTree {
    guard let root = icalcomponent_new(kind.number) else { throw .library("out of memory") }
    let tree = ICalTree(owning: root)
    for line in lines { try line.property().join(tree) }
    for part in parts { try part.tree().join(tree) }
    return tree
  }
}

extension CalendarComponent.Kind {
  fileprivate var number: icalcomponent_kind {
    switch self {
    case .calendar: ICAL_VCALENDAR_COMPONENT
    case .event: ICAL_VEVENT_COMPONENT
    case .toDo: ICAL_VTODO_COMPONENT
    case .alarm: ICAL_VALARM_COMPONENT
    case .zone: ICAL_VTIMEZONE_COMPONENT
    case .standard: ICAL_XSTANDARD_COMPONENT
    case .daylight: ICAL_XDAYLIGHT_COMPONENT
    }
  }
}

extension CalendarLine {
  fileprivate func property() throws(CalendarError) -> ICalProperty {
    let isOwn = name.hasPrefix("X-")
    let number = isOwn ? ICAL_X_PROPERTY : icalproperty_string_to_kind(name)
    guard number != ICAL_NO_PROPERTY, let line = icalproperty_new(number) else {
      throw .refusedLine(name: name)
    }
    let property = ICalProperty(owning: line)
    if isOwn { icalproperty_set_x_name(line, name) }
    for parameter in parameters {
      let kind = icalparameter_string_to_kind(parameter.name)
      let text = parameter.value.writable.replacing("\n", with: " ")
      guard kind != ICAL_NO_PARAMETER, let made = icalparameter_new_from_value_string(kind, text)
      else { throw .refusedParameter(name: parameter.name) }
      icalproperty_add_parameter(line, made)
    }
    guard let made = newValue(isOwn: isOwn, number) else { throw .refusedLine(name: name) }
    icalproperty_set_value(line, made)
    return property
  }

  private func newValue(isOwn: Bool, _ number: icalproperty_kind) -> OpaquePointer? {
    switch value {
    case .text(let text):
      return isOwn ? icalvalue_new_x(text.writable) : icalvalue_new_text(text.writable)
    case .entry(let text):
      return icalvalue_new_text(ListMark.marked(text.writable))
    case .address(let text):
      return icalvalue_new_caladdress(text.writable.withoutBlanks)
    case .token(let text):
      return icalvalue_new_from_string(icalproperty_kind_to_value_kind(number), text)
    case .date(let year, let month, let day):
      return icalvalue_new_date(
        ical_clock(Int32(year), Int32(month), Int32(day), 0, 0, 0, 1, 0)
      )
    case .clock(let clock):
      return icalvalue_new_datetime(
        ical_clock(
          Int32(clock.year),
          Int32(clock.month),
          Int32(clock.day),
          Int32(clock.hour),
          Int32(clock.minute),
          Int32(clock.second),
          0,
          clock.isUTC ? 1 : 0
        )
      )
    case .offset(let seconds):
      return icalvalue_new_utcoffset(Int32(seconds))
    }
  }
}

/// Commas and semicolons that belong to an entry of a list.
///
/// libical escapes neither in CATEGORIES, whatever the value, so it is given control characters of
/// equal length, which no text may hold, and which are replaced once all is folded.
private enum ListMark {
  private static let lead: UInt8 = 0xC2
  private static let comma: UInt8 = 0x86
  private static let semicolon: UInt8 = 0x87

  static func marked(_ text: String) -> String {
    text.replacing(",", with: "\u{86}").replacing(";", with: "\u{87}")
  }

  static func written(_ bytes: [UInt8]) -> [UInt8] {
    guard let first = bytes.firstIndex(of: lead) else { return bytes }
    var bytes = bytes
    for place in first..<(bytes.count - 1) where bytes[place] == lead {
      switch bytes[place + 1] {
      case comma: bytes.replaceSubrange(place...(place + 1), with: "\\,".utf8)
      case semicolon: bytes.replaceSubrange(place...(place + 1), with: "\\;".utf8)
      default: continue
      }
    }
    return bytes
  }
}

extension String {
  /// The text with `\n` for every line end and without control characters but tab.
  fileprivate var writable: String {
    let octets = utf8
    let needsWork = octets.contains {
      $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F || $0 == 0xC2
    }
    guard needsWork else { return self }
    var kept: [UInt8] = []
    kept.reserveCapacity(octets.count)
    var previous: UInt8 = 0
    for octet in octets {
      switch octet {
      case 0x0D: kept.append(0x0A)
      case 0x0A: if previous != 0x0D { kept.append(octet) }
      case 0x00...0x08, 0x0B...0x1F, 0x7F: break
      // U+0080 to U+009F are control characters too, two octets long.
      case 0x80...0x9F where previous == 0xC2: kept.removeLast()
      default: kept.append(octet)
      }
      previous = octet
    }
    return String(decoding: kept, as: UTF8.self)
  }

  /// Without blanks and line ends, which an address cannot hold.
  fileprivate var withoutBlanks: String {
    String(decoding: utf8.filter { $0 > 0x20 }, as: UTF8.self)
  }
}
