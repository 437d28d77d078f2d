import Console
import Cryptography
import Glibc
import HTTP
import RegistryAPI
import RegistryStore
import Settings
import SyncModel

/// The registry's store as the settings file names it, and who works on it.
struct House: Sendable {
  let settings: HouseSettings
  let store: RegistryStore
  /// The person at the command line, as the audit names them.
  let admin: AdminName

  var now: Instant { WallClock.now() }

  static func open(_ common: CommonOptions) async throws -> House {
    let settings = try HouseSettings.load(from: common.config)
    let place = settings.database.reveal()
    if settings.isSQLite { try makeFolder(of: place) }
    try makeFolder(of: settings.keyFile)
    let store = try await RegistryStore.open(
      settings.isSQLite ? .sqlite(path: place) : .postgres(url: place),
      keyFile: settings.keyFile,
      dice: { try RandomBytes.bytes($0) }
    )
    return House(settings: settings, store: store, admin: AdminName(rawValue: "\(user) (shell)"))
  }

  /// Opens it, works, and closes it whatever happens.
  static func with(
    _ common: CommonOptions,
    _ work: @Sendable (House) async throws -> Ending
  ) async throws -> Ending {
    let house = try await open(common)
    let ending: Ending
    do {
      ending = try await work(house)
    } catch {
      try house.store.close()
      throw error
    }
    try house.store.close()
    return ending
  }

  private static var user: String {
    guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else {
      return "user \(geteuid())"
    }
    return String(cString: name)
  }

  /// The usual folders are made, for their owner alone; others must be there.
  private static func makeFolder(of file: String) throws {
    let places = SettingsPlaces.ofProcess()
    let folder = places.state + "/lockstep-registry"
    guard file.hasPrefix(folder + "/") else { return }
    try makeFolders(folder)
  }

  /// The folders of mailboxes that the registry serves itself lie beside the key, which no other
  /// machine has.
  var mailboxFolder: String {
    let key = settings.keyFile
    return String(key.lastIndex(of: "/").map { key[..<$0] } ?? ".") + "/mailboxes"
  }

  /// Makes a folder with those above it, for their owner alone.
  static func makeFolders(_ folder: String) throws {
    var path = ""
    for part in folder.split(separator: "/") {
      path += "/" + part
      if mkdir(path, 0o700) != 0, errno != EEXIST {
        throw Refusal("The folder \(path) could not be made: \(String(cString: strerror(errno))).")
      }
    }
  }
}

/// Something that the command line itself refuses.
struct Refusal: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
