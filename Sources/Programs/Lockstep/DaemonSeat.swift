import Console
import FoundationEssentials
import Store
import SyncModel

/// The place of a profile's one daemon: who has it, and when that one runs next.
///
/// It lies in a folder of its own, so that runs by hand take their turns with the daemon's.
struct DaemonSeat {
  /// What `status` shows of a daemon that is up.
  struct Occupant {
    let process: Int32
    let since: Instant
    /// Nil while a run is under way.
    let next: Instant?
    /// The sign-in was refused, and a person may end the pause.
    let waitsForPerson: Bool
  }

  let cacheDirectory: String
  private let lock: ProfileLock

  /// Takes the place when it is free; `waiting` hears once who has it.
  static func taken(
    of cacheDirectory: String,
    waiting: (ProfileLock.Holder) -> Void
  ) async throws -> DaemonSeat {
    var isTold = false
    while true {
      do {
        let lock = try await ProfileLock.inTurn(
          folder: folder(cacheDirectory),
          patience: .seconds(86_400),
          now: WallClock.now,
          waiting: { holder in
            if !isTold { waiting(holder) }
            isTold = true
          }
        )
        return DaemonSeat(cacheDirectory: cacheDirectory, lock: lock)
      } catch StoreFailure.locked {
        continue
      }
    }
  }

  /// Tells `status` when the next run is; nil while one is under way.
  func announce(_ next: Instant?, waitsForPerson: Bool = false) throws {
    let lines = next.map { "\($0)\n" + (waitsForPerson ? "\(DaemonSeat.refused)\n" : "") } ?? ""
    try Data(lines.utf8).write(to: DaemonSeat.file(cacheDirectory), options: .atomic)
  }

  func release() { lock.release() }

  /// The daemon that is up now; nil where none is.
  static func occupant(of cacheDirectory: String) throws -> Occupant? {
    guard let holder = try ProfileLock.holder(of: folder(cacheDirectory)) else { return nil }
    let lines = announced(cacheDirectory).split(separator: "\n")
    return Occupant(
      process: holder.process,
      since: holder.since,
      next: lines.first.flatMap { Instant(iso8601: $0) },
      waitsForPerson: lines.dropFirst().first.map { $0 == refused } ?? false
    )
  }

  /// Nothing where the daemon has not come to it yet.
  private static func announced(_ cacheDirectory: String) -> String {
    do {
      return String(decoding: try Data(contentsOf: file(cacheDirectory)), as: UTF8.self)
    } catch {
      return ""
    }
  }

  private static let refused = "sign-in refused"

  private static func folder(_ cacheDirectory: String) -> String { cacheDirectory + "/daemon" }

  private static func file(_ cacheDirectory: String) -> URL {
    URL(filePath: folder(cacheDirectory) + "/next")
  }
}
