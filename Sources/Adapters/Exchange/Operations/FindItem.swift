internal import XML

/// FindItem: the items of some folders that have one property at one value, or beginning with it
/// (`ews.md` 2.6).
struct FindItem: EWSOperation {
  typealias Content = ItemIDContent

  /// How many items of one folder a page holds.
  static let page = 100

  let field: ExtendedField
  /// As the property's type is written: text, or base64.
  let value: String
  /// Text alone is compared so.
  let isBeginning: Bool
  let folders: [WireFolderID]
  let offset: Int

  let isRead = true
  /// One message a folder.
  var messageCount: Int { folders.count }

  func write(to writer: inout XMLWriter) {
    writer.start("m:FindItem", [("Traversal", "Shallow")])
    writer.start("m:ItemShape")
    writer.element("t:BaseShape", "IdOnly")
    writer.end()
    writer.start(
      "m:IndexedPageItemView",
      [
        ("MaxEntriesReturned", String(Self.page)), ("Offset", String(offset)),
        ("BasePoint", "Beginning"),
      ]
    )
    writer.end()
    writer.start("m:Restriction")
    if isBeginning {
      writer.start(
        "t:Contains",
        [("ContainmentMode", "Prefixed"), ("ContainmentComparison", "Exact")]
      )
      writer.path(.extended(field))
      writer.element("t:Constant", "", ("Value", value))
    } else {
      writer.start("t:IsEqualTo")
      writer.path(.extended(field))
      writer.start("t:FieldURIOrConstant")
      writer.element("t:Constant", "", ("Value", value))
      writer.end()
    }
    for _ in 0..<2 { writer.end() }
    writer.start("m:ParentFolderIds")
    for folder in folders { writer.folderID(folder) }
    writer.end()
    writer.end()
  }
}
