import World
import XML

extension ItemWriting {
  /// What `t:Contact` has beyond an item (`ews.md` 5.1).
  func writeContactPart(
    _ contact: Mailbox.Contact,
    of item: Mailbox.Item,
    into writer: inout XMLWriter
  ) {
    func texts(_ names: Mailbox.Contact.Text...) {
      for name in names where shape.wants(name.uri) {
        if let text = contact[name] { writer.leaf("t:\(name.rawValue)", shape.shown(text)) }
      }
    }
    func instant(_ name: String, _ value: Int64?) {
      guard shape.wants("contacts:\(name)"), let value else { return }
      writer.leaf("t:\(name)", Timestamp.text(value))
    }
    func strings(_ name: String, _ values: [String]) {
      guard shape.wants("contacts:\(name)"), !values.isEmpty else { return }
      writer.start("t:\(name)")
      for value in values { writer.leaf("t:String", value) }
      writer.end()
    }
    texts(.fileAs)
    if shape.wants("contacts:FileAsMapping") {
      writer.leaf("t:FileAsMapping", (contact.fileAsMapping ?? .byHand).rawValue)
    }
    texts(.displayName, .givenName, .initials, .middleName, .nickname)
    if shape.wants("contacts:CompleteName") { writeName(contact, of: item, into: &writer) }
    texts(.companyName)
    writeEmails(contact, into: &writer)
    writeAddresses(contact, into: &writer)
    writeEntries(.phones, contact.phones, into: &writer)
    texts(.assistantName)
    instant("Birthday", contact.birthday)
    texts(.businessHomePage)
    strings("Children", contact.children)
    strings("Companies", contact.companies)
    if shape.wants("contacts:ContactSource") { writer.leaf("t:ContactSource", "Store") }
    texts(.department, .generation)
    writeEntries(.instantMessages, contact.instantMessages, into: &writer)
    texts(.jobTitle, .manager, .mileage, .officeLocation)
    if shape.wants("contacts:PostalAddressIndex") {
      writer.leaf("t:PostalAddressIndex", contact.mailingAddress?.rawValue ?? "None")
    }
    texts(.profession, .spouseName, .surname)
    instant("WeddingAnniversary", contact.weddingAnniversary)
    if shape.wants("contacts:HasPicture") { writer.leaf("t:HasPicture", false) }
  }

  /// Read-only: made from the names, and from the MAPI property that has the title.
  private func writeName(
    _ contact: Mailbox.Contact,
    of item: Mailbox.Item,
    into writer: inout XMLWriter
  ) {
    let title = item.extended(Mailbox.ExtendedPath(tag: 0x3A45, type: "String"))?.first
    let parts = [
      ("Title", title), ("FirstName", contact[.givenName]), ("MiddleName", contact[.middleName]),
      ("LastName", contact[.surname]), ("Suffix", contact[.generation]),
      ("Initials", contact[.initials]), ("FullName", contact[.displayName]),
      ("Nickname", contact[.nickname]),
    ]
    writer.start("t:CompleteName")
    for (name, text) in parts { if let text { writer.leaf("t:\(name)", text) } }
    writer.end()
  }

  private func writeEmails(_ contact: Mailbox.Contact, into writer: inout XMLWriter) {
    let shown = Mailbox.Contact.EmailKey.allCases.filter {
      contact.emails[$0] != nil && shape.wants(.emails, $0.rawValue)
    }
    guard !shown.isEmpty else { return }
    writer.start("t:EmailAddresses")
    for key in shown {
      guard let email = contact.emails[key] else { continue }
      writer.start(
        "t:Entry",
        [
          ("Key", key.rawValue), ("Name", email.name ?? email.address), ("RoutingType", "SMTP"),
          ("MailboxType", "Contact"),
        ]
      )
      writer.text(email.address)
      writer.end()
    }
    writer.end()
  }

  private func writeAddresses(_ contact: Mailbox.Contact, into writer: inout XMLWriter) {
    let shown = Mailbox.Contact.AddressKey.allCases.compactMap { key in
      let parts = Mailbox.Contact.AddressPart.allCases.compactMap { part in
        shape.wants(.address(part), key.rawValue)
          ? contact.addresses[key]?[part].map { (part.rawValue, $0) } : nil
      }
      return parts.isEmpty ? nil : (key, parts)
    }
    guard !shown.isEmpty else { return }
    writer.start("t:PhysicalAddresses")
    for (key, parts) in shown {
      writer.start("t:Entry", [("Key", key.rawValue)])
      for (name, text) in parts { writer.leaf("t:\(name)", text) }
      writer.end()
    }
    writer.end()
  }

  private func writeEntries<Key: RawRepresentable<String> & CaseIterable & Hashable>(
    _ dictionary: ContactField.Dictionary,
    _ entries: [Key: String],
    into writer: inout XMLWriter
  ) {
    let shown = Key.allCases.filter {
      entries[$0] != nil && shape.wants(dictionary, $0.rawValue)
    }
    guard !shown.isEmpty else { return }
    writer.start("t:\(dictionary.element)")
    for key in shown {
      writer.start("t:Entry", [("Key", key.rawValue)])
      writer.text(entries[key] ?? "")
      writer.end()
    }
    writer.end()
  }
}
