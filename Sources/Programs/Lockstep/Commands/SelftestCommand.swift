import ArgumentParser
import Console
import Simulator

struct SelftestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Shows on this machine that nothing is lost, doubled or told.",
    discussion: """
      Runs made-up histories in memory: people change both calendars, connections break, the \
      program is killed at any moment, caches and servers are put back from backups. After each \
      history every promise of lockstep-safety(7) is checked. It reads no settings and touches \
      no calendar.
      """
  )

  @OptionGroup var view: ViewOptions

  @Option(help: ArgumentHelp("How many histories.", valueName: "number"))
  var histories = 1_000

  @Option(
    help: ArgumentHelp(
      "Also so many short ones, killed at every effect of their last run in turn.",
      valueName: "number"
    )
  )
  var exhaustive = 0

  @Option(
    help: ArgumentHelp(
      "The first history's number; a failure names the one to repeat it with.",
      valueName: "number"
    )
  )
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Switches a bug on purpose on, to see that its promise can be seen to fail: I1 to I14.",
      valueName: "promise"
    )
  )
  var bug: Bug?

  func validate() throws {
    guard histories >= 0, exhaustive >= 0, histories + exhaustive > 0 else {
      throw ValidationError("--histories wants a number above 0.")
    }
  }

  func run() async throws {
    var selftest = Selftest(histories: histories, seed: seed)
    selftest.bug = bug
    selftest.exhaustive = exhaustive
    let wanted = histories
    let report = try selftest.run { done in
      if done % 10 == 0 { Terminal.flash("histories: \(done) of \(wanted)") }
    }
    Terminal.flash("")
    try view.output.show(SelftestView(report, bug: bug))
    if report.failure != nil { throw ExitCode(1) }
  }
}

extension Bug: ExpressibleByArgument {}
