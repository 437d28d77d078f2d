/// A change that a dispatcher makes to a to-do or a service call in the PSA.
package struct OfficeEdit: Hashable, Sendable {
  package var kind: Kind
  package var verb: Verb

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case toDo = "to-do"
    case serviceCall = "service-call"
  }

  /// Times are seconds since 1970 UTC; titles become the description, for there is no other.
  package enum Verb: Hashable, Sendable {
    /// Made for the technician: a to-do assigned, a service call with a ticket that names them.
    case create(title: String, start: Int64, end: Int64)
    case move(id: String, start: Int64, end: Int64)
    case retitle(id: String, title: String)
    case delete(id: String)
    /// The technician gets it, by one more row of a service call.
    case assign(id: String)
    /// A colleague gets the to-do; the rows that name the technician leave the service call.
    case unassign(id: String)
    /// Service calls only.
    case cancel(id: String)
    case complete(id: String)
  }

  package init(_ kind: Kind, _ verb: Verb) {
    self.kind = kind
    self.verb = verb
  }
}

extension OfficeEdit {
  /// As the JSON of an `Edit` in the PSA, with `kind`.
  package var json: JSONValue {
    let rest: [JSONValue.Member]
    switch verb {
    case .create(let title, let start, let end):
      rest = Edit(.psa, .create(title: title, start: start, end: end)).members
    case .move(let id, let start, let end):
      rest = Edit(.psa, .move(id: id, start: start, end: end)).members
    case .retitle(let id, let title): rest = Edit(.psa, .retitle(id: id, title: title)).members
    case .delete(let id): rest = Edit(.psa, .delete(id: id)).members
    case .assign(let id): rest = Self.members("assign", id)
    case .unassign(let id): rest = Self.members("unassign", id)
    case .cancel(let id): rest = Self.members("cancel", id)
    case .complete(let id): rest = Self.members("complete", id)
    }
    return .object([JSONValue.Member("kind", .string(kind.rawValue))] + rest)
  }

  /// Nil for JSON that names neither kind; throws `EditProblem` with the sentence for a person.
  package init?(json: JSONValue) throws {
    guard let kind = json["kind"]?.text.flatMap(Kind.init) else { return nil }
    self.kind = kind
    let id = json["id"]?.text
    switch (json["verb"]?.text, id) {
    case ("assign", let id?): verb = .assign(id: id)
    case ("unassign", let id?): verb = .unassign(id: id)
    case ("cancel", let id?): verb = .cancel(id: id)
    case ("complete", let id?): verb = .complete(id: id)
    default:
      let edit = try Edit(json: json)
      guard edit.side == .psa else { throw EditProblem("A \(kind.rawValue) is in the PSA.") }
      switch edit.verb {
      case .create(let title, let start, let end):
        verb = .create(title: title, start: start, end: end)
      case .move(let id, let start, let end): verb = .move(id: id, start: start, end: end)
      case .retitle(let id, let title): verb = .retitle(id: id, title: title)
      case .delete(let id): verb = .delete(id: id)
      case .calendar: throw EditProblem("The PSA knows no series, no privacy and no answers.")
      }
    }
  }

  private static func members(_ verb: String, _ id: String) -> [JSONValue.Member] {
    [
      JSONValue.Member("side", "psa"), JSONValue.Member("verb", .string(verb)),
      JSONValue.Member("id", .string(id)),
    ]
  }
}

extension Edit {
  fileprivate var members: [JSONValue.Member] {
    if case .object(let members) = json { members } else { [] }
  }
}

extension World {
  /// Makes the change as the dispatcher would and answers the id of the item.
  package func make(_ edit: OfficeEdit) throws -> String {
    do {
      return try tenant { tenant, now in
        let office = Office(now: now)
        switch edit.kind {
        case .toDo: return String(try office.makeToDo(edit.verb, in: &tenant))
        case .serviceCall: return String(try office.makeCall(edit.verb, in: &tenant))
        }
      }
    } catch let refusal as Refusal {
      throw EditProblem(refusal.errors.joined(separator: " "))
    }
  }
}

/// The dispatcher's hand in the tenant.
private struct Office {
  let now: Int64
  private let company: Int64 = 174
  private let ticket: Int64 = 7_602

  init(now: Int64) { self.now = now }

