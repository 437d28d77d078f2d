import ArgumentParser
import Console

/// The registry's server and its admin's command line; one command a file in `Commands`.
@main
struct LockstepRegistry: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "lockstep-registry",
    abstract: "Tells Lockstep's agents what they may do, and admins who is in step.",
    discussion: """
      Begin with `lockstep-registry admins add NAME`, then `lockstep-registry serve`. The manual is \
      lockstep-registry(1).
      """,
    version: version,
    subcommands: [
      ServeCommand.self, SettingsCommand.self, ResourcesCommand.self, EnableCommand.self,
      DisableCommand.self, ProfileCommand.self, AttemptsCommand.self, HoldsCommand.self,
      ApproveCommand.self, AgentsCommand.self, CodesCommand.self, TokensCommand.self,
      AdminsCommand.self, AuditCommand.self, GatewayCommand.self, BackupCommand.self,
      PublicFolderCommand.self,
    ]
  )

  // Here too, so that it may stand before the command.
  @OptionGroup var common: CommonOptions

  static func main() async {
    Traces.forbidCoreFiles()
    await main(nil)
  }
}

/// What every command takes, before or after its name.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The registry's settings file (default: ~/.config/lockstep/registry.toml).",
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

/// What every list takes.
struct PageOptions: ParsableArguments {
  @Option(help: "Which page, counted from 1.")
  var page = 1

  @Option(help: "Rows on a page, up to 500.")
  var size = 50

  func validate() throws {
    guard page >= 1, (1...500).contains(size) else {
      throw ValidationError("--page counts from 1, and --size goes from 1 to 500.")
    }
  }
}
