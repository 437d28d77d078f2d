/// Collects header lines as curl hands them over, leg by leg: interim answers, challenges and
/// redirects each begin anew with their status line.
struct AnswerHead {
  private(set) var status = 0
  private(set) var headers: [HTTPHeader] = []
  /// The blank line has come; what follows is a trailer or the next leg.
  private(set) var isComplete = false
  private var byteCount = 0

  /// More than any honest server sends (IIS allows itself 16 KiB a line).
  static let maximumBytes = 256 << 10

  var whole: ResponseHead { ResponseHead(status: status, headers: headers) }

  /// Whether this head is of the kind that redirects, and where to.
  var redirectTarget: String? {
    guard [301, 302, 303, 307, 308].contains(status) else { return nil }
    return whole.value(of: "Location")
  }

  /// Takes one line as received; false when the head has grown beyond all measure.
  mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
    let text = line.trimmingLineEnd
    if text.starts(with: "HTTP/".utf8) {
      self = AnswerHead()
      let words = text.split(separator: 0x20, omittingEmptySubsequences: true)
      status = words.dropFirst().first.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
    } else if !isComplete {
      if text.isEmpty {
        isComplete = true
      } else if let first = text.first, first == 0x20 || first == 0x09 {
        unfold(text)
      } else if let colon = text.firstIndex(of: 0x3A) {
        headers.append(
          HTTPHeader(
            String(decoding: text[..<colon], as: UTF8.self),
            String(decoding: text[text.index(after: colon)...].trimmingBlanks, as: UTF8.self)
          )
        )
      }
    }
    byteCount += line.count
    return byteCount <= Self.maximumBytes
  }

  /// An old server's continuation line belongs to the header before it.
  private mutating func unfold(_ text: Slice<UnsafeRawBufferPointer>) {
    guard let last = headers.popLast() else { return }
    let more = String(decoding: text.trimmingBlanks, as: UTF8.self)
    headers.append(HTTPHeader(last.name, last.value.isEmpty ? more : "\(last.value) \(more)"))
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var trimmingLineEnd: Slice<UnsafeRawBufferPointer> {
    var line = self[...]
    while let last = line.last, last == 0x0A || last == 0x0D { line.removeLast() }
    return line
  }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate var trimmingBlanks: Slice<UnsafeRawBufferPointer> {
    var text = self
    while let first = text.first, first == 0x20 || first == 0x09 { text.removeFirst() }
    while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
    return text
  }
}
