internal import GRDB
package import SyncModel

/// What an item is called and when it is, as last read: for its own user's eyes, on this machine.
package struct Caption: Hashable, Sendable {
  package let title: String
  /// Nil for a contact.
  package let when: When?

  package init(title: String, when: When?) {
    self.title = title
    self.when = when
  }
}

extension SQLiteCache {
  /// Captions of the mirrored ones among these items.
  package func captions(
    exchange ids: Set<ExchangeItemID>
  ) async throws -> [ExchangeItemID: Caption] {
    let sql = """
      SELECT item.title, \(ColumnNames.when().list(of: "fact"))
      FROM mirror_exchange fact JOIN mirror_exchange_item item ON item.number = fact.number
      WHERE fact.id = ?
      """
    return try await read { db in
      var captions: [ExchangeItemID: Caption] = [:]
      for id in ids {
        try db.forEachRow(sql, [id.rawValue.databaseValue]) { row in
          var columns = ColumnReader(row, of: "mirror_exchange")
          captions[id] = Caption(title: try columns.text(), when: try columns.when())
        }
        if captions[id] == nil, let name = try ContactTables.name(exchange: id, in: db) {
          captions[id] = Caption(title: name, when: nil)
        }
      }
      return captions
    }
  }

  /// The same for items of the PSA.
  package func captions(psa ids: Set<PSAID>, of kind: Kind) async throws -> [PSAID: Caption] {
    let sql = """
      SELECT item.title, fact.starts, fact.ends
      FROM mirror_psa fact JOIN mirror_psa_item item ON item.number = fact.number
      WHERE fact.kind = ? AND fact.id = ?
      """
    return try await read { db in
      var captions: [PSAID: Caption] = [:]
      for id in ids {
        if kind == .contact, let name = try ContactTables.name(psa: id, in: db) {
          captions[id] = Caption(title: name, when: nil)
        }
        let key = [kind.rawValue.databaseValue, id.rawValue.databaseValue]
        try db.forEachRow(sql, key) { row in
          var columns = ColumnReader(row, of: "mirror_psa")
          captions[id] = Caption(
            title: try columns.text(),
            when: .timed(start: try columns.instant(), end: try columns.instant(), zone: nil)
          )
        }
      }
      return captions
    }
  }
}
