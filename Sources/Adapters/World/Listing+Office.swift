import SyncModel

/// A to-do or a service call of the technician as the sandbox shows it.
package struct ListedOfficeItem: Hashable, Sendable {
  package let id: String
  package let kind: OfficeEdit.Kind
  /// In the tenant's words: neither kind has a title of its own.
  package let title: String
  /// Seconds since 1970 UTC.
  package let start: Int64
  package let end: Int64
  package let location: String
  package let text: String
  package let state: State

  package enum State: String, Hashable, Sendable { case open, complete, cancelled }
}

extension ListedOfficeItem {
  /// With the members that appointments have, and `state`.
  var json: JSONValue {
    [
      "id": .string(id), "kind": .string(kind.rawValue), "title": .string(title),
      "start": .string(WireTime.text(start)), "end": .string(WireTime.text(end)),
      "allDay": false, "sensitivity": "Normal", "showAs": "Busy",
      "location": .string(location), "text": .string(text), "state": .string(state.rawValue),
    ]
  }
}

extension World {
  /// The technician's to-dos and the service calls that name the technician, by start, then title.
  package func officeListing() -> [ListedOfficeItem] {
    tenant { tenant, _ in
      (tenant.listedToDos() + tenant.listedCalls())
        .sorted { ($0.start, $0.title, $0.id) < ($1.start, $1.title, $1.id) }
    }
  }
}

extension Tenant {
  fileprivate func listedToDos() -> [ListedOfficeItem] {
    all("CompanyToDos").filter { $0.integer("assignedToResourceID") == Seeding.technician }
      .map { row in
        let action = one("ActionTypes", row.id("actionType"))?.text("name") ?? ""
        return ListedOfficeItem(
          id: String(row.id),
          kind: .toDo,
          title: "\(action): \(company(of: row))",
          start: row.integer("startDateTime") ?? 0,
          end: row.integer("endDateTime") ?? 0,
          location: "",
          text: row.text("activityDescription"),
          state: row.integer("completedDate") == nil ? .open : .complete
        )
      }
  }

  fileprivate func listedCalls() -> [ListedOfficeItem] {
    let own = callsNaming(Seeding.technician)
    return all("ServiceCalls").filter { own.contains(PSAID($0.id)) }.map { row in
      let isComplete = row.integer("isComplete") == 1
      return ListedOfficeItem(
        id: String(row.id),
        kind: .serviceCall,
        title: "Service call: \(company(of: row))",
        start: row.integer("startDateTime") ?? 0,
        end: row.integer("endDateTime") ?? 0,
        location: one("CompanyLocations", row.id("companyLocationID"))?.text("name") ?? "",
        text: row.text("description"),
        state: row.integer("canceledDateTime") != nil ? .cancelled : isComplete ? .complete : .open
      )
    }
  }

  /// Of companies whose account manager the resource is, and those that its opportunities name.
  func contacts(of resource: Int64) -> [RowCells] {
    func own(_ name: String) -> [RowCells] {
      all(name).filter { $0.integer("ownerResourceID") == resource }
    }
    let companies = Set(own("Companies").filter { $0["isActive"] == true }.map(\.id))
    let named = Set(own("Opportunities").compactMap { $0.integer("contactID") })
    return all("Contacts").filter { row in
      row.integer("isActive") == 1
        && (named.contains(row.id) || companies.contains(row.integer("companyID") ?? -1))
    }
  }

  private func company(of row: RowCells) -> String {
    one("Companies", row.id("companyID"))?.text("companyName") ?? ""
  }

  /// The service calls that rows of tickets or tasks put the resource on.
  func callsNaming(_ resource: Int64) -> Set<PSAID> {
    var calls: Set<PSAID> = []
    for way in ["Ticket", "Task"] {
      for row in all("ServiceCall\(way)Resources") where row.integer("resourceID") == resource {
        let between = one("ServiceCall\(way)s", row.id("serviceCall\(way)ID"))
        if let call = between?.id("serviceCallID") { calls.insert(call) }
      }
    }
    return calls
  }

  func all(_ name: String) -> [RowCells] {
    guard let entity = Schema.entity(name), let table = tables[entity.name] else { return [] }
    return table.rows.map { RowCells($0, entity) }
  }

  private func one(_ name: String, _ id: PSAID?) -> RowCells? {
    guard let id, let entity = Schema.entity(name) else { return nil }
    return tables[entity.name]?.row(id.rawValue).map { RowCells($0, entity) }
  }
}
