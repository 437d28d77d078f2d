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
    abstract: "Writes the calendars or contacts as last read, for looking at them.",
    discussion: """
      $ lockstep export --side exchange --from 2026-03-02 --to 2026-03-06 -o week.ics
      $ lockstep export --contacts -o contacts.vcf

      Calendars are written as iCalendar, contacts as vCard. Days are those of the mailbox's own \
      zone. Works from the cache, without either side.
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

  @Flag(help: "Write the contacts, and no calendar.")
  var contacts = false

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write into this file instead of standard output.", valueName: "file")
  )
  var output: String?

  func validate() throws {
    if let from, let to, to < from {
      throw ValidationError("--to \(to) lies before --from \(from): no day is in between.")
    }
    guard contacts else { return }
    guard from == nil, to == nil else {
      throw ValidationError("--contacts goes without --from and --to: contacts have no days.")
    }
    guard !toDos else {
      throw ValidationError("--contacts goes without --to-dos: contacts alone are written.")
    }
  }

  func run() async throws {
    try await conclude(common.invocation) {
      let wiring = try Wiring(settings: common.config)
      let cache = try wiring.cache(readOnly: true)
      let target = try ExportTarget(output)
      if contacts {
        try writeContacts(of: cache, to: target)
      } else {
        let zone = try await wiring.personalZone(in: cache) ?? .utc
        try writeCalendar(of: cache, in: zone, wiring, to: target)
      }
      try target.close()
      return .done
    }
  }

  private func writeCalendar(
    of cache: SQLiteCache,
    in zone: ZoneName,
    _ wiring: Wiring,
    to target: ExportTarget
  ) throws {
    let clock = ZoneClock(wiring.zones)
    let begin = from.flatMap { clock.midnight(of: $0, in: zone) }
    let end = to.flatMap { clock.midnight(of: $0.advanced(byDays: 1), in: zone) }
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
  }

  private func writeContacts(of cache: SQLiteCache, to target: ExportTarget) throws {
    if side != .psa {
      try cache.forEachExchangeContact { contact, link in
        try target.write(VCard(of: .exchange(contact, link: link)).bytes)
      }
    }
    if side != .exchange {
      try cache.forEachPSAContact { contact, link in
        try target.write(VCard(of: .psa(contact, link: link)).bytes)
      }
    }
  }
}

extension LocalDate: ExpressibleByArgument {
  public init?(argument: String) {
    guard argument.utf8.count == 10 else { return nil }
    self.init(iso8601: argument)
  }
}
