import SyncModel

/// Which Exchange item, or which date of a series, belongs to which link (`rules.md` 5 and 7).
///
/// By ItemId; then, where the link's own item is gone, by own stamp, UID or reference.
struct ExchangeBinder {
  /// The links with what rebinding changed in them, in the order given.
  private(set) var links: [Link]
  private(set) var bound: [LinkID: ExchangeFact] = [:]
  /// Links whose series is there but says nothing of them, or that their date does not take place.
  private(set) var series: [LinkID: SeriesFacts] = [:]
  /// Items and dates that no link knows.
  private(set) var strangers: [ExchangeFact] = []
  /// Items whose UID is another one's, numbered from 1 for each UID.
  private(set) var copies: [ExchangeItemID: Int] = [:]
  private(set) var lastCopy: [Fingerprint: Int] = [:]
  private(set) var ambiguous: Set<LinkID> = []
  /// Of links that several items claim: one that must be masked, whichever it is.
  private(set) var strictest: [LinkID: ExchangeFact] = [:]
  /// Several items that claim one link.
  private(set) var doubles: [HeldItem] = []
  /// Items with one UID of which nothing tells which is the original.
  private(set) var rivals: [Rivals] = []

  private let input: PlanInput
  private let open: OpenPSA
  private let present: Set<ExchangeItemID>
  private var linksOf: [ExchangeItemID: [Int]] = [:]
  private var itemOfUID: [Fingerprint: ExchangeItemID] = [:]
  private var copiesOfUID: [Fingerprint: [ExchangeItemID]] = [:]
  /// What is there in the PSA and to be kept in Exchange.
  private let admitted: Set<PSAKey>
  private var linkOfPSA: [PSAKey: Int] = [:]
  private var linkOfReference: [Reference: Int] = [:]
  /// Items that neither a link nor a claim knows, series as a whole.
  private var unclaimed: [ExchangeFact] = []

  /// What a newcomer takes the place of.
  private enum Claim: Hashable {
    case item(ExchangeItemID)
    /// Links without an Exchange half, which the mailbox may have lost.
    case links([Int])
  }

  init(_ input: PlanInput, links: [Link], _ open: OpenPSA) {
    self.input = input
    self.links = links
    self.open = open
    present = Set(input.exchange.map(\.id))
    admitted = input.admittedAgain(of: links)
    index()
    var newcomers: [ExchangeFact] = []
    for fact in input.exchange {
      if let known = linksOf[fact.id] {
        bind(fact, known)
      } else if !input.unread.contains(fact.id) {
        newcomers.append(fact)
      }
    }
    settle(newcomers)
  }

  /// Takes out what bears the UID of another item while nothing tells which of them is the original.
  ///
  /// What is left are the strangers.
  mutating func tellRivals() {
    var groups: [Fingerprint: [ExchangeFact]] = [:]
    for fact in unclaimed where copies[fact.id] == nil {
      if let uid = fact.uid { groups[uid, default: []].append(fact) }
    }
    var held: Set<ExchangeItemID> = []
    for group in groups.values.filter({ $0.count > 1 })
      .sorted(by: { $0[0].id.rawValue < $1[0].id.rawValue })
    {
      guard let rivals = rivals(among: group) else { continue }
      held.formUnion(rivals.candidates.map(\.id))
      self.rivals.append(rivals)
    }
    for fact in unclaimed where !held.contains(fact.id) {
      strangers += input.dates(of: fact)
    }
  }

  /// Nil where it is known, or does not matter, which one of them is the original.
  private mutating func rivals(among group: [ExchangeFact]) -> Rivals? {
    let candidates = group.filter { $0.ownStamp == nil }
    // Dates of a series that was not sent whole: each is an item of its own, and the UID is the
    // first one's.
    let starts = candidates.compactMap(\.originalStart)
    if candidates.count == group.count, starts.count == group.count,
      Set(starts).count == starts.count
    {
      for fact in candidates.sorted(by: ExchangeBinder.isEarlier).dropFirst() { countCopy(fact) }
      return nil
    }
    let originals = group.filter(open.isStampedOriginal)
    if originals.count == 1 {
      for fact in candidates { countCopy(fact) }
      return nil
    }
    guard candidates.count + originals.count > 1 else { return nil }
    let dates = candidates.first.map(input.dates) ?? []
    let owners = dates.map { open.referenced[$0.reference] ?? [] }
    if owners.allSatisfy(\.isEmpty), originals.isEmpty {
      if input.leavesUnmatched {
        for fact in candidates { countCopy(fact) }
        return nil
      }
      guard candidates.contains(where: { input.dates(of: $0).contains(where: input.isWantedInPSA) })
      else { return nil }
    }
    // Should a person pair one of them, its number sets it apart from the others.
    for fact in candidates { countCopy(fact) }
    return Rivals(
      candidates: candidates,
      count: candidates.count + originals.count,
      owners: owners.filter { $0.count == 1 }.flatMap { $0 }
    )
  }

  private static func isEarlier(_ left: ExchangeFact, _ right: ExchangeFact) -> Bool {
    (left.originalStart?.seconds ?? 0, left.id.rawValue)
      < (right.originalStart?.seconds ?? 0, right.id.rawValue)
  }

