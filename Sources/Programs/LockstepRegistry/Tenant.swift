import Autotask
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

  /// Microseconds since 1970.
  static let stamp: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
