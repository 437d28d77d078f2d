import SyncEngine
import SyncModel

/// How far a listing was read: where its next page is, and what guards against going in circles.
///
/// Travels as the page token: `<pages read>;<highest id read>;<URL>`.
struct Listing: Hashable, Sendable {
  static let mostPages = 1_000
  /// How often a list is read that has not what the PSA counts.
  static let tries = 3

  let pages: Int
  let highestID: Int64
  let url: String

  init(pages: Int, highestID: Int64, url: String) {
    self.pages = pages
    self.highestID = highestID
    self.url = url
  }

  init?(_ token: PageToken) {
    let parts = token.rawValue.split(separator: ";", maxSplits: 2)
    guard parts.count == 3, let pages = Int(parts[0]), let highestID = Int64(parts[1]) else {
      return nil
    }
    self.init(pages: pages, highestID: highestID, url: String(parts[2]))
  }

  var token: PageToken { PageToken("\(pages);\(highestID);\(url)") }
}

extension RESTChannel {
  /// One page of a query; `listing` continues it.
  ///
  /// The body of page 1 is sent again with each later one, by POST, as the PSA wants it
  /// (`autotask.md` 4.4).
  func page<Row: EntityRow>(
    of query: Query,
    as row: Row.Type,
    continuing listing: Listing? = nil
  ) async throws(AutotaskError) -> (rows: [Row], next: Listing?) {
    let call = RESTCall(
      verb: .post,
      entity: query.entity,
      target: listing.map { .page($0.url) } ?? .path("\(query.entity)/query"),
      body: query.body,
      isReading: true
    )
    let body = try await answer(to: call)
    let subject = try await subject(query.entity)
    let reply: QueryReply<Row>
    do throws(JSONReader.Fault) {
      reply = try QueryReply(body)
    } catch {
      throw .malformed(subject, reason: error.description)
    }
    let highest = try ascent(of: reply.rows, from: listing?.highestID ?? .min, subject)
    guard let url = reply.nextPageURL else {
      if listing == nil, let count = reply.count, count > reply.rows.count {
        throw .incomplete(subject, brought: reply.rows.count, of: Int(clamping: count))
      }
      return (reply.rows, nil)
    }
    let pages = (listing?.pages ?? 0) + 1
    guard url != listing?.url else {
      throw .endlessListing(subject, reason: "page \(pages) names itself as the next one")
    }
    guard pages < Listing.mostPages else {
      throw .endlessListing(subject, reason: "it has more than \(Listing.mostPages) pages")
    }
    guard Origin(url) == (try await zone()).root.origin else { throw .foreignPage(subject) }
    return (reply.rows, Listing(pages: pages, highestID: highest, url: url))
  }

  /// Visits all rows that answer the query, a page at a time.
  func eachPage<Row: EntityRow>(
    of query: Query,
    as row: Row.Type,
    _ visit: ([Row]) throws(AutotaskError) -> Void
  ) async throws(AutotaskError) {
    var listing: Listing?
    repeat {
      let page = try await page(of: query, as: row, continuing: listing)
      try visit(page.rows)
      listing = page.next
    } while listing != nil
  }

  /// All rows that answer the query.
  func allRows<Row: EntityRow>(
    of query: Query,
    as row: Row.Type
  ) async throws(AutotaskError) -> [Row] {
    var rows: [Row] = []
    try await eachPage(of: query, as: row) { page throws(AutotaskError) in rows += page }
    return rows
  }

  func identities(of query: Query) async throws(AutotaskError) -> [PSAID] {
    try await allRows(of: query, as: BareRow.self).map { PSAID($0.id) }
  }

  /// All rows that answer the query, and certainly all: as many as the PSA counts.
  func countedRows<Row: EntityRow>(
    of query: Query,
    as row: Row.Type
  ) async throws(AutotaskError) -> [Row] {
    for _ in 0..<Listing.tries {
      let rows = try await allRows(of: query, as: row)
      if try await count(of: query) == rows.count { return rows }
    }
    throw .malformed(
      try await subject(query.entity),
      reason: "the list has not as many rows as the PSA counts"
    )
  }

