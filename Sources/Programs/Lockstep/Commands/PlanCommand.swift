import ArgumentParser
import SyncEngine
import SyncModel

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what a run would do, and why; writes to neither side.",
    discussion: "Ends with the digest of each hold, which `lockstep sync --approve` takes."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    try await conclude {
      let wiring = try Wiring(settings: common.config)
      let report = try await wiring.withCycle { try await $0.plan() }
      try view.output.show(PlanView(report))
      return report.holds.contains { $0.needsApproval && !$0.isApproved } ? .held : .done
    }
  }
}
