package import SyncEngine
package import SyncModel

/// Dates of series as the mailbox itself expands them.
extension WorldMailbox {
  package func occurrences(
    _ places: [OccurrencePlace],
    in folder: SyncModel.FolderID
  ) async throws -> [ItemReading] {
    try await visit { mailbox, _ in
      places.map { place in
        do {
          let master = try mailbox.item(mailbox.itemID(place.master.rawValue), zones.offsets)
          guard let series = Mailbox.Series(master, zones.offsets) else { return .missing }
          return .found(reading(try series.occurrence(at: place.index), in: mailbox))
        } catch {
          return .missing
        }
      }
    }
  }

  package func expanded(
    _ span: Span,
    in folder: SyncModel.FolderID
  ) async throws -> ExpandedView {
    try await visit { mailbox, _ in
      let dates = try mailbox.calendarView(
        of: mailbox.folderID(folder.rawValue),
        from: span.start.seconds,
        to: span.end.seconds,
        zones.offsets
      ).items.filter { $0.occurrence != nil }.map { reading($0, in: mailbox) }
      return ExpandedView(dates: dates, isWhole: true)
    }
  }
}
