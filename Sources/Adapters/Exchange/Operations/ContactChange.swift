internal import SyncModel
internal import XML

/// What changes in one contact; EWS wants each property in an element of its own.
struct ContactChange: ItemChange {
  let item: WireItemID
  let card: ContactCard
  let fields: [ContactField]

  func writeUpdates(to writer: inout XMLWriter) {
    for field in fields {
      if field == .fileAs {
        set(.field("contacts:FileAsMapping"), &writer) { $0.element("t:FileAsMapping", "None") }
      }
      write(field, &writer)
    }
  }

  private func write(_ field: ContactField, _ writer: inout XMLWriter) {
    let text = card[field]
    // A body can only be made blank; everything else is taken away.
    if text.isEmpty, field != .note {
      writer.start("t:DeleteItemField")
      writer.path(field.path)
      writer.end()
      return
    }
    set(field.path, &writer) { writer in
      switch field {
      case .note:
        writer.element("t:Body", text, ("BodyType", "Text"))
      case .prefix:
        writer.extendedProperty(.namePrefix, text)
      case .mail, .mail2, .mail3:
        entry("t:EmailAddresses", field, text, &writer)
      case .businessPhone, .businessPhone2, .mobilePhone, .businessFax:
        entry("t:PhoneNumbers", field, text, &writer)
      case .street, .city, .state, .country, .postalCode:
        writer.start("t:PhysicalAddresses")
        writer.start("t:Entry", [("Key", ContactField.addressKey)])
        writer.element("t:\(field.rawValue)", text)
        writer.end()
        writer.end()
      case .fileAs, .displayName, .givenName, .middleName, .surname, .suffix, .companyName,
        .jobTitle, .office:
        writer.element("t:\(field.rawValue)", text)
      }
    }
  }

  private func entry(
    _ element: String,
    _ field: ContactField,
    _ text: String,
    _ writer: inout XMLWriter
  ) {
    writer.start(element)
    writer.element("t:Entry", text, ("Key", field.rawValue))
    writer.end()
  }

  private func set(
    _ path: PropertyPath,
    _ writer: inout XMLWriter,
    _ element: (inout XMLWriter) -> Void
  ) {
    writer.start("t:SetItemField")
    writer.path(path)
    writer.start("t:Contact")
    element(&writer)
    writer.end()
    writer.end()
  }
}
