package import SyncEngine
package import SyncModel

extension WorldMailbox: ContactsFolder {
  package func contactsPlace(
    named name: String?,
    known: SyncModel.FolderID?
  ) async throws -> ContactsPlace? {
    try await visit { mailbox, _ in
      let contacts = mailbox.folderID(.contacts)
      guard let name else { return contactsPlace(try mailbox.folder(contacts), in: mailbox) }
      let below = mailbox.folders(below: contacts, deep: false).filter(\.isContacts)
      let found =
        below.first { mailbox.text(of: $0.id) == known?.rawValue }
        ?? below.first { $0.name.lowercased() == name.lowercased() }
      return found.map { contactsPlace($0, in: mailbox) }
    }
  }

  package func makeContactsFolder(named name: String) async throws -> ContactsPlace {
    try await visit { mailbox, now in
      let id = try mailbox.createFolder(
        name,
        folderClass: "IPF.Contact",
        in: mailbox.folderID(.contacts),
        at: now
      )
      return contactsPlace(try mailbox.folder(id), in: mailbox)
    }
  }

  private func contactsPlace(_ folder: Mailbox.Folder, in mailbox: Mailbox) -> ContactsPlace {
    ContactsPlace(
      id: SyncModel.FolderID(mailbox.text(of: folder.id)),
      itemCount: folder.itemCount,
      canWrite: mailbox.mayWrite(in: folder.id)
    )
  }

  package func contacts(_ ids: [ExchangeItemID]) async throws -> [ContactReading] {
    guard !ids.isEmpty else { return [] }
    return try await visit { mailbox, _ in
      ids.map { id in
        do {
          let item = try mailbox.item(mailbox.itemID(id.rawValue), zones.offsets)
          guard let contact = item.contact else {
            return .unreadable("not a contact: \(item.itemClass)")
          }
          return .found(
            ExchangeContact(
              id: ExchangeItemID(mailbox.text(of: item.id)),
              changeKey: ChangeKey(mailbox.changeKey(of: item)),
              folder: SyncModel.FolderID(mailbox.text(of: item.id.folder)),
              modified: Instant(seconds: item.lastModifiedTime),
              stamp: item.appointment.extended(stamp)?.first,
              card: card(contact, item.appointment)
            )
          )
        } catch {
          return .missing
        }
      }
    }
  }

  package func traces(
    ofContact stamp: Stamp,
    in folder: SyncModel.FolderID?
  ) async throws -> [ContactTrace] {
    try await visit { mailbox, _ in
      mailbox.items(with: self.stamp, stamp.description).compactMap { item in
        contactPlace(of: item, folder, in: mailbox).map { place in
          ContactTrace(
            id: ExchangeItemID(mailbox.text(of: item.id)),
            changeKey: ChangeKey(mailbox.changeKey(of: item)),
            place: place
          )
        }
      }
    }
  }

  private func contactPlace(
    of item: Mailbox.Item,
    _ folder: SyncModel.FolderID?,
    in mailbox: Mailbox
  ) -> ContactTrace.Place? {
    let deleted = mailbox.folderID(.deleteditems)
    let home = item.id.folder
    if home == deleted || mailbox.isFolder(home, below: deleted) { return .deleted }
    if mailbox.text(of: home) == folder?.rawValue { return .folder }
    // In other folders nobody looks: what is recoverable only, public ones, and so on.
    let isOwn = mailbox.isFolder(home, below: mailbox.folderID(.msgfolderroot))
    return isOwn && mailbox.folders[home.number]?.isContacts == true ? .otherFolder : nil
  }

  package func create(
    contacts: [ContactDraft],
    in folder: SyncModel.FolderID
  ) async throws -> [ExchangeWriteResult] {
    try await visit { mailbox, now in
      let home = try mailbox.folderID(folder.rawValue)
      return contacts.map { draft in
        result(in: &mailbox) { mailbox throws(Mailbox.Refusal) in
          var head = Mailbox.Appointment("", start: 0, end: 0)
          head.extended = [Mailbox.ExtendedProperty(stamp, draft.stamp.description)]
          head.body = Mailbox.Body(draft.card[.note])
          if !draft.card[.prefix].isEmpty {
            head.extended.append(
              Mailbox.ExtendedProperty(WorldMailbox.namePrefix, draft.card[.prefix])
            )
          }
          var contact = Mailbox.Contact()
          for field in ContactField.allCases {
            contactChange(field, draft.card[field]).map { contact.apply($0) }
          }
          contact.fileAsMapping = .byHand
          return try mailbox.create(contact, head, in: home, surroundings(now))
        }
      }
    }
  }

