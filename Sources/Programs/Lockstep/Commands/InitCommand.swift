import ArgumentParser
import Console
import RegistryAPI
import Settings
import SyncEngine
import SyncModel

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Checks a settings file, signs in on both sides, and names this agent.",
    discussion: """
      Asks nothing and writes nothing on either side, except with --take-over: then this agent \
      becomes the calendar's own, and the one that served it before stops at its next run. With \
      --code the registry that the settings name knows it from then on.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Option(
    help: ArgumentHelp(
      "The settings file to set up from; it is used where it lies.",
      valueName: "file"
    )
  )
  var settings: String

  @Option(help: "The code from the registry's admin; it counts once.")
  var code: String?

  @Flag(help: "Serve this calendar from here, instead of from where it was served so far.")
  var takeOver = false

  func validate() throws {
    guard let config = common.config, config != settings else { return }
    throw ValidationError("init takes its file from --settings; leave --config out.")
  }

  /// Where no `resource` in the settings says whose calendar is meant, the mail address does.
  private func warn(of enrolment: Enrolment, _ settings: LockstepSettings) {
    guard let mail = enrolment.resourceMail, !mail.isEmpty,
      mail.lowercased() != settings.exchange.mailbox.rawValue.lowercased()
    else { return }
    Terminal.say(
      "lockstep: The registry knows \(enrolment.resourceName) by \(mail), and the mailbox of these "
        + "settings is \(settings.exchange.mailbox). If that is somebody else's, do not run "
        + "'lockstep sync': ask for a code of the right person, and enrol again."
    )
  }

  func run() async throws {
    try await conclude(Invocation(config: settings), heedsSignals: true) {
      var wiring = try Wiring(settings: settings)
      let agent = try wiring.agent()
      let credential = try await wiring.settings.exchange.credential()
      let (folder, zone) = try await wiring.exchange(credential).use { mailbox in
        (try await mailbox.open(), try await mailbox.personalZone())
      }
      var enrolment: Enrolment?
      // The gateway lets nobody in who is not enrolled, and knows best for whom a code is.
      if let code, wiring.settings.psa == nil {
        enrolment = try await wiring.enrol(code, takesOver: takeOver, for: nil)
        wiring = try await wiring.governed()
      }
      let desk = try await wiring.psa(wiring.psaKey(), replica: wiring.cache()).use {
        try await $0.open()
      }
      if let enrolment { warn(of: enrolment, wiring.settings) }
      if let code, enrolment == nil {
        enrolment = try await wiring.enrol(code, takesOver: takeOver, for: desk.resource)
        wiring = try await wiring.governed()
      }
      let other = folder.mark.flatMap { $0.agent == agent ? nil : $0 }
      if takeOver {
        let result = try await wiring.record(.adopt) { try await $0.takeOver() }
        await wiring.deliverReports()
        if let failure = result.failure { throw failure }
        if result.attempt.outcome == .interrupted { return .tryLater }
      }
      try view.output.show(
        InitView(
          wiring.settings,
          folder: folder,
          desk: desk,
          zone: zone ?? wiring.settings.zone,
          agent: agent,
          otherMachine: takeOver ? nil : other?.machine,
          tookOver: takeOver,
          registry: enrolment.map(EnrolmentLine.init)
        )
      )
      return other == nil || takeOver ? .done : .failed
    }
  }
}
