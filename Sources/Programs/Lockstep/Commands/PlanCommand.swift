import ArgumentParser
import Console
import SyncEngine
import SyncModel

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what a run would do, and why; writes to neither side.",
    discussion: """
      What would wait for you stands at the end, under the digest that \
      `lockstep sync --approve` takes; the status is then 3.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation, heedsSignals: true) {
      let wiring = try await Wiring(settings: common.config).governed()
      guard wiring.isSwitchedOn(invocation) else { return .failed }
      let (report, plan) = try await wiring.withCycle { cycle in
        // While no other run can change what the plan was made from.
        let report = try await cycle.plan(approvals: wiring.approvals)
        let cache = try wiring.cache(readOnly: true)
        let holds = try await HoldView.views(of: report.holds, view, in: cache, wiring, invocation)
        let named = PlanView.named(in: report, json: view.json)
        let captions = try await Captions(of: named, in: cache, wiring)
        return (report, PlanView(report, holds: holds, captions, invocation))
      }
      try view.output.show(plan)
      return report.holds.contains { $0.needsApproval && !$0.isApproved } ? .held : .done
    }
  }
}
