internal import CPQ

/// A parameter of a statement; it travels as text.
package enum PostgreSQLValue: Hashable, Sendable {
  case null
  /// BIGINT.
  case number(Int64)
  /// TEXT; PostgreSQL has no room for U+0000, and refuses it.
  case text(String)

  /// The type's number in `pg_type`; 0 leaves it to the server.
  var type: Oid {
    switch self {
    case .null: 0
    case .number: 20
    case .text: 25
    }
  }

  var text: String? {
    switch self {
    case .null: nil
    case .number(let number): String(number)
    case .text(let text): text
    }
  }
}

/// A connection as the one who has it now sees it; used on the connection's queue only.
package final class PostgreSQLSession {
  private let handle: OpaquePointer

  /// Blocks until the server has answered, or cannot be reached.
  init(to url: String, named name: String) throws(PostgreSQLFailure) {
    let isNear = PostgreSQLSession.isNear(url)
    // What stands before `dbname` is overruled by the URL, what stands behind it overrules the URL.
    var settings: [(String, String)] = [
      ("connect_timeout", "10"), ("tcp_user_timeout", "20000"), ("keepalives_idle", "30"),
      ("application_name", name),
    ]
    if !isNear {
      settings += [
        ("sslmode", "verify-full"), ("sslrootcert", "/etc/ssl/certs/ca-certificates.crt"),
      ]
    }
    settings += [("dbname", url), ("client_encoding", "UTF8")]
    let handle = withCStrings(settings.map(\.0)) { keywords in
      withCStrings(settings.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
    }
    guard let handle else { throw PostgreSQLFailure(words: "no memory", progress: .notBegun) }
    self.handle = handle
    guard PQstatus(handle) == CONNECTION_OK else {
      throw PostgreSQLFailure(words: words, isDisconnected: true, progress: .notBegun)
    }
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    do {
      // Whoever vanishes in the middle of a transaction must not keep its locks.
      _ = try run("SET lock_timeout = '10s'")
      _ = try run("SET idle_in_transaction_session_timeout = '60s'")
    } catch {
      throw error.at(.notBegun)
    }
  }

  deinit { PQfinish(handle) }

  var isConnected: Bool { PQstatus(handle) == CONNECTION_OK }

  /// The rows that a statement gives; parameters are `$1`, `$2`, and so on.
  package func rows(
    _ sql: String,
    _ values: [PostgreSQLValue] = []
  ) throws(PostgreSQLFailure) -> [[String?]] {
    let answer = try ask(sql, values)
    return answer.rows
  }

  /// How many rows a statement changed.
  @discardableResult
  package func run(
    _ sql: String,
    _ values: [PostgreSQLValue] = []
  ) throws(PostgreSQLFailure) -> Int {
    let answer = try ask(sql, values)
    return answer.changed
  }

  /// Runs `body` between `begin` and COMMIT; whatever it throws undoes all of it.
  func transaction<Value>(
    _ begin: String,
    _ body: (PostgreSQLSession) throws -> Value
  ) throws -> Value {
    do {
      try run(begin)
    } catch {
      throw error.at(.notBegun)
    }
    let value: Value
    do {
      value = try body(self)
    } catch {
      // Where even this fails the connection is gone, and the server undoes it by itself.
      if isConnected { _ = try? run("ROLLBACK") }  // clean-up
      throw error
    }
    do throws(PostgreSQLFailure) {
      let answer = try ask("COMMIT", [])
      // A transaction that an error had ended is rolled back without complaint.
      guard answer.tag == "COMMIT" else {
        throw PostgreSQLFailure(words: "the transaction was rolled back")
      }
    } catch {
      throw error.isDisconnected ? error.at(.unsettled) : error
    }
    return value
  }

  private struct Answer: ~Copyable {
    let result: OpaquePointer
    deinit { PQclear(result) }

    var tag: String { String(cString: PQcmdStatus(result)) }
    var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    var rows: [[String?]] {
      let columns = PQnfields(result)
      return (0..<PQntuples(result)).map { row in
        (0..<columns).map { column in
          guard PQgetisnull(result, row, column) == 0, let text = PQgetvalue(result, row, column)
          else { return nil }
          return String(cString: text)
        }
      }
    }
  }

  private func ask(
    _ sql: String,
    _ values: [PostgreSQLValue]
  ) throws(PostgreSQLFailure) -> Answer {
    let texts = values.map(\.text)
    guard !texts.contains(where: { $0?.utf8.contains(0) == true }) else {
      throw PostgreSQLFailure(sqlState: "22021", words: "a text holds the character U+0000")
    }
    let result = withCStrings(texts) { texts in
      PQexecParams(handle, sql, Int32(values.count), values.map(\.type), texts, nil, nil, 0)
    }
    guard let result else {
      throw PostgreSQLFailure(words: words, isDisconnected: !isConnected)
    }
    let answer = Answer(result: result)
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return answer
    default:
      throw PostgreSQLFailure(
        sqlState: pq_sqlstate(result).map { String(cString: $0) },
        words: pq_primary_message(result).map { String(cString: $0) } ?? words,
        isDisconnected: !isConnected
      )
    }
  }

  /// What libpq says of the connection, on one line.
  private var words: String {
    String(cString: PQerrorMessage(handle)).split(whereSeparator: \.isNewline)
      .joined(separator: "; ")
  }

  /// True where the URL leads to this machine: a socket's folder, no host, or a loopback address.
  static func isNear(_ url: String) -> Bool {
    guard let options = PQconninfoParse(url, nil) else { return false }
    defer { PQconninfoFree(options) }
    var hosts: [String] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if ["host", "hostaddr"].contains(String(cString: keyword)), let value = option.pointee.val {
        hosts += String(cString: value).split(separator: ",").map(String.init)
      }
      option += 1
    }
    return hosts.allSatisfy {
      $0.hasPrefix("/") || $0.hasPrefix("@") || ["localhost", "::1"].contains($0)
        || $0.hasPrefix("127.")
    }
  }
}

/// Texts as C sees them, ended by a NULL; nil among them is NULL too.
private func withCStrings<Result>(
  _ texts: [String?],
  _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  var bytes: [CChar] = []
  var starts: [Int?] = []
  for text in texts {
    starts.append(text.map { _ in bytes.count })
    if let text { bytes += text.utf8.map { CChar(bitPattern: $0) } + [0] }
  }
  return bytes.withUnsafeBufferPointer { bytes in
    let places = starts.map { start in start.flatMap { bytes.baseAddress?.advanced(by: $0) } }
    return (places + [nil]).withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
