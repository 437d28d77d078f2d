import Testing

/// Who may import whom: `design.md` section 2, over every import line in Sources.
@Suite struct BorderTests {
  /// What comes with the toolchain and is free to everybody outside Core.
  static let free: Set<String> = ["Dispatch", "Foundation", "FoundationEssentials", "Glibc"]
  static let core: Set<String> = ["SyncEngine", "SyncModel", "SyncPlan"]

  /// Each target with all that it may import.
  ///
  /// A new target has no rights until it is entered here.
  static let rights: [String: Set<String>] = [
    // Engine room: each door is opened by one target
    "Allocation": free.union(["CMalloc"]),
    "Cryptography": free.union(["CCrypto"]),
    "HTTP": free.union(["CCurl", "Platform"]),
    "Platform": free,
    "PostgreSQL": free.union(["CPQ", "Platform"]),
    "Recurrence": free.union(["CIcal"]),
    "XML": free.union(["CXML2"]),
    "ZoneData": free.union(["Platform"]),

    // Core: no toolchain module either, and SyncPlan sees values only
    "RegistryAPI": ["SyncEngine", "SyncModel"],
    "SyncEngine": ["SyncModel", "SyncPlan"],
    "SyncModel": [],
    "SyncPlan": ["SyncModel"],

    // Adapters never import each other
    "Autotask": free.union(core).union(["HTTP"]),
    "Console": free.union(["SyncModel", "ZoneData"]),
    "Exchange": free.union(core).union(["HTTP", "XML", "ZoneData"]),
    "ICalendar": free.union(core).union(["Recurrence", "ZoneData"]),
    "Mail": free.union(core),
    "RegistryClient": free.union(["HTTP", "RegistryAPI", "SyncEngine", "SyncModel"]),
    "RegistryStore": free.union([
      "Cryptography", "GRDB", "Platform", "PostgreSQL", "RegistryAPI", "SyncEngine", "SyncModel",
      "SyncPlan",
    ]),
    "Settings": free.union(core).union(["HTTP", "RegistryAPI", "TOMLKit", "ZoneData"]),
    "SettingsChecks": free.union(core).union(["HTTP", "RegistryAPI"]),
    // Simulator wires rooms as a program does, over the world in memory
    "Simulator": free.union(core).union([
      "Cryptography", "ICalendar", "Platform", "RegistryAPI", "Store", "World", "ZoneData",
    ]),
    "Store": free.union(core).union(["GRDB", "Platform", "RegistryAPI"]),
    // World is a stranger: no adapter, no C library, expansion of its own
    "World": free.union(core),

    // Servers alone import Hummingbird
    "RegistryDuties": free.union([
      "HTTP", "Logging", "Mail", "RegistryAPI", "RegistryStore", "SyncEngine", "SyncModel",
      "SyncPlan",
    ]),
    "RegistryGateway": free.union([
      "Logging", "Platform", "RegistryAPI", "RegistryStore", "SyncEngine", "SyncModel", "SyncPlan",
    ]),
    "RegistryPages": free.union(["Mustache", "RegistryAPI", "RegistryStore", "SyncModel"]),
    "RegistryServer": free.union([
      "Cryptography", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Logging",
      "NIOCore",
      "Platform", "RegistryAPI", "RegistryGateway", "RegistryPages", "RegistryStore",
      "SyncEngine", "SyncModel",
    ]),
    "Sandbox": free.union([
      "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "World", "XML",
    ]),

    // Programs
    "Lockstep": free.union(core).union([
      "Allocation", "ArgumentParser", "Autotask", "Console", "Cryptography", "Exchange", "HTTP",
      "ICalendar",
      "Logging", "RegistryAPI", "RegistryClient",
      "ServiceLifecycle", "Settings", "Simulator", "Store", "UnixSignals", "ZoneData",
    ]),
    "LockstepRegistry": free.union([
      "ArgumentParser", "Autotask", "Console", "Cryptography", "Exchange", "HTTP", "Logging",
      "RegistryAPI", "RegistryDuties", "RegistryGateway", "RegistryPages", "RegistryServer",
      "RegistryStore", "ServiceLifecycle",
      "Settings", "SettingsChecks", "SyncEngine", "SyncModel", "UnixSignals", "ZoneData",
    ]),
    "LockstepSandbox": free.union([
      "ArgumentParser", "HTTP", "Logging", "Sandbox", "World", "ZoneData",
    ]),
  ]

  @Test func `every import is one that its target may make`() throws {
    let wrong = try imports().filter { Self.rights[$0.target]?.contains($0.module) != true }
    #expect(wrong.map(\.description) == [])
  }

  @Test func `each door is opened by one target, and no C type leaves it`() throws {
    let doors = try House.here.names(in: "Sources/C")
    for door in doors {
      let entitled = Self.rights.filter { $0.value.contains(door) }.keys.sorted()
      #expect(entitled.count == 1, "\(door) is opened by \(entitled)")
    }
    let leaks = try imports().filter {
      doors.contains($0.module) && ["package", "public"].contains($0.access)
    }
    #expect(leaks.map(\.description) == [])
  }

  @Test(arguments: [
    ("GRDB", ["Store", "RegistryStore"]),
    ("Hummingbird", ["Sandbox", "RegistryServer"]),
    ("NIO", ["Sandbox", "RegistryServer"]),
  ])
  func `libraries with weight stay in few rooms`(prefix: String, rooms: [String]) throws {
    let importers = Set(try imports().filter { $0.module.hasPrefix(prefix) }.map(\.target))
    #expect(importers.isSubset(of: Set(rooms)))
  }

  @Test func `the package declares no dependency that the table does not know`() throws {
    let manifest = try House.here.text(of: "Package.swift")
    let declaration = /\n {4}(?:room|program)\(\s*"(\w+)",?(?:\s*in: "\w+",?)?\s*(?:\[([^\]]*)\])?/
    var seen: Set<String> = []
    for match in manifest.matches(of: declaration) {
      let name = String(match.1)
      seen.insert(name)
      let rights = try #require(Self.rights[name], "\(name) is not in the table")
      let uses = (match.2 ?? "").matches(of: /"(\w+)"/).map { String($0.1) }
      let strange = uses.filter { !rights.contains($0) }
      #expect(strange == [], "\(name) declares what it may not import")
    }
    #expect(seen == Set(Self.rights.keys))
  }

  private struct Import: CustomStringConvertible {
    let target: String
    let module: String
    let access: String
    let place: String

    var description: String { "\(place): \(target) imports \(module)" }
  }

  private func imports() throws -> [Import] {
    let attribute = #"(?:@\w+(?:\([^)]*\))?\s+)*"#
    let access = #"(?:(package|public|internal|private|fileprivate)\s+)?"#
    let part = #"(?:(?:struct|class|enum|protocol|func|typealias|let|var)\s+)?"#
    let line = try Regex(
      "^" + attribute + access + #"import\s+"# + part + #"(\w+)"#,
      as: (Substring, Substring?, Substring).self
    )
    return try House.here.pages(under: "Sources").flatMap { page -> [Import] in
      let steps = page.path.split(separator: "/")
      return page.code.compactMap { code in
        guard let match = code.text.drop(while: \.isWhitespace).prefixMatch(of: line) else {
          return nil
        }
        return Import(
          target: steps.count > 3 ? String(steps[2]) : "a file outside every room",
          module: String(match.output.2),
          access: match.output.1.map(String.init) ?? "",
          place: "\(page.path):\(code.number)"
        )
      }
    }
  }
}
