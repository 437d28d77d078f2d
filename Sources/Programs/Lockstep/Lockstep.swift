import Allocation
import ArgumentParser
import Console

/// The agent and its user's command line; one command a file in `Commands`.
@main
struct Lockstep: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "lockstep",
    abstract: "Keeps one person's Exchange calendar in step with a PSA.",
    discussion: """
      Set up with `lockstep init --settings FILE`, look with `lockstep plan`, then let \
      `lockstep run` do it. The manual is lockstep(1); the rules are in lockstep-sync(7).
      """,
    version: version,
    subcommands: [
      InitCommand.self, DoctorCommand.self, PlanCommand.self, SyncCommand.self, RunCommand.self,
      StatusCommand.self, HistoryCommand.self, WhyCommand.self, AdoptCommand.self,
      VerifyCommand.self, UndoCommand.self, PurgeCommand.self, ReleaseCommand.self,
      ExportCommand.self, PrivacyCommand.self, ProfileCommand.self, SelftestCommand.self,
    ]
  )

  // Here too, so that it may stand before the command.
  @OptionGroup var common: CommonOptions

  static func main() async {
    Traces.forbidCoreFiles()
    Traces.keepToOwner()
    Allocation.keepSmall()
    await main(nil)
  }
}

/// What every command takes, before or after its name.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The settings file (default: ~/.config/lockstep/settings.toml).",
      valueName: "file"
    )
  )
  var config: String?
}

/// What every command with a view takes.
struct ViewOptions: ParsableArguments {
  @Flag(help: "Print the result as JSON.")
  var json = false

  var output: Output { Output(isJSON: json) }
}
