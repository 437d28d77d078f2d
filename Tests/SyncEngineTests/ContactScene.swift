import Store
import SyncEngine
import SyncModel
import SyncPlan
import Testing
import World

/// A scene whose agent keeps contacts in step, and what people do to them.
struct ContactScene {
  /// The bakery's contact, whom the technician looks after; 30704 there is inactive.
  static let baker = PSAID(30_700)
  /// The contact at the school that an opportunity of the technician names.
  static let teacher = PSAID(30_712)
  static let bakery: Int64 = 190

  let scene: Scene

  init(folder: String? = nil, link: String? = nil) throws {
    scene = try Scene()
    scene.rules.contacts = ContactRules(folder: folder, link: link)
  }

  // MARK: Running

  /// A run with both ports of contacts; `troubled` stands in for the folder.
  func cycle(_ troubled: TroubledContacts? = nil) -> Cycle {
    let mailbox = scene.worldMailbox
    let psa = scene.worldPSA
    return scene.cycle(
      mailbox: mailbox,
      psa: psa,
      contacts: ContactPorts(folder: troubled ?? TroubledContacts(mailbox), psa: psa)
    )
  }

  /// A run an hour later, for then contacts are read again, or after so many seconds.
  @discardableResult
  func sync(
    _ options: SyncOptions = SyncOptions(),
    _ troubled: TroubledContacts? = nil,
    after seconds: Int64 = Scene.hour,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> SyncResult {
    scene.clock.advance(seconds)
    let result = try await cycle(troubled).sync(options)
    if let failure = result.failure, troubled == nil {
      Issue.record("\(failure)", sourceLocation: sourceLocation)
    }
    return result
  }

  @discardableResult
  func settle(sourceLocation: SourceLocation = #_sourceLocation) async throws -> SyncResult {
    try await scene.settle(sourceLocation: sourceLocation)
  }

  // MARK: The PSA

  func change(_ id: PSAID, _ field: String, to value: JSONValue) async throws {
    try await change("Contacts", id, field, to: value)
  }

  func change(
    _ entity: String,
    _ id: PSAID,
    _ field: String,
    to value: JSONValue
  ) async throws {
    scene.clock.advance(60)
    try await scene.world.tenant { tenant, now in
      let schema = try #require(Schema.entity(entity))
      _ = try tenant.update(["id": .int(id.rawValue), "\(field)": value], in: schema, at: now)
    }
  }

  /// So many more contacts of the bakery.
  @discardableResult
  func enter(many count: Int) async throws -> [PSAID] {
    scene.clock.advance(60)
    return try await scene.world.tenant { tenant, now in
      let schema = try #require(Schema.entity("Contacts"))
      return try (0..<count).map { number in
        PSAID(
          try tenant.create(
            ["firstName": "Guest", "lastName": .string("Number \(number)"), "isActive": 1],
            in: schema,
            under: Tenant.Parent(id: ContactScene.bakery),
            at: now
          )
        )
      }
    }
  }

  func remove(_ id: PSAID) async throws {
    scene.clock.advance(60)
    try await scene.world.tenant { tenant, _ in
      _ = try tenant.delete(id.rawValue, in: try #require(Schema.entity("Contacts")))
    }
  }

  // MARK: Exchange

  /// Every contact of a folder: Contacts, or the one of this name below it.
  func contacts(in name: String? = nil) async throws -> [ExchangeContact] {
    let mailbox = scene.worldMailbox
    guard let place = try await mailbox.contactsPlace(named: name, known: nil) else { return [] }
    var ids: [ExchangeItemID] = []
    var state: SyncState?
    while case .page(let page) = try await mailbox.changes(since: state, in: place.id) {
      ids += page.present.map(\.id)
      state = page.next
      if page.isLast { break }
    }
    var found: [ExchangeContact] = []
    for case .found(let contact) in try await mailbox.contacts(ids) { found.append(contact) }
    return found.sorted { $0.card[.displayName] < $1.card[.displayName] }
  }

  func contact(of id: PSAID, in name: String? = nil) async throws -> ExchangeContact? {
    let stamp = Stamp(contact: id, tenant: TenantID(Tenant.sampleNumber)).description
    return try await contacts(in: name).first { $0.stamp == stamp }
  }

  /// A person changes what stands on a contact.
  func change(_ contact: ExchangeContact, _ changes: Mailbox.Change...) async throws {
    try await scene.change(contact.id.rawValue, changes)
  }

  func delete(_ contact: ExchangeContact) async throws {
    try await scene.inMailbox { mailbox, now in
      _ = try mailbox.delete(
        mailbox.itemID(contact.id.rawValue),
        .moveToDeletedItems,
        at: now
      )
    }
  }

  /// A person moves a contact to a folder of the mailbox's root; answers nothing, for its id is new.
  func move(_ contact: ExchangeContact, toFolder name: String) async throws {
    try await scene.inMailbox { mailbox, now in
      let root = mailbox.folderID(.msgfolderroot)
      let known = mailbox.folders(below: root, deep: false).first { $0.name == name }?.id
      let folder =
        try known
        ?? mailbox.createFolder(name, folderClass: "IPF.Contact", in: root, at: now)
      _ = try mailbox.move(mailbox.itemID(contact.id.rawValue), to: folder, at: now)
    }
  }

  func links() async throws -> [Link] { try await scene.cache.links() }
}

extension Tenant {
  /// The number of every seeded tenant, as it stands on stamps.
  static let sampleNumber: Int64 = 123_456
}

/// A contacts folder that does what it is asked and then says something else.
actor TroubledContacts: ContactsFolder {
  struct Trouble: Sendable {
    var losesCreates = false
    var cutsListings = false
    var refusesStates = false
    /// Writes that are refused with words.
    var refuses = false
    /// Contacts that are listed, and not found by their ids.
    var losesByID: Set<ExchangeItemID> = []
    /// What somebody else does directly before a write.
    var beforeWrite: @Sendable () async throws -> Void = {}
  }

  private let inner: any ContactsFolder
  private var trouble = Trouble()
  private(set) var calls = 0
  private(set) var writes = 0
  private(set) var edits: [ContactEdit] = []

  init(_ inner: any ContactsFolder) { self.inner = inner }

  func set(_ change: @Sendable (inout Trouble) -> Void) { change(&trouble) }

  func contactsPlace(named name: String?, known: FolderID?) async throws -> ContactsPlace? {
    calls += 1
    return try await inner.contactsPlace(named: name, known: known)
  }

  func makeContactsFolder(named name: String) async throws -> ContactsPlace {
    writes += 1
    return try await inner.makeContactsFolder(named: name)
  }

  func changes(since state: SyncState?, in folder: FolderID) async throws -> ExchangeChangesAnswer {
    calls += 1
    if trouble.refusesStates, state != nil { return .stateRefused }
    let answer = try await inner.changes(since: state, in: folder)
    guard trouble.cutsListings, case .page(let page) = answer else { return answer }
    return .page(ExchangeChanges(present: [], gone: [], next: page.next, isLast: true))
  }

  func contacts(_ ids: [ExchangeItemID]) async throws -> [ContactReading] {
    calls += 1
    return zip(ids, try await inner.contacts(ids)).map { id, reading in
      trouble.losesByID.contains(id) ? .missing : reading
    }
  }

  func traces(ofContact stamp: Stamp, in folder: FolderID?) async throws -> [ContactTrace] {
    calls += 1
    return try await inner.traces(ofContact: stamp, in: folder)
  }

  func create(
    contacts: [ContactDraft],
    in folder: FolderID
  ) async throws -> [ExchangeWriteResult] {
    writes += contacts.count
    if trouble.refuses { return contacts.map { _ in .refused("too long") } }
    let results = try await inner.create(contacts: contacts, in: folder)
    if trouble.losesCreates { throw LostAnswer() }
    return results
  }

  func update(contacts: [ContactEdit]) async throws -> [ExchangeWriteResult] {
    writes += contacts.count
    edits += contacts
    try await trouble.beforeWrite()
    return try await inner.update(contacts: contacts)
  }

  func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    writes += targets.count
    try await trouble.beforeWrite()
    return try await inner.delete(targets)
  }
}
