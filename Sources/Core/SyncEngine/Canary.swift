import SyncModel
import SyncPlan

/// What is known to be there is read back on both sides before the first delete of a run
/// (`rules.md` 8): a right that was lost, or a server that is half restored, looks like deletions.
package enum Canary {
  /// So many items of each lane are read back.
  package static let size = 5

  /// Spread over all of them, in their order; other ones with each turn, so that one odd item
  /// cannot keep every run from deleting.
  package static func sample<ID>(_ ids: [ID], turn: Int64) -> [ID] {
    guard ids.count > size else { return ids }
    let width = ids.count / size
    let offset = Int(((turn % Int64(width)) + Int64(width)) % Int64(width))
    return (0..<size).map { ids[$0 * ids.count / size + offset] }
  }

  /// What the calendar folder says against a delete; nil where it is as this run left it.
  ///
  /// Throws `StopFailure` where it is not the folder or not the agent that this run began with.
  static func fault(
    of folder: CalendarFolder,
    before: CalendarFolder,
    own: FolderMark
  ) throws(StopFailure) -> String? {
    guard folder.mailbox == before.mailbox, folder.id == before.id else {
      throw StopFailure(
        "Exchange answers with another calendar than at the beginning of this run (mailbox "
          + "\(folder.mailbox) instead of \(before.mailbox), or another folder in it). Nothing was "
          + "deleted, and this run writes nothing more."
      )
    }
    guard let mark = folder.mark else { return "the calendar folder has lost this agent's mark" }
    guard mark.tenant == own.tenant, mark.resource == own.resource, mark.agent == own.agent else {
      throw StopFailure(
        "The calendar bears the mark of another agent by now, on \(mark.machine), for resource "
          + "\(mark.resource) of tenant \(mark.tenant). Nothing was deleted, and this run writes "
          + "nothing more."
      )
    }
    guard mark.run == own.run else {
      return "the calendar folder's mark is that of run \(mark.run), and this is run \(own.run)"
    }
    return nil
  }
}

extension Cycle {
  /// Whether this run may delete: asked before its first delete, and once.
  ///
  /// False also where it could not be asked: the run has its failure then. Where something that the
  /// mirror holds is missing, what a person deleted a moment ago is only deferred with it: the next
  /// run plans afresh.
  func mayDelete(
    _ operations: [Operation],
    _ contacts: [ContactOperation],
    _ run: inout Run
  ) async throws -> Bool {
    if let answer = run.mayDelete { return answer }
    run.mayDelete = false
    try await confirmMark(&run)
    surroundings.progress(.step("Reading back what is known, before anything is deleted"))
    var faults: [String] = []
    do {
      faults = try await faultsOfBothSides(operations, contacts, run)
    } catch let failure as any SyncFailure {
      run.failure = failure
      return false
    }
    run.mayDelete = faults.isEmpty
    guard !faults.isEmpty else { return true }
    let count =
      operations.count { $0.verb == .delete } + contacts.count { $0.verb == .delete }
    run.attempt.failedItems += count
    run.attempt.notes.append(
      "\(count) item(s) were to be deleted, and none was: \(faults.joined(separator: "; ")). The "
        + "account may have lost a right there, or the server is half restored. Their links stay, "
        + "and the next run plans afresh."
    )
    // What is left to do with contacts is not settled by this run.
    run.contactsReadAt = nil
    return false
  }

  /// The plan of the contacts, without its deletes where this run may not delete.
  func cleared(
    _ plan: ContactPlan,
    after operations: [Operation] = [],
    _ run: inout Run
  ) async throws -> ContactPlan {
    guard plan.operations.contains(where: { $0.verb == .delete }),
      try await !mayDelete(operations, plan.operations, &run)
    else { return plan }
    var contacts = plan
    contacts.operations.removeAll { $0.verb == .delete }
    return contacts
  }

  private func faultsOfBothSides(
    _ operations: [Operation],
    _ contactOperations: [ContactOperation],
    _ run: Run
  ) async throws -> [String] {
    let own = mark(run.desk, run.number)
    let folder = try await mailbox.open()
    var faults = [try Canary.fault(of: folder, before: run.folder, own: own)].compactMap(\.self)
    if let fault = try await faultOfDesk(run) { faults.append(fault) }
    let deletes = operations.filter { $0.verb == .delete }
    let contactDeletes = contactOperations.filter { $0.verb == .delete }
    let deleted = Set(deletes.map(\.link.id) + contactDeletes.map(\.link.id))
    let links = try await cache.links().filter {
      $0.state == .linked && $0.exchange != nil && $0.psa != nil && !deleted.contains($0.id)
    }
    if !deletes.isEmpty {
      let kinds = Kind.allCases.filter { kind in deletes.contains { $0.link.kind == kind } }
      faults += try await faultsOfCalendar(links, kinds, run)
    }
    if !contactDeletes.isEmpty, let contacts {
      faults += try await faultsOfContacts(links, contacts, run)
    }
    return faults
  }

