package import RegistryStore
package import SyncModel

/// A signed-in admin's request for a page, taken apart.
package struct PageCall: Sendable {
  /// Of names that come twice the last counts.
  package let query: [String: String]
  package let form: [String: [String]]
  package let session: AdminSession
  package let now: Instant

  package init(
    query: [String: String] = [:],
    form: [String: [String]] = [:],
    session: AdminSession,
    now: Instant
  ) {
    self.query = query
    self.form = form
    self.session = session
    self.now = now
  }

  /// A form's value without the blanks around it; blank where it was not sent.
  func value(_ name: String) -> String { (form[name]?.last ?? "").trimmed }

  func isTicked(_ name: String) -> Bool { form[name]?.last == "true" }

  /// Counted from 0; in addresses from 1.
  var page: Int { max(0, (query["page"].flatMap { Int($0) } ?? 1) - 1) }
}

/// What a browser is answered with.
package enum PageAnswer: Hashable, Sendable {
  case page(html: String, status: Int = 200)
  /// See another page of this registry, by GET.
  case redirect(to: String)
}

extension String {
  var trimmed: String {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }

  /// Blank is nothing, as templates see it.
  var unlessBlank: String? { isEmpty ? nil : self }
}

/// A query with its names and values encoded for an address.
func address(_ path: String, _ query: [(String, String)]) -> String {
  let parts = query.filter { !$0.1.isEmpty }.map { "\(encoded($0.0))=\(encoded($0.1))" }
  return parts.isEmpty ? path : path + "?" + parts.joined(separator: "&")
}

/// The pairs of an encoded query; what cannot be decoded is left out.
func pairs(_ query: String) -> [String: String] {
  var pairs: [String: String] = [:]
  for part in query.split(separator: "&") {
    let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, let name = decoded(sides[0]), let value = decoded(sides[1]) else {
      continue
    }
    pairs[name] = value
  }
  return pairs
}

private func encoded(_ text: String) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
    default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

private func decoded(_ text: Substring) -> String? {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    switch byte {
    case 0x2B:
      bytes.append(0x20)
    case 0x25:
      guard rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    default:
      bytes.append(byte)
    }
  }
  return String(validating: bytes, as: UTF8.self)
}
