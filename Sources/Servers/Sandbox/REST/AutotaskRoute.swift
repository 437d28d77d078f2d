import World

/// Where a request of the REST API goes; paths are read without regard to case, a slash at the end
/// does not count.
struct AutotaskRoute: Sendable {
  let target: Target

  enum Target: Sendable {
    case versions
    case zone
    case threshold
    case allInformation
    case information(EntitySchema)
    case fields(EntitySchema)
    case userDefinedFields(EntitySchema)
    case query(EntitySchema)
    case count(EntitySchema)
    /// `query/next` or `query/prev`.
    case page(EntitySchema)
    case row(EntitySchema, Int64)
    case collection(EntitySchema)
    case children(EntitySchema, of: Int64)
    case child(EntitySchema, Int64, of: Int64)
  }

  /// Throws 404 for a path that is none of the API's.
  init(_ call: WireCall) throws(Refusal) {
    let path = call.path.split(separator: "/").map { WireCall.decoded($0).lowercased() }
    guard path.count >= 2, path[0] == "atservicesrest" else { throw .notFound }
    if path[1] == "versioninformation", path.count == 2 {
      target = .versions
      return
    }
    guard path[1] == "v1.0" || path[1] == "1.0", path.count >= 3 else { throw .notFound }
    target = try Self.target(Array(path[2...]))
  }

  /// Requests to one object count together against the limit of threads.
  var endpoint: String {
    switch target {
    case .versions: "versioninformation"
    case .zone: "zoneinformation"
    case .threshold: "thresholdinformation"
    case .allInformation: "entityinformation"
    case .information(let entity), .fields(let entity), .userDefinedFields(let entity),
      .query(let entity), .count(let entity), .page(let entity), .row(let entity, _),
      .collection(let entity), .children(let entity, of: _), .child(let entity, _, of: _):
      entity.name
    }
  }

  var isListing: Bool {
    switch target {
    case .query, .page: true
    case .versions, .zone, .threshold, .allInformation, .information, .fields, .userDefinedFields,
      .count, .row, .collection, .children, .child:
      false
    }
  }

  private static func target(_ path: [String]) throws(Refusal) -> Target {
    switch path[0] {
    case "zoneinformation" where path.count == 1: return .zone
    case "versioninformation" where path.count == 1: return .versions
    case "thresholdinformation" where path.count == 1: return .threshold
    case "entityinformation" where path.count == 1: return .allInformation
    default: break
    }
    guard let entity = Schema.entity(path[0]) else {
      return try childTarget(path)
    }
    switch (path.count, path.dropFirst().first) {
    case (1, _): return .collection(entity)
    case (2, "query"): return .query(entity)
    case (3, "query") where path[2] == "count": return .count(entity)
    case (3, "query") where path[2] == "next" || path[2] == "prev": return .page(entity)
    case (2, "entityinformation"): return .information(entity)
    case (3, "entityinformation") where path[2] == "fields": return .fields(entity)
    case (3, "entityinformation") where path[2] == "userdefinedfields":
      return .userDefinedFields(entity)
    case (2, let id?):
      guard let id = Int64(id) else { throw .notFound }
      return .row(entity, id)
    default: return try childTarget(path)
    }
  }

  private static func childTarget(_ path: [String]) throws(Refusal) -> Target {
    guard path.count == 3 || path.count == 4, let parent = Int64(path[1]),
      let entity = Schema.child(of: path[0], path[2])
    else { throw .notFound }
    guard path.count == 4 else { return .children(entity, of: parent) }
    guard let id = Int64(path[3]) else { throw .notFound }
    return .child(entity, id, of: parent)
  }
}
