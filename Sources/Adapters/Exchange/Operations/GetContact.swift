internal import XML

/// GetItem for contacts (`ews.md` 2.5 and 5.1).
struct GetContact: EWSOperation {
  typealias Content = ContactContent

  /// How much is asked for.
  enum Shape: Sendable {
    case whole
    /// The same without the note, for a contact whose note the server cannot convert.
    case withoutNote
    /// The class only, for an item that is no contact.
    case itemClass
  }

  let ids: [String]
  let shape: Shape

  let isRead = true
  var messageCount: Int { ids.count }

  func write(to writer: inout XMLWriter) {
    writer.start("m:GetItem")
    writer.start("m:ItemShape")
    writer.element("t:BaseShape", "IdOnly")
    if shape == .whole { writer.element("t:BodyType", "Text") }
    writer.paths(Self.paths(of: shape))
    writer.end()
    writer.start("m:ItemIds")
    for id in ids { writer.element("t:ItemId", "", ("Id", id)) }
    writer.end()
    writer.end()
  }

  private static func paths(of shape: Shape) -> [PropertyPath] {
    switch shape {
    case .itemClass: [.field("item:ItemClass")]
    case .withoutNote: contact
    case .whole: contact + [.field("item:Body")]
    }
  }

  private static let contact: [PropertyPath] =
    [
      "item:ItemClass", "item:ParentFolderId", "item:LastModifiedTime", "contacts:FileAs",
      "contacts:DisplayName", "contacts:GivenName", "contacts:MiddleName", "contacts:CompanyName",
      "contacts:EmailAddresses", "contacts:PhysicalAddresses", "contacts:PhoneNumbers",
      "contacts:Generation", "contacts:JobTitle", "contacts:OfficeLocation", "contacts:Surname",
    ].map { .field($0) } + [.extended(.stamp), .extended(.namePrefix)]
}
