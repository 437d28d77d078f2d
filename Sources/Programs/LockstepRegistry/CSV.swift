/// Comma-separated values (RFC 4180).
enum CSV {
  /// A line with its end; what a spreadsheet would take for a formula is made a text.
  static func line(_ cells: [String]) -> String {
    cells.map(cell).joined(separator: ",") + "\r\n"
  }

  private static func cell(_ text: String) -> String {
    let isFormula = text.first.map { "=+-@\t".contains($0) } ?? false
    let safe = isFormula && Double(text) == nil ? "'" + text : text
    guard safe.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }

  /// The rows of a text; blank lines do not count.
  ///
  /// Throws where a quote is left open.
  static func rows(of text: String) throws -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = ""
    var isQuoted = false
    var rest = Array(text.unicodeScalars)[...]
    if rest.first == "\u{FEFF}" { rest.removeFirst() }
    func isBlank(_ row: [String]) -> Bool { row.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
    func endRow() {
      row.append(cell)
      cell = ""
      if !isBlank(row) { rows.append(row) }
      row = []
    }
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"" where isQuoted && rest.first == "\"":
        rest.removeFirst()
        cell.unicodeScalars.append("\"")
      case "\"": isQuoted.toggle()
      case "," where !isQuoted, ";" where !isQuoted:
        row.append(cell)
        cell = ""
      case "\r" where !isQuoted: continue
      case "\n" where !isQuoted: endRow()
      default: cell.unicodeScalars.append(scalar)
      }
    }
    guard !isQuoted else { throw Refusal("A quote is never closed. Nothing was taken over.") }
    endRow()
    return rows
  }
}
