package import SyncModel
package import SyncPlan

/// What an item is called and when it is, for the person whose calendar it is.
package struct ItemName: Hashable, Sendable {
  package let title: String
  /// Nil for a contact, and where nothing tells it.
  package let when: When?

  package init(title: String, when: When?) {
    self.title = title
    self.when = when
  }
}

/// What `verify` found on both sides, and what mends it.
package struct AuditReport: Sendable {
  package let audit: Audit
  /// What a run would do now.
  package let repair: PlanReport
  /// The items that findings and repair name, as they were just read.
  package let names: [HeldItem: ItemName]

  package var isClean: Bool { audit.isClean }
}

extension Cycle {
  /// Reads both sides completely and compares them with the links, the journal and the rules.
  ///
  /// Writes to neither side, and nothing to the cache: what is read goes into memory. Throws as a
  /// run would before its first write, where another agent's mark stands on the folder say.
  package func verify() async throws -> AuditReport {
    let look = Cycle(
      mailbox: mailbox,
      psa: psa,
      contacts: contacts,
      cache: try await ScratchCache(over: cache),
      installation: installation,
      surroundings: surroundings
    )
    return try await look.audited()
  }

  private func audited() async throws -> AuditReport {
    let unsettled = try await cache.unsettled()
    let (_, report) = try await looking(full: true) { try await audited(&$0, unsettled) }
    return report
  }

  private func audited(
    _ run: inout Run,
    _ unsettled: [JournalEntry]
  ) async throws -> AuditReport {
    // Two enumerations that list the very same are believed over a folder's own count.
    if !run.listsAreWhole { try await gather(&run, full: true) }
    try await readBeyondFilter(&run)
    let approved = Set(try await cache.holds().filter(\.isApproved).map(\.digest))
    let input = try await planInput(&run, approved: approved)
    let plan = try await withContacts(SyncPlan.plan(input), after: input, &run)
    let unread = try await cache.toCheck().filter { !$0.reason.hasPrefix(ToCheck.foreign) }
    let audit = SyncPlan.audit(
      AuditInput(
        plan: input,
        outcome: plan,
        verdict: run.verdict,
        isWhole: run.listsAreWhole,
        unread: unread.map { ($0.key, $0.reason) },
        contacts: try await contactsRead(run),
        unsettled: unsettled,
        deletes: try await cache.deletes()
      )
    )
    let operations =
      plan.operations.map(PlannedLine.init) + plan.contacts.operations.map(PlannedLine.init)
    let named = Set(audit.findings.compactMap(\.item) + operations.map(\.named))
    return AuditReport(
      audit: audit,
      repair: PlanReport(
        operations: operations,
        holds: plan.holds,
        notes: run.attempt.notes + plan.notes,
        alone: plan.alone
      ),
      names: try await names(of: named, input)
    )
  }

  /// What the PSA's fixed filter leaves out, and a link still names: it may be private by now.
  private func readBeyondFilter(_ run: inout Run) async throws {
    let listed = Set(try await cache.psaFacts().map(\.key))
    let links = try await cache.links()
    var harvest = Harvest()
    for kind in Kind.allCases where run.psaCoverage[kind] != nil {
      let own = links.filter { link in
        link.kind == kind && link.psaKey.map { !listed.contains($0) } ?? false
      }
      let ids = Set(own.compactMap { $0.psa?.id }).sorted()
      guard !ids.isEmpty, let from = run.positions[kind].endingFrom else { continue }
      let items = try await psa.items(ids, of: kind).compactMap(\.self).filter { item in
        item.end < from && item.resource == run.desk.resource
          && (kind != .serviceCall || run.assignedCalls.contains(item.id))
      }
      harvest.psa += try await described(items).map {
        MirroredPSA(item: $0, fact: run.maker.fact(of: $0))
      }
    }
    if !harvest.psa.isEmpty { try await cache.keep(harvest) }
  }

  private func contactsRead(_ run: Run) async throws -> ContactAuditInput? {
    guard contacts != nil, installation.rules.contacts != nil else { return nil }
    return ContactAuditInput(
      links: try await cache.links().filter { $0.kind == .contact },
      listed: Set(try await cache.exchangeContacts().map(\.id)),
      psa: Set(try await cache.psaContacts().map(\.id)),
      isWhole: run.contactsReadAt != nil
    )
  }

  // MARK: Names

  private func names(of items: Set<HeldItem>, _ input: PlanInput) async throws
    -> [HeldItem: ItemName]
  {
    var names: [HeldItem: ItemName] = [:]
    for item in items {
      if item.kind == .contact {
        names[item] = try await nameOfContact(item)
      } else if item.side == .psa, let name = try await nameInPSA(item) {
        names[item] = name
      } else {
        let name = try await nameInExchange(item, input)
        names[item] = if let name { name } else { try await nameInPSA(item) }
      }
    }
    return names
  }

  private func nameInExchange(_ item: HeldItem, _ input: PlanInput) async throws -> ItemName? {
    guard let id = item.exchange, let whole = try await cache.exchangeItems([id])[id] else {
      return nil
    }
    guard let date = item.originalDate else {
      return ItemName(title: whole.title, when: whole.when)
    }
    let fact = input.series[id]?.dates.first { $0.originalDate == date }
    let own = if let fact { try await cache.exchangeItems([fact.id])[fact.id] } else { whole }
    return ItemName(
      title: own?.title ?? whole.title,
      when: fact?.when ?? .allDay(first: date, afterLast: date)
    )
  }

  private func nameInPSA(_ item: HeldItem) async throws -> ItemName? {
    guard let id = item.psa, let known = try await cache.psaItems([id], of: item.kind)[id] else {
      return nil
    }
    return ItemName(
      title: Projection.exchangeTitle(of: known),
      when: .timed(start: known.start, end: known.end, zone: nil)
    )
  }

  private func nameOfContact(_ item: HeldItem) async throws -> ItemName? {
    if let id = item.exchange, let row = try await cache.exchangeContacts([id]).first,
      let contact = row.contact
    {
      return ItemName(title: contact.card[.displayName], when: nil)
    }
    guard let id = item.psa, let contact = try await cache.psaContacts([id]).first else {
      return nil
    }
    let names = [contact.firstName, contact.lastName].filter { !$0.isEmpty }
    return ItemName(title: names.joined(separator: " "), when: nil)
  }
}
