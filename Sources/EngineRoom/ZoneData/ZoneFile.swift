import Glibc

/// The bytes of one TZif file and how they are read (RFC 8536).
struct ZoneFile {
  private static let largest = 1 << 20

  let name: String
  let bytes: [UInt8]

  init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  init(named name: String, in directory: String?) throws(ZoneError) {
    guard Self.isName(name) else { throw .notAName(name) }
    let directory = directory ?? Self.systemDirectory
    self.name = name
    bytes = try Self.content(of: directory + "/" + name, name: name, directory: directory)
  }

  /// Where the tz database lies: `ZONEINFO_DIR`, else the system's place.
  static var systemDirectory: String {
    guard let chosen = getenv("ZONEINFO_DIR"), chosen.pointee != 0 else {
      return "/usr/share/zoneinfo"
    }
    return String(cString: chosen)
  }

  /// Whether a text may name a zone: what the tz database uses, and nothing that leaves its folder.
  ///
  /// `localtime` and `posixrules` lie in the folder too and mean the machine's own zone.
  static func isName(_ text: String) -> Bool {
    guard (1...100).contains(text.utf8.count), text != "localtime", text != "posixrules" else {
      return false
    }
    return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.utf8.first, isLetter(first) else { return false }
      return part.utf8.allSatisfy {
        isLetter($0) || isDigit($0)
          || [UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-")]
            .contains($0)
      }
    }
  }

  func history() throws(ZoneError) -> ZoneHistory {
    var reader = Reader(name: name, bytes: bytes[...])
    let first = try reader.header()
    guard first.version >= UInt8(ascii: "2") else {
      throw .malformed(name, reason: "it has no 64-bit data")
    }
    try reader.skip(first.length(ofTime: 4))
    let header = try reader.header()
    guard header.leapSeconds == 0 else {
      throw .malformed(name, reason: "it counts leap seconds")
    }
    guard (1...256).contains(header.kinds) else {
      throw .malformed(name, reason: "it has no kinds of time")
    }
    var body = Reader(name: name, bytes: try reader.take(header.length(ofTime: 8)))
    let instants = try body.times(header.transitions)
    let kinds = Array(try body.take(header.transitions))
    let records = try body.take(header.kinds * 6)
    let names = try body.take(header.characters)
    guard kinds.allSatisfy({ Int($0) < header.kinds }) else {
      throw .malformed(name, reason: "a transition leads to an unknown kind of time")
    }
    var observances: [ZoneObservance] = []
    for index in 0..<header.kinds {
      let record = records.dropFirst(index * 6).prefix(6)
      observances.append(try observance(Array(record), names: names))
    }
    return ZoneHistory(
      observances: observances,
      instants: instants,
      kinds: kinds,
      rule: try rule(footer: reader.bytes)
    )
  }

  private func observance(
    _ record: [UInt8],
    names: ArraySlice<UInt8>
  ) throws(ZoneError) -> ZoneObservance {
    let offset = Int(Int32(truncatingIfNeeded: Reader.integer(record[..<4])))
    guard (-93_600...93_600).contains(offset), Int(record[5]) < names.count else {
      throw .malformed(name, reason: "a kind of time is impossible")
    }
    let abbreviation = names.dropFirst(Int(record[5])).prefix { $0 != 0 }
    return ZoneObservance(
      offset: offset,
      isDaylight: record[4] != 0,
      abbreviation: String(decoding: abbreviation, as: UTF8.self)
    )
  }

  /// The text between the two line ends after the 64-bit data; empty means that no rule follows.
  private func rule(footer: ArraySlice<UInt8>) throws(ZoneError) -> YearlyRule? {
    let lineEnd = UInt8(ascii: "\n")
    guard footer.first == lineEnd, let last = footer.dropFirst().firstIndex(of: lineEnd) else {
      throw .malformed(name, reason: "its last line is missing")
    }
    let text = footer[(footer.startIndex + 1)..<last]
    if text.isEmpty { return nil }
    do {
      return try YearlyRule(parsing: text)
    } catch {
      throw .malformed(name, reason: error.reason)
    }
  }

  private static func content(
    of path: String,
    name: String,
    directory: String
  ) throws(ZoneError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard file >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR, EISDIR: throw .unknown(name, directory: directory)
      default: throw .unreadable(name, errno: errno)
      }
    }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw .unreadable(name, errno: errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw .unknown(name, directory: directory) }
    guard facts.st_size <= largest else { throw .malformed(name, reason: "it is too long") }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(name, errno: errno) }
      guard count > 0 else { throw .malformed(name, reason: "it ends too early") }
      filled += count
    }
    return bytes
  }
}

private struct Header {
  let version: UInt8
  let utcIndicators: Int
  let standardIndicators: Int
  let leapSeconds: Int
  let transitions: Int
  let kinds: Int
  let characters: Int

  func length(ofTime size: Int) -> Int {
    transitions * size + transitions + kinds * 6 + characters + leapSeconds * (size + 4)
      + standardIndicators + utcIndicators
  }
}

private struct Reader {
  let name: String
  var bytes: ArraySlice<UInt8>

  mutating func take(_ count: Int) throws(ZoneError) -> ArraySlice<UInt8> {
    guard count <= bytes.count else { throw .malformed(name, reason: "it ends too early") }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }

  mutating func skip(_ count: Int) throws(ZoneError) {
    _ = try take(count)
  }

  mutating func header() throws(ZoneError) -> Header {
    let head = Array(try take(44))
    guard head.starts(with: [0x54, 0x5A, 0x69, 0x66]) else {
      throw .malformed(name, reason: "it is no TZif file")
    }
    let counts = (0..<6).map { Int(Self.integer(head[(20 + $0 * 4)..<(24 + $0 * 4)])) }
    return Header(
      version: head[4],
      utcIndicators: counts[0],
      standardIndicators: counts[1],
      leapSeconds: counts[2],
      transitions: counts[3],
      kinds: counts[4],
      characters: counts[5]
    )
  }

  /// Ascending 64-bit times.
  mutating func times(_ count: Int) throws(ZoneError) -> [Int64] {
    let block = try take(count * 8)
    var times: [Int64] = []
    times.reserveCapacity(count)
    for index in 0..<count {
      let time = Int64(bitPattern: Self.integer(block.dropFirst(index * 8).prefix(8)))
      if let last = times.last, time <= last {
        throw .malformed(name, reason: "its transitions are out of order")
      }
      times.append(time)
    }
    return times
  }

  static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
