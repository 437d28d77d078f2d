import Glibc

/// How files of settings are read and replaced.
enum SettingsFile {
  private static let largest = 1 << 20

  static func folder(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  static func reader(of text: String, file: String) throws(SettingsRefusal) -> SettingsReader {
    do {
      return SettingsReader(try SettingsDocument(text))
    } catch {
      throw SettingsRefusal(file: file, problems: [error])
    }
  }

  /// The file's text; nil where it is missing and may be.
  ///
  /// Settings may name a command that is run, so nobody else may be able to write them.
  static func text(
    of path: String,
    mayBeMissing: Bool = false
  ) throws(SettingsRefusal) -> String? {
    func refusal(_ sentence: String) -> SettingsRefusal {
      SettingsRefusal(file: path, problems: [.init(line: nil, sentence: sentence)])
    }
    let content: FileContent
    do {
      content = try FileContent(of: path, limit: largest)
    } catch {
      if mayBeMissing, error.code == ENOENT { return nil }
      throw refusal(error.sentence)
    }
    guard content.mode & 0o022 == 0 else {
      throw refusal("Others may write this file; take that right away with: chmod go-w \(path)")
    }
    guard content.owner == geteuid() || content.owner == 0 else {
      throw refusal("This file belongs to somebody else.")
    }
    guard let text = String(validating: content.bytes, as: UTF8.self) else {
      throw refusal("This file is no text in UTF-8.")
    }
    return text
  }

  /// Writes beside the file and renames, so that nobody ever reads half of it; mode 0600.
  static func replace(_ path: String, with text: String) throws(SettingsRefusal) {
    func refusal(_ code: Int32) -> SettingsRefusal {
      let sentence = "This file could not be written: \(String(cString: strerror(code)))."
      return SettingsRefusal(file: path, problems: [.init(line: nil, sentence: sentence)])
    }
    let draft = "\(path).\(getpid()).new"
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw refusal(errno) }
    var code: Int32 = 0
    var rest = Array(text.utf8)
    while code == 0, !rest.isEmpty {
      let count = write(file, rest, rest.count)
      if count >= 0 { rest.removeFirst(count) } else if errno != EINTR { code = errno }
    }
    if code == 0, fsync(file) != 0 { code = errno }
    close(file)
    if code == 0, rename(draft, path) != 0 { code = errno }
    guard code == 0 else {
      unlink(draft)
      throw refusal(code)
    }
  }
}

/// The bytes of a regular file, with who owns it and who may touch it.
struct FileContent {
  struct Failed: Error {
    let code: Int32
    let sentence: String

    init(code: Int32) {
      self.code = code
      sentence =
        code == ENOENT
        ? "There is no such file." : "It could not be read: \(String(cString: strerror(code)))."
    }

    init(sentence: String) {
      code = 0
      self.sentence = sentence
    }
  }

  let bytes: [UInt8]
  let owner: uid_t
  let mode: mode_t

  /// Whether it belongs to the person who runs this.
  var isOwn: Bool { owner == geteuid() }

  init(of path: String, limit: Int) throws(Failed) {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard file >= 0 else { throw Failed(code: errno) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw Failed(code: errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw Failed(sentence: "It is no file.") }
    owner = facts.st_uid
    mode = facts.st_mode & 0o777
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(file, &block, block.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failed(code: errno) }
      if count == 0 { break }
      bytes += block[..<count]
      guard bytes.count <= limit else { throw Failed(sentence: "It is too long.") }
    }
    self.bytes = bytes
  }
}
