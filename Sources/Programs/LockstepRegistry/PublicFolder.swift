import Console
import Cryptography
import HTTP
import Logging
import RegistryAPI
import RegistryDuties
import RegistryStore
import Settings
import SyncEngine
import SyncModel

extension House {
  /// Keeps the public folder of all contacts with the synchronization account.
  func publicFolder(holder: String, logger: Logger) -> PublicFolderDuty {
    PublicFolderDuty(
      store: store,
      ends: { admin, work in
        guard let psa = try await tenant() else {
          throw StopFailure(
            "The public folder cannot be kept: [psa] in \(settings.file) does not say how the PSA is "
              + "reached."
          )
        }
        guard let account = try await accountDoor(admin) else {
          throw StopFailure(
            "The public folder cannot be kept: the synchronization account has no password. Set it "
              + "with 'lockstep-registry settings set account_password'."
          )
        }
        return try await account.asking("", patience: .seconds(120)) { try await work(psa, $0) }
      },
      fingerprinter: Fingerprinter(digest: { SHA256.digest($0) }),
      holder: holder,
      clock: { WallClock.now() },
      logger: logger
    )
  }
}
