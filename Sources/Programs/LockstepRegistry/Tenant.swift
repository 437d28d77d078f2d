import Autotask
import Cryptography
import Glibc
import HTTP
import Settings
import SyncEngine

extension House {
  /// The PSA with the one API user of the firm; nil where the settings do not say how it is reached.
  func tenant() async throws -> AutotaskService? {
    guard let psa = settings.psa else { return nil }
    let address: AutotaskAccount.Address =
      switch psa.address {
      case .entryPoint(let server): .entryPoint(server.url)
      case .zone(let server): .zone(server.url)
      }
    let account = AutotaskAccount(
      address: address,
      user: psa.user,
      secret: try await psa.secret.secret(),
      integrationCode: psa.integrationCode,
      resource: nil
    )
    let client = HTTPClient(
      trust: psa.trust,
      userAgent: "Lockstep-Registry/\(LockstepRegistry.version)",
      // Three requests at a time are all that the PSA takes at one endpoint (`autotask.md` 4.7).
      maximumConnectionsPerHost: 3
    )
    return AutotaskService(account: account, http: client)
  }

  /// A name that no other process has, on this machine or another one.
  static func holder() throws -> String {
    let dice = SHA256.hexadecimal(of: try RandomBytes.bytes(8)).prefix(16)
    return "\(getpid()) \(dice)"
  }
}
