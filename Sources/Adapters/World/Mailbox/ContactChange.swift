extension Mailbox {
  /// One field of a contact with its new value; nil takes it away.
  package enum ContactChange: Hashable, Sendable {
    case text(Contact.Text, String?)
    case fileAsMapping(Contact.FileAsMapping)
    case email(Contact.EmailKey, Contact.Email?)
    case phone(Contact.PhoneKey, String?)
    case address(Contact.AddressKey, Contact.AddressPart, String?)
    case instantMessage(Contact.InstantMessageKey, String?)
    case mailingAddress(Contact.AddressKey?)
    case birthday(Int64?)
    case weddingAnniversary(Int64?)
    case children([String])
    case companies([String])

    var field: String {
      switch self {
      case .text(let text, _): text.uri
      case .fileAsMapping: "contacts:FileAsMapping"
      case .email(let key, _): "contacts:EmailAddress \(key)"
      case .phone(let key, _): "contacts:PhoneNumber \(key)"
      case .address(let key, let part, _): "contacts:PhysicalAddress \(part) \(key)"
      case .instantMessage(let key, _): "contacts:ImAddress \(key)"
      case .mailingAddress: "contacts:PostalAddressIndex"
      case .birthday: "contacts:Birthday"
      case .weddingAnniversary: "contacts:WeddingAnniversary"
      case .children: "contacts:Children"
      case .companies: "contacts:Companies"
      }
    }
  }
}

extension Mailbox.Contact {
  func changed(_ changes: [Mailbox.Change]) -> Mailbox.Contact {
    var changed = self
    for change in changes {
      switch change {
      // The subject of a contact is its display name.
      case .subject(let subject): changed[.displayName] = subject
      case .contact(let change): changed.apply(change)
      default: break
      }
    }
    return changed
  }

  package mutating func apply(_ change: Mailbox.ContactChange) {
    switch change {
    case .text(let text, let value): self[text] = value
    case .fileAsMapping(let mapping): fileAsMapping = mapping
    case .email(let key, let email): emails[key] = email
    case .phone(let key, let number): phones[key] = number
    case .address(let key, let part, let value):
      addresses[key, default: [:]][part] = value
      if addresses[key]?.isEmpty == true { addresses[key] = nil }
    case .instantMessage(let key, let address): instantMessages[key] = address
    case .mailingAddress(let key): mailingAddress = key
    case .birthday(let instant): birthday = instant
    case .weddingAnniversary(let instant): weddingAnniversary = instant
    case .children(let children): self.children = children
    case .companies(let companies): self.companies = companies
    }
  }
}

extension Mailbox.Item {
  /// What the server makes of a contact's names before it stores them.
  mutating func nameContact() {
    guard var contact else { return }
    if contact[.displayName] == nil {
      contact[.displayName] = appointment.subject.isEmpty ? contact.madeName : appointment.subject
    }
    if contact.fileAsMapping == nil {
      contact.fileAsMapping = contact[.fileAs] == nil ? .lastCommaFirst : .byHand
    }
    if let mapping = contact.fileAsMapping, mapping != .byHand {
      contact[.fileAs] = contact.filed(as: mapping)
    }
    appointment.subject = contact[.displayName] ?? ""
    self.contact = contact
  }
}

extension Mailbox.Contact {
  /// A name for people who were entered without one.
  fileprivate var madeName: String? {
    let own = joined([self[.givenName], self[.middleName], self[.surname]], by: " ")
    return own.isEmpty ? self[.companyName] ?? emails[.first]?.address : own
  }

  fileprivate func filed(as mapping: FileAsMapping) -> String {
    let given = joined([self[.givenName], self[.middleName]], by: " ")
    let last = self[.surname]
    let company = self[.companyName]
    let lastCommaFirst = joined([last, given], by: ", ")
    let lastFirst = joined([last, given], by: " ")
    return switch mapping {
    case .byHand: self[.fileAs] ?? ""
    case .lastCommaFirst: lastCommaFirst
    case .firstSpaceLast: joined([given, last], by: " ")
    case .company: company ?? ""
    case .lastCommaFirstCompany: joined([lastCommaFirst, company], by: "\r\n")
    case .companyLastCommaFirst: joined([company, lastCommaFirst], by: "\r\n")
    case .lastFirst, .lastSpaceFirst: lastFirst
    case .lastFirstCompany, .lastSpaceFirstCompany: joined([lastFirst, company], by: "\r\n")
    case .companyLastFirst, .companyLastSpaceFirst: joined([company, lastFirst], by: "\r\n")
    case .lastFirstSuffix, .lastFirstMiddleSuffix:
      joined([lastFirst, self[.generation]], by: " ")
    case .displayName: self[.displayName] ?? ""
    case .firstName: self[.givenName] ?? ""
    case .lastName: last ?? ""
    case .empty: ""
    }
  }

  private func joined(_ parts: [String?], by separator: String) -> String {
    parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: separator)
  }
}
