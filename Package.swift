// swift-tools-version: 6.2
//
// One line a target, sections in layer order, names sorted within a section.
// Imports point down only; Tests/HouseTests keeps the table of who may import what.
//
//   LOCKSTEP_ROOMS=ExchangeTests swift test     builds and tests one room with what lies under it

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

func door(_ name: String, pkgConfig: String? = nil, apt: String? = nil) -> Target {
  .systemLibrary(
    name: name,
    path: "Sources/C/\(name)",
    pkgConfig: pkgConfig,
    providers: apt.map { [.apt([$0])] }
  )
}

func room(
  _ name: String,
  in layer: String,
  _ uses: [Target.Dependency] = [],
  resources: [Resource]? = nil
) -> Target {
  .target(
    name: name,
    dependencies: uses,
    path: "Sources/\(layer)/\(name)",
    resources: resources,
    swiftSettings: strict
  )
}

func program(_ name: String, _ uses: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name,
    dependencies: uses,
    path: "Sources/Programs/\(name)",
    swiftSettings: strict
  )
}

/// What several test targets stand on; no test itself.
func ground(_ name: String) -> Target {
  .target(name: name, path: "Tests/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ uses: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .testTarget(
    name: name,
    dependencies: uses,
    path: "Tests/\(name)",
    resources: resources,
    swiftSettings: strict
  )
}

