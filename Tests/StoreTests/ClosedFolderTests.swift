import Foundation
import GRDB
import Glibc
import SyncEngine
import SyncModel
import Testing

@testable import Store

/// What a reader gets of a cache where it cannot write, and what a full disk is called.
@Suite struct ClosedFolderTests {
  private let folder: TemporaryFolder
  private var file: String { folder("a profile?/cache.sqlite") }
  private var profile: String { folder("a profile?") }

  init() throws { folder = try TemporaryFolder() }

  /// Everybody may read the folder, and nobody but root may write there.
  private func close() throws {
    let manager = FileManager.default
    for name in try manager.contentsOfDirectory(atPath: profile) {
      let path = profile + "/" + name
      try manager.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    }
    try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: profile)
  }

  private func open() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: profile)
  }

  /// An agent that is killed leaves its log behind.
  private func leaveLog() async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = profile as String] in
      let cache = try SQLiteCache(folder: path)
      _ = try await cache.begin(.sync, at: Instant(seconds: 1), settings: "a")
      kill(getpid(), SIGKILL)
    }
  }

  @Test func `a cache in a folder that cannot be written is read all the same`() async throws {
    do {
      let cache = try SQLiteCache(folder: profile)
      _ = try await cache.begin(.sync, at: Instant(seconds: 1), settings: "a")
      try cache.close()
    }
    try close()
    await #expect(processExitsWith: .success) { [path = profile as String] in
      if geteuid() == 0 { try #require(setuid(65_534) == 0) }
      let reader = try SQLiteCache(folder: path, readOnly: true)
      #expect(try await reader.attempts(limit: 9).count == 1)
      #expect(throws: StoreFailure.self) { try SQLiteCache(folder: path) }
    }
    try open()
  }

  @Test func `changes in a log that cannot be read there are not passed over`() async throws {
    try await leaveLog()
    try close()
    await #expect(processExitsWith: .success) { [path = profile as String] in
      if geteuid() == 0 { try #require(setuid(65_534) == 0) }
      let reader = try SQLiteCache(folder: path, readOnly: true)
      #expect(try await reader.attempts(limit: 9).count == 1)
    }
    try open()
    try FileManager.default.removeItem(atPath: file + "-shm")
    try close()
    await #expect(processExitsWith: .success) { [path = profile as String] in
      if geteuid() == 0 { try #require(setuid(65_534) == 0) }
      let error = #expect(throws: StoreFailure.self) {
        try SQLiteCache(folder: path, readOnly: true)
      }
      #expect(error == .closedLog(file: path + "/cache.sqlite"))
      #expect(error?.description.contains("cache_directory") == true)
    }
    try open()
  }

  @Test(arguments: [
    (ResultCode.SQLITE_IOERR_SHMSIZE, false, true), (.SQLITE_IOERR_WRITE, true, true),
    (.SQLITE_IOERR_WRITE, false, false), (.SQLITE_CANTOPEN, true, true),
    (.SQLITE_CANTOPEN, false, false), (.SQLITE_FULL, false, true),
  ])
  func `a full disk is told as one, however SQLite puts it`(
    code: ResultCode,
    hasNoRoom: Bool,
    isFull: Bool
  ) {
    let error = DatabaseError(resultCode: code)
    let cause = StoreFailure.cause(ofSQLite: error, in: file) { _ in hasNoRoom } as? StoreFailure
    #expect((cause == .full(file: file)) == isFull)
    #expect(cause?.description.isEmpty == false)
  }
}
