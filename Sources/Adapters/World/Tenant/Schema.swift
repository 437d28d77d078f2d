/// The one table of the PSA's entities; queries, checks and entity information all follow it
/// (`facts/autotask.md` section 5).
package enum Schema {
  package static let entities: [EntitySchema] = [
    appointments, serviceCalls, serviceCallTickets, serviceCallTicketResources, serviceCallTasks,
    serviceCallTaskResources, companyToDos, contacts, companies, companyLocations, contracts,
    opportunities, resources, actionTypes, tickets, tasks, countries,
  ]

  /// The entity of a URL segment, letters' case not counting.
  package static func entity(_ name: String) -> EntitySchema? {
    byName[name] ?? byName[name.lowercased()]
  }

  /// The child entity under a parent's segment, such as `ToDos` under `Companies`.
  package static func child(of parent: String, _ segment: String) -> EntitySchema? {
    let parent = parent.lowercased()
    let segment = segment.lowercased()
    return entities.first {
      $0.parent?.entity.lowercased() == parent && $0.parent?.segment.lowercased() == segment
    }
  }

  private static let byName: [String: EntitySchema] = {
    var byName: [String: EntitySchema] = [:]
    for entity in entities {
      byName[entity.name] = entity
      byName[entity.name.lowercased()] = entity
    }
    return byName
  }()

  static let everything: EntitySchema.Verbs = [.query, .create, .update, .delete]
  static let immutable: EntitySchema.Verbs = [.query, .create, .delete]
  static let kept: EntitySchema.Verbs = [.query, .create, .update]
}
