import ArgumentParser
import Console
import Settings
import Store
import SyncEngine
import SyncModel
import SyncPlan

struct WhyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Shows where each field of one item came from, and what it waits for.",
    discussion: """
      $ lockstep why 'Visit to the customer'
      $ lockstep why 12 --json

      Asks neither side: it reads the cache and the journal of past runs. Of an item that is masked \
      it shows no word that the other side does not get.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The item: its id on either side, the number of its link, or its whole title.")
  var item: String

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation) {
      let wiring = try Wiring(settings: common.config)
      let cache = try wiring.cache(readOnly: true)
      let found = try await WhyCommand.found(item, in: cache)
      var started: [RunID: Instant] = [:]
      for attempt in try await wiring.attempts(limit: .max, in: cache) {
        started[attempt.run] = attempt.started
      }
      let link = found.subject?.link
      let holds = try await cache.holds().filter { hold in
        hold.items.contains { item in
          link.map { item.link == $0.id } ?? false
            || (item.exchange != nil && item.exchange == found.subject?.exchange?.id)
            || (item.psa != nil && item.psa == found.subject?.psa?.id)
        }
      }
      try view.output.show(
        WhyView(
          found.subject,
          Provenance(found.entries),
          holds: holds,
          started: started,
          rules: wiring.settings.rules,
          days: try await wiring.wholeDays(in: cache),
          invocation
        )
      )
      return .done
    }
  }

  /// The item with its writes; of one that is on neither side any more the writes alone.
  private static func found(
    _ words: String,
    in cache: SQLiteCache
  ) async throws -> (subject: Subject?, entries: [JournalEntry]) {
    do {
      let subject = try await Subject.meant(by: words, in: cache)
      guard let link = subject.link else { return (subject, []) }
      return (subject, try await cache.entries(of: link.id))
    } catch let failure as StopFailure {
      let entries = try await cache.entries(ofItem: words)
      // Of several that went by these words nobody knows which is meant.
      guard let first = entries.first,
        entries.allSatisfy({ $0.intent.link == first.intent.link })
      else { throw failure }
      return (nil, entries)
    }
  }
}