  private func faultOfDesk(_ run: Run) async throws -> String? {
    let desk: PSADesk
    do {
      desk = try await psa.reopen()
    } catch let failure as any SyncFailure {
      switch failure.remedy {
      case .stop, .skipItem:
        return "the PSA does not show this agent's resource any more (\(failure.description))"
      case .retry, .signIn: throw failure
      }
    }
    guard desk.tenant == run.desk.tenant, desk.resource == run.desk.resource else {
      throw StopFailure(
        "The PSA answers for resource \(desk.resource) of tenant \(desk.tenant) by now, and this run "
          + "began with resource \(run.desk.resource) of tenant \(run.desk.tenant). Nothing was "
          + "deleted, and this run writes nothing more."
      )
    }
    return nil
  }

  private func faultsOfCalendar(_ links: [Link], _ kinds: [Kind], _ run: Run) async throws
    -> [String]
  {
    let linked = links.filter { $0.kind != .contact }
    let unread = Set(try await cache.toCheck().map(\.key.id))
    let mirrored = Set(try await cache.exchangeFacts().map(\.id))
    let items = Set(linked.compactMap { $0.exchange?.item })
      .filter { mirrored.contains($0) && !unread.contains($0.rawValue) }
    let asked = Canary.sample(
      items.sorted { $0.rawValue < $1.rawValue },
      turn: run.number.rawValue
    )
    var faults: [String] = []
    if !asked.isEmpty {
      let readings = try await mailbox.items(asked, in: run.folder.id)
      let lost = zip(asked, readings).filter { $1 == .missing }.map { id, _ in
        ItemKey(side: .exchange, kind: .appointment, id: id.rawValue)
      }
      faults += fault(lost, of: asked.count)
    }
    let facts = try await cache.psaFacts()
    for kind in kinds {
      // The absence of others would not be noticed by a listing either.
      let from = run.positions[kind].endingFrom ?? surroundings.now()
      let known = Set(facts.filter { $0.kind == kind && $0.span.end >= from }.map(\.id))
      let ids = Set(linked.filter { $0.kind == kind }.compactMap { $0.psa?.id })
        .intersection(known)
      let asked = Canary.sample(ids.sorted(), turn: run.number.rawValue)
      if asked.isEmpty { continue }
      let items = try await psa.items(asked, of: kind)
      let lost = zip(asked, items).filter { $1 == nil }.map { id, _ in
        ItemKey(side: .psa, kind: kind, id: id.description)
      }
      faults += fault(lost, of: asked.count)
    }
    return faults
  }

  private func faultsOfContacts(_ links: [Link], _ ports: ContactPorts, _ run: Run) async throws
    -> [String]
  {
    let linked = links.filter { $0.kind == .contact }
    let listed = Set(
      try await cache.exchangeContacts().filter { $0.unread == nil }.map(\.id)
    )
    let items = Set(linked.compactMap { $0.exchange?.item }).intersection(listed)
    let askedThere = Canary.sample(
      items.sorted { $0.rawValue < $1.rawValue },
      turn: run.number.rawValue
    )
    var faults: [String] = []
    if !askedThere.isEmpty {
      let readings = try await ports.folder.contacts(askedThere)
      let lost = zip(askedThere, readings).filter { $1 == .missing }.map { id, _ in
        ItemKey(side: .exchange, kind: .contact, id: id.rawValue)
      }
      faults += fault(lost, of: askedThere.count)
    }
    let active = Set(try await cache.psaContacts().map(\.id))
    let ids = Set(linked.compactMap { $0.psa?.id }).intersection(active)
    let asked = Canary.sample(ids.sorted(), turn: run.number.rawValue)
    if !asked.isEmpty {
      let lost = zip(asked, try await ports.psa.contacts(asked)).filter { $1 == nil }.map { id, _ in
        ItemKey(side: .psa, kind: .contact, id: id.description)
      }
      faults += fault(lost, of: asked.count)
    }
    return faults
  }

  private func fault(_ lost: [ItemKey], of asked: Int) -> [String] {
    guard let side = lost.first?.side else { return [] }
    let name = side == .exchange ? "Exchange" : "the PSA"
    let items = lost.map(\.description).joined(separator: ", ")
    return [
      "of \(asked) linked item(s) that this run has listed, \(name) does not find \(lost.count) "
        + "any more (\(items))"
    ]
  }
}
