/// The property on the calendar folder that says who keeps it in step (`rules.md` 7).
///
/// On the wire: `lockstep1;<tenant>;<resource>;<agent>;<run>;<machine>`.
package struct FolderMark: Hashable, Sendable, Codable {
  package let tenant: TenantID
  package let resource: ResourceID
  package let agent: AgentID
  /// For people: where the agent runs.
  package let machine: String
  /// The last run that was about to write.
  package let run: RunID

  private static let version = "lockstep1"

  package init(
    tenant: TenantID,
    resource: ResourceID,
    agent: AgentID,
    machine: String,
    run: RunID
  ) {
    self.tenant = tenant
    self.resource = resource
    self.agent = agent
    self.machine = String(machine.filter { $0 != ";" && !$0.isNewline })
    self.run = run
  }

  /// Nil for text that is no mark of this version.
  package init?(_ text: String) {
    let parts = text.split(separator: ";", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == FolderMark.version, let tenant = Int64(parts[1]),
      let resource = Int64(parts[2]), !parts[3].isEmpty, let run = Int64(parts[4])
    else { return nil }
    self.init(
      tenant: TenantID(tenant),
      resource: ResourceID(resource),
      agent: AgentID(String(parts[3])),
      machine: String(parts[5]),
      run: RunID(run)
    )
    // Swift reads a sign too, which no mark was ever written with.
    guard description.utf8.elementsEqual(text.utf8) else { return nil }
  }
}

extension FolderMark: CustomStringConvertible {
  package var description: String {
    "\(FolderMark.version);\(tenant);\(resource);\(agent);\(run);\(machine)"
  }
}
