import Foundation
import Settings
import TestGround
import Testing

/// `share/lockstep/settings.example.toml` says the truth.
@Suite struct ExampleTests {
  /// Keys of the example that stand for themselves, not for a default.
  private static let examples: Set<String> = [
    "url", "password_command", "password_credential", "password_file", "secret_command",
    "secret_credential", "secret_file", "ca_file", "pinned_key", "zone", "appointment",
    "service_call", "to_do", "contact", "contacts_folder",
  ]

  private static let lines: [String] = {
    let file = packageRoot.appending(path: "share/lockstep/settings.example.toml")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }()

  private func parse(_ lines: [String]) throws -> LockstepSettings {
    try LockstepSettings.parse(
      lines.joined(separator: "\n"),
      file: "/home/technician/.config/lockstep/settings.toml",
      places: Sample.places
    )
  }

  /// The key of a line that shows a default or an example.
  private func key(_ line: String) -> String? {
    guard line.hasPrefix("# "), let equals = line.range(of: " = ") else { return nil }
    let key = line[line.index(line.startIndex, offsetBy: 2)..<equals.lowerBound]
    return key.contains(" ") ? nil : String(key)
  }

  @Test func `the example is accepted as it is`() throws {
    _ = try parse(Self.lines)
  }

  @Test func `each key that it shows exists, and each default is the default`() throws {
    let plain = try parse(Self.lines)
    var seen = 0
    for (index, line) in Self.lines.enumerated() {
      guard let key = key(line) else { continue }
      seen += 1
      var changed = Self.lines
      changed[index] = String(line.dropFirst(2))
      if changed[index].hasPrefix("url = \"https://mail"),
        let server = changed.firstIndex(where: { $0.hasPrefix("server") })
      {
        changed[server] = ""
      }
      // What goes with the registry is of no use without its address.
      if let url = changed.firstIndex(where: { $0.hasPrefix("# url = \"https://lockstep") }),
        index > url, index < url + 8
      {
        changed[url] = String(changed[url].dropFirst(2))
      }
      let settings = try parse(changed)
      if Self.examples.contains(key) {
        #expect(settings != plain, "line \(index + 1)")
      } else {
        #expect(settings == plain, "line \(index + 1)")
      }
    }
    #expect(seen >= 30)
  }

  @Test func `each key has a sentence above it`() {
    for (index, line) in Self.lines.enumerated() where index > 0 {
      let isKey = key(line) != nil || !line.hasPrefix("#") && line.contains(" = ")
      guard isKey else { continue }
      #expect(!Self.lines[index - 1].isEmpty, "line \(index + 1)")
    }
  }
}
