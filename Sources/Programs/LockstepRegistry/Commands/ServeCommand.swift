import ArgumentParser
import Console
import Glibc
import HTTP
import Logging
import RegistryAPI
import RegistryDuties
import RegistryGateway
import RegistryPages
import RegistryServer
import RegistryStore
import ServiceLifecycle
import Settings
import SyncModel
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves agents and admins until it is told to stop (SIGTERM or Ctrl-C).",
    discussion: """
      The daemon of share/lockstep-registry/lockstep-registry.service. It listens on this machine \
      only; a TLS proxy in front of it serves everybody else. Several may run over one PostgreSQL \
      database.
      """
  )

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await conclude(common) { house in
      let logger = Logger(label: "lockstep-registry") { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = .error
        return handler
      }
      let serving = try await Serving(house, logger: logger)
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: serving.services,
          gracefulShutdownSignals: [.sigterm, .sigint],
          logger: logger
        )
      )
      try await group.run()
      return .done
    }
  }
}

/// The server and the duties beside it.
private struct Serving {
  private struct Work: Service {
    let work: @Sendable () async throws -> Void

    func run() async throws { try await work() }
  }

  private let server: RegistryServer
  private let duties: RegistryDuties
  private let gateway: GatewayDuty?
  private let publicFolder: PublicFolderDuty
  private let place: HouseSettings.Listening
  private let house: House
  private let holder: String
  private let logger: Logger

  init(_ house: House, logger: Logger) async throws {
    let (store, settings) = (house.store, house.settings)
    let address = settings.address ?? Serving.ownAddress(settings.listening)
    let invitations = Invitations(store: store, address: address)
    place = settings.listening
    (self.house, self.logger) = (house, logger)
    holder = try House.holder()
    let (door, duty) = try await Serving.gateway(of: house, holder: holder, logger: logger)
    gateway = duty
    publicFolder = house.publicFolder(holder: holder, logger: logger)
    server = try RegistryServer(
      store: store,
      acts: RegistryPages.Acts(
        check: { try await house.checks($0) },
        setEnabled: {
          try await invitations.setEnabled($0, $1, by: $2, now: $3)
        }
      ),
      gateway: door,
      configuration: RegistryServer.Configuration(
        address: Serving.bound(settings.listening),
        isSecure: address.hasPrefix("https://"),
        identity: settings.certificate.map {
          RegistryServer.Identity(certificate: $0.file, key: $0.key)
        }
      ),
      clock: { WallClock.now() },
      logger: logger
    )
    var mails: MailRound?
    if let mail = settings.mail {
      mails = MailRound(store: store, server: try await mail.server(), sender: mail.sender)
    } else {
      Terminal.say("No mail server is set ([mail] in \(settings.file)): mails wait.")
    }
    duties = RegistryDuties(
      store: store,
      mails: mails,
      holder: holder,
      clock: { WallClock.now() },
      logger: logger
    )
  }

  /// What agents ask, and what looks at the PSA for them; nothing where the registry is no gateway.
  private static func gateway(
    of house: House,
    holder: String,
    logger: Logger
  ) async throws -> (Gateway?, GatewayDuty?) {
    guard house.settings.isGateway, let psa = try await house.tenant() else { return (nil, nil) }
    let clock: @Sendable () -> Instant = { WallClock.now() }
    return (
      Gateway(store: house.store, psa: psa, clock: clock, stamp: { try await house.store.stamp() }),
      GatewayDuty(
        store: house.store,
        psa: psa,
        holder: holder,
        clock: clock,
        stamp: { try await house.store.stamp() },
        logger: logger
      )
    )
  }

  var services: [any Service] {
    let (ports, isUp) = AsyncStream.makeStream(of: Int.self)
    return [
      Work { [server, place, house] in
        try await server.run { port in
          isUp.yield(port)
          switch place {
          case .tcp(let host, _):
            let name = host.contains(":") ? "[\(host)]" : host
            let scheme = house.settings.certificate == nil ? "http" : "https"
            Terminal.say("Serving at \(scheme)://\(name):\(port)")
          case .unix(let path): Terminal.say("Serving at unix:\(path)")
          }
        }
      },
      Work { [duties] in try await Serving.untilAsked { try await duties.run() } },
      Work { [publicFolder] in try await Serving.untilAsked { try await publicFolder.run() } },
      Work { [gateway] in
        try await Serving.untilAsked {
          guard let gateway else { return try await Task.sleep(for: .seconds(3_000_000_000)) }
          try await gateway.run()
        }
      },
      Work { [house, place, holder, logger] in
        guard case .tcp(let host, _) = place else {
          logger.error("Over a unix socket the registry serves no mailboxes itself.")
          return try await Serving.untilAsked { try await Task.sleep(for: .seconds(3_000_000_000)) }
        }
        try await Serving.untilAsked {
          for await port in ports {
            try await Mailboxes(
              house: house,
              // An own certificate names the registry as people reach it.
              address: house.settings.certificate == nil
                ? "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
                : house.settings.address ?? "https://localhost:\(port)",
              program: try house.settings.agentProgram ?? Serving.agentBesideThisOne(),
              holder: holder,
              logger: logger
            ).run()
          }
        }
      },
    ]
  }

  /// Works until the process is asked to stop.
  private static func untilAsked(_ work: @escaping @Sendable () async throws -> Void) async throws {
    do {
      try await cancelWhenGracefulShutdown { try await work() }
    } catch is CancellationError {
      // Asked to stop, and between two rounds.
    }
  }

  private static func agentBesideThisOne() throws -> String {
    var name = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = max(0, readlink("/proc/self/exe", &name, name.count))
    let own = String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex)) + "/lockstep"
  }

  private static func ownAddress(_ place: HouseSettings.Listening) -> String {
    if case .tcp(let host, let port) = place {
      "http://\(host):\(port)"
    } else {
      "http://localhost"
    }
  }

  private static func bound(_ place: HouseSettings.Listening) -> RegistryServer.Address {
    switch place {
    case .tcp(let host, let port): .tcp(host: host, port: port)
    case .unix(let path): .unix(path: path)
    }
  }
}
