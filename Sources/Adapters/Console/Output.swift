internal import FoundationEssentials
internal import Glibc

/// A result: text for people, JSON for scripts.
package protocol View: Encodable, CustomStringConvertible {
  /// Lists in whose place the JSON has their names, in its order.
  var longLists: [LongList] { get }
  /// True where the text has times of day: their zone is then named below it.
  var showsTimes: Bool { get }
}

extension View {
  package var longLists: [LongList] { [] }
  package var showsTimes: Bool { false }
}

/// A list of perhaps ten thousand elements: each is made, encoded and written by itself, for all of
/// them at once would take tens of megabytes.
package struct LongList {
  package let name: String
  package let count: Int
  package let element: (Int) -> any Encodable

  package init(name: String, count: Int, element: @escaping (Int) -> any Encodable) {
    self.name = name
    self.count = count
    self.element = element
  }
}

/// Prints results to stdout.
package struct Output {
  package let isJSON: Bool

  package init(isJSON: Bool) { self.isJSON = isJSON }

  package func show(_ view: some View) throws {
    if isJSON {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      var rest = String(decoding: try encoder.encode(view), as: UTF8.self).harmlessInJSON[...]
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      for list in view.longLists {
        guard let place = rest.firstRange(of: "\"\(list.name)\"") else { continue }
        Terminal.write(String(rest[..<place.lowerBound]), to: STDOUT_FILENO)
        try show(list, encoder)
        rest = rest[place.upperBound...]
      }
      Terminal.write(rest + "\n", to: STDOUT_FILENO)
    } else {
      let text = view.description.harmless + (view.showsTimes ? "\n\(WallClock.note)" : "")
      Terminal.write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }
  }
}

extension Output {
  private func show(_ list: LongList, _ encoder: JSONEncoder) throws {
    var text = "["
    for index in 0..<list.count {
      let element = try encoder.encode(list.element(index))
      let line = String(decoding: element, as: UTF8.self).harmlessInJSON
      text += (index == 0 ? "\n" : ",\n") + line
      guard text.utf8.count > 65_536 else { continue }
      Terminal.write(text, to: STDOUT_FILENO)
      text = ""
    }
    Terminal.write(text + "\n]", to: STDOUT_FILENO)
  }
}

/// The terminal behind stdout and stderr, if there is one.
package enum Terminal {
  /// Messages and progress go to stderr; a line of progress that stands there is wiped first.
  package static func say(_ text: String) {
    let wipe = isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : ""
    write(wipe + text.harmless + "\n", to: STDERR_FILENO)
  }

  /// A line that the next one replaces; nothing where stderr is no terminal.
  package static func flash(_ text: String) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    write("\r\u{1B}[K" + text.harmless, to: STDERR_FILENO)
  }

  package enum Colour: Int { case red = 31, green = 32, yellow = 33 }

  /// The text in a colour, where stdout is a terminal and nobody asked for none.
  package static func coloured(_ text: String, _ colour: Colour) -> String {
    guard isatty(STDOUT_FILENO) == 1, getenv("NO_COLOR").map({ $0.pointee == 0 }) ?? true else {
      return text
    }
    return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
  }

  /// All of the text, or as much as the reader wanted.
  package static func write(_ text: String, to file: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return
      }
    }
  }
}

/// Text in columns.
package enum Columns {
  package static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  package static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Rows of words below each other, all to the left; letters that colour take no room.
  package static func list(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { $0.count > column ? width($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      let line = row.enumerated().map { column, text in
        column == row.count - 1
          ? text : text + String(repeating: " ", count: widths[column] - width(text))
      }.joined(separator: "  ")
      return String(line.reversed().drop(while: \.isWhitespace).reversed())
    }
    .joined(separator: "\n")
  }

  private static func width(_ text: String) -> Int {
    text.replacing(#/\u{1B}\[[0-9]+m/#, with: "").count
  }

  /// Rows below each other; the first column to the left, numbers to the right.
  package static func table(_ rows: [[String]], indent: Int = 2) -> String {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        column == 0 ? left(text, widths[column]) : right(text, widths[column])
      }
      return String(repeating: " ", count: indent) + cells.joined(separator: "  ")
    }
    .joined(separator: "\n")
  }
}

/// `1 item`, `3 items`.
package func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
  number == 1 ? "1 \(noun)" : "\(number) \(plural ?? noun + "s")"
}
