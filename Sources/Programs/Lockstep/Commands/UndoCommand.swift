import ArgumentParser
import Console
import SyncEngine
import SyncModel
import SyncPlan

struct UndoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Takes a run back: puts what it wrote as it was before.",
    discussion: """
      $ lockstep history
      $ lockstep undo 42 --dry-run
      $ lockstep undo 42

      What somebody changed since is left as it is, and named. An undo is a run, and can itself be \
      undone; runs of the last 30 days can be.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The number of the run, as `lockstep history` shows it.")
  var run: Int64

  @Flag(help: "Show what would be done, and write to neither side.")
  var dryRun = false

  private var undone: RunID { RunID(run) }

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation, heedsSignals: true) {
      if dryRun { return try await look(invocation) }
      let wiring = try await Wiring(settings: common.config).governed(on: .undo)
      guard wiring.isSwitchedOn(invocation) else { return .failed }
      let result = try await wiring.record(.undo) { try await $0.undo(undone) }
      try await view.show(result, wiring, invocation)
      await wiring.deliverReports()
      return Ending(of: result)
    }
  }

  private func look(_ invocation: Invocation) async throws -> Ending {
    let wiring = try await Wiring(settings: common.config).governed()
    guard wiring.isSwitchedOn(invocation) else { return .failed }
    let shown = try await wiring.withCycle { cycle in
      let report = try await cycle.undoPlan(undone)
      let steps = report.steps.map { OrderView.Step(PlannedLine($0.operation), $0.values) }
      return OrderView(
        "undo \(undone)",
        steps,
        report.skipped,
        report.digest,
        report.notes,
        try await Captions(
          of: OrderView.named(steps, report.skipped, report.notes),
          in: wiring.cache(readOnly: true),
          wiring
        ),
        invocation
      )
    }
    try view.output.show(shown)
    return .done
  }
}