  private mutating func index() {
    for (position, link) in links.enumerated() {
      if let id = link.psa?.id { linkOfPSA[PSAKey(kind: link.kind, id: id)] = position }
      guard let half = link.exchange else {
        // A link whose Exchange half was emptied, for the mailbox is another one.
        if link.origin == .exchange, let reference = link.reference {
          linkOfReference[reference] = position
        }
        continue
      }
      linksOf[half.item, default: []].append(position)
      guard let uid = half.cleanUID.map(input.print) else { continue }
      if half.copy == 0 {
        itemOfUID[uid] = half.item
      } else {
        copiesOfUID[uid, default: []].append(half.item)
      }
      lastCopy[uid] = max(lastCopy[uid] ?? 0, half.copy)
    }
  }

  // MARK: Newcomers

  private mutating func settle(_ newcomers: [ExchangeFact]) {
    var claims: [Claim: [ExchangeFact]] = [:]
    var order: [Claim] = []
    for fact in newcomers {
      // A reference that was made from its ItemId proves a copy, whatever else it bears.
      if isProvenCopy(fact) {
        countCopy(fact)
        unclaimed.append(fact)
        continue
      }
      guard let first = claim(of: fact) else {
        unclaimed.append(fact)
        continue
      }
      let claim = isTaken(first) ? claimOfCopy(fact) : first
      guard let claim else {
        countCopy(fact)
        unclaimed.append(fact)
        continue
      }
      if claims[claim] == nil { order.append(claim) }
      claims[claim, default: []].append(fact)
    }
    for claim in order {
      guard let candidates = claims[claim] else { continue }
      if candidates.count == 1, let fact = candidates.first {
        settle(fact, claim)
      } else {
        hold(positions(of: claim), between: candidates)
      }
    }
  }

  private mutating func settle(_ fact: ExchangeFact, _ claim: Claim) {
    let known = positions(of: claim)
    switch claim {
    case .links where input.series[fact.id] != nil:
      bindDates(of: fact, known)
    case .item, .links:
      for position in known { rebind(position, to: fact) }
      bind(fact, known)
    }
  }

  /// Nobody knows which of the items is the links': all of them wait for a person.
  private mutating func hold(_ known: [Int], between candidates: [ExchangeFact]) {
    let projection = Projection(input.rules)
    let masked = candidates.first { projection.mask(of: $0.sensitivity) == .masked }
    for position in known {
      ambiguous.insert(links[position].id)
      strictest[links[position].id] = masked
    }
    doubles += candidates.map {
      HeldItem(.choose, side: .exchange, kind: .appointment, exchange: $0.id)
    }
  }

  private func isProvenCopy(_ fact: ExchangeFact) -> Bool {
    guard fact.uid != nil, !open.referenced.isEmpty else { return false }
    return input.dates(of: fact).contains {
      open.referenced[input.facts.referenceOfCopy($0)] != nil
    }
  }

  /// The copy with its UID that is gone from where it was: it came back under another id.
  private func claimOfCopy(_ fact: ExchangeFact) -> Claim? {
    let claims = Set(fact.uid.flatMap { copiesOfUID[$0] } ?? []).map(Claim.item)
      .filter { !isTaken($0) }
    return claims.count == 1 ? claims[0] : nil
  }

  private func claim(of fact: ExchangeFact) -> Claim? {
    if copies[fact.id] == nil, open.isStampedOriginal(fact) { return nil }
    if let known = links(of: fact, { input.facts.referenceOfCopy($0) }), fact.uid != nil {
      return known
    }
    if let key = fact.ownStamp, let position = linkOfPSA[key] {
      // What was made of it is removed already: a person's copy of that is left alone.
      let isClosed = links[position].state == .closed && links[position].exchange == nil
      if isClosed, !admitted.contains(key) { return nil }
      return links[position].exchange.map { .item($0.item) } ?? .links([position])
    }
    if let uid = fact.uid, let item = itemOfUID[uid] { return .item(item) }
    return links(of: fact, \.reference)
  }

  /// The links without an Exchange half that know the item, or dates of it, by that reference.
  private func links(of fact: ExchangeFact, _ reference: (ExchangeFact) -> Reference) -> Claim? {
    guard !linkOfReference.isEmpty else { return nil }
    let known = input.dates(of: fact).compactMap { linkOfReference[reference($0)] }
    return known.isEmpty ? nil : .links(known)
  }

  private mutating func countCopy(_ fact: ExchangeFact) {
    guard let uid = fact.uid else { return copies[fact.id] = 1 }
    let number = (lastCopy[uid] ?? 0) + 1
    lastCopy[uid] = number
    copies[fact.id] = number
  }

  /// The original is where it was, or was moved to another calendar: the newcomer is a copy.
  private func isTaken(_ claim: Claim) -> Bool {
    switch claim {
    case .item(let item):
      let kind = positions(of: claim).first.map { links[$0].kind } ?? .appointment
      let key = ItemKey(side: .exchange, kind: kind, id: item.rawValue)
      return present.contains(item) || input.lookUps[key] == .away
        || positions(of: claim).contains { bound[links[$0].id] != nil }
    case .links(let known):
      return known.contains { bound[links[$0].id] != nil }
    }
  }