let arguments: Target.Dependency = .product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)
let database: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(
  name: "HummingbirdTLS",
  package: "hummingbird",
  condition: .when(traits: ["TLS"])
)
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let serviceLife: Target.Dependency = .product(
  name: "ServiceLifecycle",
  package: "swift-service-lifecycle"
)
let signals: Target.Dependency = .product(
  name: "UnixSignals",
  package: "swift-service-lifecycle"
)
let toml: Target.Dependency = .product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
  name: "lockstep",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "lockstep", targets: ["Lockstep"]),
    .executable(name: "lockstep-registry", targets: ["LockstepRegistry"]),
    .executable(name: "lockstep-sandbox", targets: ["LockstepSandbox"]),
  ],
  traits: [
    .trait(
      name: "TLS",
      description: "lockstep-registry speaks TLS itself, where no proxy does it before it."
    )
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Doors
    door("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    door("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    door("CIcal", pkgConfig: "libical", apt: "libical-dev"),
    door("CMalloc"),
    door("CPQ", pkgConfig: "libpq", apt: "libpq-dev"),
    door("CXML2", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),

    // Engine room
    // (swift-crypto, below Hummingbird, has a target Crypto; names must differ over the whole graph)
    room("Allocation", in: "EngineRoom", ["CMalloc"]),
    room("Cryptography", in: "EngineRoom", ["CCrypto"]),
    room("HTTP", in: "EngineRoom", ["CCurl", "Platform"]),
    room("Platform", in: "EngineRoom"),
    room("PostgreSQL", in: "EngineRoom", ["CPQ", "Platform"]),
    room("Recurrence", in: "EngineRoom", ["CIcal"]),
    room("XML", in: "EngineRoom", ["CXML2"]),
    room("ZoneData", in: "EngineRoom", ["Platform"]),

    // Core
    room("RegistryAPI", in: "Core", ["SyncEngine", "SyncModel"]),
    room("SyncEngine", in: "Core", ["SyncModel", "SyncPlan"]),
    room("SyncModel", in: "Core"),
    room("SyncPlan", in: "Core", ["SyncModel"]),

    // Adapters
    room("Autotask", in: "Adapters", ["HTTP", "SyncEngine", "SyncModel", "SyncPlan"]),
    room("Console", in: "Adapters", ["SyncModel", "ZoneData"]),
    room(
      "Exchange",
      in: "Adapters",
      ["HTTP", "SyncEngine", "SyncModel", "SyncPlan", "XML", "ZoneData"]
    ),
    room(
      "ICalendar",
      in: "Adapters",
      ["Recurrence", "SyncEngine", "SyncModel", "SyncPlan", "ZoneData"]
    ),
    room("Mail", in: "Adapters", ["SyncModel"]),
    room("RegistryClient", in: "Adapters", ["HTTP", "RegistryAPI", "SyncEngine", "SyncModel"]),
    room(
      "RegistryStore",
      in: "Adapters",
      [
        "Cryptography", "Platform", "PostgreSQL", "RegistryAPI", "SyncEngine", "SyncModel",
        "SyncPlan", database,
      ]
    ),
    room(
      "Settings",
      in: "Adapters",
      ["HTTP", "RegistryAPI", "SyncEngine", "SyncModel", "SyncPlan", "ZoneData", toml]
    ),
    room("SettingsChecks", in: "Adapters", ["HTTP", "RegistryAPI"]),
    room(
      "Simulator",
      in: "Adapters",
      [
        "Cryptography", "ICalendar", "Platform", "RegistryAPI", "Store", "SyncEngine", "SyncModel",
        "SyncPlan", "World", "ZoneData",
      ]
    ),
    room(
      "Store",
      in: "Adapters",
      ["Platform", "RegistryAPI", "SyncEngine", "SyncModel", "SyncPlan", database]
    ),
    room("World", in: "Adapters", ["SyncEngine", "SyncModel", "SyncPlan"]),

    // Servers
    room(
      "RegistryDuties",
      in: "Servers",
      [
        "HTTP", "Mail", "RegistryAPI", "RegistryStore", "SyncEngine", "SyncModel", "SyncPlan",
        logging,
      ]
    ),
    room(
      "RegistryGateway",
      in: "Servers",
      ["Platform", "RegistryAPI", "RegistryStore", "SyncEngine", "SyncModel", "SyncPlan", logging]
    ),
    room(
      "RegistryPages",
      in: "Servers",
      ["RegistryAPI", "RegistryStore", "SyncModel", mustache],
      resources: [
        "attempt-list.mustache", "attempt.mustache", "attempts.mustache", "audit.mustache",
        "brief.mustache", "icon.svg", "layout.mustache", "moment.mustache", "pager.mustache",
        "preview.mustache",
        "problem.mustache", "resource-list.mustache", "resource.mustache", "resources.mustache",
        "script.js", "settings.mustache", "sign-in.mustache", "strip.mustache", "style.css",
      ].map { .embedInCode("Files/\($0)") }
    ),
    room(
      "RegistryServer",
      in: "Servers",
      [
        "Cryptography", "Platform", "RegistryAPI", "RegistryGateway", "RegistryPages",
        "RegistryStore", "SyncEngine", "SyncModel",
        httpTypes, hummingbird, hummingbirdTLS, logging, nio,
      ]
    ),
    room("Sandbox", in: "Servers", ["World", "XML", httpTypes, hummingbird, logging, nio]),

    // Programs
    program(
      "Lockstep",
      [
        "Allocation", "Autotask", "Console", "Cryptography", "Exchange", "HTTP", "ICalendar",
        "RegistryAPI", "RegistryClient", "Settings", "Simulator", "Store", "SyncEngine",
        "SyncModel", "SyncPlan", "ZoneData",
        arguments, logging, serviceLife, signals,
      ]
    ),
    program(
      "LockstepRegistry",
      [
        "Autotask", "Console", "Cryptography", "Exchange", "HTTP", "RegistryAPI", "RegistryDuties",
        "RegistryGateway", "RegistryPages", "RegistryServer", "RegistryStore", "Settings",
        "SettingsChecks",
        "SyncEngine", "SyncModel", "ZoneData", arguments, logging, serviceLife, signals,
      ]
    ),
    program("LockstepSandbox", ["HTTP", "Sandbox", "World", "ZoneData", arguments, logging]),

    // Tests
    tests("AutotaskTests", ["Autotask", "HTTP", "SyncEngine", "SyncModel", "TestGround"]),
    tests("ConsoleTests", ["Console"]),
    tests(
      "ContractTests",
      [
        "Autotask", "Cryptography", "Exchange", "HTTP", "ICalendar", "RegistryAPI",
        "RegistryClient",
        "RegistryDuties", "RegistryGateway", "RegistryPages", "RegistryServer", "RegistryStore",
        "Sandbox", "Store",
        "SyncEngine", "SyncModel", "SyncPlan", "TestGround", "World", "ZoneData", logging,
      ]
    ),
    tests("CryptographyTests", ["Cryptography"]),
    tests(
      "ExchangeTests",
      ["Exchange", "HTTP", "SyncEngine", "SyncModel", "TestGround", "XML", "ZoneData"]
    ),
    tests("HTTPTests", ["HTTP", "TestGround"]),
    tests("HouseTests", ["TestGround"]),
    tests(
      "ICalendarTests",
      ["ICalendar", "Recurrence", "SyncEngine", "SyncModel", "TestGround", "ZoneData"]
    ),
    tests("MailTests", ["HTTP", "Mail", "SyncModel", "TestGround"]),
    tests(
      "ProgramTests",
      [
        "Autotask", "Exchange", "HTTP", "Lockstep", "LockstepSandbox", "RegistryAPI",
        "RegistryClient", "Settings", "Store", "SyncModel", "TestGround",
      ]
    ),
    tests("RecurrenceTests", ["Recurrence"]),
    tests("RegistryAPITests", ["RegistryAPI", "SyncModel"]),
    tests(
      "RegistryClientTests",
      ["HTTP", "RegistryAPI", "RegistryClient", "SyncModel", "TestGround"]
    ),
    tests(
      "RegistryDutiesTests",
      [
        "Cryptography", "HTTP", "RegistryAPI", "RegistryDuties", "RegistryStore", "SyncModel",
        "TestGround",
      ]
    ),
    tests(
      "RegistryPagesTests",
      [
        "Cryptography", "RegistryAPI", "RegistryPages", "RegistryServer", "RegistryStore",
        "SyncModel", "TestGround", logging,
      ]
    ),
    tests(
      "RegistryProgramTests",
      ["HTTP", "LockstepRegistry", "RegistryAPI", "RegistryClient", "SyncModel", "TestGround"]
    ),
    tests(
      "RegistryServerTests",
      [
        "Cryptography", "HTTP", "RegistryAPI", "RegistryClient", "RegistryPages", "RegistryServer",
        "RegistryStore", "SyncModel", "TestGround", logging,
      ]
    ),
    tests(
      "RegistryStoreTests",
      [
        "Cryptography", "PostgreSQL", "RegistryAPI", "RegistryStore", "SyncEngine", "SyncModel",
        "TestGround",
        database,
      ]
    ),
    tests(
      "SandboxTests",
      ["Sandbox", "TestGround", "World", "XML", "ZoneData", logging],
      resources: [.copy("EWS/dateutil_judge.py"), .copy("EWS/exchangelib_judge.py")]
    ),
    tests("SettingsChecksTests", ["HTTP", "RegistryAPI", "SettingsChecks", "TestGround"]),
    tests(
      "SettingsTests",
      [
        "Settings", "HTTP", "RegistryAPI", "SyncEngine", "SyncModel", "SyncPlan", "TestGround",
        "ZoneData",
      ]
    ),
    tests("SimulatorTests", ["Simulator"]),
    tests(
      "StoreTests",
      [
        "Store", "RegistryAPI", "SyncEngine", "SyncModel", "SyncPlan", "TestGround", database,
      ],
      resources: [.copy("Snapshots")]
    ),
    tests(
      "SyncEngineTests",
      [
        "Cryptography", "ICalendar", "Store", "SyncEngine", "SyncModel", "SyncPlan", "TestGround",
        "World", "ZoneData",
      ]
    ),
    tests("SyncModelTests", ["Cryptography", "SyncModel", "TestGround"]),
    tests("SyncPlanTests", ["Cryptography", "SyncModel", "SyncPlan", "TestGround"]),
    ground("TestGround"),
    tests("TestGroundTests", ["TestGround"]),
    tests("TrialTests", ["HTTP", "Lockstep", "LockstepRegistry", "LockstepSandbox", "TestGround"]),
    tests("WorldTests", ["World", "SyncModel"]),
    tests("XMLTests", ["XML"]),
    tests("ZoneDataTests", ["TestGround", "ZoneData"]),
  ],
  swiftLanguageModes: [.v6]
)

