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

  /// Makes so many plausible changes, the same ones for the same seed and world, and answers them.
  package func makeRandomEdits(
    _ number: Int,
    seed: UInt64,
    zones: ZoneOffsets
  ) throws -> [Edit] {
    var dice = Dice(seed: seed)
    var made: [Edit] = []
    for _ in 0..<max(0, number) {
      let edit = randomEdit(&dice, zones)
      _ = try make(edit, zones: zones)
      made.append(edit)
    }
    return made
  }

  private func randomEdit(_ dice: inout Dice, _ zones: ZoneOffsets) -> Edit {
    let side: Edit.Side = dice.once(in: 2) ? .exchange : .psa
    let items = side == .exchange ? exchangeListing() : psaListing()
    // What lies ahead is what people move; series and cancelled meetings are left alone.
    let open = items.filter { $0.kind == "appointment" && $0.start > now && !$0.isAllDay }
    let taken = Set(items.map { "\($0.title)|\($0.start)|\($0.end)" })
    var diary = Diary(now: now, zones: zones, entries: 100)
    func title() -> String { side == .exchange ? Wording.office(&dice) : Wording.job(&dice) }
    while true {
      let verb: Edit.Verb
      let after: String
      let roll = Int.random(in: 0..<10, using: &dice)
      let stretch = diary.meeting(&dice)
      if roll >= 3, let item = dice.pick(open) {
        switch roll {
        case 3..<7:
          verb = .move(id: item.id, start: stretch.start, end: stretch.end)
          after = "\(item.title)|\(stretch.start)|\(stretch.end)"
        case 7..<9:
          let title = title()
          verb = .retitle(id: item.id, title: title)
          after = "\(title)|\(item.start)|\(item.end)"
        default: return Edit(side, .delete(id: item.id))
        }
      } else {
        let title = title()
        verb = .create(title: title, start: stretch.start, end: stretch.end)
        after = "\(title)|\(stretch.start)|\(stretch.end)"
      }
      guard stretch.start > now, !taken.contains(after) else { continue }
      return Edit(side, verb)
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
      return try change(id, [.start(start), .end(end)], around)
    case .retitle(let id, let title): return try change(id, [.subject(title)], around)
    case .delete(let id):
      try delete(itemID(id), .moveToDeletedItems, at: around.now)
      return id
    }
  }

  private mutating func change(
    _ id: String,
    _ changes: [Change],
    _ around: Surroundings
  ) throws -> String {
    let item = try update(
      itemID(id),
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
        "id": try number(id), "startDateTime": .string(WireTime.text(start)),
        "endDateTime": .string(WireTime.text(end)),
      ]
      return String(try update(body, in: entity, at: now))
    case .retitle(let id, let title):
      let body: JSONValue = ["id": try number(id), "title": .string(title)]
      return String(try update(body, in: entity, at: now))
    case .delete(let id):
      return String(try delete(try number(id).integer ?? 0, in: entity))
    }
  }

  private func number(_ id: String) throws -> JSONValue {
    guard let number = Int64(id) else {
      throw EditProblem("In the PSA an item's id is a number, not \(id).")
    }
    return .int(number)
  }
}
