extension Edit {
  /// `{"side", "verb", "id", "title", "start", "end"}`, what the verb does not need left out.
  package var json: JSONValue {
    func span(_ start: Int64, _ end: Int64) -> [JSONValue.Member] {
      [
        JSONValue.Member("start", .string(WireTime.text(start))),
        JSONValue.Member("end", .string(WireTime.text(end))),
      ]
    }
    let rest: [JSONValue.Member]
    switch verb {
    case .create(let title, let start, let end):
      rest = [.init("verb", "create"), .init("title", .string(title))] + span(start, end)
    case .move(let id, let start, let end):
      rest = [.init("verb", "move"), .init("id", .string(id))] + span(start, end)
    case .retitle(let id, let title):
      rest = [.init("verb", "retitle"), .init("id", .string(id)), .init("title", .string(title))]
    case .delete(let id): rest = [.init("verb", "delete"), .init("id", .string(id))]
    }
    return .object([.init("side", .string(side.rawValue))] + rest)
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
    switch try text("verb") {
    case "create":
      verb = .create(title: try text("title"), start: try time("start"), end: try time("end"))
    case "move":
      verb = .move(id: try text("id"), start: try time("start"), end: try time("end"))
    case "retitle": verb = .retitle(id: try text("id"), title: try text("title"))
    case "delete": verb = .delete(id: try text("id"))
    default: throw EditProblem("The verb is create, move, retitle or delete.")
    }
  }
}
