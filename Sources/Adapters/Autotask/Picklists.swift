/// The labels of an entity's picklists (`autotask.md` 4.9).
struct Picklists: Sendable {
  private var labels: [String: [Int64: String]] = [:]

  /// No labels at all.
  init() {}

  /// Reads `{Entity}/entityInformation/fields`; a value is text there, for integer fields too.
  init(_ body: [UInt8]) throws(JSONReader.Fault) {
    var reader = JSONReader(body)
    guard try reader.enterObject("reply") else { throw .wrong("reply") }
    while let key = try reader.nextKey() {
      guard key == "fields", try reader.enterArray(key) else {
        if key != "fields" { try reader.skip() }
        continue
      }
      while try reader.nextElement() { try readField(&reader) }
    }
    try reader.finish()
  }

  func label(of value: Int64?, in field: String) -> String {
    value.flatMap { labels[field]?[$0] } ?? ""
  }

  private mutating func readField(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    var name = ""
    var values: [Int64: String] = [:]
    guard try reader.enterObject("field") else { return }
    while let key = try reader.nextKey() {
      switch key {
      case "name": name = try reader.text(key) ?? ""
      case "picklistValues":
        guard try reader.enterArray(key) else { continue }
        while try reader.nextElement() { try Picklists.readValue(&reader, into: &values) }
      default: try reader.skip()
      }
    }
    if !values.isEmpty { labels[name] = values }
  }

  private static func readValue(
    _ reader: inout JSONReader,
    into values: inout [Int64: String]
  ) throws(JSONReader.Fault) {
    var value: Int64?
    var label = ""
    guard try reader.enterObject("value") else { return }
    while let key = try reader.nextKey() {
      switch key {
      case "value": value = try reader.text(key).flatMap { Int64($0) }
      case "label": label = try reader.text(key) ?? ""
      default: try reader.skip()
      }
    }
    if let value { values[value] = label }
  }
}

extension AutotaskService {
  /// The labels of an entity's picklists, read once; none where the API user may not read them.
  func picklists(of entity: String) async throws(AutotaskError) -> Picklists {
    if let known = picklists[entity] { return known }
    let call = RESTCall(
      verb: .get,
      entity: entity,
      target: .path("\(entity)/entityInformation/fields"),
      isReading: true
    )
    let body = try await shown(orElse: nil) { () throws(AutotaskError) -> [UInt8]? in
      try await self.channel.answer(to: call)
    }
    let read: Picklists
    do throws(JSONReader.Fault) {
      read = try body.map { bytes throws(JSONReader.Fault) in try Picklists(bytes) } ?? Picklists()
    } catch {
      throw .malformed(try await channel.subject(entity), reason: error.description)
    }
    picklists[entity] = read
    return read
  }
}
