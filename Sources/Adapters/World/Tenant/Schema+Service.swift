/// Service calls with their children, tickets and tasks.
extension Schema {
  static let serviceCalls = EntitySchema(
    "ServiceCalls",
    "ServiceCall",
    everything,
    created: "createDateTime",
    modified: "lastModifiedDateTime",
    creator: "creatorResourceID",
    [
      .row("canceledByResourceID", of: "Resources"),
      .time("canceledDateTime"),
      .real("cancelationNoticeHours", .readOnly),
      .row("companyID", of: "Companies", .required),
      .row("companyLocationID", of: "CompanyLocations"),
      .time("createDateTime", .readOnly),
      .row("creatorResourceID", of: "Resources", .readOnly),
      .text("description", 2000),
      .real("duration", .readOnly),
      .time("endDateTime", .required),
      .row("impersonatorCreatorResourceID", of: "Resources", .readOnly),
      .whole("isComplete"),
      .time("lastModifiedDateTime", .readOnly),
      .time("startDateTime", .required),
      .choice("status", [(3, "New"), (2, "Complete"), (11, "Canceled")]),
    ]
  )

  static let serviceCallTickets = EntitySchema(
    "ServiceCallTickets",
    "ServiceCallTicket",
    immutable,
    under: EntitySchema.ParentURL(
      entity: "ServiceCalls",
      segment: "Tickets",
      field: "serviceCallID"
    ),
    [
      .row("serviceCallID", of: "ServiceCalls", .required),
      .row("ticketID", of: "Tickets", .required),
    ]
  )

  static let serviceCallTicketResources = EntitySchema(
    "ServiceCallTicketResources",
    "ServiceCallTicketResource",
    immutable,
    under: EntitySchema.ParentURL(
      entity: "ServiceCallTickets",
      segment: "Resources",
      field: "serviceCallTicketID"
    ),
    [
      .row("resourceID", of: "Resources", .required),
      .row("serviceCallTicketID", of: "ServiceCallTickets", .required),
    ]
  )

  static let serviceCallTasks = EntitySchema(
    "ServiceCallTasks",
    "ServiceCallTask",
    immutable,
    under: EntitySchema.ParentURL(
      entity: "ServiceCalls",
      segment: "Tasks",
      field: "serviceCallID"
    ),
    [
      .row("serviceCallID", of: "ServiceCalls", .required),
      .row("taskID", of: "Tasks", .required),
    ]
  )

  static let serviceCallTaskResources = EntitySchema(
    "ServiceCallTaskResources",
    "ServiceCallTaskResource",
    immutable,
    under: EntitySchema.ParentURL(
      entity: "ServiceCallTasks",
      segment: "Resources",
      field: "serviceCallTaskID"
    ),
    [
      .row("resourceID", of: "Resources", .required),
      .row("serviceCallTaskID", of: "ServiceCallTasks", .required),
    ]
  )

  static let tickets = EntitySchema(
    "Tickets",
    "Ticket",
    kept,
    created: "createDate",
    modified: "lastActivityDate",
    creator: "creatorResourceID",
    userDefinedFields: true,
    webhooks: true,
    [
      .row("assignedResourceID", of: "Resources"),
      .row("companyID", of: "Companies", .required),
      .row("contactID", of: "Contacts"),
      .time("createDate", .readOnly),
      .whole("creatorType", [.readOnly, .notQueryable]),
      .row("creatorResourceID", of: "Resources", .readOnly),
      .text("description", 8000),
      .time("lastActivityDate", .readOnly),
      .choice("priority", [(1, "High"), (2, "Medium"), (3, "Low")], .required),
      .choice("status", [(1, "New"), (5, "Complete"), (8, "In Progress")], .required),
      .text("ticketNumber", 50, .readOnly),
      .text("title", 255, .required),
    ]
  )

  static let tasks = EntitySchema(
    "Tasks",
    "Task",
    kept,
    under: EntitySchema.ParentURL(entity: "Projects", segment: "Tasks", field: "projectID"),
    created: "createDateTime",
    modified: "lastActivityDateTime",
    creator: "creatorResourceID",
    [
      .row("assignedResourceID", of: "Resources"),
      .time("createDateTime", .readOnly),
      .row("creatorResourceID", of: "Resources", .readOnly),
      .time("endDateTime"),
      .time("lastActivityDateTime", .readOnly),
      .whole("projectID", .required),
      .real("remainingHours", [.readOnly, .notQueryable]),
      .time("startDateTime"),
      .choice("status", [(1, "New"), (5, "Complete")], .required),
      .text("taskNumber", 50, .readOnly),
      .choice("taskType", [(1, "Fixed Work"), (2, "Fixed Duration")], .required),
      .text("title", 255, .required),
    ]
  )
}
