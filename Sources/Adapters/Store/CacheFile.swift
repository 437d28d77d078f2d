internal import GRDB
internal import Glibc

/// The cache's file before anything is read from it: modes, and whose it is.
enum CacheFile {
  /// Makes folder (0700) and file (0600) where they are missing and mends their modes.
  ///
  /// The file is made here, not by SQLite: log and index take their mode from it.
  static func prepare(folder: String, file: String) throws(StoreFailure) {
    try PrivateFile.makeFolder(folder)
    guard chmod(folder, 0o700) == 0 else { throw PrivateFile.noAccess(folder) }
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw PrivateFile.noAccess(file) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw PrivateFile.noAccess(file) }
  }

  static func require(_ file: String) throws(StoreFailure) {
    guard access(file, F_OK) != 0 else { return }
    if errno == ENOENT || errno == ENOTDIR { throw .absent(file: file) }
    throw PrivateFile.noAccess(file)
  }

  /// Refuses another program's file, one of a newer version, and, for readers, an older one.
  static func check(_ db: Database, file: String, readOnly: Bool) throws {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard application == Schema.application || (application == 0 && tables == 0) else {
      throw StoreFailure.foreign(file: file)
    }
    let isSuperseded = try tables > 0 && Schema.migrator.hasBeenSuperseded(db)
    guard version <= Schema.version, !isSuperseded else { throw StoreFailure.newer(file: file) }
    if readOnly {
      guard tables > 0 else { throw StoreFailure.absent(file: file) }
      guard try Schema.migrator.hasCompletedMigrations(db) else {
        throw StoreFailure.older(file: file)
      }
    }
  }
}
