/// Turns HTML into text as a mail server does for a reader who asks for text: roughly.
package enum HTMLText {
  private static let entities = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ",
  ]
  private static let breaks: Set<String> = [
    "br", "p", "/p", "div", "/div", "/li", "/tr", "/h1", "/h2", "/h3",
  ]
  private static let hidden: Set<String> = ["head", "script", "style", "title"]

  package static func plain(_ html: String) -> String {
    var text = ""
    var rest = html[...]
    var skipsUntil: String?
    while let next = rest.first {
      switch next {
      case "<":
        guard let end = rest.firstIndex(of: ">") else { return trimmed(text) }
        let tag = rest[rest.index(after: rest.startIndex)..<end].lowercased()
        let name = String(tag.prefix { $0 != " " && $0 != "\n" && $0 != "\r\n" })
        rest = rest[rest.index(after: end)...]
        if let closing = skipsUntil {
          if name == closing { skipsUntil = nil }
        } else if hidden.contains(name) {
          skipsUntil = "/" + name
        } else if breaks.contains(name == "br/" ? "br" : name),
          !text.hasSuffix("\r\n") || name == "br"
        {
          if !text.isEmpty { text += "\r\n" }
        }
      case "&":
        let body = rest.dropFirst().prefix(10).prefix { $0 != ";" }
        if let meaning = meaning(of: body), rest.dropFirst(body.count + 1).first == ";" {
          if skipsUntil == nil { text += meaning }
          rest = rest.dropFirst(body.count + 2)
        } else {
          if skipsUntil == nil { text += "&" }
          rest = rest.dropFirst()
        }
      default:
        if skipsUntil == nil {
          if next.isNewline || next == " " {
            if let last = text.last, last != " ", last != "\r\n" { text += " " }
          } else {
            text.append(next)
          }
        }
        rest = rest.dropFirst()
      }
    }
    return trimmed(text)
  }

  private static func trimmed(_ text: String) -> String {
    let end = text.lastIndex { !$0.isWhitespace }
    return end.map { String(text[...$0]) + "\r\n" } ?? ""
  }

  private static func meaning(of entity: Substring) -> String? {
    guard entity.first == "#" else { return entities[String(entity)] }
    let digits = entity.dropFirst()
    let number =
      digits.first == "x" || digits.first == "X"
      ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap { Unicode.Scalar($0) }.map { String(Character($0)) }
  }
}
