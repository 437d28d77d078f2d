import SyncModel

/// An entity that is read only to tell people what other rows are about.
struct RelatedEntity: Hashable, Sendable {
  let name: String
  let fields: [String]

  private init(_ name: String, _ fields: String...) {
    self.name = name
    self.fields = ["id"] + fields
  }

  static let actionTypes = RelatedEntity("ActionTypes", "name")
  static let companies = RelatedEntity(
    "Companies",
    "companyName",
    "phone",
    "address1",
    "address2",
    "city",
    "state",
    "postalCode",
    "countryID"
  )
  static let companyLocations = RelatedEntity(
    "CompanyLocations",
    "name",
    "phone",
    "address1",
    "address2",
    "city",
    "state",
    "postalCode",
    "countryID"
  )
  static let contacts = RelatedEntity(
    "Contacts",
    "firstName",
    "lastName",
    "phone",
    "extension",
    "mobilePhone",
    "emailAddress"
  )
  static let contracts = RelatedEntity("Contracts", "contractName")
  static let countries = RelatedEntity("Countries", "displayName")
  static let opportunities = RelatedEntity("Opportunities", "title")
  static let resources = RelatedEntity("Resources", "firstName", "lastName")
  static let tasks = RelatedEntity("Tasks", "taskNumber", "title")
  static let tickets = RelatedEntity("Tickets", "ticketNumber", "title")
}

/// The rows of related entities that were looked up, and the ids that have none to show.
struct RelatedRows {
  private var known: [RelatedEntity: [PSAID: PlainRow?]] = [:]

  /// Those of these ids that were not looked up yet, ascending.
  func unknown(_ ids: Set<PSAID>, of entity: RelatedEntity) -> [PSAID] {
    let known = known[entity] ?? [:]
    return ids.filter { known[$0] == nil }.sorted()
  }

  /// Keeps what was found of these ids; the others have no row to show.
  mutating func keep(_ rows: [PlainRow], of ids: [PSAID], in entity: RelatedEntity) {
    for id in ids { known[entity, default: [:]][id] = .some(nil) }
    for row in rows { known[entity, default: [:]][PSAID(row.id)] = row }
  }

  subscript(entity: RelatedEntity, id: PSAID?) -> PlainRow? {
    guard let id, let row = known[entity]?[id] else { return nil }
    return row
  }
}

extension AutotaskService {
  /// Looks up what is not known yet.
  ///
  /// What is gone, or not shown to the API user, is known to have no row.
  func lookUp(_ entity: RelatedEntity, _ ids: [PSAID?]) async throws(AutotaskError) {
    let unknown = related.unknown(Set(ids.compactMap(\.self)), of: entity)
    guard !unknown.isEmpty else { return }
    let rows = try await shown(orElse: []) { () throws(AutotaskError) in
      try await self.channel.rows(
        unknown,
        of: entity.name,
        fields: entity.fields,
        as: PlainRow.self
      )
    }
    related.keep(rows, of: unknown, in: entity)
  }

  /// What `work` reads, or the second best where the PSA does not let the API user read it.
  func shown<Result: Sendable>(
    orElse nothing: Result,
    _ work: () async throws(AutotaskError) -> Result
  ) async throws(AutotaskError) -> Result {
    do throws(AutotaskError) {
      return try await work()
    } catch {
      guard case .refused = error.trace else { throw error }
      return nothing
    }
  }
}
