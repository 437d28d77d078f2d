/// One entity of the PSA: what its rows hold and what may be done to them.
package struct EntitySchema: Sendable {
  /// The name in URLs, such as `Appointments`.
  package let name: String
  /// The name in entity information and errors, such as `Appointment`.
  package let singular: String
  package let verbs: Verbs
  /// Where writes go when not to the root: `Companies/{id}/ToDos`, keyed by `companyID`.
  package let parent: ParentURL?
  package let fields: [FieldSchema]
  package let created: Int?
  package let modified: Int?
  package let creator: Int?
  package let hasUserDefinedFields: Bool
  package let supportsWebhooks: Bool
  private let columns: [String: Int]

  package struct Verbs: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let query = Verbs(rawValue: 1)
    package static let create = Verbs(rawValue: 2)
    package static let update = Verbs(rawValue: 4)
    package static let delete = Verbs(rawValue: 8)
  }

  /// The only URL under which a child entity is written.
  package struct ParentURL: Hashable, Sendable {
    package let entity: String
    package let segment: String
    package let field: String
  }

  init(
    _ name: String,
    _ singular: String,
    _ verbs: Verbs,
    under parent: ParentURL? = nil,
    created: String? = nil,
    modified: String? = nil,
    creator: String? = nil,
    userDefinedFields: Bool = false,
    webhooks: Bool = false,
    _ fields: [FieldSchema]
  ) {
    let all = [FieldSchema.id] + fields
    var columns: [String: Int] = [:]
    for (place, field) in all.enumerated() { columns[field.name.lowercased()] = place }
    self.name = name
    self.singular = singular
    self.verbs = verbs
    self.parent = parent
    self.fields = all
    self.created = created.flatMap { columns[$0.lowercased()] }
    self.modified = modified.flatMap { columns[$0.lowercased()] }
    self.creator = creator.flatMap { columns[$0.lowercased()] }
    self.hasUserDefinedFields = userDefinedFields
    self.supportsWebhooks = webhooks
    self.columns = columns
  }

  /// The column of a field, letters' case not counting; column 0 is `id`.
  package func column(_ field: String) -> Int? {
    columns[field] ?? columns[field.lowercased()]
  }
}

/// One field of an entity, as `entityInformation/fields` describes it (`facts/autotask.md` 4.9).
package struct FieldSchema: Sendable {
  package let name: String
  package let type: DataType
  package let length: Int
  package let flags: Flags
  package let reference: String?
  package let picklist: [Choice]?

  package enum DataType: String, Sendable {
    case integer, long, string, datetime, boolean, decimal, double, short
  }

  package struct Flags: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let required = Flags(rawValue: 1)
    package static let readOnly = Flags(rawValue: 2)
    package static let notQueryable = Flags(rawValue: 4)
    /// Settable on create only.
    package static let fixed = Flags(rawValue: 8)
  }

  /// A picklist value; on the wire `value` is text even for integer fields.
  package struct Choice: Sendable {
    package let value: Int64
    package let label: String
    package let isSystem: Bool
  }

  static let id = FieldSchema("id", .long, flags: .readOnly)

  init(
    _ name: String,
    _ type: DataType,
    length: Int = 0,
    flags: Flags = [],
    reference: String? = nil,
    picklist: [Choice]? = nil
  ) {
    self.name = name
    self.type = type
    self.length = length
    self.flags = flags
    self.reference = reference
    self.picklist = picklist
  }

  static func text(_ name: String, _ length: Int, _ flags: Flags = []) -> FieldSchema {
    FieldSchema(name, .string, length: length, flags: flags)
  }

  static func time(_ name: String, _ flags: Flags = []) -> FieldSchema {
    FieldSchema(name, .datetime, flags: flags)
  }

  static func whole(_ name: String, _ flags: Flags = []) -> FieldSchema {
    FieldSchema(name, .integer, flags: flags)
  }

  static func truth(_ name: String, _ flags: Flags = []) -> FieldSchema {
    FieldSchema(name, .boolean, flags: flags)
  }

  static func real(_ name: String, _ flags: Flags = []) -> FieldSchema {
    FieldSchema(name, .double, flags: flags)
  }

  static func row(_ name: String, of entity: String, _ flags: Flags = []) -> FieldSchema {
    FieldSchema(name, .integer, flags: flags, reference: entity)
  }

  static func choice(
    _ name: String,
    _ labels: [(Int64, String)],
    _ flags: Flags = []
  ) -> FieldSchema {
    let choices = labels.map { Choice(value: $0.0, label: $0.1, isSystem: $0.0 < 5) }
    return FieldSchema(name, .integer, flags: flags, picklist: choices)
  }
}
