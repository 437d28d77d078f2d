import SyncModel
import SyncPlan

extension Link {
  var psaKey: ItemKey? { key(on: .psa) }
}

extension Cycle {
  /// So many items are searched for in every folder in one run; of more a person is asked first.
  private static let thoroughLookUps = 50

  /// Too many are missing to search for each of them before a person has approved what follows.
  static func isCostly(_ lost: Int, ofLinked linked: Int) -> Bool {
    lost > thoroughLookUps && SafetyBrake.standard.holds(lost, ofLinked: linked)
  }

  /// What the look-ups of a run found.
  struct Found {
    var lookUps: [ItemKey: LookUp] = [:]
    var away: [LinkID: ExchangeFact] = [:]
    /// Items of this resource as they are now: those that its listing lacks, for they were moved
    /// beyond its filter, and some that were changed last.
    var psa: [PSAFact] = []
    /// Every Exchange item that a link holds.
    var bound: Set<ExchangeItemID> = []
    /// The items of links that lay in another calendar before, by what they are traced by; the dates
    /// of a series share one.
    var awayBefore: [CleanUID: Set<ExchangeItemID>] = [:]
  }

  /// Looks for each item that a link names and a complete listing lacks (`rules.md` 8).
  func lookUps(
    _ links: [Link],
    _ exchange: [ExchangeFact],
    _ psaFacts: [PSAFact],
    _ run: inout Run,
    isApproving: Bool
  ) async throws -> Found {
    var found = Found()
    let inExchange = Set(exchange.map(\.id))
    let inPSA = Set(psaFacts.map(\.key))
    let positions = run.positions
    let now = surroundings.now()
    func from(_ link: Link) -> Instant { positions[link.kind].endingFrom ?? now }
    // A kind that is not read costs no request, and nothing follows for it.
    let read = links.filter { run.psaCoverage[$0.kind] != nil }
    let lostInPSA = read.filter { link in
      guard let key = link.psaKey, !inPSA.contains(key) else { return false }
      // An item outside the listing's filter says nothing by its absence.
      let isCovered = link.base.span.map { $0.end >= from(link) } ?? false
      return isCovered && decides(.psa, link)
    }
    let cancelled = Set(psaFacts.filter(\.isCancelled).map(\.key))
    let calledOff = read.filter { link in
      link.exchange != nil && link.psaKey.map { cancelled.contains($0) } ?? false
    }
    // Where something is missing, a PSA that came back from a backup shows by what changed last.
    let changedLast = lostInPSA.isEmpty ? [] : lastChanged(read, inPSA)
    try await lookUpPSA(lostInPSA + calledOff + changedLast, &run, &found)
    let lostInExchange = read.filter { link in
      guard let half = link.exchange, !inExchange.contains(half.item) else { return false }
      let isCovered = link.state != .parked || (link.base.span.map { $0.end >= from(link) } ?? true)
      return isCovered && decides(.exchange, link)
    }
    let linked = Set(links.filter { $0.psa != nil }.compactMap { $0.exchange?.item }).count
    // Only what may follow on the other side: not what is away, nor what both sides have lost.
    let pending = lostInExchange.filter { link in
      let isThere = link.psaKey.map { inPSA.contains($0) } ?? false
      return isThere && [.linked, .parked, .held].contains(link.state)
    }
    let lost = Set(pending.compactMap { $0.exchange?.item }).count
    let isCostly = Cycle.isCostly(lost, ofLinked: linked)
    // What another link holds is no trace of this one: a copy bears the UID of its original.
    found.bound = Set(links.compactMap { $0.exchange?.item })
    for link in links where link.state == .away {
      guard let half = link.exchange, let uid = half.cleanUID else { continue }
      found.awayBefore[uid, default: []].insert(half.item)
    }
    try await lookUpExchange(lostInExchange, run, isThorough: !isCostly || isApproving, &found)
    return found
  }

  private func lastChanged(_ links: [Link], _ inPSA: Set<ItemKey>) -> [Link] {
    let known = links.compactMap { link -> (modified: Instant, link: Link)? in
      guard let modified = link.psaModified, let key = link.psaKey, inPSA.contains(key) else {
        return nil
      }
      return (modified, link)
    }
    return known.sorted { ($0.modified, $0.link.id) > ($1.modified, $1.link.id) }
      .prefix(20).map(\.link)
  }

