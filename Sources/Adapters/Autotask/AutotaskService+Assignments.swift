import SyncEngine
package import SyncModel

extension AutotaskService {
  package func assignments(since marks: AssignmentMarks?) async throws -> Assignments {
    let resource = try await opened().resource
    var rows: [Assignment] = []
    var counts: [Assignment.Table: Int] = [:]
    for table in Assignment.Table.allCases {
      let (found, count) = try await namings(of: resource, in: table, above: marks?[table])
      counts[table] = count
      rows += try await assignments(found, in: table)
    }
    if counts.values.allSatisfy({ $0 == 0 }) { try await checkThatServiceCallsAreShown() }
    return Assignments(
      rows: rows,
      ticketRows: counts[.tickets] ?? 0,
      taskRows: counts[.tasks] ?? 0
    )
  }

  /// Rows that name the resource, and how many there are in all.
  private func namings(
    of resource: ResourceID,
    in table: Assignment.Table,
    above mark: (row: PSAID, rows: Int)?
  ) async throws(AutotaskError) -> (rows: [PlainRow], count: Int) {
    let all = table.query(of: resource)
    let rows: [PlainRow]
    let count: Int
    if let mark, mark.rows <= Query.longestList {
      // All of a short list cost one request; its count and what is new of it would cost two.
      let all = try await channel.allRows(of: all, as: PlainRow.self)
      rows = all.filter { $0.id > mark.row.rawValue }
      count = all.count
    } else if let mark {
      count = try await channel.count(of: all)
      let new = table.query(of: resource, above: mark.row)
      rows = count == 0 ? [] : try await channel.allRows(of: new, as: PlainRow.self)
    } else {
      rows = try await channel.countedRows(of: all, as: PlainRow.self)
      count = rows.count
    }
    for row in rows where row.psaID(Assignment.Table.resourceField)?.rawValue != resource.rawValue {
      throw .malformed(
        try await channel.subject(table.entity, row.id),
        reason: "it does not name resource \(resource), whose rows were asked for"
      )
    }
    return (rows, count)
  }

  func assignments(
    _ rows: [PlainRow],
    in table: Assignment.Table
  ) async throws(AutotaskError) -> [Assignment] {
    let between = Set(rows.compactMap { $0.psaID(table.betweenField) }).sorted()
    let found = try await channel.rows(
      between,
      of: table.between,
      fields: ["id", Assignment.Table.callField],
      as: PlainRow.self
    )
    var calls: [PSAID: PSAID] = [:]
    for row in found { calls[PSAID(row.id)] = row.psaID(Assignment.Table.callField) }
    return rows.map { row in
      Assignment(
        table: table,
        row: PSAID(row.id),
        call: row.psaID(table.betweenField).flatMap { calls[$0] }
      )
    }
  }

  /// A security level without service calls shows none, which is not the same as having none.
  func checkThatServiceCallsAreShown() async throws(AutotaskError) {
    try await remembering { () throws(AutotaskError) in try await self.askWhetherCallsAreShown() }
  }

  private func askWhetherCallsAreShown() async throws(AutotaskError) {
    guard !showsServiceCalls else { return }
    let entity = ServiceCallRow.entity
    let call = RESTCall(
      verb: .get,
      entity: entity,
      target: .path("\(entity)/entityInformation"),
      isReading: true
    )
    let body = try await channel.answer(to: call)
    do throws(JSONReader.Fault) {
      showsServiceCalls = try EntityInformation(body).mayBeQueried
    } catch {
      throw .malformed(try await channel.subject(entity), reason: error.description)
    }
    guard showsServiceCalls else {
      throw .hidden(.serviceCall, server: try await channel.zone().root.origin.server)
    }
  }
}

/// What `{Entity}/entityInformation` says of reading (`autotask.md` 4.9).
struct EntityInformation: Sendable {
  let mayBeQueried: Bool

  init(_ body: [UInt8]) throws(JSONReader.Fault) {
    var reader = JSONReader(body)
    var can: Bool?
    var access = ""
    guard try reader.enterObject("reply") else { throw .wrong("reply") }
    while let key = try reader.nextKey() {
      guard key == "info" else {
        try reader.skip()
        continue
      }
      guard try reader.enterObject(key) else { continue }
      while let key = try reader.nextKey() {
        switch key {
        case "canQuery": can = try reader.flag(key)
        case "userAccessForQuery": access = try reader.text(key) ?? ""
        default: try reader.skip()
        }
      }
    }
    try reader.finish()
    guard let can else { throw .wrong("canQuery") }
    mayBeQueried = can && access.lowercased() != "none"
  }
}
