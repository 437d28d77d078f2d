import ArgumentParser
import Console
import RegistryAPI
import Settings

struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Shows or sets your own switches; they only narrow what the settings allow.",
    discussion: """
      $ lockstep profile
      $ lockstep profile set import_detail=none send_free_time=false
      $ lockstep profile set import_detail=

      An empty value takes your choice back. The switches:

      \(switches)
      """
  )

  private static let switches = ProfileKey.allCases
    .map { "\($0.rawValue): \($0.allowed)" }.joined(separator: "\n")

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(
    help: ArgumentHelp("`set`, then KEY=VALUE, as often as you like.", valueName: "set key=value")
  )
  var words: [String] = []

  func validate() throws {
    guard let verb = words.first else { return }
    guard verb == "set", words.count > 1 else {
      throw ValidationError("Write: lockstep profile set KEY=VALUE")
    }
  }

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation) {
      var wiring = try Wiring(settings: common.config)
      let file = ProfileFile(besideSettings: wiring.settings.file)
      var own = wiring.settings.own
      for assignment in words.dropFirst() { try own.set(assignment) }
      if !words.isEmpty {
        try file.write(own)
        wiring.settings.own = own
        wiring = try await wiring.withProfileSent(invocation)
        if !wiring.settings.switches.isEnabled {
          Terminal.say(wiring.switchedOff(invocation))
        }
      }
      let settings = wiring.settings
      try view.output.show(
        ProfileView(file: file.path, own: settings.own, policy: settings.policy)
      )
      return settings.own == own ? .done : .failed
    }
  }
}
