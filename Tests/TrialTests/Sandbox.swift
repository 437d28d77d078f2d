import Foundation
import HTTP
import TestGround

/// A `lockstep-sandbox` that can be stopped, changed and started again, and its own door.
final class Sandbox {
  struct Ready: Decodable {
    let psa: String
    let user: String
    let integrationCode: String
    let config: String
  }

  struct Item: Decodable, Hashable {
    let id: String
    let kind: String
    let title: String
    let start: String
    let end: String
    let text: String
    let series: String?
  }

  struct Dump: Decodable {
    let exchange: [Item]
    let psa: [Item]
    let mails: Int
    let loud: Int

    func items(of side: Side) -> [Item] {
      switch side {
      case .exchange: exchange
      case .psa: psa
      }
    }
  }

  private struct Control: Decodable {
    let psaPort: Int
    let token: String
  }

  let folder: String
  private(set) var ready: Ready
  private let options: [String]
  private let environment: [String: String]
  private var child: Child
  private var control: Control
  private var client = HTTPClient(trust: .system, userAgent: "trial")

  init(_ folder: String, _ options: [String], _ environment: [String: String]) async throws {
    self.folder = folder
    self.options = options
    self.environment = environment
    (child, ready, control) = try await Self.started(folder, options, environment)
  }

  private static func started(
    _ folder: String,
    _ options: [String],
    _ environment: [String: String]
  ) async throws -> (Child, Ready, Control) {
    let child = try Child(
      try program("lockstep-sandbox"),
      ["serve", "--dir", folder] + options,
      environment: environment
    )
    guard let line = await child.line() else { throw TrialProblem("the sandbox did not start") }
    let decoder = JSONDecoder()
    let control = try Data(contentsOf: URL(filePath: folder + "/sandbox.json"))
    return (
      child, try decoder.decode(Ready.self, from: Data(line.utf8)),
      try decoder.decode(Control.self, from: control)
    )
  }

  /// Stops the servers, lets `change` at what lies in the folder, and starts them again with the
  /// same ports.
  func stopped(_ change: () throws -> Void) async throws {
    child.terminate()
    await child.ended()
    // The settings are the trial's: serving writes them anew.
    let config = URL(filePath: ready.config)
    let settings = try Data(contentsOf: config)
    try change()
    (child, ready, control) = try await Self.started(folder, options, environment)
    client = HTTPClient(trust: .system, userAgent: "trial")
    try settings.write(to: config)
  }

  func dump() async throws -> Dump {
    try JSONDecoder().decode(Dump.self, from: Data(try await asked("GET", "dump")))
  }

  /// A change that a person makes, in the words of the sandbox's own door.
  func edit(_ side: Side, _ words: [String: String]) async throws {
    let words = words.merging(["side": side.rawValue]) { $1 }
    _ = try await asked("POST", "edit", Array(try JSONEncoder().encode(words)))
  }

  private func asked(_ method: String, _ door: String, _ body: [UInt8]? = nil) async throws
    -> [UInt8]
  {
    let answer = try await client.send(
      HTTPRequest(
        method: method,
        url: "http://127.0.0.1:\(control.psaPort)/sandbox/\(door)",
        headers: [
          HTTPHeader("Authorization", "Bearer \(control.token)"),
          HTTPHeader("Content-Type", "application/json"),
        ],
        body: body
      )
    )
    guard answer.status == 200 else {
      throw TrialProblem("an edit failed: \(String(decoding: answer.body, as: UTF8.self))")
    }
    return answer.body
  }

  /// The path of a program of this package.
  static func program(_ name: String) throws -> String {
    guard let path = Programs.built(name) else { throw TrialProblem("\(name) is not built") }
    return path
  }
}

enum Side: String, CaseIterable {
  case exchange, psa

  var other: Side { self == .exchange ? .psa : .exchange }
  var name: String { self == .exchange ? "Exchange" : "the PSA" }
}

/// Why a trial could not go on.
struct TrialProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
