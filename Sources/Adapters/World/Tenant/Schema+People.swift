/// Appointments and the people who keep them.
extension Schema {
  static let appointments = EntitySchema(
    "Appointments",
    "Appointment",
    everything,
    created: "createDateTime",
    modified: "updateDateTime",
    creator: "creatorResourceID",
    [
      .time("createDateTime", .readOnly),
      .row("creatorResourceID", of: "Resources", .readOnly),
      .text("description", 8000),
      .time("endDateTime", .required),
      .row("resourceID", of: "Resources", .required),
      .time("startDateTime", .required),
      .text("title", 256, .required),
      .time("updateDateTime", .readOnly),
    ]
  )

  static let resources = EntitySchema(
    "Resources",
    "Resource",
    [.query, .update],
    userDefinedFields: true,
    [
      .text("dateFormat", 20, .readOnly),
      .text("email", 254, .required),
      .text("email2", 254),
      .text("email3", 254),
      .text("emailTypeCode", 20, .required),
      .text("firstName", 50, .required),
      .time("hireDate", .readOnly),
      .text("initials", 32),
      .truth("isActive", .required),
      .text("lastName", 50, .required),
      .choice("licenseType", [(1, "Professional"), (7, "API User")], .readOnly),
      .whole("locationID", .readOnly),
      .text("middleName", 50),
      .text("mobilePhone", 25),
      .text("numberFormat", 20, .required),
      .text("officePhone", 25),
      .whole("payrollType", .required),
      .text("resourceType", 15, .required),
      .text("timeFormat", 20, .readOnly),
      .text("title", 50),
      .text("userName", 32, .required),
      .choice("userType", [(10, "Technician"), (17, "API User (API-only)")], .readOnly),
    ]
  )

  static let actionTypes = EntitySchema(
    "ActionTypes",
    "ActionType",
    everything,
    [
      .truth("isActive", .required),
      .truth("isSystemActionType", .readOnly),
      .text("name", 32, .required),
      .choice(
        "view",
        [(1, "Calendar"), (2, "To-Do"), (3, "Calendar and To-Do"), (4, "Neither")],
        .required
      ),
    ]
  )

  static let countries = EntitySchema(
    "Countries",
    "Country",
    [.query, .update],
    [
      .text("countryCode", 2, .readOnly),
      .text("displayName", 100, .required),
      .truth("isActive"),
    ]
  )
}
