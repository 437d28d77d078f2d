/// The rows of one entity in id order; ids only grow and are never used again.
package struct Table: Sendable {
  /// One row: its cells in the schema's column order (column 0 is `id`), date-times as seconds
  /// since 1970 UTC.
  package struct Row: Hashable, Sendable {
    package var cells: [JSONValue]
    package var userDefined: [JSONValue.Member] = []

    package var id: Int64 { cells[0].integer ?? 0 }
  }

  package private(set) var rows: [Row] = []
  package private(set) var highestID: Int64

  package init(firstID: Int64 = 1) { highestID = firstID - 1 }

  package var count: Int { rows.count }

  /// Adds a row under the next id, or under a later one that is asked for.
  @discardableResult
  package mutating func append(_ cells: [JSONValue], id wanted: Int64? = nil) -> Int64 {
    let next = highestID + 1
    let id = rows.isEmpty ? wanted ?? next : max(next, wanted ?? 0)
    highestID = max(highestID, id)
    var cells = cells
    cells[0] = .int(id)
    rows.append(Row(cells: cells))
    return id
  }

  /// The place of the first row whose id is at least this one.
  package func place(atOrAfter id: Int64) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  package func row(_ id: Int64) -> Row? {
    let place = place(atOrAfter: id)
    guard place < rows.count, rows[place].id == id else { return nil }
    return rows[place]
  }

  /// Changes a row's cells, never its id; false when there is no such row.
  @discardableResult
  package mutating func change(_ id: Int64, _ body: (inout Row) -> Void) -> Bool {
    let place = place(atOrAfter: id)
    guard place < rows.count, rows[place].id == id else { return false }
    body(&rows[place])
    rows[place].cells[0] = .int(id)
    return true
  }

  @discardableResult
  package mutating func remove(_ id: Int64) -> Bool {
    let place = place(atOrAfter: id)
    guard place < rows.count, rows[place].id == id else { return false }
    rows.remove(at: place)
    return true
  }

  package mutating func removeAll(where isGone: (Row) -> Bool) {
    rows.removeAll(where: isGone)
  }
}

extension Table: Codable {
  /// One text of compact JSON: ten thousand rows as keyed containers take seconds.
  package func encode(to encoder: any Encoder) throws {
    let rows = rows.map { row in
      row.userDefined.isEmpty
        ? JSONValue.array(row.cells)
        : .array(row.cells + [.object(row.userDefined)])
    }
    let text: JSONValue = .array([.int(highestID), .array(rows)])
    var container = encoder.singleValueContainer()
    try container.encode(String(decoding: text.bytes, as: UTF8.self))
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try JSONValue(parsing: Array(container.decode(String.self).utf8))
    guard let parts = text.elements, parts.count == 2, let highestID = parts[0].integer,
      let rows = parts[1].elements
    else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "A table is an array of the highest id and the rows."
      )
    }
    self.init(firstID: highestID + 1)
    self.rows = rows.compactMap { row in
      guard var cells = row.elements, !cells.isEmpty else { return nil }
      guard case .object(let members)? = cells.last else { return Row(cells: cells) }
      cells.removeLast()
      return Row(cells: cells, userDefined: members)
    }
  }
}

extension Table {
  /// The rows that a backup held; numbers go on from where they were.
  mutating func restore(_ old: Table) {
    rows = old.rows
    highestID = max(highestID, old.highestID)
  }
}
