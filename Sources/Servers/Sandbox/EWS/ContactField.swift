import World

/// The properties of contacts that the schema knows, in the order in which it wants them.
enum ContactField {
  private static let contact = [
    "FileAs", "FileAsMapping", "DisplayName", "GivenName", "Initials", "MiddleName", "Nickname",
    "CompleteName", "CompanyName", "EmailAddresses", "AbchEmailAddresses", "PhysicalAddresses",
    "PhoneNumbers", "AssistantName", "Birthday", "BusinessHomePage", "Children", "Companies",
    "ContactSource", "Department", "Generation", "ImAddresses", "JobTitle", "Manager", "Mileage",
    "OfficeLocation", "PostalAddressIndex", "Profession", "SpouseName", "Surname",
    "WeddingAnniversary", "HasPicture", "PhoneticFullName", "PhoneticFirstName",
    "PhoneticLastName", "Alias", "Notes", "Photo", "UserSMIMECertificate", "MSExchangeCertificate",
    "DirectoryId", "ManagerMailbox", "DirectReports",
  ]

  /// The children of `t:Contact` in order.
  static let order = ItemField.item + contact

  /// The FieldURI of a child of `t:Contact`; nil for what is no child of it.
  static func uri(ofChild name: String) -> String? {
    if ItemField.item.contains(name) { return "item:\(name)" }
    return contact.contains(name) ? "contacts:\(name)" : nil
  }

  /// The FieldURIs that a contact has.
  static let all: Set<String> = Set(contact.map { "contacts:\($0)" })

  /// The properties of the shape `Default` (`ews.md` 2.1).
  static let standard: Set<String> = [
    "contacts:FileAs", "contacts:CompleteName", "contacts:CompanyName", "contacts:EmailAddresses",
    "contacts:PhysicalAddresses", "contacts:PhoneNumbers", "contacts:ImAddresses",
    "contacts:JobTitle",
  ]

  /// The dictionaries whose entries can be named one by one, by their FieldURI.
  enum Dictionary: Hashable {
    case emails
    case phones
    case instantMessages
    case address(Mailbox.Contact.AddressPart)

    init?(uri: String) {
      switch uri {
      case "contacts:EmailAddress": self = .emails
      case "contacts:PhoneNumber": self = .phones
      case "contacts:ImAddress": self = .instantMessages
      default:
        guard uri.hasPrefix("contacts:PhysicalAddress:"),
          let part = Mailbox.Contact.AddressPart(
            rawValue: String(uri.dropFirst("contacts:PhysicalAddress:".count))
          )
        else { return nil }
        self = .address(part)
      }
    }

    /// The child of `t:Contact` that holds its entries.
    var element: String {
      switch self {
      case .emails: "EmailAddresses"
      case .phones: "PhoneNumbers"
      case .instantMessages: "ImAddresses"
      case .address: "PhysicalAddresses"
      }
    }
  }
}
