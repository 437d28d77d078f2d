import ArgumentParser
import SyncEngine

struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Rebuilds the links between both sides after the cache was lost.",
    discussion: """
      Links what stamps and references prove, and deletes nothing. Without --create-missing it \
      creates nothing either.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Flag(help: "Also create what is on one side only, and was perhaps removed on purpose.")
  var createMissing = false

  func run() async throws {
    try await conclude {
      let wiring = try Wiring(settings: common.config)
      guard wiring.isSwitchedOn() else { return .failed }
      let result = try await wiring.withCycle { try await $0.adopt(createMissing: createMissing) }
      try view.output.show(AttemptView(result.attempt, holds: result.holds))
      return Ending(of: result)
    }
  }
}
