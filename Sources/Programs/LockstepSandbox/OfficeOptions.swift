import ArgumentParser
import World

/// The options of `edit` for the PSA's to-dos and service calls.
struct OfficeOptions: ParsableArguments {
  @Option(help: "Which PSA items are meant, if not appointments: to-do or service-call.")
  var kind: OfficeEdit.Kind?

  @Option(help: ArgumentHelp("Assign an item of --kind to the technician.", valueName: "id"))
  var assign: String?

  @Option(help: ArgumentHelp("Take the technician off an item of --kind.", valueName: "id"))
  var unassign: String?

  @Option(help: ArgumentHelp("Mark an item of --kind as done.", valueName: "id"))
  var complete: String?

  /// How many changes are asked for that only these kinds know.
  var asked: Int { [assign, unassign, complete].compactMap(\.self).count }

  func validate(side: Edit.Side?) throws {
    guard kind != nil || asked == 0 else {
      throw ValidationError("Say which --kind it is: to-do or service-call.")
    }
    guard kind == nil || side == .psa else {
      throw ValidationError("To-dos and service calls are on --side psa.")
    }
  }

  /// The change of such an item; nil for an appointment.
  ///
  /// `plain` is what was asked of any kind, `cancelled` the service call that is to be called off.
  func edit(_ plain: Edit?, cancelling cancelled: String?) throws -> OfficeEdit? {
    guard let kind else { return nil }
    if let assign { return OfficeEdit(kind, .assign(id: assign)) }
    if let unassign { return OfficeEdit(kind, .unassign(id: unassign)) }
    if let cancelled { return OfficeEdit(kind, .cancel(id: cancelled)) }
    if let complete { return OfficeEdit(kind, .complete(id: complete)) }
    switch plain?.verb {
    case .create(let title, let start, let end):
      return OfficeEdit(kind, .create(title: title, start: start, end: end))
    case .move(let id, let start, let end):
      return OfficeEdit(kind, .move(id: id, start: start, end: end))
    case .retitle(let id, let title): return OfficeEdit(kind, .retitle(id: id, title: title))
    case .delete(let id): return OfficeEdit(kind, .delete(id: id))
    case .calendar, nil: return nil
    }
  }
}

extension OfficeEdit.Kind: ExpressibleByArgument {}
