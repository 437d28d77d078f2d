import Console
import Settings
import SyncEngine
import SyncModel

/// What `init` found on both sides, and what to do next.
struct InitView: View {
  let settings: String
  let mailbox: String
  let exchange: String
  let items: Int
  let zone: String?
  let psa: String
  let tenant: Int64
  let resource: Int64
  let agent: String
  let cache: String
  /// Another agent serves the calendar, on this machine.
  let servedBy: String?
  let tookOver: Bool
  /// Only where it was enrolled just now.
  let registry: EnrolmentLine?
  let next: [String]

  init(
    _ settings: LockstepSettings,
    folder: CalendarFolder,
    desk: PSADesk,
    zone: ZoneName?,
    agent: AgentID,
    otherMachine: String?,
    tookOver: Bool,
    registry: EnrolmentLine?
  ) {
    self.settings = settings.file
    mailbox = folder.mailbox.rawValue
    exchange = folder.server
    items = folder.itemCount
    self.zone = zone?.rawValue
    psa = desk.server
    tenant = desk.tenant.rawValue
    resource = desk.resource.rawValue
    self.agent = agent.rawValue
    cache = settings.cacheDirectory
    servedBy = otherMachine
    self.tookOver = tookOver
    self.registry = registry
    let isUsual = settings.file == SettingsPlaces.ofProcess().settingsFile
    let program = Invocation(config: isUsual ? nil : settings.file).program
    next =
      otherMachine == nil
      ? [
        "\(program) plan    # what the first run would do; it writes nothing",
        "\(program) sync    # one run",
        "\(program) run     # the daemon; share/lockstep/lockstep.service is its unit",
      ]
      : [
        "\(program) init --settings \(Invocation.quoted(settings.file)) --take-over    # serve it from here"
      ]
  }

  var description: String {
    var lines = [
      "Exchange  \(mailbox) at \(exchange), \(counted(items, "item")) in the calendar"
        + (zone.map { ", zone \($0)" } ?? ""),
      "PSA       resource \(resource) of tenant \(tenant) at \(psa)",
      "Agent     \(agent)",
      "Cache     \(cache)",
    ]
    if let registry { lines.append("\(registry)") }
    if zone == nil {
      lines.append("Exchange knows no zone for this person: set `zone`, or all-day items wait.")
    }
    if let servedBy {
      lines.append("The agent on \(servedBy) serves this calendar; there can be only one.")
    }
    if tookOver { lines.append("This agent serves the calendar from now on.") }
    return (lines + ["Next:"] + next.map { "  \($0)" }).joined(separator: "\n")
  }
}
