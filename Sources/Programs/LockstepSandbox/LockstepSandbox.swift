import ArgumentParser

/// An Exchange and an Autotask on this machine, with people and history in them.
@main
struct LockstepSandbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lockstep-sandbox",
    abstract: "An Exchange and an Autotask on this machine, to try Lockstep on.",
    subcommands: [Serve.self, EditCommand.self, Tour.self]
  )
}
