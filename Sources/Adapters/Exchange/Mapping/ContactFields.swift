internal import SyncEngine
internal import SyncModel

/// Where each field of a contact is on the wire, and what is read from there (`ews.md` 5.1).
extension ContactField {
  /// The one of a contact's three addresses that Lockstep writes.
  static let addressKey = "Business"

  var path: PropertyPath {
    switch self {
    case .note: .field("item:Body")
    case .prefix: .extended(.namePrefix)
    case .mail, .mail2, .mail3: .indexed("contacts:EmailAddress", rawValue)
    case .businessPhone, .businessPhone2, .mobilePhone, .businessFax:
      .indexed("contacts:PhoneNumber", rawValue)
    case .street, .city, .state, .country, .postalCode:
      .indexed("contacts:PhysicalAddress:\(rawValue)", ContactField.addressKey)
    case .fileAs, .displayName, .givenName, .middleName, .surname, .suffix, .companyName,
      .jobTitle, .office:
      .field("contacts:\(rawValue)")
    }
  }
}

extension WireContact {
  /// `isNoteWhole` is false where the note was not asked for.
  func reading(isNoteWhole: Bool) -> ContactReading {
    guard element == "Contact" else {
      return .unreadable(ToCheck.noContact + (itemClass ?? element))
    }
    guard !itemID.id.isEmpty, !itemID.changeKey.isEmpty else {
      return .unreadable("Exchange gave it no id")
    }
    guard let modified = lastModifiedTime.flatMap({ Instant(iso8601: $0) }) else {
      return .unreadable("Exchange does not say when it was changed")
    }
    var card = ContactCard()
    for field in ContactField.allCases { card[field] = texts[field.rawValue] ?? "" }
    // A server may put the kind of address before it.
    for field in [ContactField.mail, .mail2, .mail3]
    where card[field].lowercased().hasPrefix("smtp:") {
      card[field] = String(card[field].dropFirst(5))
    }
    return .found(
      ExchangeContact(
        id: ExchangeItemID(itemID.id),
        changeKey: ChangeKey(itemID.changeKey),
        folder: FolderID(parentFolderID ?? ""),
        modified: modified,
        stamp: stamp,
        card: card,
        isNoteWhole: isNoteWhole
      )
    )
  }
}
