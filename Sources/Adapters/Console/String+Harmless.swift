/// Strangers write titles, names and errors: what would move a terminal's cursor, or change what it
/// shows, never reaches it.
extension String {
  /// The text with blanks in the place of control characters; line ends, tabs and colours stay.
  package var harmless: String {
    guard mayBeHarmful else { return self }
    let colour = /\u{1B}\[[0-9]{1,2}m/
    var clean = ""
    var rest = self[...]
    while let match = rest.firstMatch(of: colour) {
      clean += rest[..<match.range.lowerBound].withoutCommands + match.output
      rest = rest[match.range.upperBound...]
    }
    return clean + rest.withoutCommands
  }

  /// JSON with escapes in the place of what its encoder lets through.
  var harmlessInJSON: String {
    guard mayBeHarmful else { return self }
    var clean = ""
    for scalar in unicodeScalars {
      // Below U+0020 only line ends and blanks between the members are left.
      guard scalar.value >= 0x7F, scalar.isCommand else {
        clean.unicodeScalars.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16)
      clean += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return clean
  }

  /// False for nearly every text, and quickly found out.
  private var mayBeHarmful: Bool {
    utf8.contains { byte in
      switch byte {
      case 0x09, 0x0A: false
      // The first bytes of U+0080 to U+00BF, of U+061C, and of U+2000 to U+2FFF.
      case ..<0x20, 0x7F, 0xC2, 0xD8, 0xE2: true
      default: false
      }
    }
  }
}

extension Substring {
  fileprivate var withoutCommands: String {
    var clean = ""
    for scalar in unicodeScalars {
      let stays = scalar == "\n" || scalar == "\t" || !scalar.isCommand
      clean.unicodeScalars.append(stays ? scalar : " ")
    }
    return clean
  }
}

extension Unicode.Scalar {
  fileprivate var isCommand: Bool {
    properties.generalCategory == .control || properties.isBidiControl
  }
}
