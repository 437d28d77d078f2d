package import SyncEngine
package import SyncModel

/// The public folder of all contacts, with an account that may write there (`ews.md` 2.14).
extension EWSMailbox: PublicContacts {
  private static let root = WireFolderID.distinguished("publicfoldersroot", mailbox: nil)

  package func publicFolder(
    named name: String,
    known: FolderID?
  ) async throws -> ContactsPlace? {
    try await contactsPlace(named: name, known: known, below: Self.root)
  }

  package func makePublicFolder(named name: String) async throws -> ContactsPlace {
    try await makeContactsFolder(named: name, below: Self.root)
  }

  package func listing(of folder: FolderID) async throws -> [PublicItem] {
    var items: [PublicItem] = []
    var total: Int?
    var paging = Paging()
    var goesOn = true
    while goesOn {
      let question = ListContacts(folder: .id(folder.rawValue), offset: paging.offset)
      let message = try await only(session.ask(question))
      let page = try message.listing(message.content.page)
      items += message.content.items.map {
        PublicItem(
          id: ExchangeItemID($0.id.id),
          changeKey: ChangeKey($0.id.changeKey),
          stamp: $0.stamp
        )
      }
      total = message.content.total ?? total
      goesOn = try paging.goesOn(after: page)
    }
    // Somebody else's change between two pages moves items from one to the other.
    guard Set(items.map(\.id)).count == items.count, total == nil || total == items.count else {
      throw EWSError.outage("it listed \(items.count) of \(total ?? 0) items of the public folder")
    }
    return items
  }

  package func remove(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    try await delete(targets, isRecoverable: true)
  }
}
