import Foundation
import TestGround

/// The source tree that these tests were built from.
struct House {
  let root: URL

  static let here = House(root: packageRoot)

  /// A text file of the house, with its path from the root.
  struct Page {
    let path: String
    let text: String

    /// Lines with their numbers, without those that are comments from their first character.
    var code: [(number: Int, text: Substring)] {
      text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .map { (number: $0.offset + 1, text: $0.element) }
        .filter { !$0.text.drop(while: \.isWhitespace).hasPrefix("//") }
    }
  }

  func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// All files under a folder whose names end so, ordered by path.
  func pages(under folder: String, ending: String = ".swift") throws -> [Page] {
    let start = root.appending(path: folder)
    guard let names = FileManager.default.enumerator(atPath: start.path) else { return [] }
    return
      try names
      .compactMap { $0 as? String }
      .filter { $0.hasSuffix(ending) && isFile("\(folder)/\($0)") }
      .sorted()
      .map { Page(path: "\(folder)/\($0)", text: try text(of: "\(folder)/\($0)")) }
  }

  /// Names directly in a folder, hidden ones left out.
  func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { !$0.hasPrefix(".") }
      .sorted()
  }

  func holds(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  /// Places where a pattern stands in code, as `path:line: text`.
  func places(of pattern: String, in pages: [Page]) throws -> [String] {
    let pattern = try Regex(pattern)
    return pages.flatMap { page in
      page.code.compactMap { line in
        line.text.firstMatch(of: pattern) == nil
          ? nil : "\(page.path):\(line.number): \(line.text.drop(while: \.isWhitespace))"
      }
    }
  }

  private func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let path = root.appending(path: path).path
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }
}
