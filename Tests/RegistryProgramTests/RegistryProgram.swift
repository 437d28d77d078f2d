import Foundation
import HTTP
import TestGround

/// `lockstep-registry` as an admin calls it, with a database of its own.
struct RegistryProgram: Sendable {
  struct NotBuilt: Error {}

  let folder: TemporaryFolder
  let config: String
  private let path: String
  private let environment: [String: String]

  init(program: String? = nil) throws {
    folder = try TemporaryFolder()
    guard let path = program ?? Programs.built("lockstep-registry") else { throw NotBuilt() }
    self.path = path
    config = try folder.write(
      "registry.toml",
      """
      database = "registry.sqlite"
      key_file = "registry.key"
      listen = "127.0.0.1:0"
      """
    )
    environment = [
      "HOME": folder.path, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "TZ": "UTC",
      "NO_COLOR": "1",
    ]
  }

  struct Run {
    let status: Int32
    let output: String
    let errors: String

    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(type, from: Data(output.utf8))
    }
  }

  func callAsFunction(_ arguments: String..., input: String = "") async throws -> Run {
    let run = try await Child.finished(
      path,
      ["--config", config] + arguments,
      environment: environment,
      input: Array(input.utf8)
    )
    return Run(status: run.status, output: run.output, errors: run.errors)
  }

  /// Starts to serve; gives the process and where it is reached.
  func started(_ name: String = "serve") async throws -> (child: Child, address: String) {
    let errors = folder(name + ".err")
    let child = try Child(
      path,
      ["--config", config, "serve"],
      environment: environment,
      output: folder(name + ".out"),
      errors: errors
    )
    for _ in 0..<1_500 where child.isRunning {
      let words = try String(contentsOfFile: errors, encoding: .utf8)
      if let match = words.firstMatch(of: /Serving at (\S+)\n/) { return (child, String(match.1)) }
      try await Task.sleep(for: .milliseconds(20))
    }
    child.end()
    throw NotBuilt()
  }

  /// Serves while `body` looks, and is then asked to end; gives the exit status.
  func serving(_ body: (String) async throws -> Void) async throws -> Int32? {
    let (child, address) = try await started()
    defer { child.end() }
    try await body(address)
    child.terminate()
    await child.ended()
    return child.status
  }
}
