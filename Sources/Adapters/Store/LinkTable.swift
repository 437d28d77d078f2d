internal import GRDB
internal import SyncModel

/// Rows of `link`.
enum LinkTable {
  static let columns =
    ColumnNames([
      "id", "kind", "tenant", "resource", "mailbox", "origin", "state", "reason", "state_run",
      "is_pinned", "folder", "item", "clean_uid", "original_date", "series_zone", "copy", "psa_id",
      "psa_parent", "stamp", "reference", "change_key", "exchange_modified", "psa_modified",
      "psa_sequence", "epoch", "base_starts", "base_ends", "base_first", "base_after_last",
      "base_zone",
    ])
    + .prints("source") + .prints("sent") + .prints("returned")
    + ColumnNames(["mask", "rules_version", "reassertions", "reasserted_since", "refusals"])
    + ColumnNames(["card_sent", "card_returned", "pin"])

  private static let insert =
    "INSERT INTO link (\(columns.list)) VALUES (\(columns.places))"

  /// Puts the links in place of those with the same ids, so that two of them may swap their items.
  static func keep(_ links: [Link], forget: [LinkID] = [], in db: Database) throws {
    for id in forget { try remove(id, in: db) }
    for link in links { try remove(link.id, in: db) }
    var latest: [LinkID: Int] = [:]
    for (position, link) in links.enumerated() { latest[link.id] = position }
    for (position, link) in links.enumerated() where latest[link.id] == position {
      do {
        try db.run(insert, try values(of: link))
      } catch let error as DatabaseError
        where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE
      {
        throw try clash(of: link, in: db) ?? error
      }
      try Counter.pass(.link, link.id.rawValue, in: db)
    }
  }

  /// Keeps links after their writes; one that now has neither half is forgotten.
  static func keep(settled links: [Link], in db: Database) throws {
    var latest: [LinkID: Link] = [:]
    for link in links { latest[link.id] = link }
    let whole = latest.values.filter { $0.exchange != nil || $0.psa != nil }
    try keep(whole.sorted { $0.id < $1.id }, forget: Array(latest.keys), in: db)
  }

  static func all(in db: Database) throws -> [Link] {
    var links: [Link] = []
    links.reserveCapacity(try Int.fetchOne(db, sql: "SELECT count(*) FROM link") ?? 0)
    let words = Interner()
    try db.forEachRow("SELECT \(columns.list) FROM link ORDER BY id") { row in
      links.append(try link(row, sharing: words))
    }
    return links
  }

  static func some(_ ids: Set<LinkID>, in db: Database) throws -> [Link] {
    let words = Interner()
    var links: [Link] = []
    for id in ids.sorted() {
      let sql = "SELECT \(columns.list) FROM link WHERE id = ?"
      try db.forEachRow(sql, [id.rawValue.databaseValue]) { row in
        links.append(try link(row, sharing: words))
      }
    }
    return links
  }

  private static func remove(_ id: LinkID, in db: Database) throws {
    try db.run("DELETE FROM link WHERE id = ?", [id.rawValue.databaseValue])
  }

  /// The link that already claims an identity of this one.
  private static func clash(of link: Link, in db: Database) throws -> StoreFailure? {
    var keys: [(name: String, condition: String, values: [DatabaseValue])] = []
    if let psa = link.psa {
      keys.append(
        (
          "\(link.kind.rawValue) \(psa.id) of the PSA", "kind = ? AND psa_id = ?",
          [link.kind.rawValue.databaseValue, psa.id.rawValue.databaseValue]
        )
      )
    }
    if let exchange = link.exchange {
      let date = exchange.originalDate?.daysSince1970.databaseValue ?? .null
      keys.append(
        (
          "Exchange item", "item = ? AND original_date IS ?",
          [exchange.item.rawValue.databaseValue, date]
        )
      )
      keys.append(
        (
          "calendar UID", "clean_uid = ? AND original_date IS ? AND copy = ? AND state <> 'held'",
          [
            exchange.cleanUID?.rawValue.databaseValue ?? .null, date, exchange.copy.databaseValue,
          ]
        )
      )
    }
    for key in keys {
      let sql = "SELECT id FROM link WHERE \(key.condition)"
      if let other = try Int64.fetchOne(db, sql: sql, arguments: StatementArguments(key.values)) {
        return .clash(LinkID(other), link.id, over: key.name)
      }
    }
    return nil
  }

  static func link(_ row: Row, sharing words: Interner?) throws -> Link {
    var columns = ColumnReader(row, of: "link", sharing: words)
    let id = LinkID(try columns.number())
    let kind: Kind = try columns.word()
    let tenant = TenantID(try columns.number())
    let resource = ResourceID(try columns.number())
    let mailbox = MailboxID(try columns.shared())
    let origin: Origin = try columns.word()
    let state: LinkState = try columns.word()
    let reason: LinkReason? = try columns.optionalWord()
    let stateRun = try columns.optionalNumber().map(RunID.init(rawValue:))
    // Whether it is pinned is for people who look; what is pinned stands at the end of the row.
    columns.skip()
    var link = Link(
      id: id,
      kind: kind,
      tenant: tenant,
      resource: resource,
      mailbox: mailbox,
      origin: origin,
      state: state,
      reason: reason,
      stateRun: stateRun,
      exchange: try exchange(&columns),
      psa: try psa(&columns),
      stamp: try columns.optionalStamp(),
      reference: try columns.optionalReference(),
      changeKey: try columns.optionalText().map(ChangeKey.init(rawValue:)),
      exchangeModified: try columns.optionalInstant(),
      psaModified: try columns.optionalInstant(),
      psaSequence: try columns.number(),
      epoch: try columns.count(),
      base: try base(&columns),
      reassertions: try reassertions(&columns),
      refusals: try columns.list()
    )
    link.base.cardSent = try columns.optionalCard()
    link.base.cardReturned = try columns.optionalCard()
    link.pin = try columns.list(Pin.self).first
    return link
  }

