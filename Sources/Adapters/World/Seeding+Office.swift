/// The tenant around the technician: people, customers, tickets, and everybody else's appointments.
extension Seeding {
  package static let dispatcher: Int64 = 29_682_861
  static let lead: Int64 = 29_682_872
  static let apprentice: Int64 = 29_682_890
  private static let retired: Int64 = 29_682_834

  /// Resources, companies, contacts, action types, tickets and service calls.
  func furnish(_ tenant: inout Tenant) {
    resource(Self.apiUser, "API", "User", ["api-user@example.com"], in: &tenant)
    resource(Self.retired, "Retired", "Technician", ["retired@example.com"], in: &tenant)
    resource(Self.dispatcher, "Dispatch", "Desk", ["dispatcher@example.com"], in: &tenant)
    resource(Self.lead, "Service", "Lead", ["lead@example.com"], in: &tenant)
    resource(
      Self.technician,
      "Field",
      "Technician",
      [Self.mailAddress, "field.technician@example.com", "technician@example.org"],
      in: &tenant
    )
    resource(Self.apprentice, "Second", "Technician", ["second@example.com"], in: &tenant)
    for (id, name, view) in [(1, "Meeting", 1), (2, "Phone Call", 3), (5, "Reminder", 2)] {
      row(
        Int64(id),
        [
          "name": .string(name), "view": .int(Int64(view)), "isActive": true,
          "isSystemActionType": .bool(id < 5),
        ],
        of: "ActionTypes",
        in: &tenant
      )
    }
    customers(&tenant)
    service(&tenant)
  }

  /// Writes the technician's appointments between those of colleagues, with gaps in the ids and
  /// rows that are gone again.
  func enter(
    _ entries: [PSAEntry],
    into tenant: inout Tenant,
    _ diary: inout Diary,
    _ dice: inout Dice
  ) throws {
    var all = entries
    for _ in 0..<othersItems {
      var entry = psaItem(0, &diary, &dice)
      entry.resource = dice.pick([Self.dispatcher, Self.lead, Self.apprentice]) ?? Self.lead
      entry.creator = Self.dispatcher
      all.append(entry)
    }
    all.shuffle(using: &dice)
    var id: Int64 = 31_004
    for (index, entry) in all.enumerated() {
      let made = JSONValue.int(age(index, of: all.count))
      row(
        id,
        [
          "title": .string(entry.title), "description": .string(entry.text),
          "resourceID": .int(entry.resource), "creatorResourceID": .int(entry.creator),
          "startDateTime": .int(entry.start), "endDateTime": .int(entry.end),
          "createDateTime": made, "updateDateTime": made,
        ],
        of: "Appointments",
        in: &tenant
      )
      // Numbers that no row has any more: deleted ones.
      id += Int64(dice.once(in: 4) ? Int.random(in: 2...9, using: &dice) : 1)
    }
  }

  private func resource(
    _ id: Int64,
    _ firstName: String,
    _ lastName: String,
    _ addresses: [String],
    in tenant: inout Tenant
  ) {
    let isAPI = id == Self.apiUser
    row(
      id,
      [
        "firstName": .string(firstName), "lastName": .string(lastName),
        "userName": .string(addresses[0]), "email": .string(addresses[0]),
        "email2": addresses.count > 1 ? .string(addresses[1]) : nil,
        "email3": addresses.count > 2 ? .string(addresses[2]) : nil,
        "emailTypeCode": "PRIMARY", "isActive": .bool(id != Self.retired),
        "resourceType": "Employee", "payrollType": 1, "numberFormat": "X,XXX.XX",
        "dateFormat": "yyyy-MM-dd", "timeFormat": "HH:mm", "licenseType": isAPI ? 7 : 1,
        "userType": isAPI ? 17 : 10,
      ],
      of: "Resources",
      in: &tenant
    )
  }

  /// Stores a row as it is: date-times as seconds, nothing checked, nothing derived.
  func row(
    _ id: Int64,
    _ values: JSONValue,
    of entity: String,
    in tenant: inout Tenant
  ) {
    guard let schema = Schema.entity(entity) else { return }
    let cells = schema.fields.map { values[$0.name] ?? .null }
    tenant.tables[schema.name]?.append(cells, id: id)
  }
}
