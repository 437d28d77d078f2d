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

  /// True where changes lie in the log that are not in the file yet.
  static func hasLog(_ file: String) -> Bool {
    var facts = stat()
    return stat(file + "-wal", &facts) == 0 && facts.st_size > 0
  }

  static func isReadable(_ file: String) -> Bool {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }

  /// The file's name for SQLite as one that nobody changes while it is read.
  static func unchanging(_ file: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-".utf8)
    let path = file.utf8.map { byte in
      if plain.contains(byte) { return String(UnicodeScalar(byte)) }
      return (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
    }
    return "file:" + path.joined() + "?immutable=1"
  }

  /// True where the disk has no room for a log and its index, or for another file.
  static func isOnFullDisk(_ file: String) -> Bool {
    var facts = statvfs()
    guard statvfs(file, &facts) == 0, facts.f_blocks > 0, facts.f_flag & UInt(ST_RDONLY) == 0
    else { return false }
    let room = UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
    return room < 65_536 || (facts.f_files > 0 && facts.f_favail == 0)
  }

  /// Refuses another program's file, one of a newer version, and, for readers, an older one.
  static func check(_ db: Database, file: String, readOnly: Bool) throws {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    // The list of migrations comes before the first of them: an agent may have been killed between.
    let tables =
      try Int.fetchOne(
        db,
        sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'"
      ) ?? 0
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
