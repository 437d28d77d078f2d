import ArgumentParser
import Console
import SyncEngine
import SyncModel
import SyncPlan

struct ReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Ends the hold on one item; the next run does what you keep.",
    discussion: """
      $ lockstep release 12
      $ lockstep release 'Team meeting' --keep both

      Asks neither side and writes to neither. Without --keep it tries again what was refused or did \
      not last; other holds have to know what is kept.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The item: its id on either side, the number of its link, or its whole title.")
  var item: String

  @Option(
    help: ArgumentHelp(
      "What counts from now on: exchange, psa, or both as they are.",
      valueName: "side"
    )
  )
  var keep: Keeping?

  @Flag(help: "Say what would follow, and change nothing.")
  var dryRun = false

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation) {
      let wiring = try Wiring(settings: common.config)
      let shown = try await wiring.withCycle { cycle in
        let cache = try wiring.cache(readOnly: true)
        let subject = try await Subject.meant(by: item, in: cache)
        guard let link = subject.link else {
          throw StopFailure(
            "It is linked with nothing on the other side, and not held as one item."
          )
        }
        let report =
          dryRun
          ? try await cycle.releasePlan(link.id, keeping: keep)
          : try await cycle.release(link.id, keeping: keep)
        let held = HeldItem(.wait, of: link)
        let captions = try await Captions(of: [held], in: cache, wiring)
        return ReleaseView(report, held, keep, isDry: dryRun, captions)
      }
      try view.output.show(shown)
      return .done
    }
  }
}

extension Keeping: ExpressibleByArgument {}

/// A hold that ended, as `release --json` prints it; scripts rely on the names.
struct ReleaseView: View {
  let link: Int64
  let kept: String?
  let state: String
  let consequence: String
  let dryRun: Bool

  private let name: String

  private enum CodingKeys: String, CodingKey { case link, kept, state, consequence, dryRun }

  init(
    _ report: ReleaseReport,
    _ item: HeldItem,
    _ keeping: Keeping?,
    isDry: Bool,
    _ captions: Captions
  ) {
    link = report.link.id.rawValue
    kept = keeping?.rawValue
    state = report.link.state.rawValue
    consequence = report.consequence
    dryRun = isDry
    name = captions.shown(item) ?? item.shownByID
  }

  var showsTimes: Bool { true }

  var description: String {
    "\(dryRun ? "Would release" : "Released"): \(name)\n  \(consequence)"
  }
}
