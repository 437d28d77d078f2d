package import SyncModel

/// What is known of one contact of the public folder: the PSA's word, and what became of it.
package struct PublicContactRow: Hashable, Sendable {
  /// As the PSA had it last; nil where only the folder knows it.
  package var contact: PSAContact?
  /// False where the PSA does not show it as active any more.
  package var isActive: Bool
  package var item: ExchangeItemID?
  package var changeKey: ChangeKey?
  package var sent: ContactPrints?
  /// What Exchange returned for what was sent.
  package var returned: ContactPrints?
  /// Somebody took it out of the folder; it comes back when the contact itself changes.
  package var isSuppressed: Bool

  package init(contact: PSAContact? = nil, isActive: Bool) {
    self.contact = contact
    self.isActive = isActive
    isSuppressed = false
  }
}

/// Permission to take one contact out of the public folder (`rules.md` 8).
///
/// Only `PublicContactPlan.removals` makes one: for an item with our stamp and a known row, of a
/// contact that a look-up in the PSA has just not found, or found inactive.
package struct PublicContactRemoval: Hashable, Sendable {
  package let contact: PSAID
  package let item: ExchangeItemID
  package let changeKey: ChangeKey

  fileprivate init(contact: PSAID, item: ExchangeItemID, changeKey: ChangeKey) {
    self.contact = contact
    self.item = item
    self.changeKey = changeKey
  }
}

/// What a look at the public folder makes of its rows and its listing: pure.
package struct PublicContactPlan: Sendable {
  /// An item in the folder with a stamp of ours.
  package struct Stamped: Hashable, Sendable {
    package let id: ExchangeItemID
    package let changeKey: ChangeKey
    package let contact: PSAID

    package init(id: ExchangeItemID, changeKey: ChangeKey, contact: PSAID) {
      self.id = id
      self.changeKey = changeKey
      self.contact = contact
    }
  }

  /// To be made, ascending: those that the folder never had, and those that it had.
  package private(set) var creates: [PSAID] = []
  package private(set) var recreates: [PSAID] = []
  /// To be read, and written where they differ, ascending.
  package private(set) var checks: [Stamped] = []
  /// To be looked up in the PSA before anything is taken out, ascending.
  package private(set) var doubtful: [Stamped] = []
  /// Taken out of the folder by somebody since the last look.
  package private(set) var suppressed: [PSAID] = []
  /// Items that the rows did not know: found by their stamps, and nothing is deleted for them yet.
  package private(set) var found: [Stamped] = []
  /// Contacts of which the folder has several items and none is known: left alone.
  package private(set) var ambiguous: [PSAID] = []

  /// - Parameters:
  ///   - rows: by contact.
  ///   - listing: the whole folder, as far as it bears our stamps.
  ///   - wanted: what the folder gets of a contact.
  package init(
    rows: [PSAID: PublicContactRow],
    listing: [Stamped],
    wanted: (PSAContact) -> ContactPrints
  ) {
    let items = Dictionary(grouping: listing, by: \.contact)
    for id in Set(rows.keys).union(items.keys).sorted() {
      let row = rows[id] ?? PublicContactRow(isActive: false)
      let there = items[id] ?? []
      let own = there.first { $0.id == row.item } ?? (there.count == 1 ? there[0] : nil)
      if own == nil, !there.isEmpty {
        ambiguous.append(id)
        continue
      }
      guard row.isActive, let contact = row.contact else {
        guard let own else { continue }
        if row.item == nil { found.append(own) } else { doubtful.append(own) }
        continue
      }
      let prints = wanted(contact)
      if let own {
        let isAsLeft =
          own.id == row.item && own.changeKey == row.changeKey && row.sent == prints
        if !isAsLeft { checks.append(own) }
      } else if row.item != nil || row.isSuppressed {
        // What was taken out comes back when the contact itself changes.
        if row.sent != prints {
          recreates.append(id)
        } else if !row.isSuppressed {
          suppressed.append(id)
        }
      } else {
        creates.append(id)
      }
    }
  }

  /// What may be taken out: of those that were doubtful, what the PSA has just not shown as active.
  package static func removals(
    _ doubtful: [Stamped],
    lookedUp: [PSAID: PSAContact?]
  ) -> [PublicContactRemoval] {
    doubtful.compactMap { item in
      guard let found = lookedUp[item.contact], found?.isActive != true else { return nil }
      return PublicContactRemoval(contact: item.contact, item: item.id, changeKey: item.changeKey)
    }
  }

  /// All that vanishes or comes back, ascending: what the brake counts (`rules.md` 8).
  package func stir(_ removals: [PublicContactRemoval]) -> [PSAID] {
    (suppressed + recreates + removals.map(\.contact)).sorted()
  }

  /// True where so many at once wait for a person.
  package static func isBraked(_ stir: [PSAID], of rows: Int) -> Bool {
    SafetyBrake.standard.holds(stir.count, ofLinked: rows)
  }

  /// What a person approves: the same contacts, whenever.
  package static func digest(of stir: [PSAID], _ fingerprinter: Fingerprinter) -> PlanDigest {
    let all = stir.map(\.description).joined(separator: " ")
    return PlanDigest(String(fingerprinter.print(of: all).description.prefix(16)))
  }
}