  private func positions(of claim: Claim) -> [Int] {
    switch claim {
    case .item(let item): linksOf[item] ?? []
    case .links(let known): known
    }
  }

  private mutating func rebind(_ position: Int, to fact: ExchangeFact) {
    let old = links[position].exchange
    links[position].exchange = ExchangeIdentity(
      folder: fact.folder,
      item: fact.id,
      cleanUID: old?.cleanUID,
      originalDate: old?.originalDate,
      seriesZone: old?.seriesZone,
      copy: old?.copy ?? 0
    )
  }

  /// The dates of a series that these links without an Exchange half know by their references.
  ///
  /// By its UID a copied series would take those of its original.
  private mutating func bindDates(of fact: ExchangeFact, _ known: [Int]) {
    for date in input.dates(of: fact) {
      let position = [input.facts.referenceOfCopy(date), date.reference]
        .compactMap { linkOfReference[$0] }.first(where: known.contains)
      if let position, bound[links[position].id] == nil {
        links[position].exchange = input.identity(of: date)
        bound[links[position].id] = date
      } else {
        strangers.append(date)
      }
    }
  }

  // MARK: Known items

  private mutating func bind(_ fact: ExchangeFact, _ known: [Int]) {
    if input.unread.contains(fact.id) {
      // It changed, but its facts are old: they bring no date and take none away.
      for position in known { bound[links[position].id] = fact }
    } else if let series = input.series[fact.id] {
      bind(series, known)
    } else if fact.role == .single {
      bindSingle(fact, known)
    } else {
      // A series that cannot be expanded now, or one that a person made of a PSA item.
      for position in known where links[position].exchange?.originalDate == nil {
        bound[links[position].id] = fact
      }
    }
  }

  private mutating func bind(_ facts: SeriesFacts, _ known: [Int]) {
    // A PSA item that its user made a series of stays one item and is held.
    if let position = known.first(where: { links[$0].origin == .psa }) {
      bound[links[position].id] = facts.master
      return
    }
    let binding = SeriesBinding(facts, links: known.map { links[$0] }, input.clock)
    let copy = known.compactMap { links[$0].exchange?.copy }.max() ?? 0
    if copy > 0 { copies[facts.master.id] = copy }
    for position in known {
      let id = links[position].id
      guard let fact = binding.bound[id] else {
        series[id] = facts
        continue
      }
      bound[id] = fact
      if let date = binding.moved[id] {
        links[position].exchange?.originalDate = date
        links[position].exchange?.seriesZone = facts.zone
        // The reference line in the PSA follows with the next write.
        links[position].reference =
          copy > 0 ? input.facts.referenceOfCopy(fact) : fact.reference
      }
    }
    strangers += binding.fresh
  }

  /// A single item; where it was a series, the link of its day stays and the others end.
  private mutating func bindSingle(_ fact: ExchangeFact, _ known: [Int]) {
    if let position = known.first(where: { links[$0].exchange?.originalDate == nil }) {
      bound[links[position].id] = fact
    } else if let position = known.first(where: { isDay(of: fact, links[$0]) })
      ?? nearest(to: fact, among: known)
    {
      links[position].exchange?.originalDate = nil
      links[position].exchange?.seriesZone = nil
      links[position].reference =
        (links[position].exchange?.copy ?? 0) > 0
        ? input.facts.referenceOfCopy(fact) : fact.reference
      bound[links[position].id] = fact
    } else {
      strangers.append(fact)
    }
    let all = LocalDate(daysSince1970: .min)...LocalDate(daysSince1970: .max)
    let nothing = SeriesFacts(master: fact, zone: nil, dates: [], pattern: [], covers: all)
    for position in known where bound[links[position].id] == nil {
      series[links[position].id] = nothing
    }
  }

  /// The date in step that lay next to it; what was parked or left alone stays as it is.
  private func nearest(to fact: ExchangeFact, among known: [Int]) -> Int? {
    let start = fact.when.span(in: input.zone, input.clock)?.start.seconds ?? 0
    func distance(_ position: Int) -> Int64 {
      links[position].base.span.map { abs($0.start.seconds - start) } ?? .max
    }
    return known.filter { links[$0].state == .linked }.min { distance($0) < distance($1) }
  }

  private func isDay(of fact: ExchangeFact, _ link: Link) -> Bool {
    let zone = link.exchange?.seriesZone ?? input.zone ?? .utc
    let day =
      switch fact.when {
      case .allDay(let first, _): Optional(first)
      case .timed(let start, _, _): input.clock.local(start, zone)?.date
      }
    return day == link.exchange?.originalDate
  }
}

/// Items with one UID of which nothing tells which is the original.
struct Rivals {
  /// Those that are held, series as a whole.
  let candidates: [ExchangeFact]
  /// With those that a stamp marks as made from PSA items.
  let count: Int
  /// PSA appointments that one of them must have been made into.
  let owners: [PSAFact]
}
