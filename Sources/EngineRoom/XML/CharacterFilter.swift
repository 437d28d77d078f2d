/// Takes out of a UTF-8 stream what XML 1.0 cannot carry, so that a strict parser can read on.
///
/// Exchange writes what people once pasted into an item: references like `&#x1F;`, raw control
/// bytes, lone surrogates (`ews.md` 6.1). What is incomplete at the end of a chunk waits for the next.
/// A byte order mark and white space before the document are dropped too.
struct CharacterFilter {
  private var pending: [UInt8] = []
  private var joined: [UInt8] = []
  private var hasBegun = false

  /// Hands on, in order, the runs of bytes that may stay.
  mutating func pass(
    _ bytes: UnsafeBufferPointer<UInt8>,
    to sink: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    guard !pending.isEmpty else { return try sieve(bytes, to: sink) }
    joined.removeAll(keepingCapacity: true)
    joined.append(contentsOf: pending)
    joined.append(contentsOf: bytes)
    pending.removeAll(keepingCapacity: true)
    let whole = joined
    joined = []
    defer { joined = whole }
    try whole.withUnsafeBufferPointer { try sieve($0, to: sink) }
  }

  /// Hands on what waited for a next chunk; the parser will find it incomplete.
  mutating func finish(to sink: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
    let rest = pending
    pending = []
    try rest.withUnsafeBufferPointer { if !$0.isEmpty { try sink($0) } }
  }
}

extension CharacterFilter {
  private enum Finding {
    case keep(Int)
    case drop(Int)
    case incomplete
  }

  private mutating func sieve(
    _ bytes: UnsafeBufferPointer<UInt8>,
    to sink: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    var place = 0
    if !hasBegun {
      switch beginning(of: bytes) {
      case .some(let first): place = first
      case .none:
        pending.append(contentsOf: bytes)
        return
      }
      guard place < bytes.count else { return }
      hasBegun = true
    }
    var runStart = place
    while place < bytes.count {
      guard Self.isSuspect[Int(bytes[place])] else {
        place += 1
        continue
      }
      switch finding(in: bytes, at: place) {
      case .keep(let length):
        place += length
      case .drop(let length):
        if runStart < place { try sink(UnsafeBufferPointer(rebasing: bytes[runStart..<place])) }
        place += length
        runStart = place
      case .incomplete:
        if runStart < place { try sink(UnsafeBufferPointer(rebasing: bytes[runStart..<place])) }
        pending.append(contentsOf: bytes[place...])
        return
      }
    }
    if runStart < place { try sink(UnsafeBufferPointer(rebasing: bytes[runStart..<place])) }
  }

  /// Where the document begins behind a mark and white space; `nil` if that cannot be said yet.
  private func beginning(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case 0x09, 0x0A, 0x0D, 0x20: place += 1
      case 0xEF:
        guard bytes.count >= place + 3 else { return nil }
        guard bytes[place..<place + 3].elementsEqual(mark) else { return place }
        place += 3
      default: return place
      }
    }
    return place
  }

  private func finding(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Finding {
    let byte = bytes[place]
    let rest = bytes.count - place
    switch byte {
    case UInt8(ascii: "&"):
      return reference(in: bytes, at: place)
    case 0xED:  // ED A0…BF xx: a surrogate that somebody encoded on its own
      guard rest > 1 else { return .incomplete }
      guard bytes[place + 1] >= 0xA0 else { return .keep(1) }
      return rest > 2 ? .drop(3) : .incomplete
    case 0xEF:  // EF BF BE and EF BF BF: U+FFFE, U+FFFF
      guard rest > 1 else { return .incomplete }
      guard bytes[place + 1] == 0xBF else { return .keep(1) }
      guard rest > 2 else { return .incomplete }
      return bytes[place + 2] >= 0xBE ? .drop(3) : .keep(3)
    default:
      return .drop(1)
    }
  }

  /// `&#…;` and `&#x…;`; other references are the parser's affair.
  private func reference(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Finding {
    guard place + 1 < bytes.count else { return .incomplete }
    guard bytes[place + 1] == UInt8(ascii: "#") else { return .keep(1) }
    guard place + 2 < bytes.count else { return .incomplete }
    let isHexadecimal = bytes[place + 2] == UInt8(ascii: "x")
    var cursor = place + (isHexadecimal ? 3 : 2)
    let firstDigit = cursor
    var code: UInt32 = 0
    while cursor < bytes.count {
      if cursor - place > Self.longestReference { return .keep(2) }
      let byte = bytes[cursor]
      if byte == UInt8(ascii: ";") {
        guard cursor > firstDigit else { return .keep(2) }
        let length = cursor + 1 - place
        return Self.isCharacter(code) ? .keep(length) : .drop(length)
      }
      guard let digit = Self.digit(byte, isHexadecimal: isHexadecimal) else { return .keep(2) }
      code = min(code * (isHexadecimal ? 16 : 10) + digit, 0x11_0000)
      cursor += 1
    }
    return .incomplete
  }

  private static let longestReference = 64

  /// Bytes that call for a closer look: C0 controls, `&`, and the leads of surrogates and of U+FFFE.
  private static let isSuspect: [Bool] = (0..<256).map { byte in
    switch byte {
    case 0x09, 0x0A, 0x0D: false
    case 0x00..<0x20, 0x26, 0xED, 0xEF: true
    default: false
    }
  }

  private static func digit(_ byte: UInt8, isHexadecimal: Bool) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f") where isHexadecimal:
      UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F") where isHexadecimal:
      UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  /// XML 1.0, production 2.
  static func isCharacter(_ code: UInt32) -> Bool {
    switch code {
    case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
    default: false
    }
  }
}
