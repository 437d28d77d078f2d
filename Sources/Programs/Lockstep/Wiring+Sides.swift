import Autotask
import Console
import Cryptography
import Exchange
import HTTP
import RegistryAPI
import RegistryClient
import Settings
import Store
import SyncEngine
import SyncModel
import ZoneData

/// What the agent talks to: the mailbox, the PSA directly or by way of the registry, the registry.
extension Wiring {
  /// What opens both sides, fetched anew for each run.
  struct Secrets {
    let exchange: Credential
    let psa: PSAKey
  }

  enum PSAKey {
    /// The secret of an API user of one's own.
    case user(PSASettings, Secret)
    /// The agent's token for the registry's gateway.
    case gateway(RegistrySettings, Secret)
  }

  func secrets() async throws -> Secrets {
    Secrets(exchange: try await settings.exchange.credential(), psa: try await psaKey())
  }

  func psaKey() async throws -> PSAKey {
    if let psa = settings.psa { return .user(psa, try await psa.secret.secret()) }
    // The settings say that there is one: a file without it is refused.
    guard let registry = settings.registry else {
      throw StopFailure("psa.gateway = true in \(settings.file) needs registry.url.")
    }
    guard registry.hasToken else { throw Wiring.notEnrolled(registry) }
    return .gateway(registry, try await registry.token())
  }

  typealias Mailbox = ExchangeMailbox & ExchangeWriting & ContactsFolder
  typealias Service = PSAService & PSAWriting & PSAContacts

  func exchange(_ credential: Credential) -> Connection<any Mailbox> {
    let client = HTTPClient(trust: settings.exchange.trust, userAgent: Wiring.userAgent)
    let account = EWSAccount(
      url: settings.exchange.address.url,
      mailbox: settings.exchange.mailbox.rawValue,
      credential: credential,
      impersonates: settings.exchange.impersonates
    )
    let mailbox = EWSMailbox(account: account, client: client, zones: zones, zone: settings.zone)
    return Connection(port: mailbox, client: client)
  }

  /// - Parameter replica: where the gateway's view is kept; asked for only with a gateway.
  func psa(
    _ key: PSAKey,
    replica: @autoclosure () throws -> SQLiteCache
  ) rethrows -> Connection<any Service> {
    switch key {
    case .user(let settings, let secret): return psa(settings, secret)
    case .gateway(let registry, let token):
      let client = HTTPClient(trust: registry.trust, userAgent: Wiring.userAgent)
      let service = RegistryService(
        url: registry.address.url,
        token: token,
        http: client,
        // The PSA itself is asked behind it, at its own pace.
        patience: .seconds(120)
      )
      let switches = settings.switches
      var kinds: [Kind] = [.appointment]
      if switches.toDos { kinds.append(.toDo) }
      if switches.serviceCalls { kinds.append(.serviceCall) }
      if switches.contacts { kinds.append(.contact) }
      let gateway = GatewayService(
        registry: service,
        replica: try replica(),
        kinds: kinds,
        now: { WallClock.now() },
        key: { SHA256.hexadecimal(of: try RandomBytes.bytes(16)) }
      )
      return Connection(port: gateway, client: client)
    }
  }

  private func psa(_ settings: PSASettings, _ secret: Secret) -> Connection<any Service> {
    let client = HTTPClient(
      trust: settings.trust,
      userAgent: Wiring.userAgent,
      // The tenant's limit is three at an endpoint, over all agents (`autotask.md` 4.7).
      maximumConnectionsPerHost: 2
    )
    let resource: AutotaskAccount.Resource =
      switch settings.resource {
      case .mailAddress(let address): .mail(address)
      case .number(let number): .id(number)
      }
    let address: AutotaskAccount.Address =
      switch settings.address {
      case .entryPoint(let server): .entryPoint(server.url)
      case .zone(let server): .zone(server.url)
      }
    let account = AutotaskAccount(
      address: address,
      user: settings.user,
      secret: secret,
      integrationCode: settings.integrationCode,
      resource: resource
    )
    let service = AutotaskService(account: account, http: client, leavesRest: !isAskedFor)
    return Connection(port: service, client: client)
  }

  func registry(
    _ registry: RegistrySettings,
    _ token: Secret?,
    patience: Duration
  ) -> Connection<RegistryService> {
    let client = HTTPClient(trust: registry.trust, userAgent: Wiring.userAgent)
    let service = RegistryService(
      url: registry.address.url,
      token: token,
      http: client,
      patience: patience
    )
    return Connection(port: service, client: client)
  }

  private static let userAgent = "Lockstep/\(Lockstep.version)"
}
