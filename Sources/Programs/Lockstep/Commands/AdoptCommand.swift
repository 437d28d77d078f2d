import ArgumentParser
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

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation, heedsSignals: true) {
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
}
