import SyncEngine

/// A question to one entity: `POST /{Entity}/query` (`autotask.md` 4.3).
struct Query: Sendable {
  /// A condition; those of a query hold together.
  indirect enum Condition: Sendable {
    /// `op`, field and value; `in` takes an array.
    case test(String, String, JSONValue)
    case any([Condition])
  }

  /// Rows on a page; 500 is the most that the PSA gives.
  static let pageSize: Int64 = 500
  /// Values in an `in` list: each counts as an OR, of which a query may have 500.
  static let longestList = PSAQuery.longestList

  let entity: String
  /// Must contain `id`; asking for less is cheaper for both sides.
  let fields: [String]
  let conditions: [Condition]

  var body: [UInt8] {
    let wanted: [JSONMember] = [
      JSONMember("MaxRecords", .number(Query.pageSize)),
      JSONMember("IncludeFields", .array(fields.map(JSONValue.text))),
      filter,
    ]
    return JSONValue.object(wanted).bytes
  }

  var countBody: [UInt8] { JSONValue.object([filter]).bytes }

  private var filter: JSONMember { JSONMember("filter", .array(conditions.map(\.json))) }
}

extension Query.Condition {
  /// The field is one of these numbers, at most `Query.longestList`.
  static func isOne(of numbers: [Int64], _ field: String) -> Query.Condition {
    .test("in", field, .array(numbers.map(JSONValue.number)))
  }

  fileprivate var json: JSONValue {
    switch self {
    case .test(let op, let field, let value):
      .object([
        JSONMember("op", .text(op)), JSONMember("field", .text(field)), JSONMember("value", value),
      ])
    case .any(let items):
      .object([JSONMember("op", .text("or")), JSONMember("items", .array(items.map(\.json)))])
    }
  }
}

/// A row of an entity as a query or a look-up gives it.
protocol EntityRow: Sendable {
  var id: Int64 { get }
  /// Reads the object that is next; unknown members are left out.
  init(_ reader: inout JSONReader) throws(JSONReader.Fault)
}

/// A row of which only the id was asked.
struct BareRow: EntityRow {
  static let fields = ["id"]
  let id: Int64

  init(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    var id: Int64?
    guard try reader.enterObject("item") else { throw .wrong("item") }
    while let key = try reader.nextKey() {
      if key == "id" { id = try reader.number(key) } else { try reader.skip() }
    }
    guard let id else { throw .wrong("id") }
    self.id = id
  }
}

/// `{"items":[…],"pageDetails":{…}}`.
struct QueryReply<Row: EntityRow> {
  private(set) var rows: [Row] = []
  private(set) var nextPageURL: String?
  /// `pageDetails.count`.
  private(set) var count: Int64?

  init(_ body: [UInt8]) throws(JSONReader.Fault) {
    var reader = JSONReader(body)
    var hasItems = false
    var hasDetails = false
    guard try reader.enterObject("reply") else { throw .wrong("reply") }
    while let key = try reader.nextKey() {
      switch key {
      case "items":
        guard try reader.enterArray(key) else { throw .wrong(key) }
        while try reader.nextElement() { rows.append(try Row(&reader)) }
        hasItems = true
      case "pageDetails":
        hasDetails = try readDetails(&reader)
      default: try reader.skip()
      }
    }
    try reader.finish()
    guard hasItems else { throw .wrong("items") }
    // Without it nobody knows whether this was all.
    guard hasDetails else { throw .wrong("pageDetails") }
  }

  private mutating func readDetails(
    _ reader: inout JSONReader
  ) throws(JSONReader.Fault) -> Bool {
    guard try reader.enterObject("pageDetails") else { return false }
    while let key = try reader.nextKey() {
      switch key {
      case "nextPageUrl":
        let url = try reader.text(key)
        nextPageURL = url?.isEmpty == true ? nil : url
      case "count": count = try reader.number(key)
      default: try reader.skip()
      }
    }
    return true
  }
}
