/// Base64 of RFC 4648 with padding, strict when reading.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 255, count: 256)
    for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
    return table
  }()

  package static func text(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBufferPointer { bytes in
      alphabet.withUnsafeBufferPointer { alphabet in
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { out in
          var filled = 0
          var index = 0
          while index < bytes.count {
            let left = bytes.count - index
            let first = bytes[index]
            let second = left > 1 ? bytes[index + 1] : 0
            let third = left > 2 ? bytes[index + 2] : 0
            out[filled] = alphabet[Int(first >> 2)]
            out[filled + 1] = alphabet[Int((first & 3) << 4 | second >> 4)]
            out[filled + 2] = left > 1 ? alphabet[Int((second & 15) << 2 | third >> 6)] : 0x3D
            out[filled + 3] = left > 2 ? alphabet[Int(third & 63)] : 0x3D
            filled += 4
            index += 3
          }
          return filled
        }
      }
    }
  }

  /// The bytes, or nil when the text is no base64; white space between letters is allowed.
  package static func bytes(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count / 4 * 3)
    var pending: UInt32 = 0
    var letters = 0
    var padding = 0
    for letter in text.utf8 {
      switch letter {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      case UInt8(ascii: "="):
        padding += 1
      default:
        let value = values[Int(letter)]
        guard value != 255, padding == 0 else { return nil }
        pending = pending << 6 | UInt32(value)
        letters += 1
        if letters % 4 == 0 {
          result.append(UInt8(truncatingIfNeeded: pending >> 16))
          result.append(UInt8(truncatingIfNeeded: pending >> 8))
          result.append(UInt8(truncatingIfNeeded: pending))
          pending = 0
        }
      }
    }
    switch letters % 4 {
    case 0:
      return padding == 0 ? result : nil
    case 2 where padding == 2:
      result.append(UInt8(truncatingIfNeeded: pending >> 4))
      return result
    case 3 where padding == 1:
      result.append(UInt8(truncatingIfNeeded: pending >> 10))
      result.append(UInt8(truncatingIfNeeded: pending >> 2))
      return result
    default:
      return nil
    }
  }
}
