/// The tenant around the technician: people, customers, tickets, and everybody else's appointments.
extension Seeding {
  package static let dispatcher: Int64 = 29_682_861
  private static let lead: Int64 = 29_682_872
  private static let apprentice: Int64 = 29_682_890
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
    row(
      237,
      ["countryCode": "DE", "displayName": "Germany", "isActive": true],
      of: "Countries",
      in: &tenant
    )
    customers(&tenant)
    service(&tenant)
  }

  private func customers(_ tenant: inout Tenant) {
    for (id, name) in [(0, "Service provider"), (174, "Harbour branch"), (183, "Clinic")] {
      row(
        Int64(id),
        [
          "companyName": .string(name), "companyType": 1, "phone": "555-0100", "isActive": true,
          "ownerResourceID": .int(Self.lead), "createDate": .int(now - 300 * 86_400),
          "lastActivityDate": .int(now - 9 * 86_400),
        ],
        of: "Companies",
        in: &tenant
      )
    }
    for (id, company, isActive) in [(30_682, 174, 1), (30_690, 183, 1), (30_695, 183, 0)] {
      row(
        Int64(id),
        [
          "firstName": "Office", "lastName": .string("Contact \(id)"),
          "companyID": .int(Int64(company)), "isActive": .int(Int64(isActive)),
          "emailAddress": .string("contact-\(id)@example.net"),
          "createDate": .int(now - 200 * 86_400), "lastModifiedDate": .int(now - 20 * 86_400),
        ],
        of: "Contacts",
        in: &tenant
      )
    }
  }

  /// A service call with two tickets, a task and two resources; a cancelled one; a completed to-do.
  private func service(_ tenant: inout Tenant) {
    let start = (now / 3600 + 48) * 3600
    for id in [7_602, 7_611] as [Int64] {
      row(
        id,
        [
          "companyID": 174, "title": .string("Ticket \(id)"), "status": 8, "priority": 2,
          "ticketNumber": .string("T20260301.\(id)"), "createDate": .int(now - 30 * 86_400),
          "assignedResourceID": .int(Self.technician),
        ],
        of: "Tickets",
        in: &tenant
      )
    }
    row(
      8_190,
      [
        "projectID": 12, "title": "Cabling", "status": 1, "taskType": 1,
        "taskNumber": "T20260301.8190", "assignedResourceID": .int(Self.technician),
      ],
      of: "Tasks",
      in: &tenant
    )
    for (id, isCanceled) in [(4_021, false), (4_029, true)] as [(Int64, Bool)] {
      row(
        id,
        [
          "companyID": 174, "startDateTime": .int(start), "endDateTime": .int(start + 7200),
          "description": "Visit", "duration": 2, "isComplete": 0, "status": isCanceled ? 11 : 3,
          "canceledDateTime": isCanceled ? .int(now - 86_400) : nil,
          "canceledByResourceID": isCanceled ? .int(Self.dispatcher) : nil,
          "createDateTime": .int(now - 5 * 86_400), "creatorResourceID": .int(Self.dispatcher),
          "lastModifiedDateTime": .int(now - 4 * 86_400),
        ],
        of: "ServiceCalls",
        in: &tenant
      )
    }
    row(501, ["serviceCallID": 4_021, "ticketID": 7_602], of: "ServiceCallTickets", in: &tenant)
    row(504, ["serviceCallID": 4_021, "ticketID": 7_611], of: "ServiceCallTickets", in: &tenant)
    row(88, ["serviceCallID": 4_021, "taskID": 8_190], of: "ServiceCallTasks", in: &tenant)
    for (id, person) in [(911, Self.technician), (915, Self.apprentice)] {
      row(
        Int64(id),
        ["serviceCallTicketID": 501, "resourceID": .int(person)],
        of: "ServiceCallTicketResources",
        in: &tenant
      )
    }
    row(
      120,
      ["serviceCallTaskID": 88, "resourceID": .int(Self.technician)],
      of: "ServiceCallTaskResources",
      in: &tenant
    )
    row(
      2_204,
      [
        "companyID": 174, "assignedToResourceID": .int(Self.technician), "actionType": 2,
        "startDateTime": .int(start), "endDateTime": .int(start + 900),
        "activityDescription": "Call back", "completedDate": .int(now - 3600),
        "createDateTime": .int(now - 86_400), "lastModifiedDate": .int(now - 3600),
      ],
      of: "CompanyToDos",
      in: &tenant
    )
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
  private func row(
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
