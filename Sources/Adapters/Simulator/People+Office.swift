import SyncModel
import World

/// What the dispatcher does.
extension People {
  func psa(
    _ deed: Step.Deed,
    _ token: String,
    _ sight: Sight,
    _ dice: inout Dice
  ) async throws -> String? {
    func own(_ kind: Kind) -> [SeenPSARow] { sight.psa.filter { $0.kind == kind && $0.isOwn } }
    switch deed {
    case .plan:
      let (start, end) = await stretch(&dice)
      return try await edit(.create(title: "Job \(token)", start: start, end: end))
    case .replan:
      guard let row = dice.pick(own(.appointment)) else { return nil }
      let (start, end) = await stretch(&dice)
      return try await edit(.move(id: "\(row.id)", start: start, end: end))
    case .rename:
      guard let row = dice.pick(own(.appointment)) else { return nil }
      return try await edit(.retitle(id: "\(row.id)", title: "Task \(token)"))
    case .unplan:
      guard let row = dice.pick(own(.appointment)) else { return nil }
      return try await edit(.delete(id: "\(row.id)"))
    case .reassign, .giveBack:
      let rows = sight.psa.filter { $0.kind == .appointment && $0.isOwn == (deed == .reassign) }
      guard let row = dice.pick(rows) else { return nil }
      let person = deed == .reassign ? Seeding.dispatcher : Seeding.technician
      try await world.tenant { tenant, now in
        try tenant.give(appointment: row.id, to: person, at: now)
      }
      return "appointment \(row.id)"
    case .addToDo, .moveToDo, .finishToDo, .dropToDo:
      return try await toDo(deed, token, own(.toDo), &dice)
    case .addCall, .moveCall, .cancelCall, .leaveCall, .joinCall, .dropCall:
      return try await call(deed, token, sight, &dice)
    case .addContact, .renameContact, .dropContact, .loseContact:
      return try await contact(deed, token, own(.contact), &dice)
    default: return nil
    }
  }

  private func edit(_ verb: Edit.Verb) async throws -> String {
    "appointment \(try await world.make(Edit(.psa, verb), zones: zones.offsets))"
  }

  private func toDo(
    _ deed: Step.Deed,
    _ token: String,
    _ rows: [SeenPSARow],
    _ dice: inout Dice
  ) async throws -> String? {
    let (start, end) = await stretch(&dice)
    let verb: OfficeEdit.Verb
    if deed == .addToDo {
      verb = .create(title: "Call \(token)", start: start, end: end)
    } else {
      guard let row = dice.pick(rows) else { return nil }
      let id = "\(row.id)"
      verb =
        switch deed {
        case .moveToDo: .move(id: id, start: start, end: end)
        case .finishToDo: .complete(id: id)
        default: dice.once(in: 2) ? .delete(id: id) : .unassign(id: id)
        }
    }
    return "to-do \(try await world.make(OfficeEdit(.toDo, verb)))"
  }

  private func call(
    _ deed: Step.Deed,
    _ token: String,
    _ sight: Sight,
    _ dice: inout Dice
  ) async throws -> String? {
    let (start, end) = await stretch(&dice)
    let rows = sight.psa.filter { $0.kind == .serviceCall && $0.isOwn == (deed != .joinCall) }
    let verb: OfficeEdit.Verb
    if deed == .addCall {
      verb = .create(title: "Repair \(token)", start: start, end: end)
    } else {
      guard let row = dice.pick(rows) else { return nil }
      let id = "\(row.id)"
      verb =
        switch deed {
        case .moveCall: .move(id: id, start: start, end: end)
        case .cancelCall: .cancel(id: id)
        case .leaveCall: .unassign(id: id)
        case .joinCall: .assign(id: id)
        default: .delete(id: id)
        }
    }
    return "service call \(try await world.make(OfficeEdit(.serviceCall, verb)))"
  }

  private func contact(
    _ deed: Step.Deed,
    _ token: String,
    _ rows: [SeenPSARow],
    _ dice: inout Dice
  ) async throws -> String? {
    let edit: OfficeContactEdit
    if deed == .addContact {
      edit = .create(name: "Jane \(token)")
    } else {
      guard let row = dice.pick(rows) else { return nil }
      let id = "\(row.id)"
      edit =
        switch deed {
        case .renameContact: .rename(id: id, name: "John \(token)")
        case .dropContact: .delete(id: id)
        default: dice.once(in: 2) ? .unassign(id: id) : .assign(id: id)
        }
    }
    return "contact \(try await world.make(edit))"
  }
}
