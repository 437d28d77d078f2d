import Autotask
import Cryptography
import Exchange
import Foundation
import HTTP
import ICalendar
import Store
import SyncEngine
import SyncModel
import SyncPlan
import TestGround
import Testing
import World
import ZoneData

/// Both sides by one way: in process, or over the real adapters, HTTP and the sandbox, the PSA
/// directly or by the registry's gateway.
enum Road: String, CaseIterable, Sendable {
  case world, wire, gateway

  /// Runs the body with an agent on these grounds; its cache is a real one, thrown away afterwards.
  func agent<T: Sendable>(
    _ grounds: Grounds,
    rules: SyncRules = SyncRules(zone: Draft.berlin),
    _ body: @escaping @Sendable (Agent) async throws -> T
  ) async throws -> T {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "lockstep-road-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = try SQLiteCache(folder: folder.path)
    @Sendable func agent(
      _ mailbox: any ExchangePort.Way,
      _ psa: any PSAService & PSAWriting & PSAContacts
    ) -> Agent {
      Agent(
        grounds: grounds,
        rules: rules,
        cache: cache,
        mailbox: Stranger(mailbox),
        psa: psa,
        contacts: ContactPorts(folder: mailbox, psa: psa)
      )
    }
    switch self {
    case .world:
      let psa = WorldPSA(grounds.world, .resource(ResourceID(Seeding.technician)))
      return try await body(agent(WorldMailbox(grounds.world, zones: grounds.zones), psa))
    case .wire:
      return try await ExchangePort.wire.open(grounds) { mailbox in
        try await PSAPort.wire.open(grounds) { try await body(agent(mailbox, $0)) }
      }
    case .gateway:
      return try await ExchangePort.wire.open(grounds) { mailbox in
        try await GatewayGround.serving(grounds) { gateway in
          try await body(agent(mailbox, GatewayPort(gateway, isFreshEachCall: false)))
        }
      }
    }
  }
}

/// The engine at work between two calendars, with a hand-moved clock.
struct Agent: Sendable {
  let grounds: Grounds
  let rules: SyncRules
  let cache: SQLiteCache
  let mailbox: Stranger
  let psa: any PSAService & PSAWriting
  let contacts: ContactPorts
  let dice = Throws()

  func cycle(_ rules: SyncRules? = nil) -> Cycle {
    let clock = grounds.clock
    let database = grounds.database
    let dice = dice
    let rules = rules ?? self.rules
    return Cycle(
      mailbox: mailbox,
      psa: psa,
      contacts: contacts,
      cache: cache,
      installation: Installation(
        agent: AgentID("agent-one"),
        machine: "desk",
        rules: rules,
        settingsDigest: rules.canonicalText
      ),
      surroundings: Surroundings(
        now: { Instant(seconds: clock.now) },
        dice: { dice.next() },
        fingerprinter: Draft.fingerprinter,
        zones: ZoneClock(
          instant: { local, name in
            guard let zone = try? database.zone(name.rawValue) else { return nil }
            return Instant(seconds: zone.instant(localSeconds: local.secondsSince1970))
          },
          local: { instant, name in
            guard let zone = try? database.zone(name.rawValue) else { return nil }
            return LocalDateTime(
              secondsSince1970: instant.seconds + Int64(zone.offset(at: instant.seconds))
            )
          }
        ),
        series: SeriesCalendar(zones: database),
        progress: { _ in }
      )
    )
  }

  /// One run; one that ends early is an issue.
  @discardableResult
  func sync(
    _ options: SyncOptions = SyncOptions(),
    rules: SyncRules? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> SyncResult {
    grounds.clock.advance(60)
    let result = try await cycle(rules).sync(options)
    if let failure = result.failure {
      Issue.record("\(failure)", sourceLocation: sourceLocation)
    }
    return result
  }

  /// At most two runs settle it, and the third writes nothing (`promises.md` I5).
  @discardableResult
  func settle(
    rules: SyncRules? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> SyncResult {
    let first = try await sync(rules: rules, sourceLocation: sourceLocation)
    try await sync(rules: rules, sourceLocation: sourceLocation)
    let third = try await sync(rules: rules, sourceLocation: sourceLocation)
    #expect(third.attempt.writes == 0, "the third run wrote", sourceLocation: sourceLocation)
    return first
  }
}

/// Repeatable throws of the dice: two agents that do the same choose the same.
final class Throws: Sendable {
  private let dice = Locked(Dice(seed: 11))

  func next() -> UInt64 { dice.withLock { $0.next() } }
}

extension Attempt {
  var writes: Int {
    exchange.created + exchange.updated + exchange.deleted + psa.created + psa.updated
      + psa.deleted
  }
}

/// Both calendars as a person sees them: ids, and what is made of ids, left out.
struct Calendars: Hashable, Sendable, CustomStringConvertible {
  let exchange: [String]
  let psa: [String]
  let mails: Int

  init(_ world: World) async {
    exchange = await world.exchangeListing().map(Calendars.line).sorted()
    psa = await world.psaListing().map(Calendars.line).sorted()
    mails = await world.mailbox { mailbox, _ in mailbox.mailsSent }
  }

  var description: String {
    "\nExchange\n  " + exchange.joined(separator: "\n  ") + "\nPSA\n  "
      + psa.joined(separator: "\n  ") + "\n\(mails) mails"
  }

  private static func line(_ item: ListedItem) -> String {
    let text = Reference.split(item.text)
    let mark = text.reference == nil ? "" : " (referenced)"
    return [
      item.kind, item.title, WireTime.text(item.start), WireTime.text(item.end),
      item.isAllDay ? "whole days" : "timed", item.sensitivity, item.showAs, item.location,
      text.text.debugDescription + mark,
    ].joined(separator: " | ")
  }
}

extension Agent {
  var calendars: Calendars { get async { await Calendars(grounds.world) } }

  var exchangeItems: [ListedItem] { get async { await grounds.world.exchangeListing() } }

  var psaItems: [ListedItem] { get async { await grounds.world.psaListing() } }
}
