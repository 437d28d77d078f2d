import Foundation
import TestGround

/// What happens to machines: backups that come back, a cache that is lost, a second machine.
extension Trial {
  /// The first runs, after which what nobody touches is remembered.
  func begin() async throws {
    try await settle(atMost: 4)
    model.remember(try await sandbox.dump())
  }

  private var cache: String { sandbox.folder + "/cache" }
  private var world: URL { URL(filePath: sandbox.folder + "/world.plist") }

  // MARK: The cache

  /// Copies the cache, as a backup does.
  func keepCache() throws {
    try? FileManager.default.removeItem(atPath: folder("kept"))
    try FileManager.default.copyItem(atPath: cache, toPath: folder("kept"))
    model.kept = Set(model.entries.keys)
    model.edited = []
  }

  /// Puts the copy back.
  func putCacheBack() throws {
    try FileManager.default.removeItem(atPath: cache)
    try FileManager.default.copyItem(atPath: folder("kept"), toPath: cache)
    model.remembersOnly(model.kept)
  }

  func loseCache() throws {
    try FileManager.default.removeItem(atPath: cache)
    model.remembersOnly([])
  }

  // MARK: The mailbox

  /// Keeps the mailbox as it is now.
  func keepMailbox() async throws {
    try await sandbox.stopped {
      try? FileManager.default.removeItem(atPath: folder("world.kept"))
      try FileManager.default.copyItem(atPath: world.path, toPath: folder("world.kept"))
    }
  }

  /// Puts the mailbox back as it was kept, and leaves the PSA as it is.
  ///
  /// Ids go on where they were, for Exchange gives none twice; what was counted stays counted.
  func putMailboxBack() async throws {
    try await sandbox.stopped {
      var now = try Self.dictionary(world)
      guard
        var mailbox = try Self.dictionary(URL(filePath: folder("world.kept")))["mailbox"]
          as? [String: Any],
        let last = now["mailbox"] as? [String: Any]
      else { throw TrialProblem("the stored world has no mailbox") }
      for name in ["number", "mailsSent", "loudWrites"] { mailbox[name] = last[name] }
      now["mailbox"] = mailbox
      try PropertyListSerialization.data(fromPropertyList: now, format: .binary, options: 0)
        .write(to: world)
    }
  }

  private static func dictionary(_ file: URL) throws -> [String: Any] {
    let list = try PropertyListSerialization.propertyList(
      from: Data(contentsOf: file),
      format: nil
    )
    guard let dictionary = list as? [String: Any] else {
      throw TrialProblem("\(file.path) is no world")
    }
    return dictionary
  }

  // MARK: Another machine

  /// The settings of another machine of the same person: its agent and its cache are its own.
  func otherMachine() throws -> String {
    let place = folder("other")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let settings = try String(contentsOfFile: config, encoding: .utf8)
    return try folder.write(
      "other/settings.toml",
      settings.replacing(cache, with: place + "/cache")
    )
  }
}
