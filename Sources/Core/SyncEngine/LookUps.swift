import SyncModel
import SyncPlan

extension Cycle {
  /// Builds the plan from the cache, after looking for what the listings lack.
  func planned(_ run: inout Run, approved: Set<PlanDigest>) async throws -> Plan {
    surroundings.progress(.step("Comparing both sides"))
    if run.needsWholeListings, !run.listsAreWhole {
      run.mode.mayCreate = false
      run.attempt.notes.append(
        "A side listed fewer items than it counts: nothing is created until a run has read both "
          + "sides whole."
      )
    }
    let links = try await cache.links()
    let exchange = try await cache.exchangeFacts()
    let unread = try await cache.toCheck().filter { $0.key.side == .exchange }
    let psa = try await cache.psaFacts()
    let found = try await lookUps(links, exchange, psa, run, isApproving: !approved.isEmpty)
    let series = try await expanded(exchange, links, &run)
    let input = PlanInput(
      links: links,
      exchange: exchange,
      series: series,
      psa: psa,
      unread: Set(unread.map { ExchangeItemID($0.key.id) }),
      lookUps: found.lookUps,
      awayFacts: found.away,
      exchangeCoverage: run.exchangeCoverage,
      psaCoverage: run.psaCoverage,
      rules: installation.rules,
      settings: installation.settingsDigest,
      zone: run.zone,
      clock: surroundings.zones,
      now: surroundings.now(),
      run: run.number,
      tenant: run.desk.tenant,
      resource: run.desk.resource,
      mailbox: run.folder.mailbox,
      folder: run.folder.id,
      mode: run.mode,
      approved: approved,
      nextLink: try await cache.reserveLinkIDs(0),
      fingerprinter: surroundings.fingerprinter
    )
    return SyncPlan.plan(input)
  }

  private struct Found {
    var lookUps: [ItemKey: LookUp] = [:]
    var away: [LinkID: ExchangeFact] = [:]
    /// Every Exchange item that a link holds.
    var bound: Set<ExchangeItemID> = []
  }

  /// Looks for each item that a link names and a complete listing lacks (`rules.md` 8).
  private func lookUps(
    _ links: [Link],
    _ exchange: [ExchangeFact],
    _ psaFacts: [PSAFact],
    _ run: Run,
    isApproving: Bool
  ) async throws -> Found {
    var found = Found()
    let inExchange = Set(exchange.map(\.id))
    let inPSA = Set(psaFacts.map(\.id))
    let from = run.positions.psaEndingFrom ?? surroundings.now()
    let lostInPSA = links.filter { link in
      guard let half = link.psa, !inPSA.contains(half.id) else { return false }
      // An item outside the listing's filter says nothing by its absence.
      let isCovered = link.base.span.map { $0.end >= from } ?? false
      return isCovered && decides(.psa, link)
    }
    try await lookUpPSA(lostInPSA, &found)
    let lostInExchange = links.filter { link in
      guard let half = link.exchange, !inExchange.contains(half.item) else { return false }
      let isCovered = link.state != .parked || (link.base.span.map { $0.end >= from } ?? true)
      return isCovered && decides(.exchange, link)
    }
    let linked = Set(links.filter { $0.psa != nil }.compactMap { $0.exchange?.item }).count
    let lost = Set(lostInExchange.compactMap { $0.exchange?.item }).count
    let isCostly = SafetyBrake.standard.holds(lost, ofLinked: linked)
    // What another link holds is no trace of this one: a copy bears the UID of its original.
    found.bound = Set(links.compactMap { $0.exchange?.item })
    try await lookUpExchange(lostInExchange, run, isThorough: !isCostly || isApproving, &found)
    return found
  }

  /// A suppressed, closed or unmatched link is not asked again about the half that it lacks.
  private func decides(_ side: Side, _ link: Link) -> Bool {
    switch link.state {
    case .linked, .parked, .away, .held: true
    case .suppressed, .closed, .unmatched: link.origin == (side == .psa ? .psa : .exchange)
    }
  }

