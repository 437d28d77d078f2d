extension Mailbox {
  /// What keeps a meeting the same in everybody's mailbox (`ews.md` 3.6), in its clean form.
  package struct GlobalObjectID: Hashable, Codable, Sendable {
    package let bytes: [UInt8]

    private static let head: [UInt8] = [
      0x04, 0x00, 0x00, 0x00, 0x82, 0x00, 0xE0, 0x00, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0,
      0x08,
    ]
    private static let foreign = Array("vCal-Uid".utf8) + [1, 0, 0, 0]

    /// The form that Outlook and Exchange make: creation time and sixteen bytes of their own.
    package init(made now: Int64, by guid: GUID, number: Int) {
      let fileTime = UInt64(bitPattern: (now &+ 11_644_473_600) &* 10_000_000)
      var own = guid.bytes
      for index in 0..<8 { own[15 - index] ^= UInt8(truncatingIfNeeded: number >> (8 * index)) }
      bytes =
        Self.head + [0, 0, 0, 0]
        + (0..<8).map { UInt8(truncatingIfNeeded: fileTime >> (8 * $0)) }
        + [UInt8](repeating: 0, count: 8) + Self.word(own.count) + own
    }

    /// Reads a UID: the hexadecimal form of a blob as that blob, any other text as a foreign UID.
    package init(uid: String) {
      if let blob = Self.blob(hexadecimal: uid) {
        bytes = blob
        return
      }
      let own = Self.foreign + Array(uid.utf8) + [0]
      bytes =
        Self.head + [UInt8](repeating: 0, count: 20) + Self.word(own.count) + own
    }

    /// What `calendar:UID` shows: the bare text of a foreign UID, else hexadecimal capitals.
    package var uid: String {
      let own = bytes.dropFirst(40)
      if own.starts(with: Self.foreign) {
        return String(decoding: own.dropFirst(12).prefix { $0 != 0 }, as: UTF8.self)
      }
      let digits = Array("0123456789ABCDEF".utf8)
      return String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
        as: UTF8.self
      )
    }

    /// With the date of an instance, as `Meeting/3` has it; without a day the clean form.
    func bytes(on day: Int64?) -> [UInt8] {
      guard let day else { return bytes }
      let date = Timestamp.civil(day)
      var dated = bytes
      dated[16] = UInt8(truncatingIfNeeded: date.year >> 8)
      dated[17] = UInt8(truncatingIfNeeded: date.year)
      dated[18] = UInt8(truncatingIfNeeded: date.month)
      dated[19] = UInt8(truncatingIfNeeded: date.day)
      return dated
    }

    private static func word(_ count: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }

    private static func blob(hexadecimal text: String) -> [UInt8]? {
      let letters = Array(text.utf8)
      guard letters.count >= 80, letters.count % 2 == 0 else { return nil }
      var blob: [UInt8] = []
      for index in stride(from: 0, to: letters.count, by: 2) {
        guard let high = digit(letters[index]), let low = digit(letters[index + 1]) else {
          return nil
        }
        blob.append(high << 4 | low)
      }
      guard blob.starts(with: head) else { return nil }
      for index in 16..<20 { blob[index] = 0 }
      return blob
    }

    private static func digit(_ letter: UInt8) -> UInt8? {
      switch letter {
      case 0x30...0x39: letter - 0x30
      case 0x41...0x46: letter - 0x37
      case 0x61...0x66: letter - 0x57
      default: nil
      }
    }
  }
}
