import SyncModel

/// Which item belongs to which link, decided by identity alone (`rules.md` 7).
struct Roster {
  /// Links with what rebinding and adoption changed in them, ordered by id.
  private(set) var links: [Link] = []
  private(set) var exchange: [LinkID: ExchangeFact] = [:]
  private(set) var psa: [LinkID: PSAFact] = [:]
  /// Links whose series is there and names no date for them.
  private(set) var series: [LinkID: SeriesFacts] = [:]
  /// Exchange items and dates of series that no link knows.
  private(set) var freshExchange: [ExchangeFact] = []
  /// Items whose UID is another one's, numbered from 1 for each UID.
  private(set) var copies: [ExchangeItemID: Int] = [:]
  /// PSA items that no link knows and that bear no reference.
  private(set) var freshPSA: [PSAFact] = []
  private(set) var ambiguous: Set<LinkID> = []
  /// Of an ambiguous link, a candidate of which the PSA may see nothing but the time.
  private(set) var strictest: [LinkID: ExchangeFact] = [:]
  /// Items of which several bear one stamp or reference: held, and nothing is made beside them.
  private(set) var doubles: [HeldItem] = []
  private(set) var notes: [String] = []
  private(set) var nextLink: LinkID

  private let input: PlanInput

  init(_ input: PlanInput) {
    self.input = input
    nextLink = input.nextLink
    let binder = ExchangeBinder(
      input,
      links: input.mode.isRestored ? input.links.map { Roster.rehomed($0, input) } : input.links
    )
    links = binder.links
    exchange = binder.bound
    series = binder.series
    copies = binder.copies
    ambiguous = binder.ambiguous
    strictest = binder.strictest
    var indexOf: [LinkID: Int] = [:]
    for (index, link) in links.enumerated() { indexOf[link.id] = index }
    bindPSA(binder.strangers, &indexOf)
    for index in links.indices { rememberStamp(&links[index]) }
  }

  /// A folder or mailbox that came back under another id is still the one that links know.
  private static func rehomed(_ link: Link, _ input: PlanInput) -> Link {
    guard link.exchange != nil else { return link }
    var link = link
    link.mailbox = input.mailbox
    link.exchange?.folder = input.folder
    return link
  }

  private func rememberStamp(_ link: inout Link) {
    guard let item = exchange[link.id], item.isStampOwn, let stamp = item.stamp,
      stamp.kind == link.kind, stamp.id == link.psa?.id
    else { return }
    link.stamp = stamp
  }

  /// Binds by id, then adopts by reference and by stamp.
  private mutating func bindPSA(_ strangers: [ExchangeFact], _ indexOf: inout [LinkID: Int]) {
    var byID: [PSAID: LinkID] = [:]
    var byReference: [Reference: LinkID] = [:]
    for link in links {
      if let id = link.psa?.id { byID[id] = link.id }
      if let reference = link.reference { byReference[reference] = link.id }
    }
    var referenced: [Reference: [PSAFact]] = [:]
    var plain: [PSAID: PSAFact] = [:]
    for fact in input.psa where fact.kind == .appointment {
      if let link = byID[fact.id] {
        psa[link] = fact
      } else if let reference = fact.reference {
        referenced[reference, default: []].append(fact)
      } else {
        plain[fact.id] = fact
      }
    }
    var strangers = strangers
    for (reference, candidates) in referenced.sorted(by: { $0.key.description < $1.key.description }
    ) {
      adopt(reference, candidates, link: byReference[reference], &strangers, &indexOf)
    }
    adoptStamped(&strangers, &plain)
    freshExchange = strangers
    freshPSA = plain.values.sorted { $0.id < $1.id }
  }

  private mutating func adopt(
    _ reference: Reference,
    _ candidates: [PSAFact],
    link: LinkID?,
    _ strangers: inout [ExchangeFact],
    _ indexOf: inout [LinkID: Int]
  ) {
    guard candidates.count == 1, let fact = candidates.first else {
      notes.append(
        "\(candidates.count) PSA appointments bear one reference (\(ids(candidates))): none is "
          + "linked. Delete the ones that are not wanted."
      )
      doubles += candidates.map { HeldItem(.choose, side: .psa, kind: $0.kind, psa: $0.id) }
      if let link, psa[link] == nil { ambiguous.insert(link) }
      strangers.removeAll {
        $0.reference == reference || input.facts.referenceOfCopy($0) == reference
      }
      return
    }
    if let link, let index = indexOf[link] {
      if psa[link] == nil, links[index].psa == nil || isGone(links[index]) {
        links[index].psa = PSAIdentity(id: fact.id, parent: fact.parent)
        psa[link] = fact
      } else {
        notes.append(
          "PSA appointment \(fact.id) bears the reference of another one and is left alone."
        )
      }
      return
    }
    let position =
      strangers.firstIndex { $0.reference == reference && copies[$0.identity] == nil }
      ?? strangers.firstIndex { input.facts.referenceOfCopy($0) == reference }
    guard let position else {
      notes.append(
        "PSA appointment \(fact.id) was made by Lockstep, but its Exchange item is not there: "
          + "it is left alone."
      )
      return
    }
    let item = strangers.remove(at: position)
    var link = input.newLink(nextLink, kind: .appointment, origin: .exchange)
    link.reference = reference
    link.psa = PSAIdentity(id: fact.id, parent: fact.parent)
    insert(&link, item: item)
    psa[link.id] = fact
  }

  private mutating func adoptStamped(
    _ strangers: inout [ExchangeFact],
    _ plain: inout [PSAID: PSAFact]
  ) {
    var stamped: [PSAID: [ExchangeFact]] = [:]
    for fact in strangers where fact.isStampOwn && copies[fact.identity] == nil {
      if let stamp = fact.stamp, stamp.kind == .appointment {
        stamped[stamp.id, default: []].append(fact)
      }
    }
    var taken: Set<ExchangeItemID> = []
    for (id, candidates) in stamped.sorted(by: { $0.key < $1.key }) {
      taken.formUnion(candidates.map(\.id))
      guard let fact = plain[id] else {
        notes.append(
          "\(candidates.count) Exchange item(s) were made from PSA appointment \(id), which is not "
            + "there: left alone."
        )
        continue
      }
      plain[id] = nil
      guard candidates.count == 1, let item = candidates.first else {
        notes.append(
          "\(candidates.count) Exchange items were made from PSA appointment \(id): none is "
            + "linked. Delete the copies that are not wanted."
        )
        doubles += candidates.map {
          HeldItem(
            .choose,
            side: .exchange,
            kind: .appointment,
            exchange: $0.identity,
            originalDate: $0.originalDate,
            psa: id
          )
        }
        continue
      }
      var link = input.newLink(nextLink, kind: .appointment, origin: .psa)
      link.psa = PSAIdentity(id: id, parent: fact.parent)
      insert(&link, item: item)
      psa[link.id] = fact
    }
    strangers.removeAll { taken.contains($0.id) }
  }

  private mutating func insert(_ link: inout Link, item: ExchangeFact) {
    nextLink = LinkID(nextLink.rawValue + 1)
    link.exchange = input.identity(of: item, copy: copies[item.identity] ?? 0)
    links.append(link)
    exchange[link.id] = item
  }

  private func isGone(_ link: Link) -> Bool {
    guard let half = link.psa else { return true }
    let key = ItemKey(side: .psa, kind: link.kind, id: half.id.description)
    return input.lookUps[key] == .nothing
  }

  private func ids(_ facts: [PSAFact]) -> String {
    facts.map(\.id.description).joined(separator: ", ")
  }
}
