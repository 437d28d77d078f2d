import World
import XML

/// Reads what clients write into a `t:Contact`, as changes to the mailbox's contact.
enum ContactReading {
  /// What a create asks for: the contact, and the head that every item has.
  static func contact(
    _ element: XMLElement
  ) throws(EWSRefusal) -> (contact: Mailbox.Contact, head: Mailbox.Appointment) {
    var contact = Mailbox.Contact()
    var head = Mailbox.Appointment("", start: 0, end: 0)
    for child in element.children where child.name != "ItemClass" {
      for change in try changes(child, uri: ContactField.uri(ofChild: child.name) ?? child.name) {
        switch change {
        case .contact(let change): contact.apply(change)
        default: ItemReading.apply(change, to: &head)
        }
      }
    }
    return (contact, head)
  }

  /// The changes that writing this child makes; read-only properties are
  /// `ErrorInvalidPropertySet`.
  static func changes(_ child: XMLElement, uri: String) throws(EWSRefusal) -> [Mailbox.Change] {
    if let changes = try ItemReading.changes(child, uri: uri) { return changes }
    if let text = Mailbox.Contact.Text(uri: uri) { return [.contact(.text(text, child.text))] }
    switch uri {
    case "contacts:FileAsMapping":
      return [.contact(.fileAsMapping(try ItemReading.value(child, uri)))]
    case "contacts:PostalAddressIndex":
      if child.text.trimmed == "None" { return [.contact(.mailingAddress(nil))] }
      return [.contact(.mailingAddress(try ItemReading.value(child, uri)))]
    case "contacts:Birthday": return [.contact(.birthday(try instant(child, uri)))]
    case "contacts:WeddingAnniversary":
      return [.contact(.weddingAnniversary(try instant(child, uri)))]
    case "contacts:Children":
      return [.contact(.children(child.children("String").map(\.text)))]
    case "contacts:Companies":
      return [.contact(.companies(child.children("String").map(\.text)))]
    case "contacts:EmailAddresses", "contacts:PhoneNumbers", "contacts:ImAddresses",
      "contacts:PhysicalAddresses":
      return try entries(child)
    default: throw .property("ErrorInvalidPropertySet", uri)
    }
  }

  /// The changes that writing one entry makes, which has to be the one that the path names.
  static func changes(
    _ child: XMLElement,
    _ dictionary: ContactField.Dictionary,
    _ index: String
  ) throws(EWSRefusal) -> [Mailbox.Change] {
    let isOne = child.children.count == 1 && child.children[0]["Key"] == index
    if case .address(let part) = dictionary {
      guard isOne, child.children[0].children.map(\.name) == [part.rawValue] else {
        throw EWSDesk.mismatch
      }
    } else if !isOne {
      throw EWSDesk.mismatch
    }
    return try entries(child)
  }

  /// What deleting a field leaves (`ews.md` 2.8).
  static func removal(_ path: Mailbox.PropertyPath) throws(EWSRefusal) -> Mailbox.Change {
    if let change = ItemReading.removal(path) { return change }
    switch path {
    case .extended(let path): return .remove(path)
    case .indexed(let uri, let index):
      guard let dictionary = ContactField.Dictionary(uri: uri) else {
        throw .property("ErrorInvalidPropertyDelete", uri)
      }
      return .contact(try removal(dictionary, index))
    case .field(let uri):
      if let text = Mailbox.Contact.Text(uri: uri) { return .contact(.text(text, nil)) }
      switch uri {
      case "contacts:FileAsMapping": return .contact(.fileAsMapping(.byHand))
      case "contacts:PostalAddressIndex": return .contact(.mailingAddress(nil))
      case "contacts:Birthday": return .contact(.birthday(nil))
      case "contacts:WeddingAnniversary": return .contact(.weddingAnniversary(nil))
      case "contacts:Children": return .contact(.children([]))
      case "contacts:Companies": return .contact(.companies([]))
      default: throw .property("ErrorInvalidPropertyDelete", uri)
      }
    }
  }
}

extension ContactReading {
  private static func removal(
    _ dictionary: ContactField.Dictionary,
    _ index: String
  ) throws(EWSRefusal) -> Mailbox.ContactChange {
    switch dictionary {
    case .emails: .email(try key(index), nil)
    case .phones: .phone(try key(index), nil)
    case .instantMessages: .instantMessage(try key(index), nil)
    case .address(let part): .address(try key(index), part, nil)
    }
  }

  private static func entries(_ element: XMLElement) throws(EWSRefusal) -> [Mailbox.Change] {
    var changes: [Mailbox.Change] = []
    for entry in element.children("Entry") {
      let index = entry["Key"] ?? ""
      // An entry without a text takes away what was there.
      let text = entry.text.isEmpty ? nil : entry.text
      switch element.name {
      case "EmailAddresses":
        let email = text.map { Mailbox.Contact.Email($0, name: entry["Name"]) }
        changes.append(.contact(.email(try key(index), email)))
      case "PhoneNumbers": changes.append(.contact(.phone(try key(index), text)))
      case "ImAddresses": changes.append(.contact(.instantMessage(try key(index), text)))
      default:
        for child in entry.children {
          guard let part = Mailbox.Contact.AddressPart(rawValue: child.name) else {
            throw ItemReading.invalid("contacts:PhysicalAddresses")
          }
          let value = child.text.isEmpty ? nil : child.text
          changes.append(.contact(.address(try key(index), part, value)))
        }
      }
    }
    return changes
  }

  private static func key<T: RawRepresentable<String>>(_ index: String) throws(EWSRefusal) -> T {
    guard let key = T(rawValue: index) else {
      throw EWSRefusal("ErrorInvalidContactEmailIndex", "A contact has no entry '\(index)'.")
    }
    return key
  }

  private static func instant(_ element: XMLElement, _ uri: String) throws(EWSRefusal) -> Int64 {
    guard let reading = Timestamp.reading(element.text.trimmed) else {
      throw ItemReading.invalid(uri)
    }
    return reading.wallClock - Int64(reading.offset ?? 0)
  }
}
