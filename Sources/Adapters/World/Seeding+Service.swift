/// Tickets, tasks, service calls and to-dos.
extension Seeding {
  /// The rows that every world has: a service call with two tickets, a task and two resources; a
  /// cancelled one; a completed to-do.
  func service(_ tenant: inout Tenant) {
    let start = (now / 3600 + 48) * 3600
    // Beside another integration they are somebody else's: what it would have made of them in the
    // calendar is not known.
    let owner = fillsLikeVendor ? Self.lead : Self.technician
    for (id, company) in [(7_602, 174), (7_611, 174), (7_618, 190), (7_625, 183)] {
      row(
        Int64(id),
        [
          "companyID": .int(Int64(company)), "title": .string("Ticket \(id)"), "status": 8,
          "priority": 2, "ticketNumber": .string("T20260301.\(id)"),
          "createDate": .int(now - 30 * 86_400), "assignedResourceID": .int(Self.technician),
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
    let made = now - 5 * 86_400
    call(4_021, at: start, start + 7_200, made: made, location: 12, in: &tenant)
    call(4_029, at: start, start + 7_200, made: made, isCancelled: true, in: &tenant)
    row(501, ["serviceCallID": 4_021, "ticketID": 7_602], of: "ServiceCallTickets", in: &tenant)
    row(504, ["serviceCallID": 4_021, "ticketID": 7_611], of: "ServiceCallTickets", in: &tenant)
    row(88, ["serviceCallID": 4_021, "taskID": 8_190], of: "ServiceCallTasks", in: &tenant)
    for (id, person) in [(911, owner), (915, Self.apprentice)] {
      row(
        Int64(id),
        ["serviceCallTicketID": 501, "resourceID": .int(person)],
        of: "ServiceCallTicketResources",
        in: &tenant
      )
    }
    row(
      120,
      ["serviceCallTaskID": 88, "resourceID": .int(owner)],
      of: "ServiceCallTaskResources",
      in: &tenant
    )
    toDo(
      2_204,
      at: start,
      start + 900,
      of: owner,
      made: now - 86_400,
      isComplete: true,
      in: &tenant
    )
  }

  /// To-dos and service calls of the technician and of colleagues among the appointments; one of
  /// each for eight appointments.
  ///
  /// Its dice are its own, so that the appointments of a seed stay what they are.
  func plan(_ tenant: inout Tenant, _ diary: inout Diary) {
    var dice = Dice(seed: seed ^ 0x70_D0)
    for index in 0..<max(0, items) / 8 {
      let isOthers = index % 3 == 2
      let person = isOthers ? Self.apprentice : Self.technician
      let place = Int64(index)
      let made = age(index, of: items / 8)
      let visit = diary.meeting(&dice, soon: index < 2)
      call(4_040 + 3 * place, at: visit.start, visit.end, made: made, location: 12, in: &tenant)
      row(
        510 + 2 * place,
        ["serviceCallID": .int(4_040 + 3 * place), "ticketID": index % 2 == 0 ? 7_602 : 7_611],
        of: "ServiceCallTickets",
        in: &tenant
      )
      row(
        920 + 2 * place,
        ["serviceCallTicketID": .int(510 + 2 * place), "resourceID": .int(person)],
        of: "ServiceCallTicketResources",
        in: &tenant
      )
      let talk = diary.meeting(&dice, soon: index < 2)
      toDo(2_210 + 2 * place, at: talk.start, talk.end, of: person, made: made, in: &tenant)
    }
  }

  private func call(
    _ id: Int64,
    at start: Int64,
    _ end: Int64,
    made: Int64,
    location: Int64? = nil,
    isCancelled: Bool = false,
    in tenant: inout Tenant
  ) {
    row(
      id,
      [
        "companyID": 174, "companyLocationID": location.map(JSONValue.int) ?? .null,
        "startDateTime": .int(start), "endDateTime": .int(end), "description": "Visit",
        "duration": .number(Double(end - start) / 3_600), "isComplete": 0,
        "status": isCancelled ? 11 : 3,
        "canceledDateTime": isCancelled ? .int(now - 86_400) : nil,
        "canceledByResourceID": isCancelled ? .int(Self.dispatcher) : nil,
        "createDateTime": .int(made), "creatorResourceID": .int(Self.dispatcher),
        "lastModifiedDateTime": .int(isCancelled ? now - 86_400 : made),
      ],
      of: "ServiceCalls",
      in: &tenant
    )
  }

  private func toDo(
    _ id: Int64,
    at start: Int64,
    _ end: Int64,
    of resource: Int64 = Seeding.technician,
    made: Int64,
    isComplete: Bool = false,
    in tenant: inout Tenant
  ) {
    row(
      id,
      [
        "companyID": 174, "assignedToResourceID": .int(resource), "actionType": 2,
        "startDateTime": .int(start), "endDateTime": .int(end),
        "activityDescription": "Call back", "contactID": 30_682, "ticketID": 7_602,
        "opportunityID": 5_504, "contractID": 61,
        "completedDate": isComplete ? .int(now - 3_600) : nil,
        "createDateTime": .int(made), "creatorResourceID": .int(Self.dispatcher),
        "lastModifiedDate": .int(isComplete ? now - 3_600 : made),
      ],
      of: "CompanyToDos",
      in: &tenant
    )
  }
}
