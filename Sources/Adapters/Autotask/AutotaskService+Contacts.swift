package import SyncEngine
package import SyncModel

extension AutotaskService: PSAContacts {
  package func contactScope() async throws -> ContactScope {
    let resource = try await opened().resource
    let companies = try await owned(
      by: resource,
      .companies,
      reading: ["isActive"],
      .test("eq", "isActive", .truth(true))
    )
    let active = companies.filter { $0.says("isActive") }
    related.keep(active, of: active.map { PSAID($0.id) }, in: .companies)
    let opportunities = try await owned(by: resource, .opportunities, reading: ["contactID"])
    return ContactScope(
      companies: active.map { PSAID($0.id) },
      contacts: Set(opportunities.compactMap { $0.psaID("contactID") }).sorted()
    )
  }

  package func page(
    of query: ContactQuery,
    continuing token: PageToken?
  ) async throws -> ContactPage {
    guard let question = Contacts.query(query, fields: Contacts.fields) else {
      return ContactPage(contacts: [], next: nil)
    }
    let page = try await channel.page(
      of: question,
      as: ContactRow.self,
      continuing: try await listing(token, of: Contacts.entity)
    )
    if let stranger = page.rows.first(where: { !query.covers($0.bare) }) {
      throw AutotaskError.malformed(
        try await channel.subject(Contacts.entity, stranger.id),
        reason: "it is not among the active contacts that were asked for"
      )
    }
    return ContactPage(contacts: try await contacts(of: page.rows), next: page.next?.token)
  }

  package func count(of query: ContactQuery) async throws -> Int {
    guard let question = Contacts.query(query, fields: BareRow.fields) else { return 0 }
    return try await channel.count(of: question)
  }

  package func identities(of query: ContactQuery) async throws -> [PSAID] {
    guard let question = Contacts.query(query, fields: BareRow.fields) else { return [] }
    return try await channel.identities(of: question)
  }

  package func contacts(_ ids: [PSAID]) async throws -> [PSAContact?] {
    let rows = try await channel.rows(
      Set(ids).sorted(),
      of: Contacts.entity,
      fields: Contacts.fields,
      as: ContactRow.self
    )
    var found: [PSAID: PSAContact] = [:]
    for contact in try await contacts(of: rows) { found[contact.id] = contact }
    return ids.map { found[$0] }
  }

  /// All rows of an entity whose `ownerResourceID` is the resource.
  private func owned(
    by resource: ResourceID,
    _ entity: RelatedEntity,
    reading fields: [String],
    _ conditions: Query.Condition...
  ) async throws(AutotaskError) -> [PlainRow] {
    let owner = "ownerResourceID"
    let query = Query(
      entity: entity.name,
      fields: entity.fields + [owner] + fields,
      conditions: [.test("eq", owner, .number(resource.rawValue))] + conditions
    )
    let rows = try await channel.countedRows(of: query, as: PlainRow.self)
    for row in rows where row.psaID(owner)?.rawValue != resource.rawValue {
      throw .malformed(
        try await channel.subject(entity.name, row.id),
        reason: "it does not belong to resource \(resource), whose rows were asked for"
      )
    }
    return rows
  }

  func contacts(of rows: [ContactRow]) async throws(AutotaskError) -> [PSAContact] {
    try await remembering { () throws(AutotaskError) in try await self.worded(rows) }
  }

  private func worded(_ rows: [ContactRow]) async throws(AutotaskError) -> [PSAContact] {
    try await lookUp(.companies, rows.map(\.company))
    try await lookUp(.countries, rows.map(\.country))
    let hasPicks = rows.contains(where: \.hasPicks)
    let labels = hasPicks ? try await picklists(of: Contacts.entity) : Picklists()
    return rows.map { row in
      row.contact(
        company: related[.companies, row.company]?.text("companyName") ?? "",
        country: related[.countries, row.country]?.text("displayName") ?? "",
        labels
      )
    }
  }
}
