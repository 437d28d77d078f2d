import SyncModel

/// A change that a dispatcher makes to a contact in the PSA.
package enum OfficeContactEdit: Hashable, Sendable {
  /// One of the bakery's, which the technician looks after; the last word is the last name.
  case create(name: String)
  case rename(id: String, name: String)
  case delete(id: String)
  /// The technician becomes account manager of the contact's company.
  case assign(id: String)
  /// The technician's lead does.
  case unassign(id: String)
}

extension OfficeContactEdit {
  package static let kind = "contact"

  /// As the JSON of an `Edit` in the PSA, with `kind` and without times.
  package var json: JSONValue {
    var members = [JSONValue.Member("kind", .string(Self.kind)), .init("side", "psa")]
    func add(_ verb: String, id: String? = nil, name: String? = nil) {
      members.append(.init("verb", .string(verb)))
      if let id { members.append(.init("id", .string(id))) }
      if let name { members.append(.init("title", .string(name))) }
    }
    switch self {
    case .create(let name): add("create", name: name)
    case .rename(let id, let name): add("retitle", id: id, name: name)
    case .delete(let id): add("delete", id: id)
    case .assign(let id): add("assign", id: id)
    case .unassign(let id): add("unassign", id: id)
    }
    return .object(members)
  }

  /// Nil for JSON that names no contact; throws `EditProblem` with the sentence for a person.
  package init?(json: JSONValue) throws {
    guard json["kind"]?.text == Self.kind else { return nil }
    guard json["side"] == "psa" else {
      throw EditProblem("In Exchange a contact is an item as any: leave the kind out.")
    }
    switch (json["verb"]?.text, json["id"]?.text, json["title"]?.text) {
    case ("create", nil, let name?): self = .create(name: name)
    case ("retitle", let id?, let name?): self = .rename(id: id, name: name)
    case ("delete", let id?, _): self = .delete(id: id)
    case ("assign", let id?, _): self = .assign(id: id)
    case ("unassign", let id?, _): self = .unassign(id: id)
    default:
      throw EditProblem("A contact is created, retitled, deleted, assigned or unassigned.")
    }
  }
}

extension World {
  /// Makes the change as the dispatcher would and answers the id of the contact.
  package func make(_ edit: OfficeContactEdit) throws -> String {
    do {
      return try tenant { tenant, now in String(try tenant.make(edit, at: now)) }
    } catch let refusal as Refusal {
      throw EditProblem(refusal.errors.joined(separator: " "))
    }
  }
}

extension Tenant {
  private static let bakery: Int64 = 190

  fileprivate mutating func make(_ edit: OfficeContactEdit, at now: Int64) throws -> Int64 {
    let entity = try WorldPSA.entity(named: "Contacts")
    switch edit {
    case .create(let name):
      return try create(
        .object(try Self.names(name) + [.init("isActive", 1)]),
        in: entity,
        under: Parent(id: Self.bakery),
        at: now
      )
    case .rename(let id, let name):
      let members = [.init("id", .int(try Self.number(id)))] + (try Self.names(name))
      return try update(.object(members), in: entity, at: now)
    case .delete(let id): return try delete(try Self.number(id), in: entity)
    case .assign(let id): return try give(id, to: Seeding.technician, at: now)
    case .unassign(let id): return try give(id, to: Seeding.lead, at: now)
    }
  }

  /// Makes somebody the account manager of the contact's company.
  private mutating func give(_ id: String, to owner: Int64, at now: Int64) throws -> Int64 {
    let id = try Self.number(id)
    guard let company = try cells("Contacts", PSAID(id))?.id("companyID") else {
      throw EditProblem("The PSA has no contact \(id).")
    }
    _ = try update(
      ["id": .int(company.rawValue), "ownerResourceID": .int(owner)],
      in: try WorldPSA.entity(named: "Companies"),
      at: now
    )
    return id
  }

  /// The PSA wants both of them.
  private static func names(_ name: String) throws -> [JSONValue.Member] {
    let words = name.split(separator: " ")
    guard let last = words.last, words.count > 1 else {
      throw EditProblem("A contact has a first and a last name, such as “Jane Doe”.")
    }
    return [
      .init("firstName", .string(words.dropLast().joined(separator: " "))),
      .init("lastName", .string(String(last))),
    ]
  }
}
