import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Keeps both sides in step until it is told to stop (SIGTERM or Ctrl-C).",
    discussion: """
      The daemon of share/lockstep/lockstep.service. It runs at the interval of the settings, which \
      it reads anew before each run; between its runs `lockstep sync` may be used as ever.
      """
  )

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await conclude(common.invocation) {
      // Wrong settings are said at once, not at the first run.
      _ = try Wiring(settings: common.config)
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: [
            .init(
              service: Daemon(config: common.config),
              successTerminationBehavior: .gracefullyShutdownGroup
            )
          ],
          gracefulShutdownSignals: [.sigterm, .sigint],
          logger: Logger(label: "lockstep") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
          }
        )
      )
      try await group.run()
      return .done
    }
  }
}
