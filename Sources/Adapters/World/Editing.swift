/// A change that a person makes in one of the two calendars.
package struct Edit: Hashable, Codable, Sendable {
  package var side: Side
  package var verb: Verb

  package enum Side: String, Codable, Sendable, CaseIterable { case exchange, psa }

  /// Times are seconds since 1970 UTC; ids are the side's own texts.
  package enum Verb: Hashable, Codable, Sendable {
    case create(title: String, start: Int64, end: Int64)
    case move(id: String, start: Int64, end: Int64)
    case retitle(id: String, title: String)
    case delete(id: String)
    /// What only Exchange has.
    case calendar(CalendarEdit)
  }

  package init(_ side: Side, _ verb: Verb) {
    self.side = side
    self.verb = verb
  }
}

/// Why an edit was not made; a sentence.
package struct EditProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

extension World {
  /// Makes the change as a person would and answers the id of the item.
  ///
  /// In Exchange it is the mailbox's owner, in the PSA the dispatcher; neither sends mail.
  package func make(_ edit: Edit, zones: ZoneOffsets) throws -> String {
    do {
      switch edit.side {
      case .exchange:
        return try mailbox { mailbox, now in
          let around = Mailbox.Surroundings(now: now, zones: zones, contextZone: Seeding.zone)
          return try mailbox.make(edit.verb, around)
        }
      case .psa: return try tenant { tenant, now in try tenant.make(edit.verb, at: now) }
      }
    } catch let refusal as Refusal {
      throw EditProblem(refusal.errors.joined(separator: " "))
    } catch let refusal as Mailbox.Refusal {
      throw EditProblem("\(refusal.code.rawValue): \(refusal.message)")
    }
  }
}

extension Mailbox {
  fileprivate mutating func make(
    _ verb: Edit.Verb,
    _ around: Surroundings
  ) throws -> String {
    switch verb {
    case .create(let title, let start, let end):
      var item = Appointment(title, start: start, end: end)
      item.startZone = around.contextZone
      item.endZone = around.contextZone
      return text(of: try create(item, in: folderID(.calendar), around).id)
    case .move(let id, let start, let end):
      return try change(itemID(id), [.start(start), .end(end)], around)
    case .retitle(let id, let title): return try change(itemID(id), [.subject(title)], around)
    case .delete(let id):
      try delete(itemID(id), .moveToDeletedItems, at: around.now)
      return id
    case .calendar(let edit): return try make(edit, around)
    }
  }

  /// Changes an item whatever its version and answers its id.
  mutating func change(
    _ id: ItemID,
    _ changes: [Change],
    _ around: Surroundings
  ) throws -> String {
    let item = try update(
      id,
      changes,
      changeKey: nil,
      conflict: .alwaysOverwrite,
      around
    )
    return text(of: item.id)
  }
}

extension Tenant {
  fileprivate mutating func make(_ verb: Edit.Verb, at now: Int64) throws -> String {
    guard let entity = Schema.entity("Appointments"), let creator = entity.creator else {
      throw EditProblem("The tenant has no appointments.")
    }
    switch verb {
    case .create(let title, let start, let end):
      let id = try create(
        [
          "title": .string(title), "resourceID": .int(Seeding.technician),
          "startDateTime": .string(WireTime.text(start)),
          "endDateTime": .string(WireTime.text(end)),
        ],
        in: entity,
        at: now
      )
      tables[entity.name]?.change(id) { $0.cells[creator] = .int(Seeding.dispatcher) }
      return String(id)
    case .move(let id, let start, let end):
      let body: JSONValue = [
        "id": .int(try Self.number(id)), "startDateTime": .string(WireTime.text(start)),
        "endDateTime": .string(WireTime.text(end)),
      ]
      return String(try update(body, in: entity, at: now))
    case .retitle(let id, let title):
      let body: JSONValue = ["id": .int(try Self.number(id)), "title": .string(title)]
      return String(try update(body, in: entity, at: now))
    case .delete(let id):
      return String(try delete(try Self.number(id), in: entity))
    case .calendar:
      throw EditProblem("The PSA knows no series, no privacy, no free time and no answers.")
    }
  }

  /// An id as a person gives it.
  static func number(_ id: String) throws -> Int64 {
    guard let number = Int64(id) else {
      throw EditProblem("In the PSA an item's id is a number, not \(id).")
    }
    return number
  }
}

extension Tenant {
  /// A dispatcher gives an appointment to somebody else.
  package mutating func give(appointment id: Int64, to resource: Int64, at now: Int64) throws {
    guard let entity = Schema.entity("Appointments") else {
      throw EditProblem("The tenant has no appointments.")
    }
    _ = try update(["id": .int(id), "resourceID": .int(resource)], in: entity, at: now)
  }
}
