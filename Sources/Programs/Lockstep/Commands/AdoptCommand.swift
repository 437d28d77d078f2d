import ArgumentParser
import Console
import SyncEngine
import SyncModel

struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Finds again what belongs together, after the cache was lost.",
    discussion: """
      Links what both calendars prove to belong together, by the marks that Lockstep left in \
      them, and deletes nothing. Without --create-missing it creates nothing either.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Flag(help: "Also create what is on one side only, and was perhaps removed on purpose.")
  var createMissing = false

  @Flag(help: "Show what would be made, and write to neither side.")
  var dryRun = false

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation, heedsSignals: true) {
      if dryRun { return try await show(invocation) }
      let wiring = try await Wiring(settings: common.config).governed(on: .adopt)
      guard wiring.isSwitchedOn(invocation) else { return .failed }
      let result = try await wiring.record(.adopt) {
        try await $0.adopt(createMissing: createMissing)
      }
      try await view.show(result, wiring, invocation)
      await wiring.deliverReports()
      return Ending(of: result)
    }
  }

  private func show(_ invocation: Invocation) async throws -> Ending {
    let wiring = try await Wiring(settings: common.config).governed()
    guard wiring.isSwitchedOn(invocation) else { return .failed }
    let plan = try await wiring.withCycle { cycle in
      let report = try await cycle.adoptPlan(createMissing: createMissing)
      let cache = try wiring.cache(readOnly: true)
      let holds = try await HoldView.views(
        of: report.holds,
        view,
        in: cache,
        wiring,
        invocation
      )
      let named = PlanView.named(in: report, json: view.json)
      let captions = try await Captions(of: named, in: cache, wiring)
      return PlanView(report, holds: holds, captions, invocation)
    }
    try view.output.show(plan)
    return .done
  }
}
