package import SyncModel

/// The folder that contacts are written to, as a run finds it.
package struct ContactsPlace: Hashable, Sendable {
  package let id: FolderID
  /// How many items the folder says it holds.
  package let itemCount: Int
  package let canWrite: Bool

  package init(id: FolderID, itemCount: Int, canWrite: Bool) {
    self.id = id
    self.itemCount = itemCount
    self.canWrite = canWrite
  }
}

/// What came back for one id of the contacts folder.
package enum ContactReading: Hashable, Sendable {
  case found(ExchangeContact)
  /// Not there, or not visible to this account: Exchange does not tell the two apart.
  case missing
  /// No contact (a distribution list), or one that the server could not read out; the text says why.
  case unreadable(String)
}

/// A contact that a look-up by stamp found.
package struct ContactTrace: Hashable, Sendable {
  package enum Place: String, Hashable, Sendable { case folder, otherFolder, deleted }

  package let id: ExchangeItemID
  package let changeKey: ChangeKey
  package let place: Place

  package init(id: ExchangeItemID, changeKey: ChangeKey, place: Place) {
    self.id = id
    self.changeKey = changeKey
    self.place = place
  }
}

/// A contact to be created in Exchange.
package struct ContactDraft: Hashable, Sendable {
  package let stamp: Stamp
  package let card: ContactCard

  package init(stamp: Stamp, card: ContactCard) {
    self.stamp = stamp
    self.card = card
  }
}

/// A change to a contact in Exchange: these fields only, blank ones are taken away.
package struct ContactEdit: Hashable, Sendable {
  package let id: ExchangeItemID
  /// The version that the plan saw; another one makes the write a conflict.
  package let expected: ChangeKey
  package let card: ContactCard
  /// In the order of `ContactField`.
  package let fields: [ContactField]

  package init(
    id: ExchangeItemID,
    expected: ChangeKey,
    card: ContactCard,
    fields: Set<ContactField>
  ) {
    self.id = id
    self.expected = expected
    self.card = card
    self.fields = ContactField.allCases.filter(fields.contains)
  }
}

/// One person's contacts in Exchange, read and written.
///
/// Errors meet `SyncFailure`. Results are in the order of the request; an error thrown by a write
/// leaves what was under way unknown.
package protocol ContactsFolder: Sendable {
  /// Contacts itself, or the folder of this name below it; nil where that is not there.
  ///
  /// One that was renamed is found by the id under which it was `known`.
  func contactsPlace(named name: String?, known: FolderID?) async throws -> ContactsPlace?

  /// Makes a folder for contacts below Contacts.
  func makeContactsFolder(named name: String) async throws -> ContactsPlace

  /// The next page of what moved since `state`, at most 512 items; nil asks for the whole folder.
  func changes(since state: SyncState?, in folder: FolderID) async throws -> ExchangeChangesAnswer

  /// The contacts with these ids, in the order asked; any number, batched by the adapter.
  func contacts(_ ids: [ExchangeItemID]) async throws -> [ContactReading]

  /// Every item with this stamp in the contacts folder, the other ones and Deleted Items.
  func traces(ofContact stamp: Stamp, in folder: FolderID?) async throws -> [ContactTrace]

  func create(contacts: [ContactDraft], in folder: FolderID) async throws -> [ExchangeWriteResult]

  /// Refused by the server where a contact is not at its expected version (NeverOverwrite).
  func update(contacts: [ContactEdit]) async throws -> [ExchangeWriteResult]

  /// Moves to Deleted Items; reads each item once more and leaves one that changed.
  func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult]
}

/// Both sides of contacts; a cycle without them makes no request for contacts.
package struct ContactPorts: Sendable {
  package let folder: any ContactsFolder
  package let psa: any PSAContacts

  package init(folder: any ContactsFolder, psa: any PSAContacts) {
    self.folder = folder
    self.psa = psa
  }
}
