internal import HTTPTypes
internal import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// For those who watch the service: no names, only figures.
enum HealthEndpoints {
  static func all(_ store: RegistryStore) -> [Endpoint] {
    [
      Endpoint(.get, "/healthz", .open) { _ in .text("up\n") },
      Endpoint(.get, "/readyz", .open) { _ in
        try await store.ping()
        return .text("ready\n")
      },
      Endpoint(.get, "/metrics", .open) { call in
        .text(
          text(of: try await store.counts(now: call.now)),
          type: "text/plain; version=0.0.4; charset=utf-8"
        )
      },
    ]
  }

  /// Prometheus' text format.
  private static func text(of counts: RegistryCounts) -> String {
    var lines: [String] = []
    func gauge(_ name: String, _ help: String, _ values: [(labels: String, value: Int)]) {
      lines += ["# HELP lockstep_\(name) \(help)", "# TYPE lockstep_\(name) gauge"]
      lines += values.map { "lockstep_\(name)\($0.labels) \($0.value)" }
    }
    gauge(
      "resources",
      "Resources by state.",
      ResourceState.allCases.map { ("{state=\"\($0.rawValue)\"}", counts.resources[$0] ?? 0) }
    )
    gauge("agents", "Agents that are enrolled.", [("", counts.agents)])
    gauge(
      "attempts_last_hour",
      "Attempts that started within the last hour, by outcome.",
      Outcome.allCases.map { ("{outcome=\"\($0.rawValue)\"}", counts.attempts[$0] ?? 0) }
    )
    gauge("holds", "What waits for a person.", [("", counts.holds)])
    gauge("mails_waiting", "Mails that are not sent yet.", [("", counts.mailsWaiting)])
    return lines.joined(separator: "\n") + "\n"
  }
}
