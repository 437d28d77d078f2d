import SyncEngine
package import SyncModel

extension AutotaskService {
  package func described(_ items: [PSAItem]) async throws -> [PSAItem] {
    try await describedWithCrews(items).items
  }

  /// The items with `about` filled, and who is on each service call.
  func describedWithCrews(
    _ items: [PSAItem]
  ) async throws(AutotaskError) -> (items: [PSAItem], crews: [PSAID: [CrewMember]]) {
    try await remembering { () throws(AutotaskError) in try await self.withCrews(items) }
  }

  private func withCrews(
    _ items: [PSAItem]
  ) async throws(AutotaskError) -> (items: [PSAItem], crews: [PSAID: [CrewMember]]) {
    let named = items.filter { $0.kind == .toDo || $0.kind == .serviceCall }
    guard !named.isEmpty else { return (items, [:]) }
    let calls = named.filter { $0.kind == .serviceCall }
    let parts = calls.isEmpty ? [:] : try await parts(of: calls.map(\.id))
    try await lookUp(.companies, named.map(\.related.company))
    try await lookUp(.companyLocations, named.map(\.related.location))
    try await lookUp(.contacts, named.map(\.related.contact))
    try await lookUp(.opportunities, named.map(\.related.opportunity))
    try await lookUp(.contracts, named.map(\.related.contract))
    try await lookUp(.actionTypes, named.map(\.related.actionType))
    try await lookUp(.tickets, named.map(\.related.ticket) + parts.values.flatMap(\.tickets))
    try await lookUp(.tasks, parts.values.flatMap(\.tasks))
    try await lookUp(.resources, parts.values.flatMap(\.people))
    try await lookUp(.countries, calls.compactMap { place(of: $0)?.psaID("countryID") })
    let hasStatus = named.contains { $0.related.status != nil }
    let labels = hasStatus ? try await picklists(of: ServiceCallRow.entity) : Picklists()
    let described = items.map { item in
      var item = item
      switch item.kind {
      case .toDo: item.about = about(item)
      case .serviceCall: item.about = about(item, parts[item.id] ?? CallParts(), labels)
      case .appointment, .contact: break
      }
      return item
    }
    let crews = parts.mapValues { parts in
      Set(parts.people).sorted().map {
        CrewMember(resource: ResourceID($0.rawValue), name: related[.resources, $0]?.name ?? "")
      }
    }
    return (described, crews)
  }

  /// What a service call consists of, by rows of other entities.
  private struct CallParts {
    var tickets: [PSAID] = []
    var tasks: [PSAID] = []
    /// Everybody on it, in any order.
    var people: [PSAID] = []
  }

  private func parts(of calls: [PSAID]) async throws(AutotaskError) -> [PSAID: CallParts] {
    var parts: [PSAID: CallParts] = [:]
    for table in Assignment.Table.allCases {
      let callField = Assignment.Table.callField
      let works = try await rows(
        of: table.between,
        where: callField,
        isOneOf: calls,
        table.workField
      )
      var callOf: [PSAID: PSAID] = [:]
      for row in works {
        guard let call = row.psaID(callField) else { continue }
        callOf[PSAID(row.id)] = call
        guard let work = row.psaID(table.workField) else { continue }
        switch table {
        case .tickets: parts[call, default: CallParts()].tickets.append(work)
        case .tasks: parts[call, default: CallParts()].tasks.append(work)
        }
      }
      let people = try await rows(
        of: table.entity,
        where: table.betweenField,
        isOneOf: callOf.keys.sorted(),
        Assignment.Table.resourceField
      )
      for row in people {
        guard let between = row.psaID(table.betweenField), let call = callOf[between],
          let person = row.psaID(Assignment.Table.resourceField)
        else { continue }
        parts[call, default: CallParts()].people.append(person)
      }
    }
    return parts
  }

  /// All rows whose field names one of these, in the order of their ids; none where not shown.
  private func rows(
    of entity: String,
    where field: String,
    isOneOf ids: [PSAID],
    _ wanted: String
  ) async throws(AutotaskError) -> [PlainRow] {
    var rows: [PlainRow] = []
    for start in stride(from: 0, to: ids.count, by: Query.longestList) {
      let part = ids[start..<min(start + Query.longestList, ids.count)].map(\.rawValue)
      let query = Query(
        entity: entity,
        fields: ["id", field, wanted],
        conditions: [.isOne(of: part, field)]
      )
      rows += try await shown(orElse: []) { () throws(AutotaskError) in
        try await self.channel.countedRows(of: query, as: PlainRow.self)
      }
    }
    return rows
  }

  private func about(_ item: PSAItem) -> PSAContext {
    let refs = item.related
    return PSAContext(
      actionType: related[.actionTypes, refs.actionType]?.text("name") ?? "",
      company: related[.companies, refs.company]?.text("companyName") ?? "",
      contact: related[.contacts, refs.contact]?.person,
      tickets: works(.tickets, [refs.ticket].compactMap(\.self), number: "ticketNumber"),
      opportunity: related[.opportunities, refs.opportunity]?.text("title") ?? "",
      contract: related[.contracts, refs.contract]?.text("contractName") ?? ""
    )
  }

  private func about(_ item: PSAItem, _ parts: CallParts, _ labels: Picklists) -> PSAContext {
    let own = PSAID(item.resource.rawValue)
    let others = Set(parts.people).subtracting([own]).sorted()
    return PSAContext(
      company: related[.companies, item.related.company]?.text("companyName") ?? "",
      location: location(of: item),
      tickets: works(.tickets, parts.tickets, number: "ticketNumber"),
      tasks: works(.tasks, parts.tasks, number: "taskNumber"),
      status: labels.label(of: item.related.status, in: "status"),
      others: others.compactMap { related[.resources, $0]?.name }.filter { !$0.isEmpty }
    )
  }

  private func works(_ entity: RelatedEntity, _ ids: [PSAID], number: String) -> [PSAWork] {
    ids.compactMap { id in
      related[entity, id].map { PSAWork(number: $0.text(number), title: $0.text("title")) }
    }
  }

  /// The row that has the address: the call's location, else its company.
  private func place(of call: PSAItem) -> PlainRow? {
    related[.companyLocations, call.related.location] ?? related[.companies, call.related.company]
  }

  private func location(of call: PSAItem) -> PSALocation? {
    guard let row = place(of: call) else { return nil }
    let country = related[.countries, row.psaID("countryID")]?.text("displayName") ?? ""
    let location = PSALocation(
      // A company's row has no such field.
      name: row.text("name"),
      address: row.address(
        street: ["address1", "address2"],
        postalCode: "postalCode",
        country: country
      ),
      phone: row.text("phone")
    )
    return location.name.isEmpty && location.address.isBlank ? nil : location
  }
}

extension PlainRow {
  /// First name and last name, one blank between them.
  fileprivate var name: String {
    [text("firstName"), text("lastName")].filter { !$0.isEmpty }.joined(separator: " ")
  }

  fileprivate var person: PSAPerson {
    let desk = PSAPerson.phone(text("phone"), extension: text("extension"))
    return PSAPerson(
      name: name,
      phone: desk.isEmpty ? text("mobilePhone") : desk,
      mail: text("emailAddress")
    )
  }
}
