internal import GRDB

/// Caches in memory, as simulations keep them.
extension SQLiteCache {
  /// What a backup of a cache in memory would hold: a second one with the same rows.
  package func copiedInMemory(reporting: Reporting? = nil) throws(StoreFailure) -> SQLiteCache {
    do {
      let copy = try DatabaseQueue(named: nil, configuration: connection.configuration)
      try connection.backup(to: copy)
      return SQLiteCache(file: SQLiteCache.inMemoryName, connection: copy, reporting: reporting)
    } catch {
      throw StoreFailure(of: error, in: file)
    }
  }

  /// Every text and blob that it holds, one after the other, for those who search it.
  package func contents() throws(StoreFailure) -> [UInt8] {
    do {
      return try connection.read { db in
        var bytes: [UInt8] = []
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        for table in try String.fetchAll(db, sql: tables) {
          let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \"\(table)\"")
          while let row = try rows.next() {
            for value in row.databaseValues {
              switch value.storage {
              case .string(let text): bytes += Array(text.utf8)
              case .blob(let data): bytes += Array(data)
              case .null, .int64, .double: continue
              }
              bytes.append(0)
            }
          }
        }
        return bytes
      }
    } catch {
      throw StoreFailure(of: error, in: file)
    }
  }
}
