internal import Mail
internal import RegistryAPI
package import RegistryStore
package import SyncModel

/// Switches resources on and writes to those who have no agent yet: a code and three steps.
package struct Invitations: Sendable {
  private static let lifetime: Int64 = 7 * 86_400

  private let store: RegistryStore
  /// As people reach the registry, such as `https://registry.example.com`.
  private let address: String

  package init(store: RegistryStore, address: String) {
    self.store = store
    self.address = address
  }

  /// Gives those that were switched on just now; of an address that is missing nothing is mailed.
  package func setEnabled(
    _ resources: [ResourceID],
    _ isEnabled: Bool,
    by admin: AdminName,
    now: Instant
  ) async throws -> [ResourceID] {
    let new = try await store.setEnabled(resources, isEnabled, by: admin, now: now)
    for resource in new {
      let status = try await store.resource(resource, now: now)
      guard status.agent == nil, !status.mail.isEmpty else { continue }
      try await invite(status, by: admin, now: now)
    }
    return new
  }

  private func invite(_ status: ResourceStatus, by admin: AdminName, now: Instant) async throws {
    let code = try await store.makeCode(
      for: status.number,
      by: admin,
      now: now,
      lifetime: Self.lifetime
    )
    let text = MailText.invitation(
      name: status.name,
      code: EnrolmentCode.shown(code),
      registry: address,
      expires: now.advanced(bySeconds: Self.lifetime)
    )
    // A newer code takes the place of one that was not sent yet.
    try await store.queue(
      [
        OutgoingMail(
          to: status.mail,
          subject: text.subject,
          body: text.text,
          group: "invitation \(status.number)"
        )
      ],
      now: now
    )
  }
}
