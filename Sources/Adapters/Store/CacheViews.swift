internal import GRDB
package import SyncModel

/// A link with the items that it joins, as far as they are mirrored.
package struct LinkView: Hashable, Sendable {
  package let link: Link
  /// The item, or the master for an occurrence.
  package let exchange: ExchangeItem?
  package let psa: PSAItem?
}

/// How much the cache holds.
package struct CacheCounts: Hashable, Sendable {
  package var exchange = 0
  package var psa = 0
  package var links: [LinkState: Int] = [:]
  package var toCheck = 0
  package var holds = 0

  package init() {}
}

/// What commands show. Nothing here changes the cache.
///
/// The `forEach` functions hold one row at a time and block their thread: they are for commands.
extension SQLiteCache {
  /// Each mirrored Exchange item with its link, ordered by start, then id.
  ///
  /// Only items that end after `from` and start before `to`. Whole days count in every zone that
  /// the earth has; a series counts from its first start on, for ever.
  package func forEachExchangeItem(
    from: Instant? = nil,
    to: Instant? = nil,
    _ body: (ExchangeItem, LinkID?) throws -> Void
  ) throws {
    let sql = """
      SELECT \(ExchangeTable.itemSelection),
        (SELECT id FROM link WHERE link.item = fact.id
          AND ifnull(link.original_date, 'item') = 'item')
      FROM \(ExchangeTable.itemSource)
      WHERE (fact.role = 'master' OR max(fact.ends, fact.starts + 1) + fact.is_all_day * 43200 > ?1)
        AND fact.starts - fact.is_all_day * 50400 < ?2
      ORDER BY fact.starts, fact.id
      """
    let words = Interner()
    try forEachRow(sql, from, to) { row in
      var columns = ColumnReader(row, of: "mirror_exchange", sharing: words)
      let item = try ExchangeTable.item(&columns)
      try body(item, try columns.optionalNumber().map(LinkID.init(rawValue:)))
    }
  }

  /// Each mirrored PSA item with its link, ordered by start, kind and id.
  ///
  /// Only items that end after `from` and start before `to`.
  package func forEachPSAItem(
    from: Instant? = nil,
    to: Instant? = nil,
    _ body: (PSAItem, LinkID?) throws -> Void
  ) throws {
    let sql = """
      SELECT \(PSATable.itemSelection),
        (SELECT id FROM link WHERE link.kind = fact.kind AND link.psa_id = fact.id)
      FROM \(PSATable.itemSource)
      WHERE max(fact.ends, fact.starts + 1) > ?1 AND fact.starts < ?2
      ORDER BY fact.starts, fact.kind, fact.id
      """
    try forEachRow(sql, from, to) { row in
      var columns = ColumnReader(row, of: "mirror_psa")
      let item = try PSATable.item(&columns)
      try body(item, try columns.optionalNumber().map(LinkID.init(rawValue:)))
    }
  }

  /// Each mirrored contact in Exchange that bears a stamp of ours, with its link, ordered by id.
  ///
  /// Of other people's contacts nothing is kept that could be shown.
  package func forEachExchangeContact(
    _ body: (ExchangeContact, LinkID?) throws -> Void
  ) throws {
    let sql = """
      SELECT contact, (SELECT id FROM link WHERE link.item = mirror_exchange_contact.id)
      FROM mirror_exchange_contact WHERE contact IS NOT NULL ORDER BY id
      """
    try forEachContact(sql, of: "mirror_exchange_contact", body)
  }

  /// Each mirrored contact of the PSA with its link, ordered by id.
  package func forEachPSAContact(_ body: (PSAContact, LinkID?) throws -> Void) throws {
    let sql = """
      SELECT contact,
        (SELECT id FROM link WHERE link.kind = 'contact'
          AND link.psa_id = mirror_psa_contact.id)
      FROM mirror_psa_contact ORDER BY id
      """
    try forEachContact(sql, of: "mirror_psa_contact", body)
  }

