/// A row that puts a resource on a service call; such rows are made and deleted, never changed.
package struct Assignment: Hashable, Sendable, Codable {
  /// The two tables of such rows; a row's number is unique within its own only.
  package enum Table: String, Hashable, Sendable, Codable, CaseIterable { case tickets, tasks }

  package let table: Table
  package let row: PSAID
  /// Nil where the ticket or task between the row and its call is gone: it names no call any more.
  package let call: PSAID?

  package init(table: Table, row: PSAID, call: PSAID?) {
    self.table = table
    self.row = row
    self.call = call
  }
}

/// The highest rows of both tables that were read; 0 where there was none.
package struct AssignmentMarks: Hashable, Sendable, Codable {
  package var tickets: PSAID
  package var tasks: PSAID
  /// How many rows were read so far.
  package var ticketRows: Int
  package var taskRows: Int

  package init(
    tickets: PSAID = PSAID(0),
    tasks: PSAID = PSAID(0),
    ticketRows: Int = 0,
    taskRows: Int = 0
  ) {
    self.tickets = tickets
    self.tasks = tasks
    self.ticketRows = ticketRows
    self.taskRows = taskRows
  }

  /// The marks after these rows were read too.
  package func raised(by rows: [Assignment]) -> AssignmentMarks {
    var marks = self
    for row in rows {
      switch row.table {
      case .tickets:
        marks.tickets = max(marks.tickets, row.row)
        marks.ticketRows += 1
      case .tasks:
        marks.tasks = max(marks.tasks, row.row)
        marks.taskRows += 1
      }
    }
    return marks
  }
}

/// The service calls that the resource is on, from all rows of both tables, read to their end.
package struct AssignmentReading: Hashable, Sendable {
  package let run: RunID
  package let resource: ResourceID
  package let rows: Int
  package let calls: Set<PSAID>

  package init(run: RunID, resource: ResourceID, rows: [Assignment]) {
    self.run = run
    self.resource = resource
    self.rows = rows.count
    calls = Set(rows.compactMap(\.call))
  }
}

/// The rows that put the resource on service calls, as far as they were read.
package struct Assignments: Hashable, Sendable {
  /// Those of tickets, then those of tasks, each ascending.
  package let rows: [Assignment]
  /// How many rows name the resource at present, whether they are among `rows` or not.
  package let ticketRows: Int
  package let taskRows: Int

  package init(rows: [Assignment], ticketRows: Int, taskRows: Int) {
    self.rows = rows
    self.ticketRows = ticketRows
    self.taskRows = taskRows
  }
}