  package func update(contacts: [ContactEdit]) async throws -> [ExchangeWriteResult] {
    try await visit { mailbox, now in
      contacts.map { edit in
        result(in: &mailbox) { mailbox throws(Mailbox.Refusal) in
          try mailbox.update(
            mailbox.itemID(edit.id.rawValue),
            edit.fields.flatMap { changes($0, edit.card[$0]) },
            changeKey: edit.expected.rawValue,
            conflict: .neverOverwrite,
            surroundings(now)
          )
        }
      }
    }
  }
}

extension WorldMailbox {
  private static let namePrefix = Mailbox.ExtendedPath(tag: 0x3A45, type: "String")

  private func changes(_ field: ContactField, _ text: String) -> [Mailbox.Change] {
    switch field {
    case .note: return [.body(Mailbox.Body(text))]
    case .prefix:
      return text.isEmpty
        ? [.remove(WorldMailbox.namePrefix)]
        : [.set(Mailbox.ExtendedProperty(WorldMailbox.namePrefix, text))]
    // The subject of a contact is its display name.
    case .displayName: return [.subject(text)]
    case .fileAs:
      return [.contact(.fileAsMapping(.byHand))]
        + [contactChange(field, text)].compactMap { $0.map { .contact($0) } }
    default: return [contactChange(field, text)].compactMap { $0.map { .contact($0) } }
    }
  }

  private func contactChange(_ field: ContactField, _ text: String) -> Mailbox.ContactChange? {
    let value = text.isEmpty ? nil : text
    switch field {
    case .note, .prefix: return nil
    case .fileAs: return .text(.fileAs, value)
    case .displayName: return .text(.displayName, value)
    case .givenName: return .text(.givenName, value)
    case .middleName: return .text(.middleName, value)
    case .surname: return .text(.surname, value)
    case .suffix: return .text(.generation, value)
    case .companyName: return .text(.companyName, value)
    case .jobTitle: return .text(.jobTitle, value)
    case .office: return .text(.officeLocation, value)
    case .mail: return .email(.first, value.map { Mailbox.Contact.Email($0) })
    case .mail2: return .email(.second, value.map { Mailbox.Contact.Email($0) })
    case .mail3: return .email(.third, value.map { Mailbox.Contact.Email($0) })
    case .street: return .address(.business, .street, value)
    case .city: return .address(.business, .city, value)
    case .state: return .address(.business, .state, value)
    case .country: return .address(.business, .country, value)
    case .postalCode: return .address(.business, .postalCode, value)
    case .businessPhone: return .phone(.businessPhone, value)
    case .businessPhone2: return .phone(.businessPhone2, value)
    case .mobilePhone: return .phone(.mobilePhone, value)
    case .businessFax: return .phone(.businessFax, value)
    }
  }

  private func card(_ contact: Mailbox.Contact, _ head: Mailbox.Appointment) -> ContactCard {
    let address = contact.addresses[.business] ?? [:]
    return ContactCard([
      .note: plainText(head.body),
      .prefix: head.extended(WorldMailbox.namePrefix)?.first ?? "",
      .fileAs: contact[.fileAs] ?? "",
      .displayName: contact[.displayName] ?? "",
      .givenName: contact[.givenName] ?? "",
      .middleName: contact[.middleName] ?? "",
      .surname: contact[.surname] ?? "",
      .suffix: contact[.generation] ?? "",
      .companyName: contact[.companyName] ?? "",
      .jobTitle: contact[.jobTitle] ?? "",
      .office: contact[.officeLocation] ?? "",
      .mail: contact.emails[.first]?.address ?? "",
      .mail2: contact.emails[.second]?.address ?? "",
      .mail3: contact.emails[.third]?.address ?? "",
      .street: address[.street] ?? "",
      .city: address[.city] ?? "",
      .state: address[.state] ?? "",
      .country: address[.country] ?? "",
      .postalCode: address[.postalCode] ?? "",
      .businessPhone: contact.phones[.businessPhone] ?? "",
      .businessPhone2: contact.phones[.businessPhone2] ?? "",
      .mobilePhone: contact.phones[.mobilePhone] ?? "",
      .businessFax: contact.phones[.businessFax] ?? "",
    ])
  }
}
