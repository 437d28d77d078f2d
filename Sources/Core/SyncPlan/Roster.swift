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
  /// Those of one UID of which nothing tells which is the original: held, nothing is made of them.
  private(set) var rivals: [ExchangeFact] = []
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
  private var indexOf: [LinkID: Int] = [:]
  /// The UIDs that links claim, and the last number given to a copy of each.
  private var uids: [LinkID: Fingerprint] = [:]
  private var lastCopy: [Fingerprint: Int] = [:]
  /// PSA items that no link names by id: those with a reference, and the others.
  private var referenced: [Reference: [PSAFact]] = [:]
  private var plain: [PSAID: PSAFact] = [:]

  init(_ input: PlanInput) {
    self.input = input
    nextLink = input.nextLink
    links = input.mode.isRestored ? input.links.map { Roster.rehomed($0, input) } : input.links
    for (index, link) in links.enumerated() { indexOf[link.id] = index }
    bindPSA()
    var strangers = bindExchange()
    tellRivals(&strangers)
    adoptReferenced(&strangers)
    adoptStamped(&strangers)
    freshExchange = strangers
    freshPSA = plain.values.sorted { $0.id < $1.id }
    for index in links.indices { rememberStamp(&links[index]) }
    numberCopies()
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

  /// Binds by id alone.
  private mutating func bindPSA() {
    var byID: [PSAID: LinkID] = [:]
    for link in links { if let id = link.psa?.id { byID[id] = link.id } }
    for fact in input.psa where fact.kind == .appointment {
      if let link = byID[fact.id] {
        psa[link] = fact
      } else if let reference = fact.reference {
        referenced[reference, default: []].append(fact)
      } else {
        plain[fact.id] = fact
      }
    }
  }

  /// Binds by ItemId, then by own stamp or UID where the link's own item is gone.
  private mutating func bindExchange() -> [ExchangeFact] {
    var byItem: [ExchangeItemID: LinkID] = [:]
    var byUID: [Fingerprint: LinkID] = [:]
    var byPSA: [PSAID: LinkID] = [:]
    var byReference: [Reference: LinkID] = [:]
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
      uids[link.id] = print
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
    let knowsCopies = !referenced.isEmpty || !byReference.isEmpty
    var claims: [LinkID: [ExchangeFact]] = [:]
    var unclaimed: [ExchangeFact] = []
    for fact in strangers {
      // A reference that was made from its ItemId proves a copy, whatever else it bears.
      let asCopy =
        knowsCopies && fact.uid != nil ? input.facts.referenceOfCopy(fact.id) : nil
      if let asCopy, referenced[asCopy] != nil {
        countCopy(fact)
        unclaimed.append(fact)
        continue
      }
      let stamped = ownStamp(fact).flatMap { byPSA[$0] }
      guard !isStampedOriginal(fact),
        let link = asCopy.flatMap({ byReference[$0] }) ?? stamped
          ?? fact.uid.flatMap({ byUID[$0] }) ?? byReference[fact.reference]
      else {
        unclaimed.append(fact)
        continue
      }
      if exchange[link] != nil || indexOf[link].map({ isAway(links[$0]) }) == true {
        countCopy(fact)
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
        hold(link, between: candidates)
      }
    }
    return unclaimed
  }

  /// The PSA item that an Exchange item was made from, by a stamp that is no other item's.
  private func ownStamp(_ fact: ExchangeFact) -> PSAID? {
    guard fact.isStampOwn, let stamp = fact.stamp, stamp.kind == .appointment else { return nil }
    return stamp.id
  }

  /// Its stamp names a PSA item that is there and waits for it.
  private func isStampedOriginal(_ fact: ExchangeFact) -> Bool {
    copies[fact.id] == nil && ownStamp(fact).map { plain[$0] != nil } ?? false
  }

  private mutating func countCopy(_ fact: ExchangeFact) {
    guard let uid = fact.uid else { return copies[fact.id] = 1 }
    let number = (lastCopy[uid] ?? 0) + 1
    lastCopy[uid] = number
    copies[fact.id] = number
  }

  /// Nobody knows which of the items is the link's: all of them wait for a person.
  private mutating func hold(_ link: LinkID, between candidates: [ExchangeFact]) {
    ambiguous.insert(link)
    let projection = Projection(input.rules)
    strictest[link] = candidates.first { projection.mask(of: $0.sensitivity) == .masked }
    doubles += candidates.map(choice)
  }

  private func choice(_ fact: ExchangeFact) -> HeldItem {
    HeldItem(.choose, side: .exchange, kind: .appointment, exchange: fact.id)
  }

  /// Takes out what bears the UID of another item while nothing tells which of them is the original.
  private mutating func tellRivals(_ strangers: inout [ExchangeFact]) {
    var groups: [Fingerprint: [ExchangeFact]] = [:]
    for fact in strangers where copies[fact.id] == nil {
      if let uid = fact.uid { groups[uid, default: []].append(fact) }
    }
    var held: Set<ExchangeItemID> = []
    for group in groups.values.filter({ $0.count > 1 })
      .sorted(by: { $0[0].id.rawValue < $1[0].id.rawValue })
    {
      let unstamped = group.filter { ownStamp($0) == nil }
      let originals = group.filter(isStampedOriginal)
      if originals.count == 1 {
        for fact in unstamped { countCopy(fact) }
        continue
      }
      let owners = unstamped.first.flatMap { referenced[$0.reference] } ?? []
      // A series is not written, so that it is a rival only for what was made before.
      let candidates =
        owners.isEmpty ? unstamped.filter { $0.role == .single } : unstamped
      guard candidates.count + originals.count > 1 else { continue }
      if owners.isEmpty, originals.isEmpty {
        if input.leavesUnmatched {
          for fact in candidates { countCopy(fact) }
          continue
        }
        guard candidates.contains(where: input.isWantedInPSA) else { continue }
      }
      // Should a person pair one of them, its number sets it apart from the others.
      for fact in candidates { countCopy(fact) }
      held.formUnion(candidates.map(\.id))
      rivals += candidates
      notes.append(
        "\(candidates.count + originals.count) Exchange appointments bear one calendar UID, and none is known to be the "
          + "original: they are left alone. Delete the ones that are not wanted; the last one is "
          + "kept in step."
      )
      if owners.count == 1, let owner = owners.first, let reference = owner.reference {
        let link = insert(owner, reference)
        referenced[reference] = nil
        hold(link, between: candidates)
      } else {
        doubles += candidates.map(choice)
      }
    }
    strangers.removeAll { held.contains($0.id) }
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

  private mutating func adoptReferenced(_ strangers: inout [ExchangeFact]) {
    guard !referenced.isEmpty else { return }
    var byReference: [Reference: LinkID] = [:]
    for link in links { if let reference = link.reference { byReference[reference] = link.id } }
    var bearers: [Reference: ExchangeFact] = [:]
    for fact in strangers where !isStampedOriginal(fact) {
      let isCopy = fact.uid != nil && copies[fact.id] != nil
      bearers[isCopy ? input.facts.referenceOfCopy(fact.id) : fact.reference] = fact
    }
    var taken: Set<ExchangeItemID> = []
    for (reference, candidates) in referenced.sorted(by: { $0.key.description < $1.key.description }
    ) {
      let item = bearers[reference]
      if adopt(reference, candidates, link: byReference[reference], item), let item {
        taken.insert(item.id)
      }
    }
    strangers.removeAll { taken.contains($0.id) }
  }

  /// True where the Exchange item is dealt with.
  private mutating func adopt(
    _ reference: Reference,
    _ candidates: [PSAFact],
    link: LinkID?,
    _ item: ExchangeFact?
  ) -> Bool {
    guard candidates.count == 1, let fact = candidates.first else {
      notes.append(
        "\(candidates.count) PSA appointments bear one reference (\(ids(candidates))): none is "
          + "linked. Delete the ones that are not wanted."
      )
      doubles += candidates.map { HeldItem(.choose, side: .psa, kind: $0.kind, psa: $0.id) }
      if let link, psa[link] == nil { ambiguous.insert(link) }
      return true
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
      return false
    }
    guard let item else {
      notes.append(
        "PSA appointment \(fact.id) was made by Lockstep, but its Exchange item is not there: "
          + "it is left alone."
      )
      return false
    }
    let link = insert(fact, reference)
    bind(link, to: item)
    return true
  }

  private mutating func adoptStamped(_ strangers: inout [ExchangeFact]) {
    var stamped: [PSAID: [ExchangeFact]] = [:]
    for fact in strangers where copies[fact.id] == nil {
      if let id = ownStamp(fact) { stamped[id, default: []].append(fact) }
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
      bind(insert(fact, nil), to: item)
    }
    strangers.removeAll { taken.contains($0.id) }
  }

  /// A new link with its PSA half; one without a reference was made there.
  private mutating func insert(_ fact: PSAFact, _ reference: Reference?) -> LinkID {
    var link = input.newLink(
      nextLink,
      kind: .appointment,
      origin: reference == nil ? .psa : .exchange
    )
    nextLink = LinkID(nextLink.rawValue + 1)
    link.reference = reference
    link.psa = PSAIdentity(id: fact.id, parent: fact.parent)
    indexOf[link.id] = links.count
    links.append(link)
    psa[link.id] = fact
    return link.id
  }

  private mutating func bind(_ link: LinkID, to item: ExchangeFact) {
    guard let index = indexOf[link] else { return }
    links[index].exchange = ExchangeIdentity(
      folder: item.folder,
      item: item.id,
      cleanUID: nil,
      copy: copies[item.id] ?? 0
    )
    exchange[link] = item
  }

  /// No two links claim one UID under one number: the cache would refuse the whole run.
  private mutating func numberCopies() {
    var taken: [Fingerprint: Set<Int>] = [:]
    for index in links.indices {
      guard let half = links[index].exchange, half.originalDate == nil,
        let uid = uids[links[index].id] ?? exchange[links[index].id]?.uid
      else { continue }
      if taken[uid, default: []].insert(half.copy).inserted { continue }
      let number = (lastCopy[uid] ?? 0) + 1
      lastCopy[uid] = number
      links[index].exchange?.copy = number
      taken[uid]?.insert(number)
    }
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
