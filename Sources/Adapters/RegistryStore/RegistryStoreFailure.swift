package import SyncModel

/// What can go wrong with the registry's database, named by cause; `place` never holds a password.
package enum RegistryStoreFailure: SyncFailure, Hashable {
  /// A newer version of the registry made the tables.
  case newer(place: String)
  /// A database, but no registry's.
  case foreign(place: String)
  case damaged(place: String)
  /// A row holds what this version cannot read.
  case unreadable(table: String)
  case full(place: String)
  /// Somebody else kept the database for too long.
  case busy(place: String)
  /// The server does not answer, or went away.
  case away(place: String, words: String)
  /// The server went away while a change was made: it may be there or not.
  case unsettled(place: String)
  /// The words are the system's own.
  case noAccess(path: String, words: String)
  /// A new file was wanted there.
  case exists(path: String)
  /// Something is sealed, and the key that it was sealed with is not there.
  case noKey(file: String)
  /// The key is not the one that was used, or the sealed text was changed.
  case wrongKey(file: String)
  /// The key's file can be read by others, or is no key.
  case badKey(file: String)
  /// Backups are made with the server's own tools.
  case noBackup
  /// The store is closed.
  case closed
  /// Anything else that the database said.
  case refused(place: String, words: String)

  package var remedy: Remedy {
    switch self {
    case .full: .retry(after: .seconds(600))
    case .busy, .away, .unsettled: .retry(after: .seconds(10))
    case .newer, .foreign, .damaged, .unreadable, .noAccess, .exists, .noKey, .wrongKey, .badKey,
      .noBackup,
      .closed, .refused:
      .stop
    }
  }

  package var description: String {
    switch self {
    case .newer(let place):
      "The database \(place) was brought up to date by a newer version of the registry. Install "
        + "that version again, or restore a backup."
    case .foreign(let place):
      "\(place) is a database, but no registry's. Name another one in the settings."
    case .damaged(let place):
      "The database \(place) is damaged. Stop the registry and restore a backup."
    case .unreadable(let table):
      "A row of the registry's table “\(table)” cannot be read. Restore a backup, or install the "
        + "version that wrote it."
    case .full(let place):
      "There is no room left for the database \(place). Make room; nothing was changed."
    case .busy(let place):
      "The database \(place) was in use for too long. Nothing was changed; try again."
    case .away(let place, let words):
      "The database \(place) cannot be reached: \(words). Nothing was changed; try again when it "
        + "runs."
    case .unsettled(let place):
      "The database \(place) went away in the middle of a change, which may be there or not. Look, "
        + "then try again."
    case .noAccess(let path, let words):
      "\(path): \(words). Give the registry's user access to it."
    case .exists(let path):
      "\(path) is there already, and is left alone. Choose another name."
    case .noKey(let file):
      "The key \(file) is missing, with which the synchronization account's password and waiting "
        + "mails are sealed. Put it back from a backup, or set the password again."
    case .wrongKey(let file):
      "The key \(file) does not open what was sealed. Put the right one back from a backup, or set "
        + "the password again."
    case .badKey(let file):
      "\(file) is no key that only its owner can read. Run `chmod 600` on it, or put the right one "
        + "back from a backup."
    case .noBackup:
      "The registry runs on PostgreSQL: make backups with pg_dump."
    case .closed:
      "The registry's database was closed."
    case .refused(let place, let words):
      "The database \(place) refused: \(words)."
    }
  }
}
