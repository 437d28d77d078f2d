import World

/// A small tenant on a fixed clock, for tests.
struct TenantSample {
  /// 2026-03-02T08:00:00Z, a Monday.
  static let now: Int64 = 1_772_438_400

  var tenant: Tenant

  init(items: Int = 10, seed: UInt64 = 7) throws {
    let seeding = Seeding(seed: seed, items: items, zones: .utc, now: Self.now)
    tenant = try seeding.sides().tenant
  }

  func entity(_ name: String) throws -> EntitySchema {
    guard let entity = Schema.entity(name) else { throw EditProblem("no \(name)") }
    return entity
  }

  func ids(_ name: String, _ filter: JSONValue, size: Int64 = 500) throws -> [Int64] {
    let query = try Query(["filter": filter, "MaxRecords": .int(size)], on: try entity(name))
    return try tenant.page(query).rows.map(\.id)
  }

  mutating func create(_ name: String, _ body: JSONValue) throws -> Int64 {
    try tenant.create(body, in: try entity(name), at: Self.now)
  }

  func cell(_ name: String, _ id: Int64, _ field: String) throws -> JSONValue? {
    let entity = try entity(name)
    return tenant.row(id, of: entity).flatMap { tenant.json($0, of: entity)[field] }
  }

  static func visit(_ title: String = "Visit", resource: Int64 = Seeding.technician) -> JSONValue {
    [
      "title": .string(title), "resourceID": .int(resource),
      "startDateTime": "2026-03-03T09:00:00Z", "endDateTime": "2026-03-03T10:00:00Z",
    ]
  }
}
