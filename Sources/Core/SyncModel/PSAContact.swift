/// A contact of the PSA as it was last read; fields without value are blank.
package struct PSAContact: Hashable, Sendable, Codable {
  package var id: PSAID
  package var company: PSAID
  /// The company's name; blank where the PSA does not show it.
  package var companyName: String
  /// An inactive contact is nobody's.
  package var isActive: Bool
  package var firstName: String
  package var middleName: String
  package var lastName: String
  /// The labels of `namePrefix` and `nameSuffix`, such as `Mr.` and `Jr.`.
  package var prefix: String
  package var suffix: String
  package var jobTitle: String
  package var mail: String
  package var mail2: String
  package var mail3: String
  /// With its extension, such as `555-0100 x12`.
  package var phone: String
  package var alternatePhone: String
  package var mobilePhone: String
  package var fax: String
  package var address: PSAAddress
  package var room: String
  package var note: String
  package var created: Instant
  /// `lastModifiedDate`, or the creation where the PSA gave none.
  package var modified: Instant

  package init(
    id: PSAID,
    company: PSAID,
    companyName: String = "",
    isActive: Bool = true,
    firstName: String = "",
    middleName: String = "",
    lastName: String = "",
    prefix: String = "",
    suffix: String = "",
    jobTitle: String = "",
    mail: String = "",
    mail2: String = "",
    mail3: String = "",
    phone: String = "",
    alternatePhone: String = "",
    mobilePhone: String = "",
    fax: String = "",
    address: PSAAddress = PSAAddress(),
    room: String = "",
    note: String = "",
    created: Instant,
    modified: Instant
  ) {
    self.id = id
    self.company = company
    self.companyName = companyName
    self.isActive = isActive
    self.firstName = firstName
    self.middleName = middleName
    self.lastName = lastName
    self.prefix = prefix
    self.suffix = suffix
    self.jobTitle = jobTitle
    self.mail = mail
    self.mail2 = mail2
    self.mail3 = mail3
    self.phone = phone
    self.alternatePhone = alternatePhone
    self.mobilePhone = mobilePhone
    self.fax = fax
    self.address = address
    self.room = room
    self.note = note
    self.created = created
    self.modified = modified
  }

  package var key: ItemKey { ItemKey(side: .psa, kind: .contact, id: id.description) }
}

/// Which contacts are the resource's: rows of relations, read to their end (`rules.md` 1).
package struct ContactScope: Hashable, Sendable, Codable {
  /// The active companies whose account manager the resource is, ascending.
  package let companies: [PSAID]
  /// The contacts that opportunities of the resource name, ascending.
  package let contacts: [PSAID]

  package init(companies: [PSAID], contacts: [PSAID]) {
    self.companies = companies
    self.contacts = contacts
  }

  /// Whether a relation makes this contact the resource's; that it is active is another matter.
  package func names(_ contact: PSAContact) -> Bool { names(contact.id, of: contact.company) }

  package func names(_ contact: PSAID, of company: PSAID) -> Bool {
    ContactScope.contains(company, in: companies) || ContactScope.contains(contact, in: contacts)
  }

  private static func contains(_ id: PSAID, in sorted: [PSAID]) -> Bool {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low] == id
  }
}
