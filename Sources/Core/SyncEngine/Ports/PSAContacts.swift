package import SyncModel

/// A question about active contacts; all conditions hold together.
package struct ContactQuery: Hashable, Sendable, Codable {
  /// Contacts of these companies, or of these numbers; at most `PSAQuery.longestList` of both.
  package let companies: [PSAID]
  package let contacts: [PSAID]
  /// Created or modified at this instant of the server or later.
  package let modifiedSince: Instant?

  package init(companies: [PSAID], contacts: [PSAID], modifiedSince: Instant? = nil) {
    self.companies = companies
    self.contacts = contacts
    self.modifiedSince = modifiedSince
  }

  /// Whether the query's scope has this contact, its `modifiedSince` apart.
  package func covers(_ contact: PSAContact) -> Bool {
    contact.isActive
      && (companies.contains(contact.company) || contacts.contains(contact.id))
  }
}

extension ContactScope {
  /// The questions that together ask for everybody of the scope; none for an empty one.
  ///
  /// A contact may answer two of them: once by its company, once by its number.
  package func queries(modifiedSince: Instant? = nil) -> [ContactQuery] {
    let limit = PSAQuery.longestList
    return stride(from: 0, to: companies.count + contacts.count, by: limit).map { start in
      // The contacts follow the companies, as if both were one list.
      let own = companies.dropFirst(start).prefix(limit)
      let after = max(0, start - companies.count)
      return ContactQuery(
        companies: Array(own),
        contacts: Array(contacts.dropFirst(after).prefix(limit - own.count)),
        modifiedSince: modifiedSince
      )
    }
  }
}

/// One page of contacts, at most 500, in the order of their ids.
package struct ContactPage: Hashable, Sendable {
  package let contacts: [PSAContact]
  /// Nil on the last page.
  package let next: PageToken?

  package init(contacts: [PSAContact], next: PageToken?) {
    self.contacts = contacts
    self.next = next
  }
}

/// One resource's contacts in the PSA; they are only ever read.
///
/// Errors meet `SyncFailure`.
package protocol PSAContacts: Sendable {
  /// Whose contacts are the resource's: both relations read to their end, their counts equal.
  func contactScope() async throws -> ContactScope

  /// A page of the active contacts that answer the query; `token` continues the same query.
  func page(of query: ContactQuery, continuing token: PageToken?) async throws -> ContactPage

  /// How many active contacts answer the query.
  func count(of query: ContactQuery) async throws -> Int

  /// The ids of all active contacts that answer the query, ascending.
  func identities(of query: ContactQuery) async throws -> [PSAID]

  /// The contacts with these ids, active or not, in the order asked; nil for one that is not there.
  func contacts(_ ids: [PSAID]) async throws -> [PSAContact?]
}
