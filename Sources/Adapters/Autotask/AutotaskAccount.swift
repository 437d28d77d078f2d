package import HTTP
package import SyncModel

/// The API user that asks the PSA, and the resource whose calendar is meant.
///
/// Only users of the security level "API User (API-only)" may call (`autotask.md` 4.2).
package struct AutotaskAccount: Sendable {
  package enum Resource: Hashable, Sendable {
    case id(ResourceID)
    /// One of the resource's three mail addresses.
    case mail(String)
  }

  /// Where requests begin; with or without path and version.
  package enum Address: Hashable, Sendable {
    /// Any host of the PSA, such as `https://webservices.autotask.net`; it only says which zone is
    /// the tenant's.
    case entryPoint(String)
    /// The zone itself, whatever the zone information says; it must answer that too, for the
    /// tenant's number.
    case zone(String)
  }

  package let address: Address
  package let user: String
  package let secret: Secret
  /// The tracking identifier of the integration.
  package let integrationCode: Secret
  /// Nil for a gateway, which serves the whole tenant.
  package let resource: Resource?

  package init(
    address: Address,
    user: String,
    secret: Secret,
    integrationCode: Secret,
    resource: Resource?
  ) {
    self.address = address
    self.user = user
    self.secret = secret
    self.integrationCode = integrationCode
    self.resource = resource
  }
}
