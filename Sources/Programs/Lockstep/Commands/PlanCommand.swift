import ArgumentParser
import Store
import SyncEngine
import SyncModel

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what a run would do, and why; writes to neither side.",
    discussion: "Ends with the digest of each hold, which `lockstep sync --approve` takes."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    try await conclude {
      let wiring = try Wiring(settings: common.config)
      let report = try await wiring.withCycle { try await $0.plan() }
      let titles = view.json ? [:] : try await titles(report, in: wiring.cache(readOnly: true))
      try view.output.show(PlanView(report, titles: titles))
      return report.holds.contains { $0.needsApproval && !$0.isApproved } ? .held : .done
    }
  }

  /// What the items that people see first are called, by their ids.
  private func titles(_ report: PlanReport, in cache: SQLiteCache) async throws -> [String: String]
  {
    var titles: [String: String] = [:]
    let shown = report.operations.prefix(PlanView.shown)
    let exchange = shown.filter { $0.itemSide == .exchange }.map { ExchangeItemID($0.item) }
    for (id, item) in try await cache.exchangeItems(exchange) { titles[id.rawValue] = item.title }
    for kind in Kind.allCases {
      let ids = shown.filter { $0.itemSide == .psa && $0.kind == kind }
        .compactMap { Int64($0.item).map(PSAID.init(rawValue:)) }
      for (id, item) in try await cache.psaItems(ids, of: kind) {
        titles[id.description] = item.title
      }
    }
    return titles
  }
}

extension PlannedLine {
  /// The side where `item` lies: a create names what it is made from.
  fileprivate var itemSide: Side {
    switch (side, verb) {
    case (.exchange, .create): .psa
    case (.psa, .create): .exchange
    case (.exchange, _): .exchange
    case (.psa, _): .psa
    }
  }
}
