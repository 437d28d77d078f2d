/// Create, update and delete with the PSA's own checks and words (`facts/autotask.md` 4.5, 4.6).
extension Tenant {
  /// The parent row in a child URL.
  package struct Parent: Hashable, Sendable {
    package let id: Int64

    package init(id: Int64) { self.id = id }
  }

  /// Creates a row and answers its id; `parent` where the URL names one.
  package mutating func create(
    _ body: JSONValue,
    in entity: EntitySchema,
    under parent: Parent? = nil,
    impersonating resource: Int64? = nil,
    at now: Int64
  ) throws(Refusal) -> Int64 {
    guard entity.verbs.contains(.create), isVisible(entity) else {
      throw .permission(to: "create")
    }
    let empty = [JSONValue](repeating: .null, count: entity.fields.count)
    var cells = try merged(body, into: empty, of: entity, verb: .create, under: parent)
    try check(cells, of: entity, was: nil)
    if let column = entity.created { cells[column] = .int(now) }
    if let column = entity.modified { cells[column] = .int(now) }
    if let column = entity.creator {
      cells[column] = .int(try creator(impersonated: resource, in: entity))
    }
    if resource != nil, let column = entity.column("impersonatorCreatorResourceID") {
      cells[column] = .int(account.resourceID)
    }
    derive(&cells, of: entity)
    var table = tables.removeValue(forKey: entity.name) ?? Table()
    defer { tables[entity.name] = table }
    let id = table.append(cells)
    if let members = body["userDefinedFields"]?.elements, entity.hasUserDefinedFields {
      table.change(id) { $0.userDefined = Self.userDefined(members) }
    }
    return id
  }

  /// Changes the row that the body's `id` names; with `replacing` (PUT) fields that are left out
  /// lose their values.
  package mutating func update(
    _ body: JSONValue,
    in entity: EntitySchema,
    under parent: Parent? = nil,
    replacing: Bool = false,
    at now: Int64
  ) throws(Refusal) -> Int64 {
    guard entity.verbs.contains(.update), isVisible(entity) else {
      throw .permission(to: "update")
    }
    guard let id = body["id"]?.integer, let row = tables[entity.name]?.row(id),
      isUnder(parent, row, entity)
    else { throw .updateMissing }
    var cells = try merged(
      body,
      into: row.cells,
      of: entity,
      verb: replacing ? .replace : .change,
      under: parent
    )
    try check(cells, of: entity, was: row.cells)
    if let column = entity.modified { cells[column] = .int(now) }
    derive(&cells, of: entity)
    let members = body["userDefinedFields"]?.elements
    tables[entity.name]?.change(id) { row in
      row.cells = cells
      if let members, entity.hasUserDefinedFields { row.userDefined = Self.userDefined(members) }
    }
    return id
  }

  /// Deletes a row; the children of a service call go with it.
  package mutating func delete(
    _ id: Int64,
    in entity: EntitySchema,
    under parent: Parent? = nil
  ) throws(Refusal) -> Int64 {
    guard entity.verbs.contains(.delete), isVisible(entity) else {
      throw .permission(to: "delete")
    }
    guard let row = tables[entity.name]?.row(id), isUnder(parent, row, entity) else {
      throw .deleteMissing
    }
    switch entity.name {
    case "Appointments":
      try checkOwner(row.cells, of: entity, verb: "delete")
    case "ActionTypes" where cell("isSystemActionType", row.cells, entity) == .bool(true):
      throw Refusal("System action types cannot be deleted.")
    case "Contacts": try checkContactIsUnused(row, entity)
    default: break
    }
    tables[entity.name]?.remove(id)
    for child in Schema.entities where child.parent?.entity == entity.name {
      guard entity.name.hasPrefix("ServiceCall"), let field = child.parent?.field,
        let column = child.column(field)
      else { continue }
      let orphans = tables[child.name]?.rows.filter { $0.cells[column] == .int(id) } ?? []
      for orphan in orphans { _ = try delete(orphan.id, in: child) }
    }
    return id
  }
}