  /// The rows with these ids that are there, in lists of at most 400.
  ///
  /// What a list leaves out counts as absent only when a count of it is 0 too.
  func rows<Row: EntityRow>(
    _ ids: [PSAID],
    of entity: String,
    fields: [String],
    as row: Row.Type
  ) async throws(AutotaskError) -> [Row] {
    var rows: [Row] = []
    for start in stride(from: 0, to: ids.count, by: Query.longestList) {
      let part = ids[start..<min(start + Query.longestList, ids.count)]
      rows += try await listed(part.map(\.rawValue), of: entity, fields: fields, as: row)
    }
    return rows
  }

  private func listed<Row: EntityRow>(
    _ ids: [Int64],
    of entity: String,
    fields: [String],
    as row: Row.Type
  ) async throws(AutotaskError) -> [Row] {
    var rows: [Row] = []
    var missing = ids
    var hidden = 0
    for _ in 0..<Listing.tries {
      let query = Query(
        entity: entity,
        fields: fields,
        conditions: [.isOne(of: missing, "id")]
      )
      var found: Set<Int64> = []
      try await eachPage(of: query, as: row) { page throws(AutotaskError) in
        for row in page where found.insert(row.id).inserted { rows.append(row) }
      }
      missing.removeAll { found.contains($0) }
      if missing.isEmpty { return rows }
      let rest = Query(entity: entity, fields: fields, conditions: [.isOne(of: missing, "id")])
      hidden = try await count(of: rest)
      if hidden == 0 { return rows }
    }
    throw .incomplete(
      try await subject(entity),
      brought: rows.count,
      of: rows.count + hidden
    )
  }

  /// `POST /{Entity}/query/count`: how many rows answer the query.
  func count(of query: Query) async throws(AutotaskError) -> Int {
    let call = RESTCall(
      verb: .post,
      entity: query.entity,
      target: .path("\(query.entity)/query/count"),
      body: query.countBody,
      isReading: true
    )
    let body = try await answer(to: call)
    do throws(JSONReader.Fault) {
      let count = try JSONReader.member("queryCount", of: body)
      guard let count, count >= 0, count <= Int64(Int32.max) else { throw .wrong("queryCount") }
      return Int(count)
    } catch {
      throw .malformed(try await subject(query.entity), reason: error.description)
    }
  }

  /// `GET /{Entity}/{id}`: the row, or nil for `{"item":null}`.
  func row<Row: EntityRow>(
    _ id: Int64,
    of entity: String,
    as row: Row.Type
  ) async throws(AutotaskError) -> Row? {
    let call = RESTCall(
      verb: .get,
      entity: entity,
      id: id,
      target: .path("\(entity)/\(id)"),
      isReading: true
    )
    let body = try await answer(to: call)
    do throws(JSONReader.Fault) {
      return try RowReply<Row>(body, id: id).row
    } catch {
      throw .malformed(try await subject(entity, id), reason: error.description)
    }
  }

  private func ascent(
    of rows: [some EntityRow],
    from start: Int64,
    _ subject: Subject
  ) throws(AutotaskError) -> Int64 {
    var highest = start
    for row in rows {
      guard row.id > highest else {
        throw .endlessListing(subject, reason: "the ids do not ascend at \(row.id)")
      }
      highest = row.id
    }
    return highest
  }
}

/// `{"item":{…}}` or `{"item":null}`.
private struct RowReply<Row: EntityRow> {
  private(set) var row: Row?

  init(_ body: [UInt8], id: Int64) throws(JSONReader.Fault) {
    var reader = JSONReader(body)
    var hasItem = false
    guard try reader.enterObject("reply") else { throw .wrong("reply") }
    while let key = try reader.nextKey() {
      guard key == "item" else {
        try reader.skip()
        continue
      }
      hasItem = true
      if try reader.isNextObject() {
        row = try Row(&reader)
      } else if try reader.text(key) != nil {
        throw .wrong(key)
      }
    }
    try reader.finish()
    // Only the PSA's own null says that there is no such row.
    guard hasItem, row == nil || row?.id == id else { throw .wrong("item") }
  }
}

extension JSONReader {
  /// The whole number under this key of a small reply; nil for null or where it is not there.
  static func member(_ wanted: String, of body: [UInt8]) throws(Fault) -> Int64? {
    var reader = JSONReader(body)
    var number: Int64?
    guard try reader.enterObject("reply") else { throw .wrong("reply") }
    while let key = try reader.nextKey() {
      if key == wanted { number = try reader.number(key) } else { try reader.skip() }
    }
    try reader.finish()
    return number
  }
}
