import ArgumentParser
import ICalendar
import Settings
import Store
import SyncEngine
import SyncModel
import ZoneData

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the calendars as last read as iCalendar, for looking at them.",
    discussion: """
      $ lockstep export --side exchange --from 2026-03-02 --to 2026-03-06 -o week.ics

      Days are those of the mailbox's own zone. Works from the cache, without either side.
      """
  )

  enum Sides: String, ExpressibleByArgument, CaseIterable {
    case exchange, psa, both
  }

  @OptionGroup var common: CommonOptions

  @Option(help: "Only one side.")
  var side: Sides = .both

  @Option(
    help: ArgumentHelp(
      "Only what ends on this day or later, such as 2026-03-02.",
      valueName: "date"
    )
  )
  var from: LocalDate?

  @Option(help: ArgumentHelp("Only what begins on this day or earlier.", valueName: "date"))
  var to: LocalDate?

  @Flag(help: "Write the PSA's to-dos as to-dos, not as events.")
  var toDos = false

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write into this file instead of standard output.", valueName: "file")
  )
  var output: String?

  func run() async throws {
    try await conclude(common.invocation) {
      let wiring = try Wiring(settings: common.config)
      let cache = try wiring.cache(readOnly: true)
      let zone = try await wiring.personalZone(in: cache) ?? .utc
      let clock = ZoneClock(wiring.zones)
      let begin = from.flatMap { clock.midnight(of: $0, in: zone) }
      let end = to.flatMap { clock.midnight(of: $0.advanced(byDays: 1), in: zone) }

      let target = try ExportTarget(output)
      var calendar = try CalendarExport(
        name: "\(wiring.settings.exchange.mailbox) (\(side.rawValue))",
        toDos: toDos,
        zones: wiring.zones
      )
      try target.write(calendar.opening)
      if side != .psa {
        try cache.forEachExchangeItem(from: begin, to: end) { item, link in
          try target.write(try calendar.event(.exchange(item, link: link)))
        }
      }
      if side != .exchange {
        try cache.forEachPSAItem(from: begin, to: end) { item, link in
          try target.write(try calendar.event(.psa(item, link: link)))
        }
      }
      try target.write(calendar.closing)
      try target.close()
      return .done
    }
  }
}

extension LocalDate: ExpressibleByArgument {
  public init?(argument: String) {
    guard argument.utf8.count == 10 else { return nil }
    self.init(iso8601: argument)
  }
}
