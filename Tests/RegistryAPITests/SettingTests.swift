import RegistryAPI
import SyncModel
import Testing

@Suite struct SettingTests {
  private static var complete: AdminSettings {
    var settings = AdminSettings()
    settings.profileName = "Head office"
    settings.serverAddress = "mail.example.com"
    return settings
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let key: SettingKey
    let taken: [String]
    let refused: [String]
    var testDescription: String { key.rawValue }
  }

  static let rows: [Row] = SettingKey.allCases.map { key in
    switch key.field {
    case .flag: Row(key: key, taken: ["true", " false "], refused: ["yes", "", "1"])
    case .text(_, let limit):
      Row(
        key: key,
        taken: ["", String(repeating: "a", count: limit)],
        refused: [String(repeating: "a", count: limit + 1), "a\nb"]
      )
    case .number(_, let range):
      Row(
        key: key,
        taken: ["\(range.lowerBound)", "\(range.upperBound)"],
        refused: ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "x", "1.5", ""]
      )
    case .detail: Row(key: key, taken: ["all", "none", "off"], refused: ["All", "some", ""])
    case .addresses:
      Row(
        key: key,
        taken: ["", "a@example.com", "a@example.com;b@example.com ; "],
        refused: ["a", "a@", "@example.com", "a@b@example.com", "a@example.com, b@example.com"]
      )
    case .secret: Row(key: key, taken: [], refused: ["hidden"])
    }
  }

  @Test(arguments: rows) func `a field takes its range and nothing beyond`(_ row: Row) throws {
    for text in row.taken {
      var settings = Self.complete
      try settings.set(row.key, to: text)
      let read = try #require(settings.text(of: row.key))
      var again = Self.complete
      try again.set(row.key, to: read)
      #expect(again == settings)
    }
    for text in row.refused {
      var settings = Self.complete
      #expect(throws: SettingRefusal.self, "\(text)") { try settings.set(row.key, to: text) }
      #expect(settings == Self.complete)
    }
  }

  @Test(arguments: [
    "10.0.0.1", "::1", "mail", "2001:db8::1", "mail..example.com", "-a.example", "a b",
  ])
  func `a server address is a name`(_ address: String) {
    var settings = Self.complete
    settings.serverAddress = address
    #expect(settings.problems.map(\.key) == (address == "mail" ? [] : [.serverAddress]))
  }

  @Test func `complete settings have no problem, empty ones name what is missing`() {
    #expect(Self.complete.problems == [])
    #expect(AdminSettings().problems.map(\.key) == [.profileName, .serverAddress])
  }

  @Test func `what goes with an account needs one`() {
    var settings = Self.complete
    settings.publishesContacts = true
    settings.usesAccountForEverybody = true
    #expect(settings.problems.map(\.key) == [.useAccountForEverybody, .publicFolder])
    settings.accountUser = "sync@example.com"
    #expect(settings.problems == [])
  }

  @Test func `free time has no say while nothing is imported`() {
    var settings = Self.complete
    #expect(SettingKey.sendFreeTime.silenced(in: settings) == nil)
    settings.importDetail = .off
    #expect(SettingKey.sendFreeTime.silenced(in: settings) != nil)
    #expect(!settings.switches.appointmentsToAutotask)
  }

  @Test(arguments: SettingKey.allCases)
  func `another server, directory or domain means reading everything again, nothing else does`(
    _ key: SettingKey
  ) throws {
    var settings = Self.complete
    switch key.field {
    case .flag(let path): settings[keyPath: path].toggle()
    case .text(let path, _): settings[keyPath: path] += "x"
    case .number(let path, _): settings[keyPath: path] += 1
    case .detail(let path): settings[keyPath: path] = .none
    case .addresses(let path): settings[keyPath: path] = ["a@example.com"]
    case .secret: return
    }
    let expected = [.serverAddress, .serverPort, .virtualDirectory, .accountDomain].contains(key)
    #expect(Self.complete.needsFullReading(under: settings) == expected)
  }
}
