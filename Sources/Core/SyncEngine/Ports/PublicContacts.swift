package import SyncModel

/// An item of the public folder as its listing has it.
package struct PublicItem: Hashable, Sendable {
  package let id: ExchangeItemID
  package let changeKey: ChangeKey
  /// The text of the stamp, whoever wrote it.
  package let stamp: String?

  package init(id: ExchangeItemID, changeKey: ChangeKey, stamp: String?) {
    self.id = id
    self.changeKey = changeKey
    self.stamp = stamp
  }
}

/// The public folder of all contacts, which everybody with a mailbox can read (`ews.md` 2.14).
///
/// Errors meet `SyncFailure`. Results are in the order of the request; an error thrown by a write
/// leaves what was under way unknown.
package protocol PublicContacts: Sendable {
  /// The folder of this name directly below the public folders; nil where there is none.
  ///
  /// One that was renamed is found by the id under which it was `known`.
  func publicFolder(named name: String, known: FolderID?) async throws -> ContactsPlace?
  func makePublicFolder(named name: String) async throws -> ContactsPlace

  /// All items of the folder; throws where they are not as many as the folder says.
  func listing(of folder: FolderID) async throws -> [PublicItem]

  func contacts(_ ids: [ExchangeItemID]) async throws -> [ContactReading]
  func create(contacts: [ContactDraft], in folder: FolderID) async throws -> [ExchangeWriteResult]
  func update(contacts: [ContactEdit]) async throws -> [ExchangeWriteResult]
  /// From where an administrator can recover them; reads each item once more and leaves one that
  /// changed.
  func remove(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult]
}
