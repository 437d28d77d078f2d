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
  private(set) var ambiguous: Set<LinkID> = []
  /// Of links that several items claim: one that must be masked, whichever it is.
  private(set) var strictest: [LinkID: ExchangeFact] = [:]

  private let input: PlanInput
  private let present: Set<ExchangeItemID>
  private var linksOf: [ExchangeItemID: [Int]] = [:]
  private var itemOfUID: [Fingerprint: ExchangeItemID] = [:]
  private var linkOfPSA: [PSAKey: Int] = [:]
  private var linkOfReference: [Reference: Int] = [:]
  private var lastCopy: [Fingerprint: Int] = [:]

  private struct PSAKey: Hashable {
    let kind: Kind
    let id: PSAID
  }

  /// What a newcomer takes the place of.
  private enum Claim: Hashable {
    case item(ExchangeItemID)
    case link(Int)
  }

  init(_ input: PlanInput, links: [Link]) {
    self.input = input
    self.links = links
    present = Set(input.exchange.map(\.id))
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
      guard let uid = half.cleanUID else { continue }
      let print = input.fingerprinter.print(of: Array(uid.rawValue.utf8))
      if half.copy == 0 { itemOfUID[print] = half.item }
      lastCopy[print] = max(lastCopy[print] ?? 0, half.copy)
    }
  }

  // MARK: Newcomers

  private mutating func settle(_ newcomers: [ExchangeFact]) {
    var claims: [Claim: [ExchangeFact]] = [:]
    var order: [Claim] = []
    for fact in newcomers {
      guard let claim = claim(of: fact) else {
        add(fact, copy: 0)
        continue
      }
      if isTaken(claim) {
        let number = fact.uid.map { (lastCopy[$0] ?? 0) + 1 } ?? 1
        if let uid = fact.uid { lastCopy[uid] = number }
        add(fact, copy: number)
      } else {
        if claims[claim] == nil { order.append(claim) }
        claims[claim, default: []].append(fact)
      }
    }
    for claim in order {
      guard let candidates = claims[claim] else { continue }
      let known = positions(of: claim)
      if candidates.count == 1, let fact = candidates.first {
        for position in known { rebind(position, to: fact) }
        bind(fact, known)
      } else {
        let projection = Projection(input.rules)
        let masked = candidates.first { projection.mask(of: $0.sensitivity) == .masked }
        for position in known {
          ambiguous.insert(links[position].id)
          strictest[links[position].id] = masked
        }
      }
    }
  }

  private func claim(of fact: ExchangeFact) -> Claim? {
    if fact.isStampOwn, let stamp = fact.stamp,
      let position = linkOfPSA[PSAKey(kind: stamp.kind, id: stamp.id)]
    {
      return links[position].exchange.map { .item($0.item) } ?? .link(position)
    }
    if let uid = fact.uid, let item = itemOfUID[uid] { return .item(item) }
    return linkOfReference[fact.reference].map { .link($0) }
  }

  /// The original is where it was, or was moved to another calendar: the newcomer is a copy.
  private func isTaken(_ claim: Claim) -> Bool {
    switch claim {
    case .item(let item):
      let key = ItemKey(side: .exchange, kind: .appointment, id: item.rawValue)
      return present.contains(item) || input.lookUps[key] == .away
        || positions(of: claim).contains { bound[links[$0].id] != nil }
    case .link(let position):
      return bound[links[position].id] != nil
    }
  }

  private func positions(of claim: Claim) -> [Int] {
    switch claim {
    case .item(let item): linksOf[item] ?? []
    case .link(let position): [position]
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

  /// An item that no link knows; of a series its dates, but for those that a reference proves.
  private mutating func add(_ fact: ExchangeFact, copy: Int) {
    if copy > 0 { copies[fact.id] = copy }
    guard let series = input.series[fact.id] else {
      strangers.append(fact)
      return
    }
    for date in series.dates {
      if let position = linkOfReference[date.reference], bound[links[position].id] == nil {
        links[position].exchange = input.identity(of: date, copy: copy)
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
    } else if let position = known.first(where: { isDay(of: fact, links[$0]) }) ?? known.first {
      links[position].exchange?.originalDate = nil
      links[position].exchange?.seriesZone = nil
      links[position].reference =
        (links[position].exchange?.copy ?? 0) > 0
        ? input.facts.referenceOfCopy(fact) : fact.reference
      bound[links[position].id] = fact
    }
    let all = LocalDate(daysSince1970: .min)...LocalDate(daysSince1970: .max)
    let nothing = SeriesFacts(master: fact, zone: nil, dates: [], pattern: [], covers: all)
    for position in known where bound[links[position].id] == nil {
      series[links[position].id] = nothing
    }
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
