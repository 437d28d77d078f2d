import Sandbox
import World

/// The Exchange side, until the EWS room is furnished: every request is told so.
enum ExchangeServer {
  static func make(
    _ world: World,
    _ zones: WorldZones,
    _ faults: Faults,
    password: String
  ) -> any WireServer {
    Closed()
  }

  private struct Closed: WireServer {
    func answer(_ call: WireCall) async -> WireAnswer { WireAnswer(status: 503) }
  }
}
