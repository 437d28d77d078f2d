import ArgumentParser
import Console
import SyncEngine
import SyncModel
import SyncPlan

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Audits both sides from end to end, and writes nothing anywhere.",
    discussion: """
      Reads both calendars completely and compares them with the links, the journal and the rules. \
      What it finds stands at the end with what mends it; the status is then 2.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation, heedsSignals: true) {
      let wiring = try await Wiring(settings: common.config).governed()
      guard wiring.isSwitchedOn(invocation) else { return .failed }
      let (isClean, audit) = try await wiring.withCycle(readOnly: true) { cycle in
        let report = try await cycle.verify()
        let cache = try wiring.cache(readOnly: true)
        let holds = try await HoldView.views(
          of: report.repair.holds,
          view,
          in: cache,
          wiring,
          invocation
        )
        let named = PlanView.named(in: report.repair, json: view.json)
        var captions = try await Captions(of: named, in: cache, wiring)
        captions.know(report.names)
        return (report.isClean, AuditView(report, holds: holds, captions, invocation))
      }
      try view.output.show(audit)
      return isClean ? .done : .someItemsFailed
    }
  }
}
