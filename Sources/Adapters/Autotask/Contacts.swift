import SyncEngine
import SyncModel

/// The entity `Contacts` (`autotask.md` 5.5), read only.
enum Contacts {
  static let entity = "Contacts"
  static let fields = [
    "id", "companyID", "isActive", "firstName", "middleInitial", "lastName", "namePrefix",
    "nameSuffix", "title", "emailAddress", "emailAddress2", "emailAddress3", "phone", "extension",
    "alternatePhone", "mobilePhone", "faxNumber", "addressLine", "addressLine1", "city", "state",
    "zipCode", "countryID", "roomNumber", "note", "createDate", "lastModifiedDate",
  ]

  /// Nil for a query that names nobody, which must not become one for everybody.
  static func query(_ query: ContactQuery, fields: [String]) -> Query? {
    var scope: [Query.Condition] = []
    if !query.companies.isEmpty {
      scope.append(.isOne(of: query.companies.map(\.rawValue), "companyID"))
    }
    if !query.contacts.isEmpty {
      scope.append(.isOne(of: query.contacts.map(\.rawValue), "id"))
    }
    guard let first = scope.first else { return nil }
    // A number here, and a boolean in most other entities.
    var conditions: [Query.Condition] = [.test("eq", "isActive", .number(1))]
    conditions.append(scope.count == 1 ? first : .any(scope))
    if let since = query.modifiedSince { conditions.append(changed(since)) }
    return Query(entity: entity, fields: fields, conditions: conditions)
  }

  /// A contact that was never changed may have no lastModifiedDate.
  static func changed(_ since: Instant) -> Query.Condition {
    .any(["lastModifiedDate", "createDate"].map { .test("gte", $0, .text(since.description)) })
  }
}

/// A contact as a reply has it.
struct ContactRow: EntityRow {
  let id: Int64
  let company: PSAID
  let created: Instant
  let modified: Instant
  let plain: PlainRow

  init(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    plain = try PlainRow(&reader)
    id = plain.id
    guard let company = plain.psaID("companyID") else { throw .wrong("companyID of \(id)") }
    self.company = company
    let changed = try ContactRow.instant("lastModifiedDate", of: plain)
    guard let created = try ContactRow.instant("createDate", of: plain) ?? changed else {
      throw .wrong("createDate of \(id)")
    }
    self.created = created
    modified = changed ?? created
  }

  var isActive: Bool { plain.says("isActive") }
  var country: PSAID? { plain.psaID("countryID") }
  var hasPicks: Bool { plain.psaID("namePrefix") != nil || plain.psaID("nameSuffix") != nil }

  /// Without the words that stand in other rows.
  var bare: PSAContact { contact(company: "", country: "", Picklists()) }

  func contact(company name: String, country: String, _ labels: Picklists) -> PSAContact {
    func label(_ field: String) -> String {
      labels.label(of: plain.psaID(field)?.rawValue, in: field)
    }
    return PSAContact(
      id: PSAID(id),
      company: company,
      companyName: name,
      isActive: isActive,
      firstName: plain.text("firstName"),
      middleName: plain.text("middleInitial"),
      lastName: plain.text("lastName"),
      prefix: label("namePrefix"),
      suffix: label("nameSuffix"),
      jobTitle: plain.text("title"),
      mail: plain.text("emailAddress"),
      mail2: plain.text("emailAddress2"),
      mail3: plain.text("emailAddress3"),
      phone: PSAPerson.phone(plain.text("phone"), extension: plain.text("extension")),
      alternatePhone: plain.text("alternatePhone"),
      mobilePhone: plain.text("mobilePhone"),
      fax: plain.text("faxNumber"),
      address: plain.address(
        street: ["addressLine", "addressLine1"],
        postalCode: "zipCode",
        country: country
      ),
      room: plain.text("roomNumber"),
      note: plain.text("note"),
      created: created,
      modified: modified
    )
  }

  private static func instant(
    _ field: String,
    of row: PlainRow
  ) throws(JSONReader.Fault) -> Instant? {
    let text = row.text(field)
    if text.isEmpty { return nil }
    guard let instant = Instant(iso8601: text) else { throw .wrong("\(field) of \(row.id)") }
    return instant
  }
}
