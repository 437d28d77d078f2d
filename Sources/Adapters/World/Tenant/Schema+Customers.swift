/// Companies and what hangs on them.
extension Schema {
  static let companies = EntitySchema(
    "Companies",
    "Company",
    kept,
    created: "createDate",
    modified: "lastActivityDate",
    creator: "createdByResourceID",
    userDefinedFields: true,
    webhooks: true,
    [
      .text("additionalAddressInformation", 100),
      .text("address1", 128),
      .text("address2", 128),
      .text("alternatePhone1", 25),
      .text("city", 30),
      .text("companyName", 100, .required),
      .text("companyNumber", 50),
      .choice(
        "companyType",
        [(1, "Customer"), (2, "Lead"), (3, "Prospect"), (4, "Dead"), (6, "Cancelation")],
        .required
      ),
      .row("countryID", of: "Countries"),
      .time("createDate", .readOnly),
      .row("createdByResourceID", of: "Resources", .readOnly),
      .text("fax", 25),
      .truth("isActive"),
      .time("lastActivityDate", .readOnly),
      .time("lastTrackedModifiedDateTime", .readOnly),
      .row("ownerResourceID", of: "Resources", .required),
      .row("parentCompanyID", of: "Companies"),
      .text("phone", 25, .required),
      .text("postalCode", 10),
      .text("state", 40),
      .text("webAddress", 255),
    ]
  )

  static let companyLocations = EntitySchema(
    "CompanyLocations",
    "CompanyLocation",
    everything,
    under: EntitySchema.ParentURL(entity: "Companies", segment: "Locations", field: "companyID"),
    [
      .text("address1", 128),
      .text("address2", 128),
      .text("city", 50),
      .row("companyID", of: "Companies", [.required, .fixed]),
      .row("countryID", of: "Countries"),
      .text("description", 500),
      .truth("isActive"),
      .truth("isPrimary"),
      .text("name", 100, .required),
      .text("phone", 25),
      .text("postalCode", 20),
      .text("state", 25),
    ]
  )

  static let contacts = EntitySchema(
    "Contacts",
    "Contact",
    everything,
    under: EntitySchema.ParentURL(entity: "Companies", segment: "Contacts", field: "companyID"),
    created: "createDate",
    modified: "lastModifiedDate",
    userDefinedFields: true,
    webhooks: true,
    [
      .text("additionalAddressInformation", 100),
      .text("addressLine", 128),
      .text("addressLine1", 128),
      .text("alternatePhone", 32),
      .text("city", 32),
      .row("companyID", of: "Companies", [.required, .fixed]),
      .row("companyLocationID", of: "CompanyLocations"),
      .row("countryID", of: "Countries"),
      .time("createDate", .readOnly),
      .text("emailAddress", 254),
      .text("emailAddress2", 254),
      .text("emailAddress3", 254),
      .text("extension", 10),
      .text("externalID", 50),
      .text("faxNumber", 25),
      .text("firstName", 50, .required),
      .whole("isActive", .required),
      .truth("isOptedOutFromBulkEmail", .notQueryable),
      .time("lastActivityDate", .readOnly),
      .time("lastModifiedDate", .readOnly),
      .text("lastName", 50, .required),
      .text("middleInitial", 50),
      .text("mobilePhone", 25),
      .choice("namePrefix", [(1, "Mr."), (2, "Mrs."), (3, "Ms.")]),
      .choice("nameSuffix", [(1, "Jr."), (2, "II"), (3, "III")]),
      .text("note", 50),
      .text("phone", 25),
      .truth("primaryContact"),
      .truth("receivesEmailNotifications"),
      .text("roomNumber", 50),
      .truth("solicitationOptOut", [.readOnly, .notQueryable]),
      .text("state", 40),
      .truth("surveyOptOut", [.readOnly, .notQueryable]),
      .text("title", 50),
      .text("zipCode", 16),
    ]
  )

  static let companyToDos = EntitySchema(
    "CompanyToDos",
    "CompanyToDo",
    everything,
    under: EntitySchema.ParentURL(entity: "Companies", segment: "ToDos", field: "companyID"),
    created: "createDateTime",
    modified: "lastModifiedDate",
    creator: "creatorResourceID",
    [
      .row("actionType", of: "ActionTypes", .required),
      .text("activityDescription", 32_000),
      .row("assignedToResourceID", of: "Resources", .required),
      .row("companyID", of: "Companies", .required),
      .time("completedDate"),
      .row("contactID", of: "Contacts"),
      .row("contractID", of: "Contracts"),
      .time("createDateTime", .readOnly),
      .row("creatorResourceID", of: "Resources", .readOnly),
      .time("endDateTime", .required),
      .row("impersonatorCreatorResourceID", of: "Resources", .readOnly),
      .time("lastModifiedDate", .readOnly),
      .row("opportunityID", of: "Opportunities"),
      .time("startDateTime", .required),
      .row("ticketID", of: "Tickets"),
    ]
  )

  static let contracts = EntitySchema(
    "Contracts",
    "Contract",
    everything,
    userDefinedFields: true,
    [
      .row("companyID", of: "Companies", .required),
      .text("contractName", 100, .required),
      .time("endDate", .required),
      .time("startDate", .required),
      .choice("status", [(1, "Active"), (0, "Inactive")], .required),
    ]
  )

  static let opportunities = EntitySchema(
    "Opportunities",
    "Opportunity",
    kept,
    created: "createDate",
    modified: "lastActivity",
    creator: "creatorResourceID",
    userDefinedFields: true,
    [
      .real("amount", .required),
      .row("companyID", of: "Companies", .required),
      .row("contactID", of: "Contacts"),
      .real("cost", .required),
      .time("createDate", .readOnly),
      .row("creatorResourceID", of: "Resources", .readOnly),
      .text("description", 8000),
      .time("lastActivity", .readOnly),
      .row("ownerResourceID", of: "Resources", .required),
      .whole("probability", .required),
      .time("projectedCloseDate", .required),
      .choice("stage", [(1, "Qualified"), (2, "Proposal"), (3, "Closed")], .required),
      .time("startDate", .required),
      .choice(
        "status",
        [(1, "Active"), (2, "Lost"), (3, "Closed"), (0, "Not Ready To Buy")],
        .required
      ),
      .text("title", 128, .required),
      .truth("useQuoteTotals", .required),
    ]
  )
}
