import World
import XML

/// A request as the server takes it: the operation and what the header says about it.
struct EWSRequest: Sendable {
  let operation: XMLElement
  /// `TimeZoneContext`, a Windows id.
  let contextZone: String?
  /// In whose name the account acts (`ExchangeImpersonation`); nil for its own.
  let impersonated: String?

  var name: String { operation.name }

  init(_ bytes: [UInt8], build: ExchangeBuild, zones: ZoneOffsets) throws(EWSFault) {
    let root: XMLElement
    do { root = try XMLElement.parse(bytes) } catch {
      throw .schema("The request is not well-formed: \(error)")
    }
    guard root.name == "Envelope", root.namespace == EWSNamespace.soap,
      let body = root.child("Body"), let operation = body.children.first
    else { throw .invalid("The request has no SOAP body.") }
    guard operation.namespace == EWSNamespace.messages else {
      throw .invalid("The SOAP action or body is not valid.")
    }
    let header = root.child("Header")
    if let version = header?.child("RequestServerVersion")?["Version"],
      !build.accepted.contains(version)
    {
      throw EWSFault(
        code: "ErrorInvalidServerVersion",
        message: "The specified server version is invalid."
      )
    }
    let zone = header?.descendant("TimeZoneContext", "TimeZoneDefinition")?["Id"]
    if let zone, !zones.knows(zone), zone != "Customized Time Zone" {
      throw EWSFault(code: "ErrorTimeZone", message: "The time zone is not valid.")
    }
    contextZone = zone
    if let impersonation = header?.child("ExchangeImpersonation") {
      guard let person = impersonation.child("ConnectingSID")?.children.first?.text,
        !person.isEmpty
      else {
        throw EWSFault(
          code: "ErrorInvalidExchangeImpersonationHeaderData",
          message: "The impersonation header names nobody."
        )
      }
      impersonated = person
    } else {
      impersonated = nil
    }
    self.operation = operation
    try EWSSchema.check(operation)
  }
}

/// The parts of the schema that clients break first: required attributes, known children and their
/// order (`ews.md` 2: a wrong order is `ErrorSchemaValidation`).
enum EWSSchema {
  static func check(_ element: XMLElement) throws(EWSFault) {
    for attribute in required[element.name] ?? [] where element[attribute] == nil {
      throw .schema("The required attribute '\(attribute)' is missing.")
    }
    if let order = orders[element.name], isContainer(element) {
      var place = 0
      for child in element.children {
        guard let found = order.firstIndex(of: child.name) else {
          throw .schema(
            "The element '\(element.name)' in namespace '\(element.namespace)' has invalid child "
              + "element '\(child.name)'."
          )
        }
        guard found >= place else {
          throw .schema(
            "The element '\(element.name)' in namespace '\(element.namespace)' has child element "
              + "'\(child.name)' out of order."
          )
        }
        place = found
      }
    }
    for child in element.children { try check(child) }
  }

  /// `Items` and the like are named in both namespaces; only these are checked by name.
  private static func isContainer(_ element: XMLElement) -> Bool {
    element.namespace == EWSNamespace.messages || element.name == "CalendarItem"
      || element.name == "Contact" || element.name == "ItemChange"
  }

  private static let required: [String: [String]] = [
    "DeleteFolder": ["DeleteType"],
    "DeleteItem": ["DeleteType"],
    "FindFolder": ["Traversal"],
    "FindItem": ["Traversal"],
    "UpdateItem": ["ConflictResolution"],
    "ItemId": ["Id"],
    "OccurrenceItemId": ["RecurringMasterId", "InstanceIndex"],
    "RecurringMasterItemId": ["OccurrenceId"],
    "FolderId": ["Id"],
    "DistinguishedFolderId": ["Id"],
    "ExtendedFieldURI": ["PropertyType"],
    "IndexedFieldURI": ["FieldURI", "FieldIndex"],
    "FieldURI": ["FieldURI"],
  ]

  private static let orders: [String: [String]] = [
    "CreateFolder": ["ParentFolderId", "Folders"],
    "CreateItem": ["SavedItemFolderId", "Items"],
    "CopyItem": ["ToFolderId", "ItemIds", "ReturnNewItemIds"],
    "DeleteFolder": ["FolderIds"],
    "DeleteItem": ["ItemIds"],
    "FindFolder": [
      "FolderShape", "IndexedPageFolderView", "FractionalPageFolderView", "Restriction",
      "ParentFolderIds",
    ],
    "FindItem": [
      "ItemShape", "IndexedPageItemView", "FractionalPageItemView", "SeekToConditionPageItemView",
      "CalendarView", "ContactsView", "GroupBy", "DistinguishedGroupBy", "Restriction", "SortOrder",
      "ParentFolderIds", "QueryString",
    ],
    "FolderShape": ["BaseShape", "AdditionalProperties"],
    "GetFolder": ["FolderShape", "FolderIds"],
    "GetItem": ["ItemShape", "ItemIds"],
    "GetServerTimeZones": ["Ids"],
    "GetUserConfiguration": ["UserConfigurationName", "UserConfigurationProperties"],
    "ItemShape": [
      "BaseShape", "IncludeMimeContent", "BodyType", "UniqueBodyType", "NormalizedBodyType",
      "FilterHtmlContent", "ConvertHtmlCodePageToUTF8", "InlineImageUrlTemplate",
      "BlockExternalImages", "AddBlankTargetToLinks", "MaximumBodySize", "AdditionalProperties",
    ],
    "MoveItem": ["ToFolderId", "ItemIds", "ReturnNewItemIds"],
    "SyncFolderHierarchy": ["FolderShape", "SyncFolderId", "SyncState"],
    "SyncFolderItems": [
      "ItemShape", "SyncFolderId", "SyncState", "Ignore", "MaxChangesReturned", "SyncScope",
    ],
    "UpdateFolder": ["FolderChanges"],
    "UpdateItem": ["SavedItemFolderId", "ItemChanges"],
    "ItemChange": ["ItemId", "OccurrenceItemId", "RecurringMasterItemId", "Updates"],
    "CalendarItem": ItemField.order,
    "Contact": ContactField.order,
  ]
}
