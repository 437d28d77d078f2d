extension Edit {
  /// `{"side", "verb", "id", "title", "start", "end"}`, what the verb does not need left out; in
  /// Exchange also `repeat`, `allDay` and `occurrence`.
  package var json: JSONValue {
    .object([.init("side", .string(side.rawValue))] + verb.members)
  }

  /// Reads what `json` writes; throws `EditProblem` with the sentence for a person.
  package init(json: JSONValue) throws {
    func text(_ name: String) throws -> String {
      guard let text = json[name]?.text else {
        throw EditProblem("The edit names no \(name).")
      }
      return text
    }
    func time(_ name: String) throws -> Int64 {
      let text = try text(name)
      guard let seconds = WireTime.seconds(text) else {
        throw EditProblem("\(text) is no time in ISO 8601.")
      }
      return seconds
    }
    guard let side = Side(rawValue: try text("side")) else {
      throw EditProblem("The side is exchange or psa.")
    }
    self.side = side
    let common: Verb? =
      switch try text("verb") {
      case "create":
        .create(title: try text("title"), start: try time("start"), end: try time("end"))
      case "move": .move(id: try text("id"), start: try time("start"), end: try time("end"))
      case "retitle": .retitle(id: try text("id"), title: try text("title"))
      case "delete": .delete(id: try text("id"))
      default: nil
      }
    guard let verb = try CalendarEdit(json: json, common).map({ .calendar($0) }) ?? common else {
      throw EditProblem("The verb is create, move, retitle or delete.")
    }
    self.verb = verb
  }
}

extension Edit.Verb {
  var members: [JSONValue.Member] {
    func span(_ start: Int64, _ end: Int64) -> [JSONValue.Member] {
      [
        JSONValue.Member("start", .string(WireTime.text(start))),
        JSONValue.Member("end", .string(WireTime.text(end))),
      ]
    }
    switch self {
    case .create(let title, let start, let end):
      return [.init("verb", "create"), .init("title", .string(title))] + span(start, end)
    case .move(let id, let start, let end):
      return [.init("verb", "move"), .init("id", .string(id))] + span(start, end)
    case .retitle(let id, let title):
      return [
        .init("verb", "retitle"), .init("id", .string(id)), .init("title", .string(title)),
      ]
    case .delete(let id): return [.init("verb", "delete"), .init("id", .string(id))]
    case .calendar(let edit): return edit.members
    }
  }
}
