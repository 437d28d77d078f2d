internal import Hummingbird
internal import HummingbirdCore
package import Logging
package import RegistryGateway
package import RegistryPages
package import RegistryStore
package import SyncModel

#if TLS
  internal import HummingbirdTLS
#endif

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

  /// Whether this build speaks TLS itself (package trait `TLS`).
  package static var hasTLS: Bool {
    #if TLS
      true
    #else
      false
    #endif
  }

  /// Files in PEM: the certificate with those between it and its authority, and its key.
  package struct Identity: Hashable, Sendable {
    package let certificate: String
    package let key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// The files of a certificate that this build cannot use, or that cannot be used at all.
  package struct NoTLS: Error, Hashable, CustomStringConvertible {
    package let description: String
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
    /// With it the server speaks TLS itself, and may be reached by others.
    package var identity: Identity?

    package init(address: Address, isSecure: Bool = false, identity: Identity? = nil) {
      self.address = address
      self.isSecure = isSecure
      self.identity = identity
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
    if configuration.identity == nil { try RegistryServer.check(configuration.address) }
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

  private func server() throws -> HTTPServerBuilder {
    guard let identity = configuration.identity else { return .http1() }
    #if TLS
      do {
        let chain = try NIOSSLCertificate.fromPEMFile(identity.certificate)
        var tls = TLSConfiguration.makeServerConfiguration(
          certificateChain: chain.map { .certificate($0) },
          privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        )
        tls.minimumTLSVersion = .tlsv12
        return try .tls(.http1(), tlsConfiguration: tls)
      } catch {
        throw NoTLS(
          description:
            "The certificate \(identity.certificate) with the key \(identity.key) cannot "
            + "be used: \(error). Both must be PEM files that this user may read, and belong together."
        )
      }
    #else
      throw NoTLS(
        description:
          "This build speaks no TLS itself, and \(identity.certificate) is of no use to it. "
          + "Build it with 'swift build --traits TLS', or leave [tls] out and put a TLS proxy before it."
      )
    #endif
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
      server: try server(),
      configuration: ApplicationConfiguration(address: address, serverName: nil),
      onServerRunning: { channel in ready(channel.localAddress?.port ?? 0) },
      logger: logger
    )
    try await application.run()
  }
}
