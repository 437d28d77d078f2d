/// A query of one entity as the PSA reads it from a body or a `search` parameter.
package struct Query: Sendable {
  package let entity: EntitySchema
  let condition: Condition
  /// Columns to answer; nil for all.
  let columns: [Int]?
  /// `MaxRecords`: the size of a page, not of the answer (`facts/autotask.md` 4.4).
  package let pageSize: Int

  package init(_ body: JSONValue, on entity: EntitySchema) throws(Refusal) {
    self.entity = entity
    if let size = body["MaxRecords"], size != .null {
      guard let number = size.integer, (1...500).contains(number) else { throw .pageSize }
      pageSize = Int(number)
    } else {
      pageSize = 500
    }
    condition = try Condition(filter: body["filter"], on: entity)
    guard let names = body["IncludeFields"]?.elements, !names.isEmpty else {
      columns = nil
      return
    }
    var columns: [Int] = []
    for name in names {
      guard let field = name.text, let column = entity.column(field) else {
        throw Refusal("Unable to find \(name.text ?? "") in the \(entity.singular) Entity.")
      }
      columns.append(column)
    }
    self.columns = columns
  }

  /// All rows whose field has one value, as a child list of a parent.
  init(_ entity: EntitySchema, column: Int, equals id: Int64) {
    self.entity = entity
    condition = .cell(column, .equals(.int(id)))
    columns = nil
    pageSize = 500
  }
}

/// Where a page begins and which pages came before it; the clients treat its text as opaque.
package struct PageCursor: Hashable, Sendable {
  /// The first id that may be on the page.
  package let nextID: Int64
  /// The first ids of the pages before, oldest first.
  package let previousIDs: [Int64]

  static let first = PageCursor(nextID: 0, previousIDs: [])

  /// Compact JSON, as in `query/next?paging=`.
  package func text(pageSize: Int) -> String {
    let json: JSONValue = [
      "pageSize": .int(Int64(pageSize)),
      "previousIds": .array(previousIDs.map(JSONValue.int)),
      "nextId": .int(nextID),
    ]
    return String(decoding: json.bytes, as: UTF8.self)
  }

  package init(nextID: Int64, previousIDs: [Int64]) {
    self.nextID = nextID
    self.previousIDs = previousIDs
  }

  package init(parsing text: String) throws(Refusal) {
    let json: JSONValue?
    do { json = try JSONValue(parsing: Array(text.utf8)) } catch { json = nil }
    guard let nextID = json?["nextId"]?.integer else {
      throw Refusal("The paging parameter is invalid.")
    }
    let previous = json?["previousIds"]?.elements ?? []
    self.init(nextID: nextID, previousIDs: previous.compactMap(\.integer))
  }
}

/// One page of an answer, in id order.
package struct Page: Sendable {
  package let rows: [Table.Row]
  package let next: PageCursor?
  package let previous: PageCursor?
}

extension Tenant {
  /// The page of the query that begins at the cursor; the first page without one.
  package func page(_ query: Query, at cursor: PageCursor? = nil) throws(Refusal) -> Page {
    guard query.entity.verbs.contains(.query) else { throw .permission(to: "query") }
    let start = cursor ?? .first
    var rows: [Table.Row] = []
    var following: Int64?
    forEachRow(of: query, from: start.nextID) { row in
      if rows.count == query.pageSize {
        following = row.id
        return false
      }
      rows.append(row)
      return true
    }
    if following != nil, let columns = query.columns, !columns.contains(0) {
      throw Refusal("IncludeFields must contain id when there is more than one page of results.")
    }
    let before = start.previousIDs + [start.nextID]
    return Page(
      rows: rows,
      next: following.map { PageCursor(nextID: $0, previousIDs: before) },
      previous: start.previousIDs.last.map {
        PageCursor(nextID: $0, previousIDs: Array(start.previousIDs.dropLast()))
      }
    )
  }

  /// How many rows answer the query.
  package func count(_ query: Query) throws(Refusal) -> Int {
    guard query.entity.verbs.contains(.query) else { throw .permission(to: "query") }
    var count = 0
    forEachRow(of: query, from: Int64.min) { _ in
      count += 1
      return true
    }
    return count
  }

  /// A row by its id; nil where there is none or the API user may not see it.
  package func row(_ id: Int64, of entity: EntitySchema) -> Table.Row? {
    isVisible(entity) ? tables[entity.name]?.row(id) : nil
  }

  /// The row as the PSA answers it; `columns` nil for all.
  package func json(
    _ row: Table.Row,
    of entity: EntitySchema,
    columns: [Int]? = nil
  ) -> JSONValue {
    var members: [JSONValue.Member] = []
    for column in columns ?? Array(entity.fields.indices) {
      let field = entity.fields[column]
      members.append(JSONValue.Member(field.name, field.wire(row.cells[column])))
    }
    let userDefined = row.userDefined.map { member -> JSONValue in
      ["name": .string(member.name), "value": member.value]
    }
    members.append(JSONValue.Member("userDefinedFields", .array(userDefined)))
    return .object(members)
  }

  /// The page's rows as the PSA answers them.
  package func items(_ page: Page, of query: Query) -> [JSONValue] {
    page.rows.map { json($0, of: query.entity, columns: query.columns) }
  }

  private func forEachRow(
    of query: Query,
    from firstID: Int64,
    _ body: (Table.Row) -> Bool
  ) {
    guard isVisible(query.entity), let table = tables[query.entity.name] else { return }
    let bounds = query.condition.idBounds
    var place = table.place(atOrAfter: max(firstID, bounds.lowerBound))
    while place < table.rows.count, table.rows[place].id <= bounds.upperBound {
      let row = table.rows[place]
      if query.condition.holds(for: row), !body(row) { return }
      place += 1
    }
  }

  /// Service calls and what belongs to them: all or none (5.2).
  func isVisible(_ entity: EntitySchema) -> Bool {
    permissions.viewsServiceCalls || !entity.name.hasPrefix("ServiceCall")
  }
}
