import Foundation
import TestGround

/// A registry that is the gateway to a trial's PSA, and looks at it only when it is told to.
final class Firm {
  private struct Code: Decodable { let code: String }
  private struct Standing: Decodable {
    let readAt: String?
    let complaint: String?
  }

  private let folder: TemporaryFolder
  private let shim: Shim
  private let config: String
  private var child: Child?
  private var port = 0
  private var lastLook: String?
  private var clock = 0

  init(_ trial: Trial, _ shim: Shim) async throws {
    folder = try TemporaryFolder()
    self.shim = shim
    config = folder("registry.toml")
    try write(trial, port: 0)
    let people = try folder.write("people.csv", "29682885,Technician,\(trial.sandbox.ready.user)\n")
    _ = try await registry(["resources", "import", people])
    _ = try await registry(["settings", "set", "profile_name=Firm", "server_address=localhost"])
    _ = try await registry(["enable", "--all", "--yes"])
    let made = try await registry(["codes", "add", "29682885", "--json"])
    let code = try JSONDecoder().decode(Code.self, from: Data(made.utf8)).code
    try await look(trial)
    try enter(trial)
    let arguments = ["init", "--settings", trial.config, "--code", code]
    let enrolled = try await Child.finished(
      try Sandbox.program("lockstep"),
      arguments,
      environment: trial.environment
    )
    guard enrolled.status == 0 else { throw TrialProblem("\(enrolled.output)\(enrolled.errors)") }
  }

  /// Looks at the PSA once, by a start with a clock that is a minute on; what people do there
  /// afterwards is not seen until it looks again.
  func look(_ trial: Trial) async throws {
    child?.terminate()
    await child?.ended()
    clock += 61
    try shim.setClock(clock)
    if port > 0 { try write(trial, port: port) }
    try await start()
    for _ in 0..<600 {
      let text = try await registry(["gateway", "--json"])
      let now = try JSONDecoder().decode(Standing.self, from: Data(text.utf8))
      if let complaint = now.complaint { throw TrialProblem(complaint) }
      if let read = now.readAt, read != lastLook {
        lastLook = read
        return
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw TrialProblem("the registry did not look at the PSA")
  }

  private func start() async throws {
    let words = folder("serve.err")
    let child = try Child(
      try Sandbox.program("lockstep-registry"),
      ["--config", config, "serve"],
      environment: environment,
      output: folder("serve.out"),
      errors: words
    )
    self.child = child
    for _ in 0..<1_500 where child.isRunning {
      let said = try String(contentsOfFile: words, encoding: .utf8)
      if let match = said.firstMatch(of: /Serving at http:\/\/127\.0\.0\.1:(\d+)/) {
        port = Int(match.1) ?? 0
        return
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw TrialProblem("the registry did not start")
  }

  private var environment: [String: String] {
    let own = ["HOME": folder.path, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "TZ": "UTC"]
    return own.merging(shim.environment()) { $1 }
  }

  private func registry(_ arguments: [String]) async throws -> String {
    let run = try await Child.finished(
      try Sandbox.program("lockstep-registry"),
      ["--config", config] + arguments,
      environment: environment
    )
    guard run.status == 0 else { throw TrialProblem("\(arguments): \(run.output)\(run.errors)") }
    return run.output
  }

  private func write(_ trial: Trial, port: Int) throws {
    let ready = trial.sandbox.ready
    try folder.write(
      "registry.toml",
      """
      database = "registry.sqlite"
      key_file = "registry.key"
      listen = "127.0.0.1:\(port)"
      [psa]
      gateway = true
      entry_point = "\(ready.psa)"
      user = "\(ready.user)"
      integration_code = "\(ready.integrationCode)"
      secret_file = "\(trial.sandbox.folder)/password"
      """
    )
  }

  /// The agent of the trial goes by the gateway from now on.
  private func enter(_ trial: Trial) throws {
    let settings = try String(contentsOfFile: trial.config, encoding: .utf8)
    guard let start = settings.range(of: "[psa]"),
      let end = settings[start.upperBound...].firstRange(of: /\n\[/)
    else { throw TrialProblem("the settings have no [psa]") }
    let own =
      settings[..<start.lowerBound] + "[psa]\ngateway = true\n" + settings[end.lowerBound...]
      + "\n[registry]\nurl = \"http://127.0.0.1:\(port)\"\n"
    try Data(own.utf8).write(to: URL(filePath: trial.config))
  }
}
