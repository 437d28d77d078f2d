import SyncEngine
package import SyncModel

/// Who is on which service call, and what items are about.
extension WorldPSA {
  package func assignments(since marks: AssignmentMarks?) async throws -> Assignments {
    let resource = try await resource()
    let tickets = try await namings(of: resource, in: .tickets, above: marks?.tickets)
    let tasks = try await namings(of: resource, in: .tasks, above: marks?.tasks)
    if tickets.count + tasks.count == 0 {
      let isShown = try await ask { tenant, _ in tenant.permissions.viewsServiceCalls }
      guard isShown else {
        throw StopFailure(
          "The PSA shows no service calls to its API user, so none can be missed.",
          remedy: .skipItem
        )
      }
    }
    return Assignments(
      rows: tickets.rows + tasks.rows,
      ticketRows: tickets.count,
      taskRows: tasks.count
    )
  }

  private func namings(
    of resource: ResourceID,
    in table: Assignment.Table,
    above mark: PSAID?
  ) async throws -> (rows: [Assignment], count: Int) {
    try await ask { tenant, _ in
      let all = try tenant.rows(
        "ServiceCall\(table.word)Resources",
        [Self.test("eq", "resourceID", .int(resource.rawValue))]
      )
      let between = try Self.entity(named: "ServiceCall\(table.word)s")
      let rows = all.filter { mark == nil || $0.id > mark?.rawValue ?? 0 }.map { cells in
        let middle = cells.integer("serviceCall\(table.word)ID")
        return Assignment(
          table: table,
          row: PSAID(cells.id),
          call: middle.flatMap { tenant.row($0, of: between) }
            .flatMap { RowCells($0, between).id("serviceCallID") }
        )
      }
      return (rows, all.count)
    }
  }

  package func described(_ items: [PSAItem]) async throws -> [PSAItem] {
    guard items.contains(where: { $0.kind == .toDo || $0.kind == .serviceCall }) else {
      return items
    }
    return try await ask { tenant, _ in
      try items.map { item in
        var item = item
        switch item.kind {
        case .toDo: item.about = try tenant.context(ofToDo: item)
        case .serviceCall: item.about = try tenant.context(ofCall: item)
        case .appointment, .contact: break
        }
        return item
      }
    }
  }
}

extension Assignment.Table {
  fileprivate var word: String {
    switch self {
    case .tickets: "Ticket"
    case .tasks: "Task"
    }
  }
}

extension Tenant {
  /// All rows that meet a filter, by their fields.
  func rows(_ name: String, _ filter: [JSONValue]) throws -> [RowCells] {
    let entity = try WorldPSA.entity(named: name)
    let query = try Query(["filter": .array(filter)], on: entity)
    var rows: [RowCells] = []
    var cursor: PageCursor?
    repeat {
      let page = try page(query, at: cursor)
      rows += page.rows.map { RowCells($0, entity) }
      cursor = page.next
    } while cursor != nil
    return rows
  }

  func cells(_ name: String, _ id: PSAID?) throws -> RowCells? {
    let entity = try WorldPSA.entity(named: name)
    return id.flatMap { row($0.rawValue, of: entity) }.map { RowCells($0, entity) }
  }

  fileprivate func context(ofToDo item: PSAItem) throws -> PSAContext {
    let related = item.related
    return PSAContext(
      actionType: try cells("ActionTypes", related.actionType)?.text("name") ?? "",
      company: try cells("Companies", related.company)?.text("companyName") ?? "",
      contact: try cells("Contacts", related.contact).map { contact in
        let desk = PSAPerson.phone(contact.text("phone"), extension: contact.text("extension"))
        return PSAPerson(
          name: contact.lines("firstName", "lastName").joined(separator: " "),
          phone: desk.isEmpty ? contact.text("mobilePhone") : desk,
          mail: contact.text("emailAddress")
        )
      },
      tickets: try cells("Tickets", related.ticket).map { [Self.work($0, "ticketNumber")] } ?? [],
      opportunity: try cells("Opportunities", related.opportunity)?.text("title") ?? "",
      contract: try cells("Contracts", related.contract)?.text("contractName") ?? ""
    )
  }

  fileprivate func context(ofCall item: PSAItem) throws -> PSAContext {
    var context = PSAContext()
    context.company = try cells("Companies", item.related.company)?.text("companyName") ?? ""
    context.location = try location(ofCall: item)
    context.status = try cells("ServiceCalls", item.id)?.label("status") ?? ""
    var people: Set<PSAID> = []
    for row in try children("ServiceCallTickets", "serviceCallID", item.id.rawValue) {
      let ticket = try cells("Tickets", row.id("ticketID"))
      context.tickets += ticket.map { [Self.work($0, "ticketNumber")] } ?? []
      people.formUnion(
        try children("ServiceCallTicketResources", "serviceCallTicketID", row.id)
          .compactMap { $0.id("resourceID") }
      )
    }
    for row in try children("ServiceCallTasks", "serviceCallID", item.id.rawValue) {
      let task = try cells("Tasks", row.id("taskID"))
      context.tasks += task.map { [Self.work($0, "taskNumber")] } ?? []
      people.formUnion(
        try children("ServiceCallTaskResources", "serviceCallTaskID", row.id)
          .compactMap { $0.id("resourceID") }
      )
    }
    people.remove(PSAID(item.resource.rawValue))
    context.others = try people.sorted().compactMap { try cells("Resources", $0) }
      .map { $0.lines("firstName", "lastName").joined(separator: " ") }
    return context
  }

  private func children(_ name: String, _ field: String, _ id: Int64) throws -> [RowCells] {
    try rows(name, [WorldPSA.test("eq", field, .int(id))])
  }

  private func location(ofCall item: PSAItem) throws -> PSALocation? {
    let own = try cells("CompanyLocations", item.related.location)
    guard let place = try own ?? cells("Companies", item.related.company) else { return nil }
    let location = PSALocation(
      name: own?.text("name") ?? "",
      address: PSAAddress(
        street: place.lines("address1", "address2"),
        city: place.text("city"),
        state: place.text("state"),
        postalCode: place.text("postalCode"),
        country: try cells("Countries", place.id("countryID"))?.text("displayName") ?? ""
      ),
      phone: place.text("phone")
    )
    return location.name.isEmpty && location.address.isBlank ? nil : location
  }

  private static func work(_ row: RowCells, _ number: String) -> PSAWork {
    PSAWork(number: row.text(number), title: row.text("title"))
  }
}
