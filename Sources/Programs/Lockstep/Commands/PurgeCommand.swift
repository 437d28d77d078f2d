import ArgumentParser
import Console
import Glibc
import SyncEngine
import SyncModel
import SyncPlan

struct PurgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Removes what Lockstep made: what settings exclude by now, or all of it.",
    discussion: """
      $ lockstep purge --parked --dry-run
      $ lockstep purge --mine --yes

      What somebody changed since Lockstep wrote it is left as it is, and named. A purge is a run, \
      and `lockstep undo` takes it back.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Flag(help: "Remove what settings exclude after it was made.")
  var parked = false

  @Flag(help: "Remove all that Lockstep made, on both sides.")
  var mine = false

  @Flag(help: "Show what would be removed, and write to neither side.")
  var dryRun = false

  @Flag(help: "Do not ask.")
  var yes = false

  func validate() throws {
    guard parked != mine else {
      throw ValidationError("Say what is to be removed: --parked, or --mine.")
    }
    guard dryRun || yes || isatty(STDIN_FILENO) == 1 else {
      throw ValidationError(
        "There is no terminal to ask at. Look with --dry-run, then add --yes to do it."
      )
    }
  }

  private var what: Purge { parked ? .parked : .mine }

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation, heedsSignals: true) {
      var agreed: PlanDigest?
      if dryRun || !yes {
        let shown = try await look(invocation)
        guard let shown else { return .failed }
        if dryRun {
          try view.output.show(shown)
          return .done
        }
        Terminal.say(shown.description)
        guard !shown.operations.isEmpty, isAgreed else { return .done }
        agreed = PlanDigest(shown.digest)
      }
      let wiring = try await Wiring(settings: common.config).governed(on: .purge)
      guard wiring.isSwitchedOn(invocation) else { return .failed }
      let result = try await wiring.record(.purge) { [agreed] in
        try await $0.purge(what, agreed: agreed)
      }
      try await view.show(result, wiring, invocation)
      await wiring.deliverReports()
      return Ending(of: result)
    }
  }

  /// Nil where everything is switched off, which has been said.
  private func look(_ invocation: Invocation) async throws -> OrderView? {
    let wiring = try await Wiring(settings: common.config).governed()
    guard wiring.isSwitchedOn(invocation) else { return nil }
    return try await wiring.withCycle { cycle in
      let report = try await cycle.purgePlan(what)
      let steps = report.operations.map { OrderView.Step($0, ItemValues()) }
      return OrderView(
        "purge --\(what.rawValue)",
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
  }

  private var isAgreed: Bool {
    Terminal.write("Remove them? [y/N] ", to: STDERR_FILENO)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}
