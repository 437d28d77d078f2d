import SyncModel

/// A row of which a few plain fields are wanted: numbers, texts and booleans as they are spelled.
struct PlainRow: EntityRow, Hashable {
  let id: Int64
  private let cells: [String: String]

  init(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    var id: Int64?
    var cells: [String: String] = [:]
    guard try reader.enterObject("item") else { throw .wrong("item") }
    while let key = try reader.nextKey() {
      if key == "id" {
        id = try reader.number(key)
      } else if try reader.isNextObject() {
        try reader.skip()
      } else if try reader.isNextArray() {
        try reader.skip()
      } else if let text = try reader.text(key) {
        cells[key] = text
      }
    }
    guard let id else { throw .wrong("id") }
    self.id = id
    self.cells = cells
  }

  /// Blank for a field without value.
  func text(_ field: String) -> String { cells[field] ?? "" }

  /// The number of another row; nil for a field without value or with something else.
  func psaID(_ field: String) -> PSAID? {
    cells[field].flatMap { Int64($0) }.map { PSAID($0) }
  }

  /// Whether the field says yes, as a boolean or as a number.
  func says(_ field: String) -> Bool { ["true", "1"].contains(text(field).lowercased()) }
}

extension PlainRow {
  /// An address by the names that its fields have in this entity.
  func address(street: [String], postalCode: String, country: String) -> PSAAddress {
    PSAAddress(
      street: street.map { text($0) }.filter { !$0.isEmpty },
      city: text("city"),
      state: text("state"),
      postalCode: text(postalCode),
      country: country
    )
  }
}
