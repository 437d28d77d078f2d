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
  /// PSA items that no link names by id.
  private var open = OpenPSA()

  init(_ input: PlanInput) {
    self.input = input
    nextLink = input.nextLink
    var known = input.mode.isRestored ? input.links.map { Roster.rehomed($0, input) } : input.links
    bindPSA(&known)
    var binder = ExchangeBinder(input, links: known, open)
    binder.tellRivals()
    links = binder.links
    exchange = binder.bound
    series = binder.series
    copies = binder.copies
    ambiguous = binder.ambiguous
    strictest = binder.strictest
    doubles = binder.doubles
    rivals = binder.rivals.flatMap { $0.candidates.flatMap(input.dates) }
    for (index, link) in links.enumerated() { indexOf[link.id] = index }
    for rivals in binder.rivals { hold(rivals) }
    var strangers = binder.strangers
    adoptReferenced(&strangers)
    adoptStamped(&strangers)
    freshExchange = strangers
    freshPSA = open.plain.values.sorted { ($0.id, $0.kind.rawValue) < ($1.id, $1.kind.rawValue) }
    for index in links.indices { rememberStamp(&links[index]) }
    numberCopies(after: binder.lastCopy)
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

  /// Binds by kind and id alone; the company that an item lies under may become another one.
  private mutating func bindPSA(_ links: inout [Link]) {
    var byID: [PSAKey: Int] = [:]
    for (index, link) in links.enumerated() {
      if let id = link.psa?.id { byID[PSAKey(kind: link.kind, id: id)] = index }
    }
    for fact in input.psa {
      let key = PSAKey(kind: fact.kind, id: fact.id)
      if let index = byID[key] {
        psa[links[index].id] = fact
        links[index].psa?.parent = fact.parent
      } else if let reference = fact.reference {
        open.referenced[reference, default: []].append(fact)
      } else {
        open.plain[key] = fact
      }
    }
  }

  // MARK: What one of several bears

  private mutating func hold(_ rivals: Rivals) {
    notes.append(
      "\(rivals.count) Exchange appointments bear one calendar UID, and none is known to be the "
        + "original: they are left alone. Delete the ones that are not wanted; the last one is "
        + "kept in step."
    )
    doubles += rivals.candidates.map {
      HeldItem(.choose, side: .exchange, kind: .appointment, exchange: $0.id)
    }
    let projection = Projection(input.rules)
    for owner in rivals.owners {
      guard let reference = owner.reference else { continue }
      let link = insert(owner, reference)
      open.referenced[reference] = nil
      ambiguous.insert(link)
      strictest[link] = rivals.candidates.flatMap(input.dates).first {
        $0.reference == reference && projection.mask(of: $0.sensitivity) == .masked
      }
    }
  }

  private mutating func adoptReferenced(_ strangers: inout [ExchangeFact]) {
    guard !open.referenced.isEmpty else { return }
    var byReference: [Reference: LinkID] = [:]
    for link in links { if let reference = link.reference { byReference[reference] = link.id } }
    var bearers: [Reference: ExchangeFact] = [:]
    for fact in strangers where copies[fact.identity] != nil || !open.isStampedOriginal(fact) {
      let isCopy = fact.uid != nil && copies[fact.identity] != nil
      bearers[input.facts.reference(of: fact, copy: isCopy ? 1 : 0)] = fact
    }
    var taken: Set<Place> = []
    let ordered = open.referenced.sorted { $0.key.description < $1.key.description }
    for (reference, candidates) in ordered {
      let item = bearers[reference]
      if adopt(reference, candidates, link: byReference[reference], item), let item {
        taken.insert(Place(item))
      }
    }
    strangers.removeAll { taken.contains(Place($0)) }
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
        // Another item: how old its predecessor was says nothing of it.
        links[index].psaModified = nil
        psa[link] = fact
      }
      // Any other one is left alone, and listed with what is on one side only.
      return false
    }
    // Made by Lockstep from an item that is not there any more: listed as well.
    guard let item else { return false }
    bind(insert(fact, reference), to: item)
    return true
  }

  private mutating func adoptStamped(_ strangers: inout [ExchangeFact]) {
    var stamped: [PSAKey: [ExchangeFact]] = [:]
    for fact in strangers where copies[fact.identity] == nil {
      if let key = fact.ownStamp { stamped[key, default: []].append(fact) }
    }
    var taken: Set<ExchangeItemID> = []
    for (key, candidates) in stamped.sorted(by: { $0.key < $1.key }) {
      taken.formUnion(candidates.map(\.id))
      // Left alone, and listed with what is on one side only.
      guard let fact = open.plain[key] else { continue }
      open.plain[key] = nil
      guard candidates.count == 1, let item = candidates.first else {
        notes.append(
          "\(candidates.count) Exchange items were made from \(key.item): none is "
            + "linked. Delete the copies that are not wanted."
        )
        doubles += candidates.map {
          HeldItem(
            .choose,
            side: .exchange,
            kind: key.kind,
            exchange: $0.identity,
            originalDate: $0.originalDate,
            psa: key.id
          )
        }
        continue
      }
      bind(insert(fact, nil), to: item)
    }
    strangers.removeAll { taken.contains($0.id) }
  }

  // MARK: New links

  /// A new link with its PSA half; one without a reference was made there.
  private mutating func insert(_ fact: PSAFact, _ reference: Reference?) -> LinkID {
    var link = input.newLink(
      nextLink,
      kind: fact.kind,
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
    links[index].exchange = input.identity(of: item, copy: copies[item.identity] ?? 0)
    exchange[link] = item
  }

  /// No two items claim one UID under one number: the cache would refuse the whole run.
  private mutating func numberCopies(after last: [Fingerprint: Int]) {
    var last = last
    var owner: [Fingerprint: [Int: ExchangeItemID]] = [:]
    var renumbered: [ExchangeItemID: Int] = [:]
    for index in links.indices {
      guard let half = links[index].exchange,
        let uid = exchange[links[index].id]?.uid ?? half.cleanUID.map(input.print)
      else { continue }
      if let number = renumbered[half.item] {
        links[index].exchange?.copy = number
        continue
      }
      let holder = owner[uid]?[half.copy] ?? half.item
      if holder == half.item {
        owner[uid, default: [:]][half.copy] = half.item
      } else {
        let number = (last[uid] ?? 0) + 1
        last[uid] = number
        renumbered[half.item] = number
        owner[uid, default: [:]][number] = half.item
        links[index].exchange?.copy = number
      }
    }
  }

  private func isGone(_ link: Link) -> Bool {
    guard let half = link.psa else { return true }
    let key = ItemKey(side: .psa, kind: link.kind, id: half.id.description)
    return input.lookUps[key] == .nothing
  }

  private func ids(_ facts: [PSAFact]) -> String {
    facts.map(\.key.description).joined(separator: ", ")
  }
}

