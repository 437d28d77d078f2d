import ArgumentParser
import SyncEngine
import SyncModel

struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Brings both sides in step once, with progress.",
    discussion: """
      $ lockstep sync
      $ lockstep sync --approve 1f0c9a3be2d47788

      Ends with 3 when something waits for you; what it is stands at the end of the output.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Option(
    help: ArgumentHelp(
      "Do what is held under this digest, if it is still due.",
      valueName: "digest"
    )
  )
  var approve: String?

  @Flag(help: "Read both sides completely, and bring back what you had removed on one side.")
  var full = false

  func run() async throws {
    try await conclude {
      let wiring = try Wiring(settings: common.config)
      guard wiring.isSwitchedOn() else { return .failed }
      let options = SyncOptions(approve: approve.map(PlanDigest.init(_:)), full: full)
      let result = try await wiring.withCycle { try await $0.sync(options) }
      try view.output.show(AttemptView(result.attempt, holds: result.holds))
      return Ending(of: result)
    }
  }
}

extension Ending {
  /// How a run ended: what broke counts more than what failed, and that more than what waits.
  init(of result: SyncResult) {
    if result.attempt.outcome == .failed || result.attempt.outcome == .interrupted {
      self = result.failure.map { Ending($0.remedy) } ?? .failed
    } else if let failure = result.failure {
      self = Ending(failure.remedy)
    } else if result.attempt.failedItems > 0 {
      self = .someItemsFailed
    } else {
      self = result.holds.contains { $0.needsApproval && !$0.isApproved } ? .held : .done
    }
  }
}
