package import SyncEngine
package import SyncModel

extension EWSMailbox: ContactsFolder {
  package func contactsPlace(
    named name: String?,
    known: FolderID?
  ) async throws -> ContactsPlace? {
    knownContactFolders = nil
    let contacts = distinguished("contacts")
    guard let name else {
      let message = try await only(session.ask(GetFolder(folder: contacts)))
      guard message.responseClass != .error else {
        throw EWSError(code: message.code, text: message.text, details: message.details)
      }
      guard let folder = message.content.folders.first, !folder.id.isEmpty else {
        throw EWSError.unreadableReply("it names no contacts folder")
      }
      return ContactsPlace(folder)
    }
    return try await contactsPlace(named: name, known: known, below: contacts)
  }

  package func makeContactsFolder(named name: String) async throws -> ContactsPlace {
    try await makeContactsFolder(named: name, below: distinguished("contacts"))
  }

  func contactsPlace(
    named name: String,
    known: FolderID?,
    below parent: WireFolderID
  ) async throws -> ContactsPlace? {
    var below: [WireFolder] = []
    var paging = Paging()
    var goesOn = true
    while goesOn {
      let question = FindFolder(parent: parent, offset: paging.offset, isShallow: true)
      let message = try await only(session.ask(question))
      let page = try message.listing(message.content.page)
      below += message.content.folders.filter { $0.isOf("ipf.contact") }
      goesOn = try paging.goesOn(after: page)
    }
    let found =
      below.first { $0.id == known?.rawValue }
      ?? below.first { $0.name?.lowercased() == name.lowercased() }
    return found.map { ContactsPlace($0) }
  }

  func makeContactsFolder(
    named name: String,
    below parent: WireFolderID
  ) async throws -> ContactsPlace {
    let message = try await only(session.ask(CreateFolder(parent: parent, name: name)))
    guard message.responseClass != .error else {
      throw EWSError(code: message.code, text: message.text, details: message.details)
    }
    guard let folder = message.content.folders.first, !folder.id.isEmpty else {
      throw EWSError.unreadableReply("it names no folder where one was made")
    }
    return ContactsPlace(id: FolderID(folder.id), itemCount: 0, canWrite: true)
  }

  package func contacts(_ ids: [ExchangeItemID]) async throws -> [ContactReading] {
    var readings: [ContactReading] = []
    for start in stride(from: 0, to: ids.count, by: ItemReader.batch) {
      let some = Array(ids[start..<min(start + ItemReader.batch, ids.count)])
      readings += try await contactBatch(some)
    }
    return readings
  }

  private func contactBatch(_ ids: [ExchangeItemID]) async throws -> [ContactReading] {
    let messages: [ResponseMessage<ContactContent>]
    do throws(EWSError) {
      messages = try await ask(ids, .whole)
    } catch {
      // One contact, or the size of all, may be the trouble.
      guard error.isCuredByLess, ids.count > 1 else { throw error }
      let half = ids.count / 2
      return try await contactBatch(Array(ids[..<half])) + contactBatch(Array(ids[half...]))
    }
    var readings: [ContactReading] = []
    for (id, message) in zip(ids, messages) {
      if message.code.cause == .batchStopped, ids.count > 1 {
        readings += try await contactBatch([id])
      } else {
        readings.append(try await reading(of: message, id))
      }
    }
    return readings
  }

  private func reading(
    of message: ResponseMessage<ContactContent>,
    _ id: ExchangeItemID
  ) async throws -> ContactReading {
    if let contact = message.content.contact, message.responseClass != .error {
      return contact.reading(isNoteWhole: true)
    }
    switch message.code.cause {
    case .gone:
      return .missing
    case .transient where message.code != .internalServerError, .moved, .signIn:
      throw EWSError(code: message.code, text: message.text, details: message.details)
    case .request where message.code == .invalidPropertyRequest:
      return try await alone(id, .itemClass) ?? .unreadable(message.sentence)
    default:
      return try await alone(id, .withoutNote) ?? .unreadable(message.sentence)
    }
  }

  /// Once more with less; nil where even that cannot be read.
  private func alone(
    _ id: ExchangeItemID,
    _ shape: GetContact.Shape
  ) async throws -> ContactReading? {
    guard let message = try await ask([id], shape).first else { return nil }
    if message.code.cause == .gone { return .missing }
    guard let contact = message.content.contact, message.responseClass != .error else {
      return nil
    }
    return contact.reading(isNoteWhole: false)
  }

  private func ask(
    _ ids: [ExchangeItemID],
    _ shape: GetContact.Shape
  ) async throws(EWSError) -> [ResponseMessage<ContactContent>] {
    try await session.ask(GetContact(ids: ids.map(\.rawValue), shape: shape))
  }

  package func traces(
    ofContact stamp: Stamp,
    in folder: FolderID?
  ) async throws -> [ContactTrace] {
    let all: [CalendarPlace]
    if let knownContactFolders {
      all = knownContactFolders
    } else {
      all = try await places(of: "ipf.contact")
      knownContactFolders = all
    }
    let own = folder.map { [CalendarPlace(id: $0.rawValue, place: .calendar)] } ?? []
    let places = own + all.filter { $0.id != folder?.rawValue }
    return try await traces(of: .stamp, stamp.description, inAll: places).map { trace in
      let place: ContactTrace.Place =
        switch trace.place {
        case .calendar: .folder
        case .otherCalendar: .otherFolder
        case .deleted: .deleted
        }
      return ContactTrace(id: trace.id, changeKey: trace.changeKey, place: place)
    }
  }

  package func create(
    contacts: [ContactDraft],
    in folder: FolderID
  ) async throws -> [ExchangeWriteResult] {
    try await write(
      contacts.map { .wire(NewContact(stamp: $0.stamp.description, card: $0.card)) }
    ) { CreateItem(folder: .id(folder.rawValue), items: $0) }
  }

  package func update(contacts: [ContactEdit]) async throws -> [ExchangeWriteResult] {
    try await write(
      contacts.map { edit in
        .wire(
          ContactChange(
            item: WireItemID(id: edit.id.rawValue, changeKey: edit.expected.rawValue),
            card: edit.card,
            fields: edit.fields
          )
        )
      }
    ) { UpdateItem(changes: $0) }
  }
}

extension ContactsPlace {
  fileprivate init(_ folder: WireFolder) {
    self.init(
      id: FolderID(folder.id),
      itemCount: folder.totalCount ?? 0,
      canWrite: folder.canCreate && folder.canModify
    )
  }
}
