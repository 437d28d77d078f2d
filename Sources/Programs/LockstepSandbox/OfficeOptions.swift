import ArgumentParser
import World

/// The options of `edit` for the PSA's to-dos, service calls and contacts.
struct OfficeOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case toDo = "to-do"
    case serviceCall = "service-call"
    case contact
  }

  @Option(help: "Which PSA items are meant, if not appointments: to-do, service-call or contact.")
  var kind: Kind?

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
      throw ValidationError("Say which --kind it is: to-do, service-call or contact.")
    }
    guard kind == nil || side == .psa else {
      throw ValidationError(
        "--kind is for --side psa; in Exchange a contact is changed by its id like any item."
      )
    }
  }

  /// The change of such an item as JSON; nil where none is asked for that its kind knows.
  ///
  /// `verb` is what was asked of any kind, `name` the contact that is to be made, `cancelled` the
  /// service call that is to be called off.
  func change(
    of kind: Kind,
    creating name: String?,
    _ verb: Edit.Verb?,
    cancelling cancelled: String?
  ) -> JSONValue? {
    switch kind {
    case .toDo: officeEdit(.toDo, verb, cancelling: cancelled)?.json
    case .serviceCall: officeEdit(.serviceCall, verb, cancelling: cancelled)?.json
    case .contact: contactEdit(creating: name, verb)?.json
    }
  }

  private func contactEdit(creating name: String?, _ verb: Edit.Verb?) -> OfficeContactEdit? {
    if let name { return .create(name: name) }
    if let assign { return .assign(id: assign) }
    if let unassign { return .unassign(id: unassign) }
    switch verb {
    case .retitle(let id, let name): return .rename(id: id, name: name)
    case .delete(let id): return .delete(id: id)
    case .create, .move, .calendar, nil: return nil
    }
  }

  private func officeEdit(
    _ kind: OfficeEdit.Kind,
    _ verb: Edit.Verb?,
    cancelling cancelled: String?
  ) -> OfficeEdit? {
    if let assign { return OfficeEdit(kind, .assign(id: assign)) }
    if let unassign { return OfficeEdit(kind, .unassign(id: unassign)) }
    if let cancelled { return OfficeEdit(kind, .cancel(id: cancelled)) }
    if let complete { return OfficeEdit(kind, .complete(id: complete)) }
    switch verb {
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
