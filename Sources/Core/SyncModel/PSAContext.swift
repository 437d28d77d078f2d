/// The rows that a to-do or a service call names in its own row.
package struct PSARelated: Hashable, Sendable, Codable {
  package var company: PSAID?
  package var location: PSAID?
  package var contact: PSAID?
  package var opportunity: PSAID?
  package var ticket: PSAID?
  package var contract: PSAID?
  package var actionType: PSAID?
  /// A value of the picklist `status`.
  package var status: Int64?

  package init(
    company: PSAID? = nil,
    location: PSAID? = nil,
    contact: PSAID? = nil,
    opportunity: PSAID? = nil,
    ticket: PSAID? = nil,
    contract: PSAID? = nil,
    actionType: PSAID? = nil,
    status: Int64? = nil
  ) {
    self.company = company
    self.location = location
    self.contact = contact
    self.opportunity = opportunity
    self.ticket = ticket
    self.contract = contract
    self.actionType = actionType
    self.status = status
  }
}

/// What an item of the PSA is about, in words for people (`rules.md` 10).
///
/// What the PSA has not, or does not show to the API user, is blank.
package struct PSAContext: Hashable, Sendable, Codable {
  package var actionType: String
  package var company: String
  package var contact: PSAPerson?
  package var location: PSALocation?
  /// In the order in which they were put on the service call.
  package var tickets: [PSAWork]
  package var tasks: [PSAWork]
  package var opportunity: String
  package var contract: String
  package var status: String
  /// The names of the others on a service call, by their numbers, ascending.
  package var others: [String]

  package init(
    actionType: String = "",
    company: String = "",
    contact: PSAPerson? = nil,
    location: PSALocation? = nil,
    tickets: [PSAWork] = [],
    tasks: [PSAWork] = [],
    opportunity: String = "",
    contract: String = "",
    status: String = "",
    others: [String] = []
  ) {
    self.actionType = actionType
    self.company = company
    self.contact = contact
    self.location = location
    self.tickets = tickets
    self.tasks = tasks
    self.opportunity = opportunity
    self.contract = contract
    self.status = status
    self.others = others
  }
}

/// Somebody to call or to write to.
package struct PSAPerson: Hashable, Sendable, Codable {
  package var name: String
  package var phone: String
  package var mail: String

  package init(name: String, phone: String = "", mail: String = "") {
    self.name = name
    self.phone = phone
    self.mail = mail
  }

  /// A number as people dial it, such as `555-0100 x12`.
  package static func phone(_ number: String, extension inner: String) -> String {
    number.isEmpty || inner.isEmpty ? number : "\(number) x\(inner)"
  }
}

/// A ticket or a task by what people call it.
package struct PSAWork: Hashable, Sendable, Codable {
  package var number: String
  package var title: String

  package init(number: String, title: String) {
    self.number = number
    self.title = title
  }
}

/// Where a service call takes place: a location of the company, else the company itself.
package struct PSALocation: Hashable, Sendable, Codable {
  /// Blank where it is the company's own address.
  package var name: String
  package var address: PSAAddress
  package var phone: String

  package init(name: String = "", address: PSAAddress = PSAAddress(), phone: String = "") {
    self.name = name
    self.address = address
    self.phone = phone
  }
}

/// A postal address; `country` is its name.
package struct PSAAddress: Hashable, Sendable, Codable {
  /// Lines of the street, blank ones left out.
  package var street: [String]
  package var city: String
  package var state: String
  package var postalCode: String
  package var country: String

  package init(
    street: [String] = [],
    city: String = "",
    state: String = "",
    postalCode: String = "",
    country: String = ""
  ) {
    self.street = street
    self.city = city
    self.state = state
    self.postalCode = postalCode
    self.country = country
  }

  package var isBlank: Bool { self == PSAAddress() }
}
