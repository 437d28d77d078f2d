internal import FoundationEssentials
internal import SyncModel

/// The two spellings of a calendar item's global identity (`ews.md` 3.6): Exchange's binary
/// GlobalObjectId, and the text that EWS and iCalendar show as UID.
enum GlobalObjectID {
  private static let classID = "040000008200E00074C5B7101A82E008"

  /// From `Meeting/35`, base64; nil for what is not base64.
  static func clean(base64 text: String) -> CleanUID? {
    guard let bytes = Data(base64Encoded: text), !bytes.isEmpty else { return nil }
    return CleanUID(hexadecimal(bytes))
  }

  /// From `calendar:UID`, for an item whose binary property is missing.
  static func clean(uid: String) -> CleanUID? {
    guard !uid.isEmpty else { return nil }
    let upper = uid.uppercased()
    let isHexadecimal = upper.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x46).contains($0)
    }
    if upper.hasPrefix(classID), upper.utf8.count >= 80, upper.utf8.count % 2 == 0, isHexadecimal {
      // The date of an occurrence, years first, is zero in the clean form.
      var digits = Array(upper.utf8)
      for place in 32..<40 { digits[place] = UInt8(ascii: "0") }
      return CleanUID(String(decoding: digits, as: UTF8.self))
    }
    return CleanUID(hexadecimal(foreign(uid)))
  }

  /// The value to look for in `Meeting/35`; nil for what is no hexadecimal.
  static func base64(_ clean: CleanUID) -> String? {
    let digits = Array(clean.rawValue.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return Data(bytes).base64EncodedString()
  }

  /// The blob that Exchange makes of another program's UID.
  private static func foreign(_ uid: String) -> [UInt8] {
    let content = Array("vCal-Uid".utf8) + [1, 0, 0, 0] + Array(uid.utf8) + [0]
    var bytes: [UInt8] = [
      0x04, 0x00, 0x00, 0x00, 0x82, 0x00, 0xE0, 0x00, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0,
      0x08,
    ]
    bytes += Array(repeating: 0, count: 20)
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: content.count >> shift))
    }
    return bytes + content
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
