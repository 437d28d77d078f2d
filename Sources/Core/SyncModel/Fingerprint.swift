/// The first 128 bits of a SHA-256 digest.
package struct Fingerprint: Hashable, Sendable, Codable {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

extension Fingerprint: CustomStringConvertible {
  /// 32 lower-case hexadecimal digits.
  package var description: String { hexadecimal(high) + hexadecimal(low) }

  private func hexadecimal(_ half: UInt64) -> String {
    let text = String(half, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}

/// Makes fingerprints and digests from canonical bytes; SHA-256 is handed in.
package struct Fingerprinter: Sendable {
  /// SHA-256: any bytes in, 32 bytes out.
  package let digest: @Sendable ([UInt8]) -> [UInt8]

  package init(digest: @escaping @Sendable ([UInt8]) -> [UInt8]) { self.digest = digest }

  package func print(of bytes: [UInt8]) -> Fingerprint {
    let sum = digest(bytes)
    return Fingerprint(high: word(sum[0..<8]), low: word(sum[8..<16]))
  }

  /// The fingerprint of text in its normal form, so that a server's habits are no change.
  package func print(of text: String) -> Fingerprint { print(of: Array(text.normalised.utf8)) }

  /// The digest of several parts, each preceded by its length in bytes.
  package func digest(ofParts parts: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in parts {
      let content = Array(part.utf8)
      bytes += Array("\(content.count):".utf8)
      bytes += content
    }
    return digest(bytes)
  }

  private func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The fingerprints of an item's content fields (`rules.md` 2).
package struct ContentPrints: Hashable, Sendable, Codable {
  package var title: Fingerprint
  package var text: Fingerprint
  package var place: Fingerprint
  package var privacy: Fingerprint
  package var showAs: Fingerprint

  package init(
    title: Fingerprint,
    text: Fingerprint,
    place: Fingerprint,
    privacy: Fingerprint,
    showAs: Fingerprint
  ) {
    self.title = title
    self.text = text
    self.place = place
    self.privacy = privacy
    self.showAs = showAs
  }

  /// The fields that both sides have a place for, in which a difference is a change.
  package func changed(from base: ContentPrints) -> Set<ContentField> {
    var fields: Set<ContentField> = []
    if title != base.title { fields.insert(.title) }
    if text != base.text { fields.insert(.text) }
    if place != base.place { fields.insert(.place) }
    return fields
  }
}

/// A content field that travels.
package enum ContentField: String, Hashable, Sendable, Codable, CaseIterable {
  case title, text, place
}

extension String {
  /// The normalised text with a blank for each run of line ends.
  package var onOneLine: String {
    normalised.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// Line ends as LF, no blanks at line ends, none at either end of the whole (`rules.md` 10).
  package var normalised: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    var pending = 0
    var previousWasReturn = false
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\n") where previousWasReturn:
        previousWasReturn = false
        continue
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        while let last = bytes.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
          bytes.removeLast()
        }
        if !bytes.isEmpty { pending += 1 }
        previousWasReturn = byte == UInt8(ascii: "\r")
        continue
      default:
        previousWasReturn = false
        if bytes.isEmpty, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { continue }
        if pending > 0 {
          bytes += Array(repeating: UInt8(ascii: "\n"), count: pending)
          pending = 0
        }
        bytes.append(byte)
      }
    }
    while let last = bytes.last,
      last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") || last == UInt8(ascii: "\n")
    {
      bytes.removeLast()
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text cut on a whole character to a limit of UTF-16 units, ending in `…` where it was cut.
  package func cut(toUTF16 limit: Int) -> String {
    guard utf16.count > limit else { return self }
    var kept = ""
    var units = 0
    for character in self {
      let size = character.utf16.count
      if units + size > limit - 1 { break }
      units += size
      kept.append(character)
    }
    return kept + "…"
  }
}
