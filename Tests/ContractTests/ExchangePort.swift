import Exchange
import HTTP
import Sandbox
import SyncEngine
import TestGround
import World

/// The ways to a mailbox: the world's in process, and the adapter's over HTTP to the sandbox.
///
/// One contract holds for both, so that what the engine does in process it does over the wire.
enum ExchangePort: String, CaseIterable, Sendable {
  case world, wire

  typealias Way = ExchangeMailbox & ExchangeWriting & ContactsFolder

  /// Runs the body with the mailbox of these grounds.
  func open<T: Sendable>(
    _ grounds: Grounds,
    _ body: @escaping @Sendable (any Way) async throws -> T
  ) async throws -> T {
    switch self {
    case .world:
      return try await body(WorldMailbox(grounds.world, zones: grounds.zones))
    case .wire:
      return try await grounds.serving { ports in
        let client = HTTPClient(trust: .system)
        let account = EWSAccount(
          url: "http://127.0.0.1:\(ports.exchange)/EWS/Exchange.asmx",
          mailbox: Seeding.mailAddress,
          credential: .basic(user: Seeding.mailAddress, password: Secret(Grounds.password))
        )
        let mailbox = EWSMailbox(
          account: account,
          client: client,
          zones: grounds.database,
          pace: QuickTime().pace
        )
        let result: T
        do { result = try await body(mailbox) } catch {
          await client.close()
          throw error
        }
        await client.close()
        return result
      }
    }
  }
}

/// Time that passes by being waited for: pauses are kept in order and take none.
final class QuickTime: Sendable {
  private let passed = Locked(Duration.zero)

  var pace: Pace {
    Pace(sleep: { self.pass($0) }, now: { self.passed.withLock { $0 } }, dice: { 0.5 })
  }

  func pass(_ pause: Duration) { passed.withLock { $0 += pause } }
}
