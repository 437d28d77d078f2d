internal import GRDB
package import SyncModel

/// What can go wrong with the files that an agent keeps, named by cause.
package enum StoreFailure: SyncFailure, Equatable {
  /// The cache was written by a newer version.
  case newer(file: String)
  /// The cache was written by an older version, and this program only reads.
  case older(file: String)
  /// A database, but no cache of Lockstep.
  case foreign(file: String)
  /// There is no cache yet, and this program only reads.
  case absent(file: String)
  case damaged(file: String)
  /// A row holds what this version cannot read.
  case unreadable(file: String, table: String)
  case full(file: String)
  /// The disk failed; the number is SQLite's.
  case broken(file: String, code: Int)
  /// Another program kept the cache to itself for too long.
  case busy(file: String)
  /// The words are the system's own.
  case noAccess(path: String, words: String)
  /// An agent was killed, and what it wrote last cannot be read without writing beside it.
  case closedLog(file: String)
  /// Two links claim the same item.
  case clash(LinkID, LinkID, over: String)
  /// A result for an intention that is not in the journal.
  case notIntended(RunID, sequence: Int)
  /// A run that cannot be renumbered, for writes are journaled under its number.
  case journaled(RunID)
  case unknownRun(RunID)
  /// Another agent serves the profile; `since` is ISO 8601.
  case locked(folder: String, process: String, since: String)
  /// The file does not hold what Lockstep wrote there.
  case malformed(file: String)
  /// Anything else that SQLite said; the number is SQLite's.
  case refused(file: String, code: Int, words: String)

  package var remedy: Remedy {
    switch self {
    case .full: .retry(after: .seconds(600))
    case .busy: .retry(after: .seconds(60))
    case .newer, .older, .foreign, .absent, .damaged, .unreadable, .broken, .noAccess, .closedLog,
      .clash, .notIntended, .journaled, .unknownRun, .locked, .malformed, .refused:
      .stop
    }
  }

  package var description: String {
    switch self {
    case .newer(let file):
      "The cache \(file) was written by a newer version of Lockstep. Install that version again, "
        + "or move the file away and run `lockstep adopt`."
    case .older(let file):
      "The cache \(file) was written by an older version of Lockstep. Run `lockstep sync` once: "
        + "it brings the cache up to date."
    case .foreign(let file):
      "\(file) is a database, but no cache of Lockstep. Move it away, or choose another profile."
    case .absent(let file):
      "There is no cache at \(file) yet. Run `lockstep sync` first."
    case .damaged(let file):
      "The cache \(file) is damaged. Move it away and run `lockstep adopt`: stamps and references "
        + "bring the links back."
    case .unreadable(let file, let table):
      "The cache \(file) holds a row of \(table) that cannot be read. Move the file away and run "
        + "`lockstep adopt`: stamps and references bring the links back."
    case .full(let file):
      "The disk that holds \(file) is full. Make room; the next run goes on from here."
    case .broken(let file, let code):
      "The disk that holds \(file) failed (SQLite \(code)). Check the disk before the next run."
    case .busy(let file):
      "Another program is using the cache \(file). The next run tries again."
    case .noAccess(let path, let words):
      "\(path) cannot be opened: \(words). Check who owns it and its permissions."
    case .closedLog(let file):
      "The last changes of the cache \(file) lie in its log, which cannot be read where nothing may "
        + "be written. Give yourself the right to write in its folder, or copy the whole folder to a "
        + "place of your own and name that as `cache_directory`."
    case .clash(let first, let second, let key):
      "The links \(first) and \(second) claim the same \(key), and nothing of this step was kept. "
        + "Move the cache away (`lockstep doctor` says where it is) and run `lockstep adopt`: stamps "
        + "and references bring the links back. Please report this with the output of "
        + "`lockstep history`."
    case .notIntended(let run, let sequence):
      "Run \(run) has a result for step \(sequence), which its journal does not know. "
        + "Please report this."
    case .journaled(let run):
      "Run \(run) has journaled writes and keeps its number. Please report this."
    case .unknownRun(let run):
      "The cache knows no run \(run). 'lockstep history' lists those that it knows."
    case .locked(let folder, let process, let since):
      "Another agent serves this profile: process \(process), since \(since) (\(folder)). "
        + "Stop it first, or leave the work to it."
    case .malformed(let file):
      "\(file) does not hold what Lockstep wrote there. Restore it, or move it away."
    case .refused(let file, let code, let words):
      "The cache \(file) refused a step: \(words) (SQLite \(code)). Please report this."
    }
  }

  /// The failure behind an error that came while `file` was opened.
  init(of error: any Error, in file: String) {
    self =
      StoreFailure.cause(of: error, in: file) as? StoreFailure
      ?? .refused(file: file, code: 0, words: "\(type(of: error))")
  }

  /// The cause of an error that came while `file` was used; cancellations and failures pass.
  static func cause(of error: any Error, in file: String) -> any Error {
    switch error {
    case let error as DatabaseError:
      cause(ofSQLite: error, in: file)
    case let error as UnreadableColumn:
      StoreFailure.unreadable(file: file, table: error.table)
    case is RowDecodingError:
      StoreFailure.unreadable(file: file, table: "some table")
    default:
      error
    }
  }

  static func cause(
    ofSQLite error: DatabaseError,
    in file: String,
    isFull: (String) -> Bool = CacheFile.isOnFullDisk
  ) -> any Error {
    let code = Int(error.extendedResultCode.rawValue)
    return switch error.resultCode {
    case .SQLITE_FULL: StoreFailure.full(file: file)
    case .SQLITE_BUSY, .SQLITE_LOCKED: StoreFailure.busy(file: file)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: StoreFailure.damaged(file: file)
    // SQLite names a full disk only where it writes pages: not where it makes a file or its index.
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE || isFull(file):
      StoreFailure.full(file: file)
    case .SQLITE_CANTOPEN where isFull(file): StoreFailure.full(file: file)
    case .SQLITE_IOERR, .SQLITE_PROTOCOL: StoreFailure.broken(file: file, code: code)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
      StoreFailure.noAccess(path: file, words: error.message ?? "SQLite \(code)")
    case .SQLITE_INTERRUPT, .SQLITE_ABORT:
      CancellationError()
    default:
      StoreFailure.refused(file: file, code: code, words: error.message ?? "no reason given")
    }
  }
}
