/// A change in Exchange beyond those that both sides know: series, single dates, copies, and marks.
package struct CalendarEdit: Hashable, Codable, Sendable {
  package var verb: Verb
  /// The original date `yyyy-mm-dd` of one occurrence of the series that the id names.
  package var occurrence: String?

  /// Times are seconds since 1970 UTC; a repetition is as `Repetition` reads it.
  package enum Verb: Hashable, Codable, Sendable {
    case create(title: String, start: Int64, end: Int64, isAllDay: Bool, repetition: String?)
    /// `never` makes a single of a series.
    case move(id: String, start: Int64, end: Int64, repetition: String?)
    case retitle(id: String, title: String)
    case delete(id: String)
    case mark(id: String, Mark)
    /// By a person, into the same folder.
    case copy(id: String)
  }

  package enum Mark: String, Codable, Sendable, CaseIterable {
    case `private`, `public`, free, busy, cancel, decline, accept
  }

  package init(_ verb: Verb, occurrence: String? = nil) {
    self.verb = verb
    self.occurrence = occurrence
  }
}

extension CalendarEdit {
  /// What the verb, the repetition, the date and the kind of day add to the JSON of an edit.
  var members: [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    switch verb {
    case .create(let title, let start, let end, let isAllDay, let repetition):
      members = Edit.Verb.create(title: title, start: start, end: end).members
      if isAllDay { members.append(.init("allDay", true)) }
      if let repetition { members.append(.init("repeat", .string(repetition))) }
    case .move(let id, let start, let end, let repetition):
      members = Edit.Verb.move(id: id, start: start, end: end).members
      if let repetition { members.append(.init("repeat", .string(repetition))) }
    case .retitle(let id, let title): members = Edit.Verb.retitle(id: id, title: title).members
    case .delete(let id): members = Edit.Verb.delete(id: id).members
    case .mark(let id, let mark):
      members = [.init("verb", .string(mark.rawValue)), .init("id", .string(id))]
    case .copy(let id): members = [.init("verb", "copy"), .init("id", .string(id))]
    }
    if let occurrence { members.append(.init("occurrence", .string(occurrence))) }
    return members
  }

  /// Nil where the JSON asks for nothing beyond what both sides know.
  init?(json: JSONValue, _ verb: Edit.Verb?) throws {
    let repetition = json["repeat"]?.text
    let occurrence = json["occurrence"]?.text
    let isAllDay = json["allDay"] == true
    let word = json["verb"]?.text ?? ""
    let mark = Mark(rawValue: word)
    if mark != nil || word == "copy" {
      guard let id = json["id"]?.text else { throw EditProblem("The edit names no id.") }
      self.init(mark.map { .mark(id: id, $0) } ?? .copy(id: id), occurrence: occurrence)
      return
    }
    guard repetition != nil || occurrence != nil || isAllDay else { return nil }
    switch verb {
    case .create(let title, let start, let end):
      self.init(
        .create(title: title, start: start, end: end, isAllDay: isAllDay, repetition: repetition),
        occurrence: occurrence
      )
    case .move(let id, let start, let end):
      self.init(
        .move(id: id, start: start, end: end, repetition: repetition),
        occurrence: occurrence
      )
    case .retitle(let id, let title):
      self.init(.retitle(id: id, title: title), occurrence: occurrence)
    case .delete(let id): self.init(.delete(id: id), occurrence: occurrence)
    case .calendar, nil: return nil
    }
  }
}

extension Mailbox {
  /// Makes the change as the mailbox's owner would and answers the item's id.
  mutating func make(_ edit: CalendarEdit, _ around: Surroundings) throws -> String {
    switch edit.verb {
    case .create(let title, let start, let end, let isAllDay, let repetition):
      guard edit.occurrence == nil else {
        throw EditProblem("What is created is no date of a series yet.")
      }
      var item = Appointment(title, start: start, end: end)
      item.startZone = around.contextZone
      item.endZone = around.contextZone
      item.isAllDay = isAllDay
      item.recurrence = try repetition.map { try recurrence($0, from: start, of: item, around) }
      return text(of: try create(item, in: folderID(.calendar), around).id)
    case .move(let id, let start, let end, let repetition):
      var changes: [Change] = [.start(start), .end(end)]
      let target = try target(id, edit.occurrence, around)
      if let repetition {
        let new =
          repetition == "never"
          ? nil : try recurrence(repetition, from: start, of: target.appointment, around)
        changes.append(.recurrence(new))
      }
      return try change(target.id, changes, around)
    case .retitle(let id, let title):
      return try change(target(id, edit.occurrence, around).id, [.subject(title)], around)
    case .delete(let id):
      let target = try target(id, edit.occurrence, around).id
      try delete(target, .moveToDeletedItems, at: around.now)
      return text(of: target)
    case .mark(let id, let mark):
      let target = try target(id, edit.occurrence, around)
      return try change(target.id, mark.changes(of: target.appointment), around)
    case .copy(let id):
      let target = try target(id, edit.occurrence, around).id
      return text(of: try copy(target, to: target.folder, keepingUID: false, at: around.now).id)
    }
  }

  private func recurrence(
    _ repetition: String,
    from start: Int64,
    of appointment: Appointment,
    _ around: Surroundings
  ) throws -> Recurrence {
    let wall = around.zones.knowing(appointment).wallClock(start, in: appointment.seriesZone)
    let date = Timestamp.date(Timestamp.floorDivide(wall, 86_400))
    return try Repetition(repetition).recurrence(from: date)
  }

  /// The item, or the date of the series that it is.
  private func target(
    _ id: String,
    _ occurrence: String?,
    _ around: Surroundings
  ) throws -> Item {
    let id = try itemID(id)
    guard let occurrence else { return try item(id, around.zones) }
    let series = try series(id, around.zones)
    guard let day = Timestamp.day(occurrence), series.days.place(of: day) != nil else {
      throw EditProblem("“\(series.master.appointment.subject)” has no date \(occurrence).")
    }
    return try series.occurrence(on: day)
  }
}

extension CalendarEdit.Mark {
  /// Meetings are called, and called off, by somebody else.
  fileprivate func changes(of item: Mailbox.Appointment) -> [Mailbox.Change] {
    let called = "Canceled: "
    switch self {
    case .private: return [.sensitivity(.private)]
    case .public: return [.sensitivity(.normal)]
    case .free: return [.showAs(.free)]
    case .busy: return [.showAs(.busy)]
    case .cancel:
      let title = item.subject.hasPrefix(called) ? item.subject : called + item.subject
      return [
        .organizer(item.organizer ?? Wording.dispatcher), .isCancelled(true), .subject(title),
        .showAs(.free),
      ]
    case .decline:
      return [
        .organizer(item.organizer ?? Wording.dispatcher), .myResponse(.decline), .showAs(.free),
      ]
    case .accept:
      let title =
        item.subject.hasPrefix(called) ? String(item.subject.dropFirst(called.count)) : item.subject
      return [
        .organizer(item.organizer ?? Wording.dispatcher), .isCancelled(false), .subject(title),
        .myResponse(.accept), .showAs(.busy),
      ]
    }
  }
}
