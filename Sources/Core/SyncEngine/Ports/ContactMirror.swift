package import SyncModel

/// An item that the contacts folder lists.
///
/// Of contacts that people made nothing is kept but id and version.
package struct MirroredContact: Hashable, Sendable {
  package let id: ExchangeItemID
  package let changeKey: ChangeKey
  /// Nil unless it bears a stamp of ours.
  package let contact: ExchangeContact?
  /// Why it could not be read; nil where it was.
  package let unread: String?

  package init(
    id: ExchangeItemID,
    changeKey: ChangeKey,
    contact: ExchangeContact? = nil,
    unread: String? = nil
  ) {
    self.id = id
    self.changeKey = changeKey
    self.contact = contact
    self.unread = unread
  }
}

/// What one step of reading contacts learned; kept in one transaction with the positions it moves.
package struct ContactHarvest: Sendable {
  package var exchange: [MirroredContact] = []
  package var exchangeGone: [ExchangeItemID] = []
  package var psa: [PSAContact] = []
  package var psaGone: [PSAID] = []
  package var coverage: [Coverage] = []
  package var positions: ContactPositions?

  package init() {}
}

/// The contacts of both sides as last read.
package protocol ContactMirror: Sendable {
  func contactPositions() async throws -> ContactPositions
  /// Everything in one transaction; what is gone goes first.
  func keep(_ harvest: ContactHarvest) async throws
  /// What the contacts folder lists, ordered by id.
  func exchangeContacts() async throws -> [MirroredContact]
  /// Those of these that it lists, in no order.
  func exchangeContacts(_ ids: Set<ExchangeItemID>) async throws -> [MirroredContact]
  /// The active contacts of the resource, ordered by id.
  func psaContacts() async throws -> [PSAContact]
  /// The active ones of these, in no order.
  func psaContacts(_ ids: Set<PSAID>) async throws -> [PSAContact]
}
