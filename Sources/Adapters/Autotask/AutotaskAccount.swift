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

  /// Any host of the PSA, with or without path and version, such as
  /// `https://webservices.autotask.net`; it only says which zone is the tenant's.
  package let entryPoint: String
  package let user: String
  package let secret: Secret
  /// The tracking identifier of the integration.
  package let integrationCode: Secret
  package let resource: Resource

  package init(
    entryPoint: String,
    user: String,
    secret: Secret,
    integrationCode: Secret,
    resource: Resource
  ) {
    self.entryPoint = entryPoint
    self.user = user
    self.secret = secret
    self.integrationCode = integrationCode
    self.resource = resource
  }
}
