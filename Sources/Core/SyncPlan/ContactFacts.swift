package import SyncModel

/// What the plan sees of a contact in Exchange that bears a stamp of ours.
package struct ExchangeContactFact: Hashable, Sendable {
  package let id: ExchangeItemID
  package let changeKey: ChangeKey
  package let folder: FolderID
  package let modified: Instant
  package let stamp: Stamp
  package let prints: ContactPrints
  package let isNoteWhole: Bool

  /// Nil for a contact that a person made, or that belongs to another tenant.
  package init?(_ contact: ExchangeContact, tenant: TenantID, _ fingerprinter: Fingerprinter) {
    guard let stamp = contact.stamp.flatMap({ Stamp($0) }), stamp.kind == .contact,
      stamp.tenant == tenant
    else { return nil }
    id = contact.id
    changeKey = contact.changeKey
    folder = contact.folder
    modified = contact.modified
    self.stamp = stamp
    prints = ContactPrints(contact.card, fingerprinter)
    isNoteWhole = contact.isNoteWhole
  }
}

/// What the plan sees of a contact in the PSA.
package struct PSAContactFact: Hashable, Sendable {
  package let id: PSAID
  package let company: PSAID
  package let isActive: Bool
  package let modified: Instant
  /// Of what Exchange is given of it.
  package let prints: ContactPrints

  package init(_ contact: PSAContact, _ mapping: ContactMapping, _ fingerprinter: Fingerprinter) {
    id = contact.id
    company = contact.company
    isActive = contact.isActive
    modified = contact.modified
    prints = ContactPrints(mapping.card(of: contact), fingerprinter)
  }

  package var key: ItemKey { ItemKey(side: .psa, kind: .contact, id: id.description) }
}

/// The relations that make contacts the resource's, read to their end by one run.
package struct ScopeReading: Hashable, Sendable {
  package let scope: ContactScope
  package let resource: ResourceID
  package let run: RunID

  package init(_ scope: ContactScope, resource: ResourceID, run: RunID) {
    self.scope = scope
    self.resource = resource
    self.run = run
  }

  /// Why a contact is not the resource's; nil for one that is.
  package func exclusion(of contact: PSAContactFact) -> LinkReason? {
    guard contact.isActive else { return .inactive }
    return scope.names(contact.id, of: contact.company) ? nil : .outOfScope
  }
}

extension ContactPrints {
  /// The fields in which `stored` has to be written to be as wanted.
  ///
  /// What Exchange returned for what was sent counts as that, however it spells it; without such a
  /// base the two are compared themselves.
  package func fields(toWriteOver stored: ContactPrints, base: Base) -> Set<ContactField> {
    var fields: Set<ContactField> = []
    for (index, field) in ContactField.allCases.enumerated() where all[index] != stored.all[index] {
      let isAsSent =
        base.cardSent?.all[index] == all[index]
        && base.cardReturned?.all[index] == stored.all[index]
      if !isAsSent { fields.insert(field) }
    }
    return fields
  }

  /// The fields that differ from those of older prints.
  package func changed(from old: ContactPrints) -> Set<ContactField> {
    Set(zip(byField, old.all).filter { $0.1 != $1 }.map { $0.0.0 })
  }
}
