package import SyncModel

/// A message in plain text as RFC 5322 wants it: UTF-8, folded, and signed as made by a program, so
/// that nobody's absence notice answers it (RFC 3834).
package struct MailMessage: Hashable, Sendable {
  package let from: String
  package let to: [String]
  package let subject: String
  /// Lines ending in LF.
  package let text: String
  /// Unique for ever, with the sender's domain behind it: a message sent twice is known by it.
  package let id: String
  package let date: Instant

  package init(
    from: String,
    to: [String],
    subject: String,
    text: String,
    id: String,
    date: Instant
  ) {
    self.from = from
    self.to = to
    self.subject = subject
    self.text = text
    self.id = id
    self.date = date
  }

  /// The message's bytes, lines ending in CR LF.
  package var bytes: [UInt8] {
    let domain = from.split(separator: "@").last.map(String.init) ?? "localhost"
    let head = [
      "From: Lockstep <\(from)>",
      "To: " + to.map { "<\($0)>" }.joined(separator: ",\r\n "),
      "Subject: " + MailMessage.encoded(subject),
      "Date: " + MailMessage.shown(date),
      "Message-ID: <\(id)@\(domain)>",
      "Auto-Submitted: auto-generated",
      "X-Auto-Response-Suppress: All",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
    ]
    return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + MailMessage.quoted(text)).utf8)
  }

  /// `Mon, 02 Mar 2026 08:00:00 +0000`.
  private static func shown(_ date: Instant) -> String {
    let text = Array(date.description)
    let day = Int(LocalDate(iso8601: String(text[0..<10]))?.daysSince1970 ?? 0)
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let weekday = weekdays[((day % 7) + 7) % 7]
    let month = months[(Int(String(text[5..<7])) ?? 1) - 1]
    return "\(weekday), \(String(text[8..<10])) \(month) \(String(text[0..<4])) "
      + "\(String(text[11..<19])) +0000"
  }

  /// A header's words: as they are in ASCII, else in pieces of RFC 2047 with whole characters.
  private static func encoded(_ words: String) -> String {
    let line = words.map { $0.isNewline ? " " : String($0) }.joined()
    if line.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), line.utf8.count < 900,
      !line.contains("=?")
    {
      return line
    }
    var pieces: [String] = []
    var piece = ""
    for character in line {
      let next = character.utf8.map { byte in
        isWord(byte) ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
      }.joined()
      if piece.utf8.count + next.utf8.count > 60, !piece.isEmpty {
        pieces.append(piece)
        piece = ""
      }
      piece += next
    }
    pieces.append(piece)
    return pieces.map { "=?utf-8?q?\($0)?=" }.joined(separator: "\r\n ")
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// Quoted-printable of RFC 2045: lines of up to 76 characters, none ending in a blank.
  private static func quoted(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var lines: [String] = []
      var current = ""
      let bytes = Array(line.utf8.filter { $0 != 0x0D })
      for (index, byte) in bytes.enumerated() {
        let isLast = index == bytes.count - 1
        let isPlain = (0x21..<0x7F).contains(byte) && byte != 0x3D
        let next =
          isPlain || (byte == 0x20 && !isLast)
          ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
        if current.utf8.count + next.utf8.count > 75 {
          lines.append(current + "=")
          current = ""
        }
        current += next
      }
      lines.append(current)
      return lines.joined(separator: "\r\n")
    }.joined(separator: "\r\n")
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = Array("0123456789ABCDEF")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }
}
