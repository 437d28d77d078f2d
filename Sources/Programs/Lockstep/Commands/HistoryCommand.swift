import ArgumentParser
import Console
import Store
import SyncModel
import SyncPlan

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Shows past runs, or what one of them wrote and why.",
    discussion: """
      $ lockstep history
      $ lockstep history 42

      Asks neither side.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The number of a run, as the list shows it.")
  var run: Int64?

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation) {
      let wiring = try Wiring(settings: common.config)
      let attempts: [Attempt]
      let cache: SQLiteCache
      do {
        cache = try wiring.cache(readOnly: true)
        attempts = try await wiring.attempts(limit: run == nil ? 50 : .max, in: cache)
      } catch StoreFailure.absent where run == nil {
        try view.output.show(HistoryView([], .none, invocation))
        return .done
      }
      guard let run else {
        let named = Captions.items(in: attempts.flatMap(\.notes))
        let captions = try await Captions(of: named, in: cache, wiring)
        try view.output.show(HistoryView(attempts, captions, invocation))
        return .done
      }
      guard let attempt = attempts.first(where: { $0.run.rawValue == run }) else {
        throw StoreFailure.unknownRun(RunID(run))
      }
      let entries = try await cache.entries(of: attempt.run)
      let titles = try await titles(of: entries, in: cache)
      try view.output.show(
        RunView(
          attempt,
          entries,
          titles: titles,
          zones: try await zones(of: entries, in: cache),
          try await wiring.wholeDays(in: cache),
          try await Captions(of: Captions.items(in: attempt.notes), in: cache, wiring),
          invocation
        )
      )
      return .done
    }
  }

  /// In which zones the links of these writes count their days, where they do.
  private func zones(
    of entries: [JournalEntry],
    in cache: SQLiteCache
  ) async throws -> [LinkID: ZoneName] {
    var zones: [LinkID: ZoneName] = [:]
    for link in try await cache.links(Set(entries.map(\.intent.link))) {
      zones[link.id] = link.base.allDay?.zone
    }
    return zones
  }

  private func titles(
    of entries: [JournalEntry],
    in cache: SQLiteCache
  ) async throws -> [LinkID: String] {
    var titles: [LinkID: String] = [:]
    for entry in entries where entry.intent.wanted.title ?? entry.intent.before?.title == nil {
      let view = try await cache.link(entry.intent.link)
      titles[entry.intent.link] = view?.exchange?.title ?? view?.psa.map(Projection.exchangeTitle)
    }
    return titles
  }
}
