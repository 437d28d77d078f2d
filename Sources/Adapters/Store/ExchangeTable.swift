internal import GRDB
internal import SyncEngine
internal import SyncModel

/// Rows of `mirror_exchange` (what the plan sees) and `mirror_exchange_item` (the rest).
///
/// What item and fact share stands once, as the item has it.
enum ExchangeTable {
  private static let head = ColumnNames(["id", "change_key", "folder", "role"])
  static let facts =
    head + ColumnNames(["master", "uid_print"]) + .when() + ColumnNames(["modified"])
    + .prints("own") + .prints("projected")
    + ColumnNames([
      "sensitivity", "show_as", "has_attendees", "is_cancelled", "response", "stamp",
      "is_stamp_own", "reference", "is_text_whole", "original_start",
    ])
  private static let shared =
    head + ColumnNames(["master"]) + .when()
    + ColumnNames(["modified", "sensitivity", "show_as", "is_cancelled"])
    + ColumnNames(["response", "is_text_whole"])
  static let items = ColumnNames([
    "item_class", "uid", "clean_uid", "windows_zone", "title", "text", "place", "is_meeting",
    "organizer_name", "organizer_address", "attendees", "categories", "reminder_minutes",
    "created", "stamp_text", "rhythm", "rhythm_interval", "rhythm_days", "rhythm_week_starts",
    "rhythm_day", "rhythm_week", "rhythm_month", "first_day", "last_day", "occurrences",
    "exceptions", "deleted_occurrences", "original_start",
  ])

  /// Selects a whole item from `mirror_exchange AS fact` and `mirror_exchange_item AS item`.
  static let itemSelection = "\(shared.list(of: "fact")), \(items.list(of: "item"))"
  static let itemSource =
    "mirror_exchange AS fact JOIN mirror_exchange_item AS item ON item.number = fact.number"

  private static let upsertFact = """
    INSERT INTO mirror_exchange (\(facts.list)) VALUES (\(facts.places))
    ON CONFLICT (id) DO UPDATE SET \(facts.assignments(except: ["id"])) RETURNING number
    """
  private static let upsertItem = """
    INSERT INTO mirror_exchange_item (number, \(items.list)) VALUES (?, \(items.places))
    ON CONFLICT (number) DO UPDATE SET \(items.assignments(except: []))
    """

  static func keep(_ mirrored: MirroredExchange, in db: Database) throws {
    let statement = try db.cachedStatement(sql: upsertFact)
    let number = try Int64.fetchOne(
      statement,
      arguments: StatementArguments(factValues(of: mirrored))
    )
    // Its changed dates are read anew whenever the item is.
    if mirrored.item.master == nil { try removeDates(of: mirrored.item.id, in: db) }
    guard let number else { throw UnreadableColumn(table: "mirror_exchange") }
    try db.run(upsertItem, try itemValues(of: mirrored.item, number: number))
  }

  /// Forgets the item, and that it was to be checked.
  static func remove(_ id: ExchangeItemID, in db: Database) throws {
    try db.run("DELETE FROM mirror_exchange WHERE id = ?", [id.rawValue.databaseValue])
    try removeDates(of: id, in: db)
    try db.run(
      "DELETE FROM to_check WHERE side = 'exchange' AND id = ?",
      [id.rawValue.databaseValue]
    )
  }

  private static func removeDates(of master: ExchangeItemID, in db: Database) throws {
    try db.run("DELETE FROM mirror_exchange WHERE master = ?", [master.rawValue.databaseValue])
  }

  /// What the folder lists: singles and series, not the changed dates of series.
  static func count(in db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM mirror_exchange WHERE master IS NULL") ?? 0
  }

  static func allFacts(in db: Database) throws -> [ExchangeFact] {
    var read: [ExchangeFact] = []
    read.reserveCapacity(try count(in: db))
    let words = Interner()
    let sql = "SELECT \(facts.list) FROM mirror_exchange WHERE master IS NULL ORDER BY id"
    try db.forEachRow(sql) { row in
      read.append(try fact(row, sharing: words))
    }
    return read
  }

  /// The changed dates of a series, ordered by their original start.
  static func dates(of master: ExchangeItemID, in db: Database) throws -> [ExchangeItem] {
    var read: [ExchangeItem] = []
    let words = Interner()
    let sql = """
      SELECT \(itemSelection) FROM \(itemSource) WHERE fact.master = ?
      ORDER BY item.original_start, fact.id
      """
    try db.forEachRow(sql, [master.rawValue.databaseValue]) { row in
      var columns = ColumnReader(row, of: "mirror_exchange", sharing: words)
      read.append(try item(&columns))
    }
    return read
  }

  static func items(
    _ ids: [ExchangeItemID],
    in db: Database
  ) throws -> [ExchangeItemID: ExchangeItem] {
    var read: [ExchangeItemID: ExchangeItem] = [:]
    let words = Interner()
    let sql = "SELECT \(itemSelection) FROM \(itemSource) WHERE fact.id = ?"
    for id in ids {
      try db.forEachRow(sql, [id.rawValue.databaseValue]) { row in
        var columns = ColumnReader(row, of: "mirror_exchange", sharing: words)
        read[id] = try item(&columns)
      }
    }
    return read
  }