  /// A suppressed, closed or unmatched link is not asked again about the half that it lacks, unless
  /// that may come back or show detail: it was not deleted.
  private func decides(_ side: Side, _ link: Link) -> Bool {
    switch link.state {
    case .linked, .parked, .away, .held: true
    case .suppressed, .closed, .unmatched:
      link.origin == (side == .psa ? .psa : .exchange) || link.reason == .reassigned
    }
  }

  private func lookUpPSA(
    _ links: [Link],
    _ run: inout Run,
    _ found: inout Found
  ) async throws {
    var harvest = Harvest()
    for kind in Kind.allCases {
      let asked = links.filter { $0.kind == kind }
      let ids = Set(asked.compactMap { $0.psa?.id }).sorted()
      guard !ids.isEmpty else { continue }
      let read = try await psa.items(ids, of: kind)
      for id in zip(ids, read).filter({ $1 == nil }).map(\.0) {
        found.lookUps[ItemKey(side: .psa, kind: kind, id: id.description)] = .nothing
      }
      let there = read.compactMap(\.self)
      if kind == .serviceCall { try await provideRows(for: there, asked, &run) }
      for item in try await described(there) {
        let fact = run.maker.fact(of: item)
        if isUnassigned(item, run) {
          found.lookUps[item.key] = .unassigned(fact)
        } else if item.resource == run.desk.resource {
          found.lookUps[item.key] = .found
          found.psa.append(fact)
          harvest.psa.append(MirroredPSA(item: item, fact: fact))
        } else {
          found.lookUps[item.key] = .reassigned(fact, to: item.resource)
          run.reassigned[item.key] = item
        }
      }
    }
    // In the mirror it goes on being read by its changes, which know no filter.
    if !harvest.psa.isEmpty { try await cache.keep(harvest) }
  }

  private func isUnassigned(_ item: PSAItem, _ run: Run) -> Bool {
    item.kind == .serviceCall && !run.assignedCalls.contains(item.id)
  }

  /// That no row names a call is believed of rows that this run has read to their end.
  private func provideRows(for calls: [PSAItem], _ links: [Link], _ run: inout Run) async throws {
    let kept = Set(links.filter { $0.exchange != nil }.compactMap { $0.psa?.id })
    guard run.assignments == nil,
      calls.contains(where: { kept.contains($0.id) && isUnassigned($0, run) })
    else { return }
    try await readAssignments(&run)
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
      case .found(let item) where item.folder != run.folder.id:
        found.lookUps[key] = try await trace(link, thereAs: item, run, &found)
      case .found, .foreign, .unreadable:
        found.lookUps[key] = .found
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
    if item != nil, uid == nil, link.stamp == nil { return .found }
    var traces: [ItemTrace] = []
    if let uid { traces += try await mailbox.traces(of: .uid(uid), calendar: run.folder.id) }
    if let stamp = link.stamp { traces += try await self.traces(of: stamp, run) }
    // The original that was moved comes before a copy that stayed (`rules.md` 7), but what another
    // link had there before does not keep this one's item from being found in the calendar again.
    let elsewhere = Set(traces.filter { $0.place == .otherCalendar }.map(\.id))
    let own = link.exchange.map { [$0.item] } ?? []
    let others = uid.flatMap { found.awayBefore[$0] }?.subtracting(own) ?? []
    let isInCalendar = traces.contains {
      $0.place == .calendar && !found.bound.contains($0.id)
    }
    if isInCalendar, elsewhere.count <= others.count { return .found }
    // Nothing that bears its identity in another calendar lets it count as gone.
    if !elsewhere.isEmpty {
      let ids = elsewhere.sorted { $0.rawValue < $1.rawValue }
      let facts = try await mailbox.items(ids, in: run.folder.id).compactMap { reading in
        if case .found(let item) = reading { run.maker.fact(of: item) } else { nil }
      }
      // Of several that may be it, the strictest decides what may be seen.
      let hidden = facts.first { $0.sensitivity != .normal }
      found.away[link.id] = hidden ?? facts.first
      return .away
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
