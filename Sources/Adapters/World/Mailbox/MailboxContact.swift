extension Mailbox {
  /// What a contact has beyond every item (`ews.md` 5.1).
  package struct Contact: Hashable, Codable, Sendable {
    /// The properties that are one text each, by their names in EWS.
    package enum Text: String, Codable, Sendable, CaseIterable {
      case fileAs = "FileAs"
      case displayName = "DisplayName"
      case givenName = "GivenName"
      case initials = "Initials"
      case middleName = "MiddleName"
      case nickname = "Nickname"
      case companyName = "CompanyName"
      case assistantName = "AssistantName"
      case businessHomePage = "BusinessHomePage"
      case department = "Department"
      case generation = "Generation"
      case jobTitle = "JobTitle"
      case manager = "Manager"
      case mileage = "Mileage"
      case officeLocation = "OfficeLocation"
      case profession = "Profession"
      case spouseName = "SpouseName"
      case surname = "Surname"

      package var uri: String { "contacts:\(rawValue)" }

      package init?(uri: String) {
        guard uri.hasPrefix("contacts:") else { return nil }
        self.init(rawValue: String(uri.dropFirst("contacts:".count)))
      }
    }

    /// How the server makes `FileAs`; by hand leaves it to whoever writes it.
    package enum FileAsMapping: String, Codable, Sendable, CaseIterable {
      case byHand = "None"
      case lastCommaFirst = "LastCommaFirst"
      case firstSpaceLast = "FirstSpaceLast"
      case company = "Company"
      case lastCommaFirstCompany = "LastCommaFirstCompany"
      case companyLastFirst = "CompanyLastFirst"
      case lastFirst = "LastFirst"
      case lastFirstCompany = "LastFirstCompany"
      case companyLastCommaFirst = "CompanyLastCommaFirst"
      case lastFirstSuffix = "LastFirstSuffix"
      case lastSpaceFirstCompany = "LastSpaceFirstCompany"
      case companyLastSpaceFirst = "CompanyLastSpaceFirst"
      case lastSpaceFirst = "LastSpaceFirst"
      case displayName = "DisplayName"
      case firstName = "FirstName"
      case lastFirstMiddleSuffix = "LastFirstMiddleSuffix"
      case lastName = "LastName"
      case empty = "Empty"
    }

    package enum EmailKey: String, Codable, Sendable, CaseIterable {
      case first = "EmailAddress1"
      case second = "EmailAddress2"
      case third = "EmailAddress3"
    }

    package struct Email: Hashable, Codable, Sendable {
      package var address: String
      /// What is shown instead of the address.
      package var name: String?

      package init(_ address: String, name: String? = nil) {
        self.address = address
        self.name = name
      }
    }

    package enum PhoneKey: String, Codable, Sendable, CaseIterable {
      case assistantPhone = "AssistantPhone"
      case businessFax = "BusinessFax"
      case businessPhone = "BusinessPhone"
      case businessPhone2 = "BusinessPhone2"
      case callback = "Callback"
      case carPhone = "CarPhone"
      case companyMainPhone = "CompanyMainPhone"
      case homeFax = "HomeFax"
      case homePhone = "HomePhone"
      case homePhone2 = "HomePhone2"
      case isdn = "Isdn"
      case mobilePhone = "MobilePhone"
      case otherFax = "OtherFax"
      case otherTelephone = "OtherTelephone"
      case pager = "Pager"
      case primaryPhone = "PrimaryPhone"
      case radioPhone = "RadioPhone"
      case telex = "Telex"
      case ttyTddPhone = "TtyTddPhone"
    }

    package enum AddressKey: String, Codable, Sendable, CaseIterable {
      case home = "Home"
      case business = "Business"
      case other = "Other"
    }

    package enum AddressPart: String, Codable, Sendable, CaseIterable {
      case street = "Street"
      case city = "City"
      case state = "State"
      case country = "CountryOrRegion"
      case postalCode = "PostalCode"
    }

    package enum InstantMessageKey: String, Codable, Sendable, CaseIterable {
      case first = "ImAddress1"
      case second = "ImAddress2"
      case third = "ImAddress3"
    }

    package var texts: [Text: String] = [:]
    package var fileAsMapping: FileAsMapping?
    package var emails: [EmailKey: Email] = [:]
    package var phones: [PhoneKey: String] = [:]
    package var addresses: [AddressKey: [AddressPart: String]] = [:]
    package var instantMessages: [InstantMessageKey: String] = [:]
    /// The address for mail; nil shows as `None`.
    package var mailingAddress: AddressKey?
    /// Seconds since 1970 UTC, as whoever wrote it meant the day.
    package var birthday: Int64?
    package var weddingAnniversary: Int64?
    package var children: [String] = []
    package var companies: [String] = []

    package init(_ texts: [Text: String] = [:]) { self.texts = texts }

    package subscript(_ text: Text) -> String? {
      get { texts[text].flatMap { $0.isEmpty ? nil : $0 } }
      set { texts[text] = newValue }
    }

    /// The MAPI properties behind the addresses, by which some clients read and search.
    var addressProperties: [ExtendedProperty] {
      func property(_ id: Int, _ value: String) -> ExtendedProperty {
        ExtendedProperty(ExtendedPath(set: ExtendedPath.address, .id(id), type: "String"), value)
      }
      return zip(EmailKey.allCases, [0x8080, 0x8090, 0x80A0]).flatMap { key, base in
        guard let email = emails[key] else { return [] as [ExtendedProperty] }
        return [
          property(base, email.name ?? email.address), property(base + 3, email.address),
          property(base + 4, email.address),
        ]
      }
    }
  }
}
