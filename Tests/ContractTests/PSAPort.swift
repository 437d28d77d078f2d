import Autotask
import HTTP
import Sandbox
import SyncEngine
import SyncModel
import World

/// The ways to a tenant: the world's in process, the adapter's over HTTP to the sandbox, and the
/// registry's gateway between both.
///
/// One contract holds for both, so that what the engine does in process it does over the wire.
enum PSAPort: String, CaseIterable, Sendable {
  case world, wire, gateway

  /// Those that show a resource more than its own; GatewayTests tell what the gateway shows.
  static let direct: [PSAPort] = [.world, .wire]

  /// Whose appointments a port is opened for.
  enum Person: Sendable {
    case number(Int64)
    case mail(String)

    static let technician = Person.number(Seeding.technician)
  }

  /// Runs the body with the PSA of these grounds.
  func open<T: Sendable>(
    _ grounds: Grounds,
    as person: Person = .technician,
    _ body: @escaping @Sendable (any PSAService & PSAWriting & PSAContacts) async throws -> T
  ) async throws -> T {
    switch self {
    case .world:
      let wanted: WorldPSA.Wanted =
        switch person {
        case .number(let id): .resource(ResourceID(id))
        case .mail(let address): .mailAddress(address)
        }
      return try await body(WorldPSA(grounds.world, wanted))
    case .wire:
      return try await grounds.serving { ports in
        let resource: AutotaskAccount.Resource =
          switch person {
          case .number(let id): .id(ResourceID(id))
          case .mail(let address): .mail(address)
          }
        let user = Seeding.account(password: Grounds.password)
        let account = AutotaskAccount(
          address: .entryPoint("http://127.0.0.1:\(ports.psa)/ATServicesRest/"),
          user: user.userName,
          secret: Secret(user.secret),
          integrationCode: Secret(user.trackingIdentifier),
          resource: resource
        )
        let client = HTTPClient(trust: .system, maximumConnectionsPerHost: 2)
        let result: T
        let psa = AutotaskService(account: account, http: client, sleep: { _ in })
        do { result = try await body(psa) } catch {
          await client.close()
          throw error
        }
        await client.close()
        return result
      }
    case .gateway:
      return try await GatewayGround.serving(grounds, as: person) { gateway in
        try await body(GatewayPort(gateway, isFreshEachCall: true))
      }
    }
  }
}
