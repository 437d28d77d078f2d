import ArgumentParser
import Console
import Cryptography
import RegistryAPI
import Settings
import Store
import SyncEngine
import SyncModel
import SyncPlan

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows how things stand now; asks neither side."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    let invocation = common.invocation
    try await conclude(invocation) {
      let wiring = try Wiring(settings: common.config)
      let settings = wiring.settings
      var attempts: [Attempt] = []
      var counts = CacheCounts()
      var census = LinkCensus()
      var holds: [HoldView] = []
      var alone: [StatusView.Alone] = []
      var unread: [(item: HeldItem, reason: String)] = []
      var known = Captions.none
      var waiting = WaitingReports(count: 0, since: nil)
      do {
        let cache = try wiring.cache(readOnly: true)
        attempts = try await wiring.attempts(limit: 200, in: cache)
        counts = try await cache.counts()
        waiting = try await cache.waitingReports()
        let held = try await cache.holds()
        var input = try await wiring.planInput(in: cache)
        input.series = try await wiring.series(in: cache, input)
        census = try await LinkCensus(of: cache, holds: held, input)
        holds = try await HoldView.views(of: held, view, in: cache, wiring, invocation)
        unread = try await cache.toCheck().map { (HeldItem(.wait, $0.key), $0.reason) }
        let captions = try await Captions(
          of: census.alone.map(\.item) + unread.map(\.item)
            + Captions.items(in: attempts.first?.notes ?? []),
          in: cache,
          wiring
        )
        alone = census.alone.map { StatusView.Alone($0.place, $0.item, captions) }
        known = captions
      } catch StoreFailure.absent {
        // Nothing has run yet, and that is what the view says.
      }
      try view.output.show(
        StatusView(
          profile: settings.profile,
          mailbox: settings.exchange.mailbox.rawValue,
          enabled: settings.switches.isEnabled,
          counts: counts,
          census: census,
          attempts: attempts,
          daemon: try DaemonSeat.occupant(of: settings.cacheDirectory),
          registry: RegistryStanding(of: settings, waiting),
          timetable: try next(after: attempts.first, wiring),
          holds: holds,
          alone: alone,
          unread: unread,
          known,
          invocation
        )
      )
      return .done
    }
  }

  /// When a daemon would run next; nil before there is an agent.
  private func next(after last: Attempt?, _ wiring: Wiring) throws -> Instant? {
    guard wiring.settings.switches.isEnabled, let last,
      let agent = try AgentIdentity.kept(in: wiring.agentFile)
    else { return nil }
    return Timetable(
      interval: wiring.settings.interval,
      agent: agent,
      digest: SHA256.digest
    )
    .due(after: last.started)
  }
}