/// An Exchange item, or one date of a series.
private struct Place: Hashable {
  let item: ExchangeItemID
  let date: LocalDate?

  init(_ fact: ExchangeFact) {
    item = fact.identity
    date = fact.originalDate
  }
}

/// An item of the PSA: its number is unique for its kind only.
struct PSAKey: Hashable, Comparable, CustomStringConvertible {
  let kind: Kind
  let id: PSAID

  var description: String { "\(kind.rawValue) \(id)" }

  var item: ItemKey { ItemKey(side: .psa, kind: kind, id: id.description) }

  static func < (left: PSAKey, right: PSAKey) -> Bool {
    (left.id, left.kind.rawValue) < (right.id, right.kind.rawValue)
  }
}

/// PSA items that no link names by id.
struct OpenPSA {
  /// Those that bear a reference line.
  var referenced: [Reference: [PSAFact]] = [:]
  /// All others.
  var plain: [PSAKey: PSAFact] = [:]

  /// The item's own stamp names one of them, which waits for it.
  func isStampedOriginal(_ fact: ExchangeFact) -> Bool {
    fact.ownStamp.map { plain[$0] != nil } ?? false
  }
}

extension ExchangeFact {
  /// The PSA item that it was made from, by a stamp that is no other item's.
  var ownStamp: PSAKey? {
    guard isStampOwn, let stamp else { return nil }
    return PSAKey(kind: stamp.kind, id: stamp.id)
  }
}

extension PlanInput {
  /// Of closed links without an Exchange half those whose PSA item is to be kept there again: a list
  /// of all of ten thousand would be a megabyte.
  func admittedAgain(of links: [Link]) -> Set<PSAKey> {
    var closed: Set<PSAKey> = []
    for link in links where link.state == .closed && link.exchange == nil {
      if let half = link.psa { closed.insert(PSAKey(kind: link.kind, id: half.id)) }
    }
    guard !closed.isEmpty else { return [] }
    let keys = psa.lazy.filter { !$0.isCancelled }.map { PSAKey(kind: $0.kind, id: $0.id) }
    return Set(keys.filter(closed.contains))
  }

  /// Of a series its dates, else the item itself.
  func dates(of fact: ExchangeFact) -> [ExchangeFact] { series[fact.id]?.dates ?? [fact] }

  func print(_ uid: CleanUID) -> Fingerprint {
    fingerprinter.print(of: Array(uid.rawValue.utf8))
  }
}