// LOCKSTEP_FUZZERS adds what share/fuzz builds; it needs libFuzzer, which comes with the toolchain.
if Context.environment["LOCKSTEP_FUZZERS"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzzers",
      dependencies: [
        "Autotask", "Exchange", "HTTP", "ICalendar", "Recurrence", "Settings", "SyncEngine",
        "SyncModel", "XML", "ZoneData",
      ],
      path: "share/fuzzers",
      exclude: ["seeds"],
      swiftSettings: strict
    )
  )
  package.products.append(.executable(name: "Fuzzers", targets: ["Fuzzers"]))
}

// LOCKSTEP_ROOMS names targets, separated by commas: the package is then only those and what they need.
if let wanted = Context.environment["LOCKSTEP_ROOMS"], !wanted.isEmpty {
  var rooms = Set(wanted.split(separator: ",").map(String.init))
  var packages: Set<String> = []
  var open = Array(rooms)
  while let name = open.popLast() {
    guard let target = package.targets.first(where: { $0.name == name }) else {
      fatalError("LOCKSTEP_ROOMS names \(name), which is no target of this package")
    }
    for dependency in target.dependencies {
      switch dependency {
      case .byNameItem(let below, _), .targetItem(let below, _):
        if rooms.insert(below).inserted { open.append(below) }
      case .productItem(_, let from, _, _):
        if let from { packages.insert(from) }
      @unknown default:
        break
      }
    }
  }
  package.targets.removeAll { !rooms.contains($0.name) }
  package.products.removeAll { !Set($0.targetNames).isSubset(of: rooms) }
  package.dependencies.removeAll { dependency in
    guard case .sourceControl(_, let location, _) = dependency.kind else { return false }
    return !packages.contains { location.hasSuffix("/\($0)") }
  }
}

extension Product {
  fileprivate var targetNames: [String] {
    (self as? Executable)?.targets ?? []
  }
}
