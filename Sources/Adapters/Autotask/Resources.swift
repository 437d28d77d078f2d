import SyncModel

/// The entity `Resources` (`autotask.md` 5.9), read only: whose calendar it is.
enum Resources {
  static let entity = "Resources"
  static let mailFields = ["email", "email2", "email3"]

  static func query(mail: String) -> Query {
    Query(
      entity: entity,
      fields: ["id", "isActive"] + mailFields,
      conditions: [.any(mailFields.map { .test("eq", $0, .text(mail)) })]
    )
  }

  /// The one resource that is meant, of those that the PSA found.
  static func choice(
    of rows: [ResourceRow],
    mail: String
  ) throws(AutotaskError) -> ResourceID {
    // A filter that the PSA ignored must not make somebody else the calendar's owner.
    let matches = rows.filter { $0.hasMail(mail) }
    let active = matches.filter(\.isActive).map { ResourceID($0.id) }
    guard let resource = active.first else {
      throw matches.isEmpty ? .noResource(.mail(mail)) : .inactiveResource(.mail(mail))
    }
    guard active.count == 1 else { throw .severalResources(mail: mail, active) }
    return resource
  }
}

/// A resource as a reply has it.
struct ResourceRow: EntityRow {
  let id: Int64
  let isActive: Bool
  private let mails: [String]

  init(_ reader: inout JSONReader) throws(JSONReader.Fault) {
    var id: Int64?
    var isActive = false
    var mails: [String] = []
    guard try reader.enterObject("item") else { throw .wrong("item") }
    while let key = try reader.nextKey() {
      switch key {
      case "id": id = try reader.number(key)
      case "isActive": isActive = try reader.flag(key) ?? false
      case "email", "email2", "email3":
        if let mail = try reader.text(key) { mails.append(ResourceRow.plain(mail)) }
      default: try reader.skip()
      }
    }
    guard let id else { throw .wrong("id") }
    self.id = id
    self.isActive = isActive
    self.mails = mails
  }

  func hasMail(_ mail: String) -> Bool { mails.contains(ResourceRow.plain(mail)) }

  private static func plain(_ mail: String) -> String {
    mail.split(whereSeparator: \.isWhitespace).joined().lowercased()
  }
}