  private func lookUpPSA(_ links: [Link], _ found: inout Found) async throws {
    for kind in Kind.allCases {
      let ids = links.filter { $0.kind == kind }.compactMap { $0.psa?.id }
      guard !ids.isEmpty else { continue }
      for (id, item) in zip(ids, try await psa.items(ids, of: kind)) {
        let key = ItemKey(side: .psa, kind: kind, id: id.description)
        found.lookUps[key] = item.map { .found(version: $0.modified.description) } ?? .nothing
      }
    }
  }

  private func lookUpExchange(
    _ links: [Link],
    _ run: Run,
    isThorough: Bool,
    _ found: inout Found
  ) async throws {
    // The links of one series share one item, which is looked up once.
    var linksOf: [ExchangeItemID: [Link]] = [:]
    for link in links {
      if let half = link.exchange { linksOf[half.item, default: []].append(link) }
    }
    let ids = linksOf.keys.sorted { $0.rawValue < $1.rawValue }
    guard !ids.isEmpty else { return }
    for (id, reading) in zip(ids, try await mailbox.items(ids, in: run.folder.id)) {
      guard let all = linksOf[id], let link = all.first else { continue }
      let key = ItemKey(side: .exchange, kind: link.kind, id: id.rawValue)
      switch reading {
      case .found(let item) where item.folder == run.folder.id:
        found.lookUps[key] = .found(version: item.changeKey.rawValue)
      case .found(let item):
        found.lookUps[key] = try await trace(link, thereAs: item, run, &found)
      case .foreign, .unreadable:
        found.lookUps[key] = .found(version: "")
      case .missing:
        found.lookUps[key] = isThorough ? try await trace(link, run, &found) : .nothingByID
      }
      for other in all.dropFirst() { found.away[other.id] = found.away[link.id] }
    }
  }

  /// Looks by CleanGlobalObjectId and by stamp, in calendars and among deleted items.
  ///
  /// An item that is there under its id, but not in the calendar folder, may lie in either.
  private func trace(
    _ link: Link,
    thereAs item: ExchangeItem? = nil,
    _ run: Run,
    _ found: inout Found
  ) async throws -> LookUp {
    let uid = link.exchange?.cleanUID ?? item?.cleanUID
    if let item, uid == nil, link.stamp == nil { return .found(version: item.changeKey.rawValue) }
    var traces: [ItemTrace] = []
    if let uid { traces += try await mailbox.traces(of: .uid(uid), calendar: run.folder.id) }
    if let stamp = link.stamp { traces += try await self.traces(of: stamp, run) }
    // The original that was moved comes before a copy that stayed (`rules.md` 7).
    if let trace = traces.first(where: { $0.place == .otherCalendar }) {
      if case .found(let item)? = try await mailbox.items([trace.id], in: run.folder.id).first {
        found.away[link.id] = run.maker.fact(of: item)
      }
      return .away
    }
    if let trace = traces.first(where: { $0.place == .calendar && !found.bound.contains($0.id) }) {
      return .found(version: trace.changeKey.rawValue)
    }
    return .nothing
  }

  /// A person's copy bears the stamp too: only an item that it was made for counts.
  private func traces(of stamp: Stamp, _ run: Run) async throws -> [ItemTrace] {
    let traces = try await mailbox.traces(of: .stamp(stamp), calendar: run.folder.id)
      .filter { $0.place != .deleted }
    guard !traces.isEmpty else { return [] }
    let readings = try await mailbox.items(traces.map(\.id), in: run.folder.id)
    return zip(traces, readings).compactMap { trace, reading in
      switch reading {
      case .found(let item): run.maker.fact(of: item).isStampOwn ? trace : nil
      case .unreadable: trace
      case .missing, .foreign: nil
      }
    }
  }
}
