import Foundation

/// A secret and every form in which it may lie somewhere.
struct Canary {
  private let forms: [(name: String, bytes: [UInt8])]

  /// `user` is who signs in with it: Basic sends both in one.
  init(_ secret: String, user: String) {
    let base64 = Data(secret.utf8).base64EncodedString()
    forms = [
      ("in the open", Array(secret.utf8)),
      ("in UTF-16", secret.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
      ("as Basic sends it", Array(Data("\(user):\(secret)".utf8).base64EncodedString().utf8)),
      ("in base64", Array(base64.prefix { $0 != "=" }.dropLast(2).utf8)),
      (
        "in hexadecimal",
        Array(
          secret.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined().utf8
        )
      ),
      ("backwards", Array(secret.utf8.reversed())),
    ]
  }

  /// In which forms it is in the bytes.
  func forms(in bytes: Data) -> [String] {
    forms.filter { bytes.firstRange(of: $0.bytes) != nil }.map(\.name)
  }

  func forms(in text: String) -> [String] { forms(in: Data(text.utf8)) }

  /// Where in a folder it is, hidden files included, by path and form.
  func places(in folder: URL, leavingOut: Set<String>) throws -> [String] {
    var places: [String] = []
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    for path in paths.sorted() where !leavingOut.contains(path) {
      let file = folder.appending(path: path)
      let facts = try FileManager.default.attributesOfItem(atPath: file.path)
      guard facts[.type] as? FileAttributeType == .typeRegular else { continue }
      places += forms(in: try Data(contentsOf: file)).map { "\(path) has it \($0)" }
    }
    return places
  }

  /// Where a process and its children show it to others: arguments and environments.
  func places(inProcess number: Int32) -> [String] {
    var places: [String] = []
    for process in [number] + Self.children(of: number) {
      for name in ["cmdline", "environ"] {
        // A process that has just ended shows nothing.
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/\(name)") else {
          continue
        }
        places += forms(in: bytes).map { "\(name) of process \(process) has it \($0)" }
      }
    }
    return places
  }

  private static func children(of number: Int32) -> [Int32] {
    let tasks = "/proc/\(number)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    let children = threads.flatMap { thread -> [Int32] in
      let list = FileManager.default.contents(atPath: "\(tasks)/\(thread)/children") ?? Data()
      return String(decoding: list, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
    }
    return children + children.flatMap(Self.children)
  }
}