  private static func fact(_ row: Row, sharing words: Interner) throws -> ExchangeFact {
    var columns = ColumnReader(row, of: "mirror_exchange", sharing: words)
    let id = ExchangeItemID(try columns.text())
    let changeKey = ChangeKey(try columns.text())
    let folder = FolderID(try columns.shared())
    let role: SeriesRole = try columns.word()
    let master = try columns.optionalText().map(ExchangeItemID.init(rawValue:))
    return ExchangeFact(
      id: id,
      changeKey: changeKey,
      folder: folder,
      role: role,
      uid: try columns.optionalFingerprint(),
      when: try columns.when(),
      modified: try columns.instant(),
      own: try columns.prints(),
      projected: try columns.prints(),
      sensitivity: try columns.word(),
      showAs: try columns.word(),
      hasAttendees: try columns.flag(),
      isCancelled: try columns.flag(),
      response: try columns.word(),
      stamp: try columns.optionalStamp(),
      isStampOwn: try columns.flag(),
      reference: try columns.reference(),
      isTextWhole: try columns.flag(),
      master: master,
      originalStart: try columns.optionalInstant()
    )
  }

  private static func factValues(of mirrored: MirroredExchange) -> [DatabaseValue] {
    let (item, fact) = (mirrored.item, mirrored.fact)
    var row = ColumnWriter(capacity: facts.names.count)
    row.add(word: item.id)
    row.add(word: item.changeKey)
    row.add(word: item.folder)
    row.add(word: item.role)
    row.add(word: item.master)
    row.add(fact.uid)
    row.add(item.when)
    row.add(item.modified)
    row.add(fact.own)
    row.add(fact.projected)
    row.add(word: item.sensitivity)
    row.add(word: item.showAs)
    row.add(fact.hasAttendees)
    row.add(item.isCancelled)
    row.add(word: item.response)
    row.add(fact.stamp?.description)
    row.add(fact.isStampOwn)
    row.add(fact.reference)
    row.add(item.isTextWhole)
    row.add(fact.originalStart)
    return row.values
  }
}

extension ExchangeTable {
  /// Reads the columns of `itemSelection`.
  static func item(_ columns: inout ColumnReader) throws -> ExchangeItem {
    let id = ExchangeItemID(try columns.text())
    let changeKey = ChangeKey(try columns.text())
    let folder = FolderID(try columns.shared())
    let role: SeriesRole = try columns.word()
    let master = try columns.optionalText().map(ExchangeItemID.init(rawValue:))
    let when = try columns.when()
    let modified = try columns.instant()
    let sensitivity: Sensitivity = try columns.word()
    let showAs: ShowAs = try columns.word()
    let isCancelled = try columns.flag()
    let response: MeetingResponse = try columns.word()
    let isTextWhole = try columns.flag()
    return ExchangeItem(
      id: id,
      changeKey: changeKey,
      folder: folder,
      itemClass: try columns.shared(),
      role: role,
      uid: try columns.optionalText(),
      cleanUID: try columns.optionalText().map(CleanUID.init(rawValue:)),
      when: when,
      windowsZone: try columns.optionalShared(),
      title: try columns.text(),
      text: try columns.text(),
      isTextWhole: isTextWhole,
      place: try columns.text(),
      sensitivity: sensitivity,
      showAs: showAs,
      isMeeting: try columns.flag(),
      isCancelled: isCancelled,
      response: response,
      organizer: try organizer(&columns),
      attendees: try columns.list(),
      categories: try columns.list(),
      reminderMinutes: try columns.optionalCount(),
      created: try columns.instant(),
      modified: modified,
      stamp: try columns.optionalText(),
      recurrence: try RecurrenceColumns.pattern(&columns),
      exceptions: try columns.list(),
      deletedOccurrences: try columns.list(Int64.self).map(Instant.init(seconds:)),
      originalStart: try columns.optionalInstant(),
      master: master
    )
  }

  private static func organizer(_ columns: inout ColumnReader) throws -> Person? {
    guard let name = try columns.optionalText() else {
      columns.skip()
      return nil
    }
    return Person(name: name, address: try columns.text())
  }

  private static func itemValues(
    of item: ExchangeItem,
    number: Int64
  ) throws -> [DatabaseValue] {
    var row = ColumnWriter(capacity: items.names.count + 1)
    row.add(number)
    row.add(item.itemClass)
    row.add(item.uid)
    row.add(word: item.cleanUID)
    row.add(item.windowsZone)
    row.add(item.title)
    row.add(item.text)
    row.add(item.place)
    row.add(item.isMeeting)
    row.add(item.organizer?.name)
    row.add(item.organizer?.address)
    try row.add(list: item.attendees)
    try row.add(list: item.categories)
    row.add(item.reminderMinutes)
    row.add(item.created)
    row.add(item.stamp)
    try RecurrenceColumns.add(item.recurrence, to: &row)
    try row.add(list: item.exceptions)
    try row.add(list: item.deletedOccurrences.map(\.seconds))
    row.add(item.originalStart)
    return row.values
  }
}
