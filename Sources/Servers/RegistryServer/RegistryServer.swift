internal import Hummingbird
package import Logging
package import RegistryPages
package import RegistryStore
package import SyncModel

/// The registry's server: the API that agents and admins call, and the web pages.
package struct RegistryServer: Sendable {
  package enum Address: Hashable, Sendable {
    case tcp(host: String, port: Int)
    case unix(path: String)
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
  let pages: RegistryPages
  let configuration: Configuration
  let clock: @Sendable () -> Instant
  let logger: Logger

  package init(
    store: RegistryStore,
    acts: RegistryPages.Acts,
    configuration: Configuration,
    clock: @escaping @Sendable () -> Instant,
    logger: Logger
  ) throws {
    self.store = store
    pages = RegistryPages(store: store, templates: try PageTemplates(), acts: acts)
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
  }

  func router() -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: PageHeaders(isSecure: configuration.isSecure))
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
