internal import SyncModel
internal import XML

/// A contact as CreateItem carries it; the schema fixes the order of its elements.
struct NewContact: NewItem {
  let stamp: String
  let card: ContactCard

  func write(to writer: inout XMLWriter) {
    writer.start("t:Contact")
    writer.element("t:Body", card[.note], ("BodyType", "Text"))
    writer.extendedProperty(.stamp, stamp)
    if !card[.prefix].isEmpty { writer.extendedProperty(.namePrefix, card[.prefix]) }
    line(.fileAs, &writer)
    // Under any other mapping the server would make the name itself.
    writer.element("t:FileAsMapping", "None")
    for field in [ContactField.displayName, .givenName, .middleName, .companyName] {
      line(field, &writer)
    }
    entries("t:EmailAddresses", [.mail, .mail2, .mail3], &writer)
    address(&writer)
    entries(
      "t:PhoneNumbers",
      [.businessPhone, .businessPhone2, .mobilePhone, .businessFax],
      &writer
    )
    for field in [ContactField.suffix, .jobTitle, .office, .surname] { line(field, &writer) }
    writer.end()
  }

  private func line(_ field: ContactField, _ writer: inout XMLWriter) {
    if !card[field].isEmpty { writer.element("t:\(field.rawValue)", card[field]) }
  }

  private func entries(
    _ element: String,
    _ fields: [ContactField],
    _ writer: inout XMLWriter
  ) {
    let filled = fields.filter { !card[$0].isEmpty }
    guard !filled.isEmpty else { return }
    writer.start(element)
    for field in filled { writer.element("t:Entry", card[field], ("Key", field.rawValue)) }
    writer.end()
  }

  private func address(_ writer: inout XMLWriter) {
    let parts = [ContactField.street, .city, .state, .country, .postalCode]
    guard parts.contains(where: { !card[$0].isEmpty }) else { return }
    writer.start("t:PhysicalAddresses")
    writer.start("t:Entry", [("Key", ContactField.addressKey)])
    for part in parts { line(part, &writer) }
    writer.end()
    writer.end()
  }
}