  /// Each link in one of the states (nil: in any) with its items, ordered by id.
  package func forEachLink(
    in states: Set<LinkState>? = nil,
    _ body: (LinkView) throws -> Void
  ) throws {
    try translated {
      try connection.read { db in
        let words = Interner()
        let sql = "SELECT \(LinkTable.columns.list) FROM link ORDER BY id"
        try db.forEachRow(sql) { row in
          let link = try LinkTable.link(row, sharing: words)
          guard states?.contains(link.state) ?? true else { return }
          try body(try SQLiteCache.view(of: link, in: db))
        }
      }
    }
  }

  /// One link with its items; nil where the link is gone.
  package func link(_ id: LinkID) async throws -> LinkView? {
    try await read { db in
      var view: LinkView?
      let sql = "SELECT \(LinkTable.columns.list) FROM link WHERE id = ?"
      try db.forEachRow(sql, [id.rawValue.databaseValue]) { row in
        view = try SQLiteCache.view(of: try LinkTable.link(row, sharing: nil), in: db)
      }
      return view
    }
  }

  /// What was ever journaled for a link, oldest first; also of a link that is gone.
  package func entries(of link: LinkID) async throws -> [JournalEntry] {
    try await read {
      try JournalTable.entries(where: "link = ?", [link.rawValue.databaseValue], in: $0)
    }
  }

  /// The same of every link that ever wrote an item of this id, or of this whole title.
  package func entries(ofItem words: String) async throws -> [JournalEntry] {
    try await read {
      try JournalTable.entries(
        where: """
          link IN (
            SELECT link FROM journal
            WHERE ?1 IN (target, result_id, wanted_title, before_title)
          )
          """,
        [words.databaseValue],
        in: $0
      )
    }
  }

  package func counts() async throws -> CacheCounts {
    try await read { db in
      var counts = CacheCounts()
      counts.exchange = try ExchangeTable.count(in: db)
      counts.psa = try Int.fetchOne(db, sql: "SELECT count(*) FROM mirror_psa") ?? 0
      counts.toCheck = try Int.fetchOne(db, sql: "SELECT count(*) FROM to_check") ?? 0
      counts.holds = try Int.fetchOne(db, sql: "SELECT count(*) FROM hold") ?? 0
      try db.forEachRow("SELECT state, count(*) FROM link GROUP BY state") { row in
        var columns = ColumnReader(row, of: "link")
        counts.links[try columns.word()] = try columns.count()
      }
      return counts
    }
  }

  /// What the run read to its end, in the order in which it was kept.
  package func coverage(of run: RunID) async throws -> [Coverage] {
    try await read { try CoverageTable.coverage(of: run, in: $0) }
  }

  /// What SQLite finds wrong with the file, a line for each fault; empty where it is sound.
  package func faults() async throws -> [String] {
    try await read { db in
      do {
        let found = try String.fetchAll(db, sql: "PRAGMA quick_check(20)").filter { $0 != "ok" }
        guard found.isEmpty else { return found }
        let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
        return orphans > 0 ? ["\(orphans) rows belong to nothing"] : []
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
        return [error.message ?? "the file is damaged"]
      }
    }
  }

  private static func view(of link: Link, in db: Database) throws -> LinkView {
    var exchange: ExchangeItem?
    if let id = link.exchange?.item { exchange = try ExchangeTable.items([id], in: db)[id] }
    var psa: PSAItem?
    if let id = link.psa?.id { psa = try PSATable.items([id], of: link.kind, in: db)[id] }
    return LinkView(link: link, exchange: exchange, psa: psa)
  }

  private func forEachRow(
    _ sql: String,
    _ from: Instant?,
    _ to: Instant?,
    _ body: (Row) throws -> Void
  ) throws {
    let bounds = [from?.seconds ?? .min, to?.seconds ?? .max].map(\.databaseValue)
    try translated {
      try connection.read { try $0.forEachRow(sql, bounds, body) }
    }
  }

  private func forEachContact<Contact: Decodable>(
    _ sql: String,
    of table: String,
    _ body: (Contact, LinkID?) throws -> Void
  ) throws {
    try translated {
      try connection.read { db in
        try db.forEachRow(sql) { row in
          var columns = ColumnReader(row, of: table)
          guard let contact: Contact = try columns.optionalValue() else { return }
          try body(contact, try columns.optionalNumber().map(LinkID.init(rawValue:)))
        }
      }
    }
  }

  private func translated(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      throw StoreFailure.cause(of: error, in: file)
    }
  }
}
