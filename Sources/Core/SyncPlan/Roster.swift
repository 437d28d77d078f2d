import SyncModel

/// Which item belongs to which link, decided by identity alone (`rules.md` 7).
struct Roster {
  /// Links with what rebinding and adoption changed in them, ordered by id.
  private(set) var links: [Link] = []
  private(set) var exchange: [LinkID: ExchangeFact] = [:]
  private(set) var psa: [LinkID: PSAFact] = [:]
  /// Exchange items that no link knows.
  private(set) var freshExchange: [ExchangeFact] = []
  /// Those whose UID is another item's, numbered from 1 for each UID.
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
    links = input.mode.isRestored ? input.links.map { Roster.rehomed($0, input) } : input.links
    var indexOf: [LinkID: Int] = [:]
    for (index, link) in links.enumerated() { indexOf[link.id] = index }
    let strangers = bindExchange(&indexOf)
    bindPSA(strangers, &indexOf)
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

  /// Binds by ItemId, then by own stamp or UID where the link's own item is gone.
  private mutating func bindExchange(_ indexOf: inout [LinkID: Int]) -> [ExchangeFact] {
    var byItem: [ExchangeItemID: LinkID] = [:]
    var byUID: [Fingerprint: LinkID] = [:]
    var byPSA: [PSAID: LinkID] = [:]
    var byReference: [Reference: LinkID] = [:]
    var lastCopy: [Fingerprint: Int] = [:]
    for link in links {
      if let id = link.psa?.id, link.kind == .appointment { byPSA[id] = link.id }
      // A link whose Exchange half was emptied, for the mailbox is another one.
      if link.exchange == nil, link.origin == .exchange, let reference = link.reference {
        byReference[reference] = link.id
      }
      guard let half = link.exchange, half.originalDate == nil else { continue }
      byItem[half.item] = link.id
      guard let uid = half.cleanUID else { continue }
      let print = input.fingerprinter.print(of: Array(uid.rawValue.utf8))
      if half.copy == 0 { byUID[print] = link.id }
      lastCopy[print] = max(lastCopy[print] ?? 0, half.copy)
    }
    var strangers: [ExchangeFact] = []
    for fact in input.exchange {
      if let link = byItem[fact.id] {
        exchange[link] = fact
      } else if !input.unread.contains(fact.id) {
        strangers.append(fact)
      }
    }
    var claims: [LinkID: [ExchangeFact]] = [:]
    var unclaimed: [ExchangeFact] = []
    for fact in strangers {
      let stamped =
        fact.isStampOwn
        ? fact.stamp.flatMap { $0.kind == .appointment ? byPSA[$0.id] : nil } : nil
      guard
        let link = stamped ?? fact.uid.flatMap({ byUID[$0] }) ?? byReference[fact.reference]
      else {
        unclaimed.append(fact)
        continue
      }
      if exchange[link] != nil || indexOf[link].map({ isAway(links[$0]) }) == true {
        let number = fact.uid.map { (lastCopy[$0] ?? 0) + 1 } ?? 1
        if let uid = fact.uid { lastCopy[uid] = number }
        copies[fact.id] = number
        unclaimed.append(fact)
      } else {
        claims[link, default: []].append(fact)
      }
    }
    for (link, candidates) in claims.sorted(by: { $0.key < $1.key }) {
      guard let index = indexOf[link] else { continue }
      if candidates.count == 1, let fact = candidates.first {
        rebind(index, to: fact)
      } else {
        ambiguous.insert(link)
        let projection = Projection(input.rules)
        strictest[link] = candidates.first { projection.mask(of: $0.sensitivity) == .masked }
      }
    }
    return unclaimed
  }

  private mutating func rebind(_ index: Int, to fact: ExchangeFact) {
    let old = links[index].exchange
    links[index].exchange = ExchangeIdentity(
      folder: fact.folder,
      item: fact.id,
      cleanUID: old?.cleanUID,
      originalDate: old?.originalDate,
      seriesZone: old?.seriesZone,
      copy: old?.copy ?? 0
    )
    exchange[links[index].id] = fact
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
        $0.reference == reference || input.facts.referenceOfCopy($0.id) == reference
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
      strangers.firstIndex { $0.reference == reference && copies[$0.id] == nil }
      ?? strangers.firstIndex { input.facts.referenceOfCopy($0.id) == reference }
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
    for fact in strangers where fact.isStampOwn && copies[fact.id] == nil {
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
          HeldItem(.choose, side: .exchange, kind: .appointment, exchange: $0.id, psa: id)
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
    link.exchange = ExchangeIdentity(
      folder: item.folder,
      item: item.id,
      cleanUID: nil,
      copy: copies[item.id] ?? 0
    )
    links.append(link)
    exchange[link.id] = item
  }

  /// The original was moved to another calendar: what bears its UID here is a copy.
  private func isAway(_ link: Link) -> Bool {
    guard let half = link.exchange else { return false }
    let key = ItemKey(side: .exchange, kind: link.kind, id: half.item.rawValue)
    return input.lookUps[key] == .away
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
