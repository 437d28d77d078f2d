import Foundation
import TestGround
import Testing

/// The sandbox's two servers as a program, and an agent's program beside them.
struct RunningSandbox {
  struct Ready: Decodable {
    let exchange: String
    let psa: String
    let user: String
    let account: String
    let integrationCode: String
    let config: String
  }

  struct World: Decodable {
    struct Item: Decodable {
      let title: String
      let text: String?
    }
    let exchange: [Item]
    let psa: [Item]
    let mails: Int
  }

  let folder: TemporaryFolder
  private let child: Child

  init(_ folder: TemporaryFolder, items: Int) throws {
    self.folder = folder
    child = try Child(
      try #require(Programs.built("lockstep-sandbox")),
      ["serve", "--dir", folder("world"), "--items", "\(items)"],
      output: folder("ready")
    )
  }

  func end() { child.end() }

  /// The file that both passwords come from.
  var secretFile: String { folder("world") + "/password" }

  func ready() async throws -> Ready {
    #expect(try await eventually { try !folder.bytes("ready").isEmpty })
    return try JSONDecoder().decode(Ready.self, from: Data(try folder.bytes("ready")))
  }

  func dump() async throws -> World {
    let run = try await built("lockstep-sandbox", ["edit", "--dir", folder("world"), "--dump"])
    return try JSONDecoder().decode(World.self, from: Data(run.output.utf8))
  }

  func agent(_ arguments: String...) async throws -> Finished {
    try await built("lockstep", arguments)
  }

  private func built(_ name: String, _ arguments: [String]) async throws -> Finished {
    let path = try #require(Programs.built(name))
    let home = ["HOME": folder.path, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "TZ": "UTC"]
    return try await Child.finished(path, arguments, environment: home)
  }
}

/// Looks until something holds, for a minute at most.
func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(60)
  while ContinuousClock.now < end {
    if try await holds() { return true }
    try await Task.sleep(for: .milliseconds(100))
  }
  return false
}

/// No file below the folder has the word in the clear.
func expectNowhere(_ word: String, below folder: String) throws {
  #expect(word.utf8.count > 10)
  for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
    let content = FileManager.default.contents(atPath: folder + "/" + name)
    #expect(content?.firstRange(of: Data(word.utf8)) == nil, "\(name)")
  }
}
