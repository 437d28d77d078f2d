import ArgumentParser
import Console
import RegistryAPI
import RegistryStore
import Settings
import SyncEngine
import SyncModel

struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Shows how the gateway to the PSA stands.",
    discussion: """
      A registry with gateway = true under [psa] reads the PSA for every agent whose own settings \
      say gateway = true. Nothing is asked of the PSA here.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    try await conclude(common) { house in
      let status =
        house.settings.isGateway
        ? try await house.store.gatewayStatus() : GatewayStatus(isSet: false)
      try view.output.show(GatewayView(status: status, file: house.settings.file, now: house.now))
      return .done
    }
  }
}

private struct GatewayView: View {
  let status: GatewayStatus
  let file: String
  let now: Instant

  var showsTimes: Bool { status.readAt != nil }

  func encode(to encoder: any Encoder) throws { try status.encode(to: encoder) }

  var description: String {
    guard status.isSet else {
      return "This registry is no gateway to the PSA (gateway = true under [psa] in \(file))."
    }
    var rows = [
      [
        "PSA",
        status.server.map { "\($0), tenant \(status.tenant?.description ?? "")" }
          ?? "not reached yet",
      ]
    ]
    rows.append(["Read", status.readAt.map { "\(ago($0, now)), \(shown($0))" } ?? "never"])
    if let used = status.used, let allowed = status.allowed {
      rows.append(["Requests", "\(used) of \(allowed) in the last hour, all integrations together"])
    }
    for part in PSAViewPart.allCases.sorted() {
      if let count = status.rows[part.rawValue] { rows.append([part.title, "\(count)"]) }
    }
    for (kind, words) in status.hidden.sorted(by: { $0.key < $1.key }) {
      rows.append(["Hidden", "\(kind): \(words)"])
    }
    if let complaint = status.complaint { rows.append(["Trouble", complaint]) }
    return Columns.list(rows)
  }
}

extension PSAViewPart {
  fileprivate var title: String {
    switch self {
    case .appointment: "Appointments"
    case .toDo: "To-dos"
    case .serviceCall: "Service calls"
    case .contact: "Contacts"
    case .ticketRow: "People on calls by tickets"
    case .taskRow: "People on calls by tasks"
    case .company: "Companies"
    case .opportunity: "Opportunities"
    }
  }
}
