internal import GRDB
internal import SyncEngine
internal import SyncModel

/// Rows of `mirror_psa` (what the plan sees) and `mirror_psa_item` (the rest).
///
/// What item and fact share stands once, as the item has it.
enum PSATable {
  private static let head = ColumnNames([
    "kind", "id", "parent", "starts", "ends", "created", "modified",
  ])
  static let facts =
    head + .prints("own") + .prints("projected") + ColumnNames(["reference", "is_cancelled"])
  static let items = ColumnNames([
    "resource", "title", "text", "creator", "place", "is_complete", "related", "about",
  ])

  /// Selects a whole item from `mirror_psa AS fact` and `mirror_psa_item AS item`.
  static let itemSelection =
    "\(head.list(of: "fact")), fact.is_cancelled, \(items.list(of: "item"))"
  static let itemSource =
    "mirror_psa AS fact JOIN mirror_psa_item AS item ON item.number = fact.number"

  private static let upsertFact = """
    INSERT INTO mirror_psa (\(facts.list)) VALUES (\(facts.places))
    ON CONFLICT (kind, id) DO UPDATE SET \(facts.assignments(except: ["kind", "id"]))
    RETURNING number
    """
  private static let upsertItem = """
    INSERT INTO mirror_psa_item (number, \(items.list)) VALUES (?, \(items.places))
    ON CONFLICT (number) DO UPDATE SET \(items.assignments(except: []))
    """

  static func keep(_ mirrored: MirroredPSA, in db: Database) throws {
    let statement = try db.cachedStatement(sql: upsertFact)
    let number = try Int64.fetchOne(
      statement,
      arguments: StatementArguments(factValues(of: mirrored))
    )
    guard let number else { throw UnreadableColumn(table: "mirror_psa") }
    let item = mirrored.item
    var row = ColumnWriter(capacity: items.names.count + 1)
    row.add(number)
    row.add(item.resource)
    row.add(item.title)
    row.add(item.text)
    row.add(item.creator)
    row.add(item.place)
    row.add(item.isComplete)
    try row.add(list: item.related == PSARelated() ? [] : [item.related])
    try row.add(list: item.about.map { [$0] } ?? [])
    try db.run(upsertItem, row.values)
  }

  /// Forgets the item, and that it was to be checked; keys that are no number have no item.
  static func remove(_ key: ItemKey, in db: Database) throws {
    if let id = Int64(key.id) {
      try db.run(
        "DELETE FROM mirror_psa WHERE kind = ? AND id = ?",
        [key.kind.rawValue.databaseValue, id.databaseValue]
      )
    }
    try db.run(
      "DELETE FROM to_check WHERE side = 'psa' AND kind = ? AND id = ?",
      [key.kind.rawValue.databaseValue, key.id.databaseValue]
    )
  }

  static func allFacts(in db: Database) throws -> [PSAFact] {
    var read: [PSAFact] = []
    read.reserveCapacity(try Int.fetchOne(db, sql: "SELECT count(*) FROM mirror_psa") ?? 0)
    try db.forEachRow("SELECT \(facts.list) FROM mirror_psa ORDER BY kind, id") { row in
      read.append(try fact(row))
    }
    return read
  }

  static func items(_ ids: [PSAID], of kind: Kind, in db: Database) throws -> [PSAID: PSAItem] {
    var read: [PSAID: PSAItem] = [:]
    let sql = "SELECT \(itemSelection) FROM \(itemSource) WHERE fact.kind = ? AND fact.id = ?"
    for id in ids {
      try db.forEachRow(sql, [kind.rawValue.databaseValue, id.rawValue.databaseValue]) { row in
        var columns = ColumnReader(row, of: "mirror_psa")
        read[id] = try item(&columns)
      }
    }
    return read
  }

  static func identities(of query: PSAQuery, in db: Database) throws -> [PSAID] {
    var condition = "kind = ?"
    var values = [query.kind.rawValue.databaseValue]
    if let instant = query.endingFrom {
      condition += " AND ends >= ?"
      values.append(instant.seconds.databaseValue)
    }
    if let ids = query.ids {
      condition += " AND id BETWEEN ? AND ?"
      values += [ids.lowerBound.rawValue.databaseValue, ids.upperBound.rawValue.databaseValue]
    }
    let statement = try db.cachedStatement(
      sql: "SELECT id FROM mirror_psa WHERE \(condition) ORDER BY id"
    )
    return try Int64.fetchAll(statement, arguments: StatementArguments(values))
      .map(PSAID.init(rawValue:))
  }

  /// Reads the columns of `itemSelection`.
  static func item(_ columns: inout ColumnReader) throws -> PSAItem {
    let kind: Kind = try columns.word()
    let id = PSAID(try columns.number())
    let parent = try columns.optionalNumber().map(PSAID.init(rawValue:))
    let start = try columns.instant()
    let end = try columns.instant()
    let created = try columns.instant()
    let modified = try columns.instant()
    let isCancelled = try columns.flag()
    return PSAItem(
      kind: kind,
      id: id,
      parent: parent,
      resource: ResourceID(try columns.number()),
      title: try columns.text(),
      text: try columns.text(),
      start: start,
      end: end,
      created: created,
      modified: modified,
      creator: try columns.optionalNumber().map(ResourceID.init(rawValue:)),
      place: try columns.text(),
      isCancelled: isCancelled,
      isComplete: try columns.flag(),
      related: try columns.list(PSARelated.self).first ?? PSARelated(),
      about: try columns.list(PSAContext.self).first
    )
  }

  private static func fact(_ row: Row) throws -> PSAFact {
    var columns = ColumnReader(row, of: "mirror_psa")
    return PSAFact(
      kind: try columns.word(),
      id: PSAID(try columns.number()),
      parent: try columns.optionalNumber().map(PSAID.init(rawValue:)),
      span: Span(start: try columns.instant(), end: try columns.instant()),
      created: try columns.instant(),
      modified: try columns.instant(),
      own: try columns.prints(),
      projected: try columns.prints(),
      reference: try columns.optionalReference(),
      isCancelled: try columns.flag()
    )
  }

  private static func factValues(of mirrored: MirroredPSA) -> [DatabaseValue] {
    let (item, fact) = (mirrored.item, mirrored.fact)
    var row = ColumnWriter(capacity: facts.names.count)
    row.add(word: item.kind)
    row.add(item.id)
    row.add(item.parent)
    row.add(item.start)
    row.add(item.end)
    row.add(item.created)
    row.add(item.modified)
    row.add(fact.own)
    row.add(fact.projected)
    row.add(fact.reference)
    row.add(item.isCancelled)
    return row.values
  }
}
