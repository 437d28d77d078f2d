import ArgumentParser
import Console
import Glibc

/// Passwords as people give them: typed unseen, or in a file; never in an argument.
enum Password {
  private static let longest = 4_096

  /// - Parameter file: `-` is standard input; nil asks at the terminal.
  static func read(from file: String?, asking words: String) throws -> String {
    if let file { return try firstLine(of: file) }
    guard isatty(STDIN_FILENO) == 1 else {
      throw ValidationError("There is no terminal to ask at: name a file with --password-file.")
    }
    let once = try asked(words)
    guard try asked("\(words) again") == once else {
      throw Refusal("The two are not the same. Nothing was changed.")
    }
    return once
  }

  private static func firstLine(of file: String) throws -> String {
    let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Refusal("\(file) could not be read: \(String(cString: strerror(errno))).")
    }
    defer { if file != "-" { close(descriptor) } }
    return try line(from: descriptor)
  }

  private static func asked(_ words: String) throws -> String {
    Terminal.write("\(words): ", to: STDERR_FILENO)
    var before = termios()
    tcgetattr(STDIN_FILENO, &before)
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
      Terminal.write("\n", to: STDERR_FILENO)
    }
    return try line(from: STDIN_FILENO)
  }

  private static func line(from file: Int32) throws -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count < longest {
      let count = Glibc.read(file, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1, byte != UInt8(ascii: "\n") else { break }
      bytes.append(byte)
    }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
      throw Refusal("No password came. Nothing was changed.")
    }
    return text
  }
}
