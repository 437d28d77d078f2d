import ArgumentParser
import Console
import SyncEngine
import SyncModel

struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Brings both sides in step once, with progress.",
    discussion: """
      $ lockstep sync
      $ lockstep sync --approve 1f0c9a3be2d47788

      Ends with status 3 when something waits for you; what it is stands at the end of the \
      output, with the digest that approves it. Under a digest that is not held, nothing is \
      written. Ctrl-C ends the run before its next write.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Option(
    help: ArgumentHelp(
      "Also do what `lockstep plan` shows as held under this digest.",
      valueName: "digest"
    )
  )
  var approve: String?

  @Flag(help: "Read both sides completely, and bring back what you had removed on one side.")
  var full = false

  func validate() throws {
    guard let approve else { return }
    guard approve.utf8.count == 16, approve.allSatisfy(\.isHexDigit) else {
      throw ValidationError(
        common.invocation.spelled(
          "A digest is 16 letters and digits, such as 1f0c9a3be2d47788; `lockstep plan` shows it."
        )
      )
    }
  }

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation, heedsSignals: true) {
      let wiring = try await Wiring(settings: common.config).governed(on: .sync)
      guard wiring.isSwitchedOn(invocation) else { return .failed }
      let options = SyncOptions(
        approve: approve.map { PlanDigest($0.lowercased()) },
        approvals: wiring.approvals,
        full: full
      )
      let result = try await wiring.record(.sync) { try await $0.sync(options) }
      try await view.show(result, wiring, invocation)
      await wiring.deliverReports()
      return Ending(of: result)
    }
  }
}

extension ViewOptions {
  /// Shows a run; as JSON without titles, for that is what gets passed on.
  func show(_ result: SyncResult, _ wiring: Wiring, _ invocation: Invocation) async throws {
    let holds = try await HoldView.views(
      of: result.holds,
      self,
      withTitles: false,
      in: wiring.cache(readOnly: true),
      wiring,
      invocation
    )
    let named = json ? [] : AttemptView.named(in: result)
    let captions =
      named.isEmpty
      ? Captions.none : try await Captions(of: named, in: wiring.cache(readOnly: true), wiring)
    try output.show(AttemptView(result, holds: holds, captions, invocation))
  }
}

extension Ending {
  /// How a run ended: what broke counts more than what failed, and that more than what waits.
  init(of result: SyncResult) {
    if result.attempt.outcome == .interrupted {
      self = .tryLater
    } else if result.attempt.outcome == .failed {
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