extension Tenant {
  private enum Merge { case create, change, replace }

  private func merged(
    _ body: JSONValue,
    into old: [JSONValue],
    of entity: EntitySchema,
    verb: Merge,
    under parent: Parent?
  ) throws(Refusal) -> [JSONValue] {
    guard case .object = body else { throw Refusal("The body must be a JSON object.") }
    var cells = old
    for (column, field) in entity.fields.enumerated() where column > 0 {
      guard let given = body[field.name] else {
        if verb == .replace, field.flags.isDisjoint(with: [.readOnly, .fixed]) {
          cells[column] = .null
        }
        continue
      }
      let value = try field.cell(given)
      let isKept =
        field.flags.contains(.readOnly) || (field.flags.contains(.fixed) && verb != .create)
      if isKept {
        guard value == .null || value == old[column] else {
          throw Refusal("The field \(field.name) is read-only.")
        }
      } else {
        cells[column] = value
      }
    }
    if let parent, let name = entity.parent?.field, let column = entity.column(name) {
      guard cells[column] == .null || cells[column] == .int(parent.id) else {
        throw Refusal("The \(name) of the body is not the one of the URL.")
      }
      cells[column] = .int(parent.id)
    }
    return cells
  }

  private func check(
    _ cells: [JSONValue],
    of entity: EntitySchema,
    was old: [JSONValue]?
  ) throws(Refusal) {
    for (column, field) in entity.fields.enumerated() where column > 0 {
      if field.flags.contains(.required), Self.isBlank(cells[column]) {
        throw Refusal("Missing Required Field: \(field.name).")
      }
      if case .string(let text) = cells[column], field.length > 0, text.utf16.count > field.length {
        throw Refusal("\(field.name): the maximum length of \(field.length) is exceeded.")
      }
      guard let number = cells[column].integer, number != old?[column].integer else { continue }
      if let choices = field.picklist, !choices.contains(where: { $0.value == number }) {
        throw Refusal("The value \(number) of \(field.name) is not in its picklist.")
      }
      if let reference = field.reference, let other = Schema.entity(reference),
        tables[other.name]?.row(number) == nil
      {
        throw .reference(field, singular: other.singular)
      }
    }
    if let start = cell("startDateTime", cells, entity).integer,
      let end = cell("endDateTime", cells, entity).integer, end < start
    {
      throw Refusal("The endDateTime must not be before the startDateTime.")
    }
    switch entity.name {
    case "Appointments":
      let verb = old == nil ? "create" : "update"
      try checkOwner(cells, of: entity, verb: verb)
      if let old { try checkOwner(old, of: entity, verb: verb) }
      try checkResourceIsActive(cell("resourceID", cells, entity), was: old, entity)
    case "CompanyToDos": try checkSameCompany(cells, of: entity, was: old)
    default: break
    }
  }

  /// Appointments of others need a switch of the tenant (5.1).
  private func checkOwner(
    _ cells: [JSONValue],
    of entity: EntitySchema,
    verb: String
  ) throws(Refusal) {
    let owner = cell("resourceID", cells, entity).integer
    guard permissions.appointmentsForOthers || owner == account.resourceID else {
      throw .permission(to: verb)
    }
  }

  private func checkResourceIsActive(
    _ resource: JSONValue,
    was old: [JSONValue]?,
    _ entity: EntitySchema
  ) throws(Refusal) {
    guard let id = resource.integer, old.map({ cell("resourceID", $0, entity) }) != resource,
      let resources = Schema.entity("Resources"), let row = tables["Resources"]?.row(id)
    else { return }
    guard cell("isActive", row.cells, resources) == .bool(true) else {
      throw Refusal("The resource of resourceID \(id) is not active.")
    }
  }

