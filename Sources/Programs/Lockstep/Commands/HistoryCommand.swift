import ArgumentParser
import Store
import SyncModel

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Shows past runs, or what one of them wrote and why."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The number of a run.")
  var run: Int64?

  func run() async throws {
    try await conclude {
      let wiring = try Wiring(settings: common.config)
      let attempts: [Attempt]
      let cache: SQLiteCache
      do {
        cache = try wiring.cache(readOnly: true)
        attempts = try await cache.attempts(limit: run == nil ? 50 : .max)
      } catch StoreFailure.absent where run == nil {
        try view.output.show(HistoryView([]))
        return .done
      }
      guard let run else {
        try view.output.show(HistoryView(attempts))
        return .done
      }
      guard let attempt = attempts.first(where: { $0.run.rawValue == run }) else {
        throw StoreFailure.unknownRun(RunID(run))
      }
      try view.output.show(RunView(attempt, try await cache.entries(of: attempt.run)))
      return .done
    }
  }
}
