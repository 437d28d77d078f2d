import Foundation

/// A world as it was at one moment, ready to be stored.
package struct WorldSnapshot: Sendable {
  package let mailbox: Mailbox
  package let tenant: Tenant
  /// Grows with each visit to the world; equal numbers mean an equal world.
  package let version: Int
}

extension WorldSnapshot {
  /// One property list for both sides.
  fileprivate func encoded() throws -> Data {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    return try encoder.encode(Stored(mailbox: mailbox, tenant: tenant))
  }

  fileprivate init(decoding data: Data) throws {
    let stored = try PropertyListDecoder().decode(Stored.self, from: data)
    mailbox = stored.mailbox
    tenant = stored.tenant
    version = 0
  }

  private struct Stored: Codable {
    let mailbox: Mailbox
    let tenant: Tenant
  }
}

/// Where a world outlives its process.
package struct WorldFile: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var exists: Bool { FileManager.default.fileExists(atPath: path) }

  package func read() throws -> WorldSnapshot {
    try WorldSnapshot(decoding: Data(contentsOf: URL(filePath: path)))
  }

  /// Replaces the file in one step, so that a crash leaves the old or the new world.
  package func write(_ snapshot: WorldSnapshot) throws {
    try snapshot.encoded().write(to: URL(filePath: path), options: .atomic)
  }

  /// Writes the world after changes until the task is cancelled, and once more at the end.
  ///
  /// At most about once a second, and never more than a tenth of the time.
  package func keep(_ world: World) async throws {
    var written = await world.snapshot().version
    var pause = Duration.seconds(1)
    while true {
      do { try await Task.sleep(for: pause) } catch { break }
      let snapshot = await world.snapshot()
      guard snapshot.version != written else { continue }
      let clock = ContinuousClock()
      let began = clock.now
      try write(snapshot)
      written = snapshot.version
      pause = max(.seconds(1), (clock.now - began) * 9)
    }
    let snapshot = await world.snapshot()
    if snapshot.version != written { try write(snapshot) }
  }
}
