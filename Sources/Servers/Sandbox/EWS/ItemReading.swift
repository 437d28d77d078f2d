import World
import XML

/// Reads what clients write into any item, as changes to the mailbox's item.
enum ItemReading {
  /// The change that writing this child makes; nil for what is no property of every item.
  static func changes(
    _ child: XMLElement,
    uri: String
  ) throws(EWSRefusal) -> [Mailbox.Change]? {
    switch uri {
    case "item:Subject": return [.subject(child.text)]
    case "item:Body": return [.body(try body(child))]
    case "item:Sensitivity": return [.sensitivity(try value(child, uri))]
    case "item:Importance": return [.importance(try value(child, uri))]
    case "item:Categories": return [.categories(child.children("String").map(\.text))]
    case "item:ReminderIsSet": return [.reminderIsSet(try flag(child, uri))]
    case "item:ReminderMinutesBeforeStart":
      guard let minutes = Int(child.text.trimmed), (0...2_629_800).contains(minutes) else {
        throw invalid(uri)
      }
      return [.reminderMinutes(minutes)]
    // Written by clients, kept by nobody here.
    case "item:ReminderDueBy", "item:Culture", "item:Flag": return []
    case "item:ExtendedProperty": return [.set(try extended(child))]
    default: return nil
    }
  }

  /// What deleting a field leaves (`ews.md` 2.8); nil for what is no property of every item.
  static func removal(_ path: Mailbox.PropertyPath) -> Mailbox.Change? {
    switch path {
    case .extended(let path): return .remove(path)
    case .indexed: return nil
    case .field(let uri):
      switch uri {
      case "item:Subject": return .subject("")
      case "item:Body": return .body(Mailbox.Body(""))
      case "item:Categories": return .categories([])
      case "item:ReminderIsSet": return .reminderIsSet(false)
      case "item:ReminderMinutesBeforeStart": return .reminderMinutes(0)
      default: return nil
      }
    }
  }

  static func extended(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.ExtendedProperty {
    guard let path = element.child("ExtendedFieldURI") else {
      throw invalid("item:ExtendedProperty")
    }
    let field: ExtendedField
    do throws(EWSFault) { field = try PropertyPathReading.extended(path) } catch {
      throw EWSRefusal("ErrorInvalidExtendedProperty", error.message)
    }
    return try field.property(element)
  }

  static func body(_ element: XMLElement) throws(EWSRefusal) -> Mailbox.Body {
    guard let format = Mailbox.Body.Format(rawValue: element["BodyType"] ?? "") else {
      throw invalid("item:Body")
    }
    return Mailbox.Body(element.text, as: format)
  }

  static func value<T: RawRepresentable<String>>(
    _ element: XMLElement,
    _ uri: String
  ) throws(EWSRefusal) -> T {
    guard let value = T(rawValue: element.text.trimmed) else { throw invalid(uri) }
    return value
  }

  static func flag(_ element: XMLElement, _ uri: String) throws(EWSRefusal) -> Bool {
    switch element.text.trimmed {
    case "true", "1": return true
    case "false", "0": return false
    default: throw invalid(uri)
    }
  }

  static func invalid(_ uri: String) -> EWSRefusal {
    .property("ErrorInvalidValueForProperty", uri)
  }

  /// Makes a new item's head from changes; what the head does not have is left to the caller.
  static func apply(_ change: Mailbox.Change, to head: inout Mailbox.Appointment) {
    switch change {
    case .subject(let subject): head.subject = subject
    case .body(let body): head.body = body
    case .sensitivity(let sensitivity): head.sensitivity = sensitivity
    case .importance(let importance): head.importance = importance
    case .categories(let categories): head.categories = categories
    case .reminderIsSet(let isSet): head.reminderIsSet = isSet
    case .reminderMinutes(let minutes): head.reminderMinutes = minutes
    case .set(let property): head.extended.append(property)
    case .isAllDay(let isAllDay): head.isAllDay = isAllDay
    case .showAs(let showAs): head.showAs = showAs
    case .location(let location): head.location = location
    case .required(let attendees): head.required = attendees
    case .optional(let attendees): head.optional = attendees
    case .resources(let attendees): head.resources = attendees
    case .isResponseRequested(let isRequested): head.isResponseRequested = isRequested
    case .allowsNewTimeProposal(let allows): head.allowsNewTimeProposal = allows
    case .recurrence(let recurrence): head.recurrence = recurrence
    // Read apart, before the rest.
    case .start, .end, .startZone, .endZone, .startRules, .endRules, .contact: break
    // No child of a written item says these.
    case .appendedBody, .remove, .isCancelled, .myResponse, .organizer: break
    }
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
