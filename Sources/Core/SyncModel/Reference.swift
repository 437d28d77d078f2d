/// The last line of each PSA appointment that Lockstep creates: `Ref: ` and 16 letters (`rules.md` 7).
///
/// The letters are the first 80 bits, in lower-case base32, of SHA-256 over tenant, resource,
/// CleanGlobalObjectId (ItemId for a copy or where there is none) and original date.
package struct Reference: Hashable, Sendable, Codable {
  private let high: UInt64
  private let low: UInt16

  private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
  private static let prefix = "Ref: "

  package init(
    tenant: TenantID,
    resource: ResourceID,
    identity: ReferenceIdentity,
    originalDate: LocalDate?,
    _ fingerprinter: Fingerprinter
  ) {
    let identityText =
      switch identity {
      case .uid(let uid): uid.rawValue
      case .item(let id): id.rawValue
      }
    let sum = fingerprinter.digest(
      ofParts: [
        tenant.description, resource.description, identityText, originalDate?.description ?? "",
      ]
    )
    high = sum[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = sum[8..<10].reduce(0) { $0 << 8 | UInt16($1) }
  }

  /// Reads 16 letters of base32.
  package init?(letters text: some StringProtocol) {
    guard text.utf8.count == 16 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for byte in text.utf8 {
      guard let value = Reference.letters.firstIndex(of: byte) else { return nil }
      high = high << 5 | low >> 11
      low = (low << 5 | UInt64(value)) & 0xFFFF
    }
    self.high = high
    self.low = UInt16(low)
  }

  /// The line as it stands in a description.
  package var line: String { Reference.prefix + description }

  /// The description without its reference line, and the reference that stood there.
  package static func split(_ text: String) -> (text: String, reference: Reference?) {
    let whole = text.normalised
    let start = whole.lastIndex(of: "\n").map { whole.index(after: $0) } ?? whole.startIndex
    let last = whole[start...]
    guard last.hasPrefix(prefix), let reference = Reference(letters: last.dropFirst(prefix.count))
    else { return (whole, nil) }
    return (String(whole[..<start]).normalised, reference)
  }

  /// The text with this reference as its last line, cut so that the line always fits.
  package func ending(_ text: String, limit: Int) -> String {
    guard !text.isEmpty else { return line }
    return text.cut(toUTF16: limit - line.utf16.count - 2) + "\n\n" + line
  }
}

/// What a reference is made from.
package enum ReferenceIdentity: Hashable, Sendable {
  case uid(CleanUID)
  case item(ExchangeItemID)
}

extension Reference: CustomStringConvertible {
  package var description: String {
    var bytes: [UInt8] = []
    var high = high
    var low = low
    for _ in 0..<16 {
      bytes.append(Reference.letters[Int(high >> 59)])
      high = high << 5 | UInt64(low >> 11)
      low = low << 5
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
