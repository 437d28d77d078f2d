import SyncModel

/// The entities that put a resource on a service call (`autotask.md` 5.3): by way of its tickets
/// and by way of its tasks. Rows are immutable and have no dates.
extension Assignment.Table {
  /// `ServiceCallTicketResources` or `ServiceCallTaskResources`.
  var entity: String {
    switch self {
    case .tickets: "ServiceCallTicketResources"
    case .tasks: "ServiceCallTaskResources"
    }
  }

  /// The entity of the rows between: a ticket or a task on a service call.
  var between: String {
    switch self {
    case .tickets: "ServiceCallTickets"
    case .tasks: "ServiceCallTasks"
    }
  }

  /// The field of `entity` that names the row between.
  var betweenField: String {
    switch self {
    case .tickets: "serviceCallTicketID"
    case .tasks: "serviceCallTaskID"
    }
  }

  /// The field of `between` that names the ticket or task.
  var workField: String {
    switch self {
    case .tickets: "ticketID"
    case .tasks: "taskID"
    }
  }

  static let callField = "serviceCallID"
  static let resourceField = "resourceID"

  /// The rows that name this resource, above the mark where there is one.
  func query(of resource: ResourceID, above mark: PSAID? = nil) -> Query {
    var conditions: [Query.Condition] = [
      .test("eq", Self.resourceField, .number(resource.rawValue))
    ]
    if let mark { conditions.append(.test("gt", "id", .number(mark.rawValue))) }
    return Query(
      entity: entity,
      fields: ["id", Self.resourceField, betweenField],
      conditions: conditions
    )
  }
}

extension AssignmentMarks {
  subscript(table: Assignment.Table) -> (row: PSAID, rows: Int) {
    switch table {
    case .tickets: (tickets, ticketRows)
    case .tasks: (tasks, taskRows)
    }
  }
}
