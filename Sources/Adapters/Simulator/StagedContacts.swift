import SyncEngine
import SyncModel
import World

/// Both sides of contacts as one life of an agent meets them.
struct StagedContacts: ContactsFolder, PSAContacts {
  let mailbox: WorldMailbox
  let psa: WorldPSA
  let life: Life
  let watch: Watch

  func contactsPlace(named name: String?, known: FolderID?) async throws -> ContactsPlace? {
    try await life.effect("the contacts folder") {
      try await mailbox.contactsPlace(named: name, known: known)
    }
  }

  func makeContactsFolder(named name: String) async throws -> ContactsPlace {
    try await life.effect("a new contacts folder") {
      try await mailbox.makeContactsFolder(named: name)
    }
  }

  func changes(since state: SyncState?, in folder: FolderID) async throws -> ExchangeChangesAnswer {
    try await life.effect("what moved among the contacts") {
      try await mailbox.changes(since: state, in: folder)
    }
  }

  func contacts(_ ids: [ExchangeItemID]) async throws -> [ContactReading] {
    try await life.effect("\(ids.count) contacts of Exchange") { try await mailbox.contacts(ids) }
  }

  func traces(ofContact stamp: Stamp, in folder: FolderID?) async throws -> [ContactTrace] {
    try await life.effect("traces of a contact") {
      try await mailbox.traces(ofContact: stamp, in: folder)
    }
  }

  func create(contacts: [ContactDraft], in folder: FolderID) async throws -> [ExchangeWriteResult] {
    try await life.effect("\(contacts.count) new contacts") {
      let results = try await mailbox.create(contacts: contacts, in: folder)
      await watch.wrote()
      return results
    }
  }

  func update(contacts: [ContactEdit]) async throws -> [ExchangeWriteResult] {
    try await life.effect("\(contacts.count) updates of contacts") {
      let results = try await mailbox.update(contacts: contacts)
      await watch.wrote()
      return results
    }
  }

  func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    try await life.effect("\(targets.count) deletes of contacts") {
      await watch.willDelete(exchange: targets.map(\.id))
      let results = try await mailbox.delete(targets)
      await watch.wrote()
      return results
    }
  }

  // MARK: The PSA's

  func contactScope() async throws -> ContactScope {
    life.asked.insert(.contact)
    return try await life.effect("whose contacts are whose") { try await psa.contactScope() }
  }

  func page(of query: ContactQuery, continuing token: PageToken?) async throws -> ContactPage {
    life.asked.insert(.contact)
    return try await life.effect("a page of the PSA's contacts") {
      try await psa.page(of: query, continuing: token)
    }
  }

  func count(of query: ContactQuery) async throws -> Int {
    life.asked.insert(.contact)
    return try await life.effect("a count of the PSA's contacts") { try await psa.count(of: query) }
  }

  func identities(of query: ContactQuery) async throws -> [PSAID] {
    life.asked.insert(.contact)
    return try await life.effect("the numbers of the PSA's contacts") {
      try await psa.identities(of: query)
    }
  }

  func contacts(_ ids: [PSAID]) async throws -> [PSAContact?] {
    life.asked.insert(.contact)
    return try await life.effect("\(ids.count) contacts of the PSA") {
      try await psa.contacts(ids)
    }
  }
}
