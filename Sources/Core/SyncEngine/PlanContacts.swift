import SyncModel
import SyncPlan

extension Cycle {
  /// The plan with that of the contacts, where they are kept in step.
  ///
  /// What fails about contacts leaves them and their holds as they are and stops no calendar.
  func withContacts(_ plan: Plan, after input: PlanInput, _ run: inout Run) async throws -> Plan {
    guard let ports = contacts, let rules = installation.rules.contacts else { return plan }
    guard try await contactsAreDue(run, input) else {
      var rest = try await contactsAsTheyAre()
      report(try await cache.exchangeContacts(), in: &rest, &run)
      return plan.joined(by: rest)
    }
    do {
      return plan.joined(by: try await planContacts(ports, rules, plan, input, &run))
    } catch let failure as any SyncFailure {
      try Task.checkCancellation()
      run.attempt.failedItems += 1
      var nothing = try await contactsAsTheyAre()
      nothing.notes = ["Contacts were left as they are. \(failure.description)"]
      return plan.joined(by: nothing)
    }
  }

  /// Contacts change seldom, and who they are is asked by several questions: once nothing is left
  /// to do they are read by the hour, and at once where both sides are read completely or a person
  /// approved something.
  private func contactsAreDue(_ run: Run, _ input: PlanInput) async throws -> Bool {
    let settledAt = try await cache.contactPositions().settledAt
    let isFresh =
      settledAt?.isWithin(seconds: Instant.hour, before: surroundings.now()) ?? false
    return !isFresh || run.isFull || !input.approved.isEmpty
  }

  /// Nothing is planned, and what is held stays held.
  private func contactsAsTheyAre() async throws -> ContactPlan {
    var plan = ContactPlan()
    plan.holds = try await cache.holds().filter { hold in
      hold.items.allSatisfy { $0.kind == .contact }
    }
    plan.held = plan.holds.reduce(0) { $0 + $1.items.count }
    plan.alone = try await cache.links().filter { $0.kind == .contact }
      .compactMap { LeftAlone($0) }
    return plan
  }

  /// Tells of the items of the contacts folder that could not be read.
  private func report(_ rows: [MirroredContact], in plan: inout ContactPlan, _ run: inout Run) {
    let bad = rows.count { $0.unread.map { !$0.hasPrefix(ToCheck.noContact) } ?? false }
    guard bad > 0 else { return }
    run.attempt.failedItems += bad
    plan.notes.append("\(bad) item(s) of the contacts folder could not be read.")
  }

  private func planContacts(
    _ ports: ContactPorts,
    _ rules: ContactRules,
    _ plan: Plan,
    _ input: PlanInput,
    _ run: inout Run
  ) async throws -> ContactPlan {
    let view = try await gatherContacts(ports, rules, &run)
    let links = try await cache.links().filter { $0.kind == .contact }
    let rows = try await cache.exchangeContacts()
    let mapping = ContactMapping(rules)
    let fingerprinter = surroundings.fingerprinter
    let unread = rows.filter { $0.unread != nil }
    if view.isWhole { run.contactsReadAt = view.began }
    var contacts = ContactPlanInput(
      links: links,
      exchange: rows.compactMap { row in
        row.contact.flatMap {
          ExchangeContactFact($0, tenant: run.desk.tenant, fingerprinter)
        }
      },
      unread: Set(unread.map(\.id)),
      psa: try await cache.psaContacts().map { PSAContactFact($0, mapping, fingerprinter) },
      exchangeCoverage: view.exchangeCoverage,
      psaCoverage: view.psaCoverage,
      scope: ScopeReading(view.scope, resource: run.desk.resource, run: run.number),
      terms: ReadingTerms(
        run: run.number,
        mailbox: run.folder.mailbox,
        folder: view.positions.folder ?? FolderID(""),
        settings: installation.settingsDigest
      ),
      tenant: run.desk.tenant,
      resource: run.desk.resource,
      now: surroundings.now(),
      mode: run.mode,
      approved: input.approved,
      nextLink: LinkID(input.nextLink.rawValue + Int64(plan.newLinks)),
      fingerprinter: fingerprinter
    )
    try await lookUpInPSA(ports, view, mapping, &contacts)
    try await lookUpInExchange(ports, view, run, Set(rows.map(\.id)), &contacts)
    var made = SyncPlan.plan(contacts)
    report(rows, in: &made, &run)
    return made
  }

