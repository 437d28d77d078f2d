/// Writes a document in UTF-8: escapes what must be escaped and drops what XML cannot carry.
///
/// Elements are closed in the order of `end()`; one without content is written `<a/>`. Names and
/// prefixes are the caller's, written as they are.
package struct XMLWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  private var open: [String] = []
  private var isTagOpen = false

  /// With `declaration`, begins with `<?xml version="1.0" encoding="utf-8"?>`.
  package init(declaration: Bool = true) {
    if declaration { bytes.append(contentsOf: #"<?xml version="1.0" encoding="utf-8"?>"#.utf8) }
  }

  package mutating func start(_ name: String, _ attributes: [(String, String)] = []) {
    closeTag()
    bytes.append(UInt8(ascii: "<"))
    bytes.append(contentsOf: name.utf8)
    for (attribute, value) in attributes {
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: attribute.utf8)
      bytes.append(contentsOf: "=\"".utf8)
      escape(value, inAttribute: true)
      bytes.append(UInt8(ascii: "\""))
    }
    open.append(name)
    isTagOpen = true
  }

  package mutating func text(_ text: String) {
    guard !text.isEmpty else { return }
    closeTag()
    escape(text, inAttribute: false)
  }

  /// Closes the element opened last; without one it does nothing.
  package mutating func end() {
    guard let name = open.popLast() else { return }
    if isTagOpen {
      bytes.append(contentsOf: "/>".utf8)
      isTagOpen = false
    } else {
      bytes.append(contentsOf: "</".utf8)
      bytes.append(contentsOf: name.utf8)
      bytes.append(UInt8(ascii: ">"))
    }
  }

  /// An element that holds text only.
  package mutating func element(
    _ name: String,
    _ text: String = "",
    _ attributes: (String, String)...
  ) {
    start(name, attributes)
    self.text(text)
    end()
  }

  /// Bytes that are XML already, between tags.
  package mutating func raw(_ fragment: some Sequence<UInt8>) {
    closeTag()
    bytes.append(contentsOf: fragment)
  }
}

extension XMLWriter {
  private mutating func closeTag() {
    guard isTagOpen else { return }
    bytes.append(UInt8(ascii: ">"))
    isTagOpen = false
  }

  private mutating func escape(_ text: String, inAttribute: Bool) {
    // Ids, dates and most names: nothing to escape, nothing to drop.
    let isPlain = text.utf8.allSatisfy { byte in
      byte >= 0x20 && byte < 0x7F && byte != 0x26 && byte != 0x3C && byte != 0x3E && byte != 0x22
    }
    if isPlain {
      bytes.append(contentsOf: text.utf8)
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes.append(contentsOf: "&amp;".utf8)
      case "<": bytes.append(contentsOf: "&lt;".utf8)
      case ">": bytes.append(contentsOf: "&gt;".utf8)
      case "\"" where inAttribute: bytes.append(contentsOf: "&quot;".utf8)
      // A reader turns these into something else unless they are references.
      case "\r": bytes.append(contentsOf: "&#xD;".utf8)
      case "\n" where inAttribute: bytes.append(contentsOf: "&#xA;".utf8)
      case "\t" where inAttribute: bytes.append(contentsOf: "&#x9;".utf8)
      default:
        if CharacterFilter.isCharacter(scalar.value) {
          bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        }
      }
    }
  }
}
