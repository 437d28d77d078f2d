import World
import XML

extension EWSDesk {
  func findItem(_ mailbox: Mailbox) throws(EWSFault) -> [UInt8] {
    let shape = try ItemShape(operation.child("ItemShape"), isListing: true)
    guard let traversal = operation["Traversal"],
      ["Shallow", "SoftDeleted", "Associated"].contains(traversal)
    else { throw .schema("The 'Traversal' attribute is invalid.") }
    let restriction = try RestrictionReading.restriction(operation.child("Restriction"))
    var order: [Mailbox.SortOrder] = []
    for field in operation.child("SortOrder")?.children("FieldOrder") ?? [] {
      guard let path = field.children.first else { throw .schema("A 'FieldOrder' is empty.") }
      order.append(
        Mailbox.SortOrder(
          try PropertyPathReading.path(path),
          isDescending: field["Order"] == "Descending"
        )
      )
    }
    let view = operation.child("CalendarView")
    if view != nil, restriction != nil || !order.isEmpty {
      throw .invalid("A restriction or order can not be used with a calendar view.")
    }
    if operation.child("QueryString") != nil {
      throw .invalid("Queries in words are not supported.")
    }
    let page = try IndexedPage(operation.child("IndexedPageItemView"))
    let writing = ItemWriting(shape: shape, mailbox: mailbox, zones: zones)
    var reply = EWSReply("FindItem", from: build)
    for wanted in try folderIDs("ParentFolderIds", in: mailbox) {
      do throws(EWSRefusal) {
        let folder = try wanted.get()
        let found: Mailbox.FoundItems
        if let view {
          found = try items(in: view, of: folder, mailbox)
        } else {
          found = try asked { () throws(Mailbox.Refusal) in
            try mailbox.find(
              in: folder,
              traversal == "Shallow" ? restriction : .or([]),
              order: order,
              offset: page.offset,
              maximum: page.maximum
            )
          }
        }
        reply.success { writer in
          var attributes = [
            ("TotalItemsInView", String(found.total)),
            ("IncludesLastItemInRange", found.includesLast ? "true" : "false"),
          ]
          if view == nil {
            attributes.insert(("IndexedPagingOffset", String(found.nextOffset)), at: 0)
          }
          writer.start("m:RootFolder", attributes)
          writer.start("t:Items")
          for item in found.items { writing.write(item, into: &writer) }
          writer.end()
          writer.end()
        }
      } catch {
        reply.error(error)
      }
    }
    return reply.finished()
  }

  private func items(
    in view: XMLElement,
    of folder: Mailbox.FolderID,
    _ mailbox: Mailbox
  ) throws(EWSRefusal) -> Mailbox.FoundItems {
    guard let start = instant(view["StartDate"]), let end = instant(view["EndDate"]), start <= end
    else {
      throw EWSRefusal(
        "ErrorCalendarEndDateIsEarlierThanStartDate",
        "End date is earlier than start date."
      )
    }
    return try asked { () throws(Mailbox.Refusal) in
      try mailbox.calendarView(
        of: folder,
        from: start,
        to: end,
        zones.offsets,
        maximum: view["MaxEntriesReturned"].flatMap { Int($0) } ?? .max
      )
    }
  }

  private func instant(_ text: String?) -> Int64? {
    guard let text, let reading = Timestamp.reading(text) else { return nil }
    if let offset = reading.offset { return reading.wallClock - Int64(offset) }
    return zones.offsets.instant(
      wallClock: reading.wallClock,
      in: request.contextZone ?? "UTC"
    )
  }
}
