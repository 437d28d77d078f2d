package import SyncModel

/// The random name of an installation, in a small file of its own beside the settings.
///
/// It is never kept in the cache, so that a lost or copied cache does not change who writes the
/// folder mark (`rules.md` 7). The file holds 32 hexadecimal digits and has mode 0600.
package enum AgentIdentity {
  /// The name in `file`; where there is none, one is made from 16 random bytes and kept there.
  package static func agent(
    in file: String,
    random: () throws -> [UInt8]
  ) throws -> AgentID {
    if let agent = try kept(in: file) { return agent }
    if let slash = file.lastIndex(of: "/"), slash != file.startIndex {
      try PrivateFile.makeFolder(String(file[..<slash]))
    }
    let name = hexadecimal(try random().prefix(16))
    guard isName(name) else { throw StoreFailure.malformed(file: file) }
    if try PrivateFile.make(file, holding: name + "\n") { return AgentID(name) }
    // Another process made it first.
    guard let agent = try kept(in: file) else { throw StoreFailure.malformed(file: file) }
    return agent
  }

  /// The name in `file`; nil where there is no such file.
  package static func kept(in file: String) throws(StoreFailure) -> AgentID? {
    guard let text = try PrivateFile.text(of: file) else { return nil }
    let name = text.hasSuffix("\n") ? String(text.dropLast()) : text
    guard isName(name) else { throw .malformed(file: file) }
    return AgentID(name)
  }

  private static func isName(_ text: String) -> Bool {
    text.utf8.count == 32
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