  func makeToDo(_ verb: OfficeEdit.Verb, in tenant: inout Tenant) throws -> Int64 {
    let entity = try WorldPSA.entity(named: "CompanyToDos")
    switch verb {
    case .create(let title, let start, let end):
      let id = try tenant.create(
        body(
          [
            "assignedToResourceID": .int(Seeding.technician), "actionType": 2,
            "activityDescription": .string(title),
          ],
          start,
          end
        ),
        in: entity,
        under: Tenant.Parent(id: company),
        at: now
      )
      madeByDispatcher(id, entity, &tenant)
      return id
    case .move(let id, let start, let end):
      return try change(id, body([:], start, end), entity, &tenant)
    case .retitle(let id, let title):
      return try change(id, ["activityDescription": .string(title)], entity, &tenant)
    case .delete(let id): return try tenant.delete(try Tenant.number(id), in: entity)
    case .assign(let id):
      return try change(id, ["assignedToResourceID": .int(Seeding.technician)], entity, &tenant)
    case .unassign(let id):
      return try change(id, ["assignedToResourceID": .int(Seeding.apprentice)], entity, &tenant)
    case .complete(let id):
      return try change(id, ["completedDate": .string(WireTime.text(now))], entity, &tenant)
    case .cancel: throw EditProblem("A to-do cannot be cancelled: complete or delete it.")
    }
  }

  func makeCall(_ verb: OfficeEdit.Verb, in tenant: inout Tenant) throws -> Int64 {
    let entity = try WorldPSA.entity(named: "ServiceCalls")
    switch verb {
    case .create(let title, let start, let end):
      let values: JSONValue = [
        "companyID": .int(company), "companyLocationID": 12, "description": .string(title),
        "status": 3, "isComplete": 0,
      ]
      let id = try tenant.create(body(values, start, end), in: entity, at: now)
      madeByDispatcher(id, entity, &tenant)
      return try assign(id, in: &tenant)
    case .move(let id, let start, let end):
      return try change(id, body([:], start, end), entity, &tenant)
    case .retitle(let id, let title):
      return try change(id, ["description": .string(title)], entity, &tenant)
    case .delete(let id): return try tenant.delete(try Tenant.number(id), in: entity)
    case .assign(let id): return try assign(try Tenant.number(id), in: &tenant)
    case .unassign(let id): return try unassign(try Tenant.number(id), in: &tenant)
    case .cancel(let id):
      let values: JSONValue = [
        "canceledDateTime": .string(WireTime.text(now)), "status": 11,
        "canceledByResourceID": .int(Seeding.dispatcher),
      ]
      return try change(id, values, entity, &tenant)
    case .complete(let id):
      return try change(id, ["isComplete": 1, "status": 2], entity, &tenant)
    }
  }

  /// A row for the technician at the call's first ticket, which it gets where it has none.
  private func assign(_ call: Int64, in tenant: inout Tenant) throws -> Int64 {
    let tickets = try WorldPSA.entity(named: "ServiceCallTickets")
    let known = try tenant.rows("ServiceCallTickets", [equal("serviceCallID", call)]).first
    let between =
      try known?.id
      ?? tenant.create(
        ["ticketID": .int(ticket)],
        in: tickets,
        under: Tenant.Parent(id: call),
        at: now
      )
    _ = try tenant.create(
      ["resourceID": .int(Seeding.technician)],
      in: try WorldPSA.entity(named: "ServiceCallTicketResources"),
      under: Tenant.Parent(id: between),
      at: now
    )
    return call
  }

  private func unassign(_ call: Int64, in tenant: inout Tenant) throws -> Int64 {
    for way in ["Ticket", "Task"] {
      let entity = try WorldPSA.entity(named: "ServiceCall\(way)Resources")
      for between in try tenant.rows("ServiceCall\(way)s", [equal("serviceCallID", call)]) {
        let rows = try tenant.rows(
          entity.name,
          [
            equal("serviceCall\(way)ID", between.id), equal("resourceID", Seeding.technician),
          ]
        )
        for row in rows { _ = try tenant.delete(row.id, in: entity) }
      }
    }
    return call
  }

  private func change(
    _ id: String,
    _ values: JSONValue,
    _ entity: EntitySchema,
    _ tenant: inout Tenant
  ) throws -> Int64 {
    guard case .object(let members) = values else { throw EditProblem("Nothing is to change.") }
    let id = JSONValue.Member("id", .int(try Tenant.number(id)))
    return try tenant.update(.object([id] + members), in: entity, at: now)
  }

  private func body(_ values: JSONValue, _ start: Int64, _ end: Int64) -> JSONValue {
    var members: [JSONValue.Member] = []
    if case .object(let given) = values { members = given }
    members.append(JSONValue.Member("startDateTime", .string(WireTime.text(start))))
    members.append(JSONValue.Member("endDateTime", .string(WireTime.text(end))))
    return .object(members)
  }

  private func madeByDispatcher(_ id: Int64, _ entity: EntitySchema, _ tenant: inout Tenant) {
    guard let creator = entity.creator else { return }
    tenant.tables[entity.name]?.change(id) { $0.cells[creator] = .int(Seeding.dispatcher) }
  }

  private func equal(_ field: String, _ id: Int64) -> JSONValue {
    WorldPSA.test("eq", field, .int(id))
  }
}
