/// Answers to writes, and what of a request counts.
enum Wire {
  static func written(_ operation: String, _ ids: (String, String)...) -> Reply {
    .soap(
      Fixture.response(
        operation,
        ids.map { id, key in
          Fixture.message(
            operation,
            "<m:Items><t:CalendarItem><t:ItemId Id=\"\(id)\" ChangeKey=\"\(key)\"/>"
              + "</t:CalendarItem></m:Items>"
          )
        }.joined()
      )
    )
  }

  static func failed(_ operation: String, _ code: String, text: String = "") -> Reply {
    .soap(
      Fixture.response(operation, Fixture.message(operation, "<m:Items/>", code: code, text: text))
    )
  }

  static func body(_ asked: Asked?) -> String {
    let text = asked?.text ?? ""
    guard let start = text.firstRange(of: "<s:Body>"), let end = text.firstRange(of: "</s:Body>")
    else { return text }
    return String(text[start.upperBound..<end.lowerBound])
  }
}
