internal import Hummingbird
package import Logging
package import RegistryGateway
package import RegistryPages
package import RegistryStore
package import SyncModel

/// The registry's server: the API that agents and admins call, and the web pages.
package struct RegistryServer: Sendable {
  package enum Address: Hashable, Sendable {
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// Nobody but this machine reaches it: TLS ends in a proxy in front of it.
    var isPrivate: Bool {
      switch self {
      case .tcp(let host, _): ["127.0.0.1", "::1", "localhost"].contains(host)
      case .unix: true
      }
    }
  }

  /// An address that others can reach, without TLS.
  package struct OpenAddress: Error, Hashable, CustomStringConvertible {
    let address: Address

    package var description: String {
      guard case .tcp(let host, let port) = address else { return "" }
      return "\(host):\(port) can be reached by others, and what goes there is not encrypted. "
        + "Listen on 127.0.0.1, ::1 or a unix socket, and put a TLS proxy in front of it."
    }
  }

  package struct Configuration: Sendable {
    package var address: Address
    /// Browsers and agents reach it by HTTPS, through a proxy.
    package var isSecure: Bool

    package init(address: Address, isSecure: Bool = false) {
      self.address = address
      self.isSecure = isSecure
    }
  }

  let store: RegistryStore
  let acts: RegistryPages.Acts
  let gateway: Gateway?
  let pages: RegistryPages
  let configuration: Configuration
  let clock: @Sendable () -> Instant
  let logger: Logger

  package init(
    store: RegistryStore,
    acts: RegistryPages.Acts,
    gateway: Gateway? = nil,
    configuration: Configuration,
    clock: @escaping @Sendable () -> Instant,
    logger: Logger
  ) throws {
    try RegistryServer.check(configuration.address)
    self.store = store
    self.acts = acts
    self.gateway = gateway
    pages = RegistryPages(store: store, templates: try PageTemplates(), acts: acts)
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
  }

  /// Throws `OpenAddress` where others than this machine could reach it.
  package static func check(_ address: Address) throws(OpenAddress) {
    guard address.isPrivate else { throw OpenAddress(address: address) }
  }

  /// Every call of the API.
  var endpoints: [Endpoint] {
    AgentEndpoints.all(store) + SettingsEndpoints(store: store, acts: acts).all
      + ResourceEndpoints(store: store, acts: acts).all + HouseEndpoints.all(store)
      + GatewayEndpoints(store: store, gateway: gateway).all + HealthEndpoints.all(store)
  }

  /// Method, path and door (`open`, `agent`, `admin`) of every call, for those who check them.
  package var calls: [(method: String, path: String, door: String)] {
    endpoints.map { ($0.method.rawValue, $0.path, $0.door.rawValue) }
  }

  func router() -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: PageHeaders(isSecure: configuration.isSecure))
    router.add(middleware: UnknownAddresses(endpoints: endpoints))
    APIController(endpoints: endpoints, door: APIDoor(store: store, clock: clock))
      .addRoutes(to: router)
    PagesController(
      pages: pages,
      door: PageDoor(store: store, clock: clock, isSecure: configuration.isSecure)
    ).addRoutes(to: router)
    return router
  }

  /// Serves until the task is cancelled; `ready` gets the port when it is bound.
  package func run(ready: @escaping @Sendable (Int) -> Void) async throws {
    let address: BindAddress =
      switch configuration.address {
      case .tcp(let host, let port): .hostname(host, port: port)
      case .unix(let path): .unixDomainSocket(path: path)
      }
    let application = Application(
      router: router(),
      configuration: ApplicationConfiguration(address: address, serverName: nil),
      onServerRunning: { channel in ready(channel.localAddress?.port ?? 0) },
      logger: logger
    )
    try await application.run()
  }
}
