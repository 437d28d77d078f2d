extension Mailbox {
  /// Sixteen bytes that name a mailbox or a property set.
  package struct GUID: Hashable, Codable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }

    /// A GUID of version 4 drawn from `seed`: the same seed gives the same GUID.
    package init(seed: UInt64) {
      var state = seed
      func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
      }
      let first = next()
      let second = next()
      high = first & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
      low = second & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// In the order in which the text spells them.
    package var bytes: [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
        + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
    }

    /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, lower case.
    package var text: String {
      let digits = Array("0123456789abcdef".utf8)
      var letters: [UInt8] = []
      letters.reserveCapacity(36)
      for (index, byte) in bytes.enumerated() {
        if index == 4 || index == 6 || index == 8 || index == 10 { letters.append(0x2D) }
        letters.append(digits[Int(byte >> 4)])
        letters.append(digits[Int(byte & 15)])
      }
      return String(decoding: letters, as: UTF8.self)
    }
  }
}