  // MARK: Look-ups

  /// Asks for each contact that a link names and the listing lacks: gone, inactive, or another's.
  private func lookUpInPSA(
    _ ports: ContactPorts,
    _ view: ContactView,
    _ mapping: ContactMapping,
    _ input: inout ContactPlanInput
  ) async throws {
    guard view.psaCoverage?.isComplete == true else { return }
    let listed = Set(input.psa.map(\.id))
    let lost = input.links.filter { $0.state != .closed || view.isListed }
      .compactMap { $0.psa?.id }.filter { !listed.contains($0) }
    guard !lost.isEmpty else { return }
    // Where something is missing, a PSA that came back from a backup shows by what changed last.
    let changedLast = input.links.filter { $0.psa.map { listed.contains($0.id) } ?? false }
      .sorted { ($0.psaModified?.seconds ?? 0, $0.id) > ($1.psaModified?.seconds ?? 0, $1.id) }
      .prefix(20).compactMap { $0.psa?.id }
    let ids = lost + changedLast
    var harvest = ContactHarvest()
    for (id, contact) in zip(ids, try await ports.psa.contacts(ids)) {
      let fact = contact.map { PSAContactFact($0, mapping, surroundings.fingerprinter) }
      if let contact, listed.contains(id) {
        guard view.scope.names(contact), contact.isActive else { continue }
        harvest.psa.append(contact)
        input.psa = input.psa.map { $0.id == id ? fact ?? $0 : $0 }
        continue
      }
      // What was listed a moment ago is planned with as it was.
      if listed.contains(id) { continue }
      let key = ItemKey(side: .psa, kind: .contact, id: id.description)
      input.lookUps[key] = fact == nil ? .nothing : .found
      input.strangers[id] = fact
    }
    try await cache.keep(harvest)
  }

  /// Looks by id and by stamp for what the contacts folder lacks (`rules.md` 8).
  ///
  /// What lies in another folder is looked for once a day; it is found by its stamp when it returns.
  private func lookUpInExchange(
    _ ports: ContactPorts,
    _ view: ContactView,
    _ run: Run,
    _ listed: Set<ExchangeItemID>,
    _ input: inout ContactPlanInput
  ) async throws {
    guard view.exchangeCoverage?.isComplete == true else { return }
    let stamped = Set(input.exchange.map(\.stamp.id))
    let lost = input.links.filter { link in
      guard let half = link.exchange, let id = link.psa?.id, !listed.contains(half.item) else {
        return false
      }
      // A copy beside it may be what takes its place.
      return link.state != .away || view.isListed || stamped.contains(id)
    }
    guard !lost.isEmpty else { return }
    let linked = input.links.count { $0.exchange != nil && $0.psa != nil }
    let pending = lost.count { $0.state != .away }
    let isThorough = !Cycle.isCostly(pending, ofLinked: linked) || !input.approved.isEmpty
    let readings = try await ports.folder.contacts(lost.compactMap { $0.exchange?.item })
    for (link, reading) in zip(lost, readings) {
      guard let half = link.exchange, let psa = link.psa else { continue }
      let key = ItemKey(side: .exchange, kind: .contact, id: half.item.rawValue)
      switch reading {
      case .found(let contact) where contact.folder == run.contactsPlace?.id:
        input.lookUps[key] = .found
      case .unreadable:
        input.lookUps[key] = .found
      case .missing where !isThorough:
        input.lookUps[key] = .nothingByID
      case .found, .missing:
        let stamp = Stamp(contact: psa.id, tenant: link.tenant)
        let traces = try await ports.folder.traces(
          ofContact: stamp,
          in: run.contactsPlace?.id
        )
        // What the listing has bears a name of its own, and is not the one that is missing.
        let isHere = traces.contains { $0.place == .folder && !listed.contains($0.id) }
        input.lookUps[key] =
          if traces.contains(where: { $0.place == .otherFolder }) {
            .away
          } else if isHere { .found } else { .nothing }
      }
    }
  }
}
