import Foundation

/// A running `lockstep-sandbox` with an agent set up for it, in a folder of its own.
struct Sandbox: Sendable {
  /// The line that `serve` prints.
  struct Ready: Decodable, Sendable {
    let exchange: String
    let psa: String
    let user: String
    let password: String
    let resourceID: Int64
    let config: String
    let pid: Int32
  }

  let folder: URL
  let ready: Ready
  private let home: [String: String]

  /// Serves a world to `body`, and ends it and removes its folder whatever happens.
  static func serving<Result>(
    _ options: [String] = ["--items", "40"],
    allKinds: Bool = false,
    _ body: (Sandbox) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "lockstep-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await serving(in: folder, options, allKinds: allKinds, body)
  }

  /// The same in a folder that stays.
  static func serving<Result>(
    in folder: URL,
    _ options: [String],
    allKinds: Bool = false,
    _ body: (Sandbox) async throws -> Result
  ) async throws -> Result {
    let output = folder.appending(path: "serve.out")
    let errors = folder.appending(path: "serve.err")
    let world = folder.appending(path: "world").path
    let server = try Program.built("lockstep-sandbox")
      .start(["serve", "--dir", world] + options, output: output, errors: errors)
    let isReady = try await eventually(within: .seconds(180)) {
      try String(contentsOf: output, encoding: .utf8).contains("\n") || !server.isRunning
    }
    let line = try String(contentsOf: output, encoding: .utf8)
    guard isReady, server.isRunning else {
      server.terminate()
      throw Unready(words: line + (try String(contentsOf: errors, encoding: .utf8)))
    }
    let sandbox = Sandbox(
      folder: folder,
      ready: try JSONDecoder().decode(Ready.self, from: Data(line.utf8)),
      home: [
        "HOME": folder.path, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "TZ": "UTC",
        "NO_COLOR": "1",
      ]
    )
    if !allKinds { try sandbox.keepAppointmentsOnly() }
    let result: Result
    do {
      result = try await body(sandbox)
    } catch {
      server.terminate()
      await server.ended()
      throw error
    }
    server.terminate()
    await server.ended()
    return result
  }

  struct Unready: Error { let words: String }

  /// What every world has of to-dos and service calls stays out of tests about appointments.
  private func keepAppointmentsOnly() throws {
    let switches = "\n[sync]\nsync_to_dos = false\nsync_service_calls = false\n"
    let text = try String(contentsOfFile: ready.config, encoding: .utf8)
    guard !text.contains(switches) else { return }
    try Data((text + switches).utf8).write(to: URL(filePath: ready.config))
  }

  // MARK: The agent

  /// `lockstep` as the sandbox's technician.
  var agent: Program {
    get throws {
      var program = try Program.built("lockstep")
      program.environment = home
      return program
    }
  }

  func lockstep(_ arguments: String..., config: String? = nil) async throws -> Finished {
    try await agent.run(["--config", config ?? ready.config] + arguments)
  }

  func sync(_ arguments: String...) async throws -> AttemptLine {
    try await agent.run(["--config", ready.config, "sync", "--json"] + arguments).json()
  }

  /// The agent at work, with what it says on stderr in `NAME.err`.
  func started(_ name: String, _ arguments: String...) throws -> (RunningProgram, errors: URL) {
    let errors = folder.appending(path: "\(name).err")
    let process = try agent.start(
      ["--config", ready.config] + arguments,
      output: folder.appending(path: "\(name).out"),
      errors: errors
    )
    return (process, errors)
  }

  /// Rows of the cache, one value each.
  func rows(_ query: String) async throws -> [String] {
    let script = """
      import json, sqlite3, sys
      cache = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
      print(json.dumps([str(row[0]) for row in cache.execute(sys.argv[2])]))
      """
    guard let python = Program.found("python3") else { throw Unready(words: "no python3") }
    return try await python.run(["-c", script, cache.path, query]).json()
  }

  var cache: URL { folder.appending(path: "world/cache/cache.sqlite") }

  /// The settings with something replaced, as another file beside them.
  func settings(_ name: String, replacing old: String, with new: String) throws -> String {
    let text = try String(contentsOfFile: ready.config, encoding: .utf8)
    let changed = text.replacing(old, with: new)
    guard changed != text else { throw Unready(words: "\(old) is not in the settings") }
    let file = URL(filePath: ready.config).deletingLastPathComponent().appending(path: name)
    try Data(changed.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    return file.path
  }

  /// A certificate that vouches for itself, for `localhost` and two days: its file and its key's.
  func selfSigned(by openssl: Program) async throws -> (certificate: String, key: String) {
    let key = folder.appending(path: "key.pem").path
    let certificate = folder.appending(path: "certificate.pem").path
    let made = try await openssl.run([
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
    ])
    guard made.status == 0 else { throw Unready(words: made.errors) }
    return (certificate, key)
  }

  // MARK: The world

  @discardableResult
  func edit(_ arguments: String...) async throws -> Finished {
    let world = folder.appending(path: "world").path
    return try await Program.built("lockstep-sandbox").run(["edit", "--dir", world] + arguments)
  }

  /// Without the PSA's to-dos and service calls.
  func dump() async throws -> World {
    let world = try await wholeDump()
    return World(
      exchange: world.exchange,
      psa: world.psa.filter { $0.kind == "appointment" },
      mails: world.mails
    )
  }

  func wholeDump() async throws -> World { try await edit("--dump").json() }
}

/// What `edit --dump` prints.
struct World: Decodable, Equatable {
  struct Item: Decodable, Equatable {
    let id: String
    let kind: String
    let title: String
    let start: String
    let end: String
    let sensitivity: String?
    let showAs: String?
    let location: String?
    let text: String?
  }

  let exchange: [Item]
  let psa: [Item]
  let mails: Int

  /// Titles with their times, as often as they occur.
  static func census(_ items: [Item]) -> [String: Int] {
    items.reduce(into: [:]) { $0["\($1.title) \($1.start) \($1.end)", default: 0] += 1 }
  }
}

/// What `sync --json` and `adopt --json` print.
struct AttemptLine: Decodable {
  struct Side: Decodable, Equatable {
    let created: Int
    let updated: Int
    let deleted: Int
    let held: Int
    let requests: Int
    let started: String
    let finished: String?

    var writes: Int { created + updated + deleted }
  }

  struct Hold: Decodable {
    struct Item: Decodable {
      let side: String?
      let verb: String
      let title: String?
      let start: String?
      let end: String?
      let exchange: String?
      let psa: Int64?
      let line: String
    }

    let digest: String
    let reason: String
    let items: [Item]
    let mend: String
  }

  let run: Int64
  let outcome: String
  let exchange: Side
  let psa: Side
  let failedItems: Int
  let notes: [String]
  let holds: [Hold]

  var writes: Int { exchange.writes + psa.writes }
}

/// What `plan --json` prints.
struct PlanLine: Decodable {
  struct Operation: Decodable {
    let side: String
    let kind: String
    let verb: String
    let item: String
    let reason: String
    let masked: Bool
  }

  let operations: [Operation]
  let holds: [AttemptLine.Hold]
}
