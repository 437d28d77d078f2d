/// A field of a contact that Lockstep writes, by the name that Exchange has for it.
///
/// The order is that of the schema for CreateItem, and of fingerprints in the cache: a new field
/// goes to the end.
package enum ContactField: String, Hashable, Sendable, Codable, CaseIterable {
  case note = "Body"
  case prefix = "Title"
  case fileAs = "FileAs"
  case displayName = "DisplayName"
  case givenName = "GivenName"
  case middleName = "MiddleName"
  case companyName = "CompanyName"
  case mail = "EmailAddress1"
  case mail2 = "EmailAddress2"
  case mail3 = "EmailAddress3"
  case street = "Street"
  case city = "City"
  case state = "State"
  case country = "CountryOrRegion"
  case postalCode = "PostalCode"
  case businessPhone = "BusinessPhone"
  case businessPhone2 = "BusinessPhone2"
  case mobilePhone = "MobilePhone"
  case businessFax = "BusinessFax"
  case suffix = "Generation"
  case jobTitle = "JobTitle"
  case office = "OfficeLocation"
  case surname = "Surname"
}

/// What a contact says: a text for each field, blank where there is none.
package struct ContactCard: Hashable, Sendable {
  private var texts: [ContactField: String] = [:]

  package init(_ texts: [ContactField: String] = [:]) {
    self.texts = texts.filter { !$0.value.isEmpty }
  }

  package subscript(_ field: ContactField) -> String {
    get { texts[field] ?? "" }
    set { texts[field] = newValue.isEmpty ? nil : newValue }
  }

  /// One line for each field that has a text, for the journal; lines within a text are kept apart
  /// by ` / `.
  package func text(of fields: some Sequence<ContactField>) -> String {
    let wanted = Set(fields)
    return ContactField.allCases.filter(wanted.contains).map { field in
      let text = self[field].split(whereSeparator: \.isNewline).joined(separator: " / ")
      return "\(field.rawValue): \(text)"
    }.joined(separator: "\n")
  }
}

extension ContactCard: Codable {
  package init(from decoder: any Decoder) throws {
    let named = try decoder.singleValueContainer().decode([String: String].self)
    self.init()
    for field in ContactField.allCases { self[field] = named[field.rawValue] ?? "" }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    var named: [String: String] = [:]
    for (field, text) in texts { named[field.rawValue] = text }
    try container.encode(named)
  }
}

/// The fingerprints of a card, one for each field.
package struct ContactPrints: Hashable, Sendable, Codable {
  /// In the order of the fields.
  package let all: [Fingerprint]

  /// Nil for prints of another number of fields than this version knows.
  package init?(_ all: [Fingerprint]) {
    guard all.count == ContactField.allCases.count else { return nil }
    self.all = all
  }

  package init(_ card: ContactCard, _ fingerprinter: Fingerprinter) {
    all = ContactField.allCases.map { fingerprinter.print(of: card[$0]) }
  }

  /// Each field with its fingerprint.
  package var byField: Zip2Sequence<[ContactField], [Fingerprint]> {
    zip(ContactField.allCases, all)
  }
}
