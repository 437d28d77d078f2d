/// A PSA tenant in memory: rows by entity, the API user that may read and write them, limits and
/// permissions (`facts/autotask.md` sections 4 and 5).
package struct Tenant: Codable, Sendable {
  /// The tenant's number, `ci` of the zone information.
  package var customerID: Int64
  package var zoneName: String
  package var account: APIAccount
  package var permissions = Permissions()
  package var threshold = Threshold()
  package var tables: [String: Table]

  /// The API-only user of the tenant and the integration's tracking identifier.
  package struct APIAccount: Codable, Hashable, Sendable {
    package var userName: String
    package var secret: String
    package var trackingIdentifier: String
    /// The resource that is written as creator.
    package var resourceID: Int64

    package init(
      userName: String,
      secret: String,
      trackingIdentifier: String,
      resourceID: Int64
    ) {
      self.userName = userName
      self.secret = secret
      self.trackingIdentifier = trackingIdentifier
      self.resourceID = resourceID
    }
  }

  /// The switches of the tenant that decide what an API user may do.
  package struct Permissions: Codable, Hashable, Sendable {
    /// Create, edit and delete appointments of other resources (`facts/autotask.md` 5.1).
    package var appointmentsForOthers = true
    /// Service calls: view all, else none (5.2).
    package var viewsServiceCalls = true

    package init() {}
  }

  package init(account: APIAccount, customerID: Int64 = 123_456, zoneName: String = "Sandbox") {
    self.account = account
    self.customerID = customerID
    self.zoneName = zoneName
    tables = [:]
    for entity in Schema.entities { tables[entity.name] = Table() }
  }

  /// The account answers to these headers.
  package func authenticates(userName: String?, secret: String?, tracking: String?) -> Bool {
    userName?.lowercased() == account.userName.lowercased() && secret == account.secret
      && tracking == account.trackingIdentifier
  }
}

extension Tenant {
  /// The rows that a backup held take the place of those that are there.
  package mutating func restore(_ old: Tenant) {
    for (name, table) in old.tables { tables[name, default: Table()].restore(table) }
  }
}
