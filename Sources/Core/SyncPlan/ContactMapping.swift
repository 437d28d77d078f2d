package import SyncModel

/// The one place where a contact of the PSA becomes what Exchange gets of it (`rules.md` 10).
package struct ContactMapping: Sendable {
  /// In UTF-16 units; Exchange refuses longer names.
  package static let lineLimit = 255
  package static let noteLimit = 8_000

  private let rules: ContactRules

  package init(_ rules: ContactRules) { self.rules = rules }

  package func card(of contact: PSAContact) -> ContactCard {
    let first = line(contact.firstName)
    let middle = line(contact.middleName)
    let last = line(contact.lastName)
    let company = line(contact.companyName)
    let address = contact.address
    func named(_ name: String) -> String {
      // Whoever has no name is known by the company, or by the address.
      let names = [name, company, line(contact.mail), "Contact \(contact.id)"]
      return names.first { !$0.isEmpty } ?? ""
    }
    var card = ContactCard()
    card[.prefix] = line(contact.prefix)
    card[.givenName] = first
    card[.middleName] = middle
    card[.surname] = last
    card[.suffix] = line(contact.suffix)
    card[.fileAs] = line(named(joined([last, first], by: ", ")))
    card[.displayName] = line(named(joined([first, middle, last], by: " ")))
    card[.jobTitle] = line(contact.jobTitle)
    card[.companyName] = company
    card[.mail] = line(contact.mail)
    card[.mail2] = line(contact.mail2)
    card[.mail3] = line(contact.mail3)
    card[.businessPhone] = line(contact.phone)
    card[.businessPhone2] = line(contact.alternatePhone)
    card[.mobilePhone] = line(contact.mobilePhone)
    card[.businessFax] = line(contact.fax)
    card[.street] = joined(address.street.map(line), by: "\n")
      .cut(toUTF16: ContactMapping.lineLimit)
    card[.city] = line(address.city)
    card[.state] = line(address.state)
    card[.postalCode] = line(address.postalCode)
    card[.country] = line(address.country)
    card[.office] = line(contact.room)
    let opening = opening(contact.id)
    let room = ContactMapping.noteLimit - (opening.isEmpty ? 0 : opening.utf16.count + 2)
    card[.note] = joined([contact.note.normalised.cut(toUTF16: max(room, 0)), opening], by: "\n\n")
    return card
  }

  /// The line that opens a contact in the PSA; blank where the settings have no URL for it.
  private func opening(_ id: PSAID) -> String {
    rules.link.flatMap { Projection.opening(id, by: $0) } ?? ""
  }

  private func line(_ text: String) -> String {
    text.onOneLine.cut(toUTF16: ContactMapping.lineLimit)
  }

  private func joined(_ parts: [String], by separator: String) -> String {
    parts.filter { !$0.isEmpty }.joined(separator: separator)
  }
}
