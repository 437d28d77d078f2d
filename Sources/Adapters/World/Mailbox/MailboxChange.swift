extension Mailbox {
  /// One field of an item with its new value; deleting a field is the change to its empty value.
  package enum Change: Sendable {
    case subject(String)
    case body(Body)
    case appendedBody(Body)
    case sensitivity(Sensitivity)
    case importance(Importance)
    case categories([String])
    case reminderIsSet(Bool)
    case reminderMinutes(Int)
    case set(ExtendedProperty)
    case remove(ExtendedPath)
    case start(Int64)
    case end(Int64)
    case isAllDay(Bool)
    /// A zone by its name; rules of the item's own go with the old one.
    case startZone(String?)
    case endZone(String?)
    case startRules(ZoneRules?)
    case endRules(ZoneRules?)
    case showAs(ShowAs)
    case location(String)
    case required([Attendee])
    case optional([Attendee])
    case resources([Attendee])
    case isResponseRequested(Bool)
    case allowsNewTimeProposal(Bool)
    case recurrence(Recurrence?)
    case contact(ContactChange)
    /// What meeting messages do, and no client may write itself.
    case isCancelled(Bool)
    case myResponse(Response)
    case organizer(Person?)

    /// The name under which conflicts are found.
    var field: String {
      switch self {
      case .subject: "subject"
      case .body, .appendedBody: "body"
      case .sensitivity: "sensitivity"
      case .importance: "importance"
      case .categories: "categories"
      case .reminderIsSet: "reminderIsSet"
      case .reminderMinutes: "reminderMinutes"
      case .set(let property): "\(property.path)"
      case .remove(let path): "\(path)"
      case .start: "start"
      case .end: "end"
      case .isAllDay: "isAllDay"
      case .startZone: "startZone"
      case .endZone: "endZone"
      case .startRules: "startRules"
      case .endRules: "endRules"
      case .showAs: "showAs"
      case .location: "location"
      case .required: "required"
      case .optional: "optional"
      case .resources: "resources"
      case .isResponseRequested: "isResponseRequested"
      case .allowsNewTimeProposal: "allowsNewTimeProposal"
      case .recurrence: "recurrence"
      case .contact(let change): change.field
      case .isCancelled: "isCancelled"
      case .myResponse: "myResponse"
      case .organizer: "organizer"
      }
    }

    /// True for what lays a series out anew.
    var isTime: Bool {
      switch self {
      case .start, .end, .isAllDay, .startZone, .endZone, .startRules, .endRules, .recurrence: true
      case .subject, .body, .appendedBody, .sensitivity, .importance, .categories, .reminderIsSet,
        .reminderMinutes, .set, .remove, .showAs, .location, .required, .optional, .resources,
        .isResponseRequested, .allowsNewTimeProposal, .contact, .isCancelled, .myResponse,
        .organizer:
        false
      }
    }
  }

  func changed(
    _ appointment: Appointment,
    _ changes: [Change],
    _ around: Surroundings
  ) -> Appointment {
    var changed = appointment
    var setsStart = false
    var setsEnd = false
    for change in changes {
      switch change {
      case .subject(let subject): changed.subject = subject
      case .body(let body): changed.body = body
      case .appendedBody(let body): changed.body.content += body.content
      case .sensitivity(let sensitivity): changed.sensitivity = sensitivity
      case .importance(let importance): changed.importance = importance
      case .categories(let categories): changed.categories = categories
      case .reminderIsSet(let isSet): changed.reminderIsSet = isSet
      case .reminderMinutes(let minutes): changed.reminderMinutes = minutes
      case .set(let property):
        changed.extended.removeAll { $0.path == property.path }
        changed.extended.append(property)
      case .remove(let path): changed.extended.removeAll { $0.path == path }
      case .start(let start):
        changed.start = start
        setsStart = true
      case .end(let end):
        changed.end = end
        setsEnd = true
      case .isAllDay(let isAllDay): changed.isAllDay = isAllDay
      case .startZone(let zone): (changed.startZone, changed.startRules) = (zone, nil)
      case .endZone(let zone): (changed.endZone, changed.endRules) = (zone, nil)
      case .startRules(let rules): changed.startRules = rules
      case .endRules(let rules): changed.endRules = rules
      case .showAs(let showAs): changed.showAs = showAs
      case .location(let location): changed.location = location
      case .required(let attendees): changed.required = attendees
      case .optional(let attendees): changed.optional = attendees
      case .resources(let attendees): changed.resources = attendees
      case .isResponseRequested(let isRequested): changed.isResponseRequested = isRequested
      case .allowsNewTimeProposal(let allows): changed.allowsNewTimeProposal = allows
      case .recurrence(let recurrence): changed.recurrence = recurrence
      // What a contact has is no part of this.
      case .contact: break
      case .isCancelled(let isCancelled): changed.isCancelled = isCancelled
      case .myResponse(let response): changed.myResponse = response
      case .organizer(let organizer): changed.organizer = organizer
      }
    }
    // A zone written without its time keeps the wall clock and shifts the instant (`ews.md` 2.8).
    let before = around.zones.knowing(appointment)
    let after = around.zones.knowing(changed)
    func shifted(_ instant: Int64, _ old: String?, _ new: String?) -> Int64 {
      guard let old, let new else { return instant }
      return after.instant(wallClock: before.wallClock(instant, in: old), in: new)
    }
    if !setsStart,
      (appointment.startZone, appointment.startRules) != (changed.startZone, changed.startRules)
    {
      changed.start = shifted(appointment.start, appointment.startZone, changed.startZone)
    }
    if !setsEnd, (appointment.endZone, appointment.endRules) != (changed.endZone, changed.endRules)
    {
      changed.end = shifted(appointment.end, appointment.endZone, changed.endZone)
    }
    return changed
  }
}