  /// Only a few of the vendor's reasons exist in this tenant (5.5).
  private func checkContactIsUnused(_ row: Table.Row, _ entity: EntitySchema) throws(Refusal) {
    if refers("Tickets", "contactID", to: row.id) {
      throw Refusal("The contact is used by a ticket and cannot be deleted.")
    }
    if cell("primaryContact", row.cells, entity) == .bool(true) {
      throw Refusal("The contact is the primary contact of its company and cannot be deleted.")
    }
  }

  /// Contact, opportunity, ticket and contract of a to-do belong to its company (5.4); the contact
  /// is active and may also be one of the parent company.
  private func checkSameCompany(
    _ cells: [JSONValue],
    of entity: EntitySchema,
    was old: [JSONValue]?
  ) throws(Refusal) {
    let company = cell("companyID", cells, entity)
    let isMoved = old.map { cell("companyID", $0, entity) } != company
    for name in ["contactID", "opportunityID", "ticketID", "contractID"] {
      guard let column = entity.column(name), let id = cells[column].integer,
        isMoved || cells[column] != old?[column],
        let reference = entity.fields[column].reference, let other = Schema.entity(reference),
        let row = tables[other.name]?.row(id)
      else { continue }
      let isAllowed: Bool
      if name == "contactID" {
        let companies = [company, parentCompany(of: company)]
        isAllowed =
          cell("isActive", row.cells, other) == .int(1)
          && companies.contains(cell("companyID", row.cells, other))
      } else {
        isAllowed = cell("companyID", row.cells, other) == company
      }
      guard isAllowed else {
        throw .reference(entity.fields[column], singular: other.singular)
      }
    }
  }

  private func parentCompany(of company: JSONValue) -> JSONValue {
    guard let id = company.integer, let entity = Schema.entity("Companies"),
      let row = tables[entity.name]?.row(id)
    else { return .null }
    return cell("parentCompanyID", row.cells, entity)
  }

  private func creator(
    impersonated resource: Int64?,
    in entity: EntitySchema
  ) throws(Refusal) -> Int64 {
    // Appointments are not among the entities that know impersonation (4.2).
    guard let resource, entity.column("impersonatorCreatorResourceID") != nil else {
      return account.resourceID
    }
    guard tables["Resources"]?.row(resource) != nil else {
      throw Refusal("The impersonated resource does not exist.")
    }
    return resource
  }

  private func derive(_ cells: inout [JSONValue], of entity: EntitySchema) {
    guard entity.name == "ServiceCalls", let start = cell("startDateTime", cells, entity).integer,
      let end = cell("endDateTime", cells, entity).integer
    else { return }
    if let column = entity.column("duration") {
      cells[column] = .number(Double(end - start) / 3600)
    }
    if let column = entity.column("cancelationNoticeHours") {
      let canceled = cell("canceledDateTime", cells, entity).integer
      cells[column] = canceled.map { .number((Double(start - $0) / 36).rounded() / 100) } ?? .null
    }
  }

  private func isUnder(_ parent: Parent?, _ row: Table.Row, _ entity: EntitySchema) -> Bool {
    guard let parent, let field = entity.parent?.field else { return true }
    return cell(field, row.cells, entity) == .int(parent.id)
  }

  private func refers(_ entity: String, _ field: String, to id: Int64) -> Bool {
    guard let column = Schema.entity(entity)?.column(field) else { return false }
    return tables[entity]?.rows.contains { $0.cells[column] == .int(id) } ?? false
  }

  private func cell(_ name: String, _ cells: [JSONValue], _ entity: EntitySchema) -> JSONValue {
    entity.column(name).map { cells[$0] } ?? .null
  }

  private static func isBlank(_ cell: JSONValue) -> Bool {
    switch cell {
    case .null: true
    case .string(let text): text.allSatisfy(\.isWhitespace)
    case .bool, .int, .number, .array, .object: false
    }
  }

  private static func userDefined(_ members: [JSONValue]) -> [JSONValue.Member] {
    members.compactMap { member in
      member["name"]?.text.map { JSONValue.Member($0, member["value"] ?? .null) }
    }
  }
}
