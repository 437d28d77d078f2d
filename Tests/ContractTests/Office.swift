import SyncModel
import World

/// What the dispatcher and the sales people do in the tenant of these grounds.
extension Grounds {
  @discardableResult
  func office(_ kind: OfficeEdit.Kind, _ verb: OfficeEdit.Verb) async throws -> PSAID {
    clock.advance(60)
    return PSAID(Int64(try await world.make(OfficeEdit(kind, verb))) ?? 0)
  }

  /// A to-do of the technician at the harbour branch, or of somebody else.
  @discardableResult
  func enterToDo(
    _ text: String = "Call back",
    start: Int64 = Grounds.monday + 5 * Grounds.hour,
    length: Int64 = 900,
    resource: Int64 = Seeding.technician,
    company: Int64 = 174
  ) async throws -> PSAID {
    try await insert(
      "CompanyToDos",
      [
        "assignedToResourceID": .int(resource), "actionType": 2,
        "activityDescription": .string(text), "startDateTime": .string(WireTime.text(start)),
        "endDateTime": .string(WireTime.text(start + length)),
      ],
      under: company
    )
  }

  /// A row as any integration would make it, at the clock's time.
  @discardableResult
  func insert(
    _ entity: String,
    _ body: JSONValue,
    under parent: Int64? = nil
  ) async throws -> PSAID {
    try await world.tenant { tenant, now in
      PSAID(
        try tenant.create(
          body,
          in: try Grounds.entity(entity),
          under: parent.map { Tenant.Parent(id: $0) },
          at: now
        )
      )
    }
  }

  /// Changes a row, a minute later.
  func change(_ entity: String, _ id: PSAID, _ field: String, to value: JSONValue) async throws {
    clock.advance(60)
    try await world.tenant { tenant, now in
      let body: JSONValue = ["id": .int(id.rawValue), "\(field)": value]
      _ = try tenant.update(body, in: try Grounds.entity(entity), at: now)
    }
  }

  /// Deletes a row, a minute later.
  func remove(_ entity: String, _ id: PSAID) async throws {
    clock.advance(60)
    try await world.tenant { tenant, _ in
      _ = try tenant.delete(id.rawValue, in: try Grounds.entity(entity))
    }
  }

  private static func entity(_ name: String) throws -> EntitySchema {
    guard let entity = Schema.entity(name) else { throw Refusal.notFound }
    return entity
  }
}