  private static func exchange(_ columns: inout ColumnReader) throws -> ExchangeIdentity? {
    guard let folder = try columns.optionalShared() else {
      columns.skip(5)
      return nil
    }
    return ExchangeIdentity(
      folder: FolderID(folder),
      item: ExchangeItemID(try columns.text()),
      cleanUID: try columns.optionalText().map(CleanUID.init(rawValue:)),
      originalDate: try columns.optionalDate(),
      seriesZone: try columns.optionalShared().map(ZoneName.init(rawValue:)),
      copy: try columns.count()
    )
  }

  private static func psa(_ columns: inout ColumnReader) throws -> PSAIdentity? {
    guard let id = try columns.optionalNumber() else {
      columns.skip()
      return nil
    }
    return PSAIdentity(
      id: PSAID(id),
      parent: try columns.optionalNumber().map(PSAID.init(rawValue:))
    )
  }

  private static func base(_ columns: inout ColumnReader) throws -> Base {
    let start = try columns.optionalInstant()
    let end = try columns.optionalInstant()
    let first = try columns.optionalDate()
    let afterLast = try columns.optionalDate()
    let zone = try columns.optionalShared()
    var allDay: AllDayBase?
    if let first, let afterLast, let zone {
      allDay = AllDayBase(first: first, afterLast: afterLast, zone: ZoneName(zone))
    }
    var span: Span?
    if let start, let end { span = Span(start: start, end: end) }
    return Base(
      span: span,
      allDay: allDay,
      source: try columns.optionalPrints(),
      sent: try columns.optionalPrints(),
      returned: try columns.optionalPrints(),
      mask: try columns.word(),
      rulesVersion: try columns.count()
    )
  }

  private static func reassertions(_ columns: inout ColumnReader) throws -> Reassertions? {
    guard let count = try columns.optionalCount() else {
      columns.skip()
      return nil
    }
    return Reassertions(count: count, since: try columns.instant())
  }

  private static func values(of link: Link) throws -> [DatabaseValue] {
    var row = ColumnWriter(capacity: columns.names.count)
    row.add(link.id)
    row.add(word: link.kind)
    row.add(link.tenant)
    row.add(link.resource)
    row.add(word: link.mailbox)
    row.add(word: link.origin)
    row.add(word: link.state)
    row.add(word: link.reason)
    row.add(link.stateRun)
    row.add(link.isPinned)
    row.add(word: link.exchange?.folder)
    row.add(word: link.exchange?.item)
    row.add(word: link.exchange?.cleanUID)
    row.add(link.exchange?.originalDate)
    row.add(word: link.exchange?.seriesZone)
    row.add(link.exchange?.copy)
    row.add(link.psa?.id)
    row.add(link.psa?.parent)
    row.add(link.stamp?.description)
    row.add(link.reference)
    row.add(word: link.changeKey)
    row.add(link.exchangeModified)
    row.add(link.psaModified)
    row.add(link.psaSequence)
    row.add(link.epoch)
    row.add(link.base.span?.start)
    row.add(link.base.span?.end)
    row.add(link.base.allDay?.first)
    row.add(link.base.allDay?.afterLast)
    row.add(word: link.base.allDay?.zone)
    row.add(link.base.source)
    row.add(link.base.sent)
    row.add(link.base.returned)
    row.add(word: link.base.mask)
    row.add(link.base.rulesVersion)
    row.add(link.reassertions?.count)
    row.add(link.reassertions?.since)
    try row.add(list: link.refusals)
    row.add(link.base.cardSent)
    row.add(link.base.cardReturned)
    try row.add(list: link.pin.map { [$0] } ?? [])
    return row.values
  }
}

/// Numbers that are given once: rows of `counter`.
enum Counter: String {
  case link, run

  /// The first of `count` numbers that were never given.
  static func reserve(_ counter: Counter, _ count: Int, in db: Database) throws -> Int64 {
    let first = try next(counter, in: db)
    try set(counter, first + Int64(count), in: db)
    return first
  }

  /// Makes sure that `number` is not given again.
  static func pass(_ counter: Counter, _ number: Int64, in db: Database) throws {
    try db.run(
      "UPDATE counter SET next = ?1 + 1 WHERE name = ?2 AND next <= ?1",
      [number.databaseValue, counter.rawValue.databaseValue]
    )
  }

  private static func next(_ counter: Counter, in db: Database) throws -> Int64 {
    let statement = try db.cachedStatement(sql: "SELECT next FROM counter WHERE name = ?")
    guard let next = try Int64.fetchOne(statement, arguments: [counter.rawValue]) else {
      throw UnreadableColumn(table: "counter")
    }
    return next
  }

  private static func set(_ counter: Counter, _ next: Int64, in db: Database) throws {
    try db.run(
      "UPDATE counter SET next = ? WHERE name = ?",
      [next.databaseValue, counter.rawValue.databaseValue]
    )
  }
}
