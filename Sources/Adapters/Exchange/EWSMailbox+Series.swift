package import SyncEngine
package import SyncModel

/// Dates of series: by their place in the pattern, or as Exchange itself expands them.
extension EWSMailbox {
  package func occurrences(
    _ places: [OccurrencePlace],
    in folder: FolderID
  ) async throws -> [ItemReading] {
    let mapping = mapping
    var readings: [ItemReading] = []
    for start in stride(from: 0, to: places.count, by: ItemReader.batch) {
      let part = places[start..<min(start + ItemReader.batch, places.count)]
      let messages = try await session.ask(
        GetItem(
          references: part.map { .occurrence(master: $0.master.rawValue, index: $0.index) },
          shape: .whole
        )
      )
      for message in messages {
        readings.append(try reading(of: message, mapping, folder))
      }
    }
    return readings
  }

  private func reading(
    of message: ResponseMessage<ItemContent>,
    _ mapping: CalendarItemMapping,
    _ folder: FolderID
  ) throws -> ItemReading {
    if let item = message.content.item, message.responseClass != .error {
      return mapping.reading(of: item, isBodyWhole: true, folder: folder)
    }
    switch message.code.cause {
    case .gone: return .missing
    case _ where ResponseCode.isNoOccurrence(message.code): return .missing
    case .transient, .moved, .signIn:
      throw EWSError(code: message.code, text: message.text, details: message.details)
    default: return .unreadable(message.sentence)
    }
  }

  package func expanded(_ span: Span, in folder: FolderID) async throws -> ExpandedView {
    var ids: [ExchangeItemID] = []
    var seen: Set<ExchangeItemID> = []
    for id in try await view(span, folder) where seen.insert(id).inserted { ids.append(id) }
    var dates: [ExchangeItem] = []
    for reading in try await self.items(ids, in: folder) {
      if case .found(let item) = reading { dates.append(item) }
    }
    return ExpandedView(dates: dates, isWhole: dates.count == ids.count)
  }

  /// A view that is full is taken apart; an item on the seam comes twice.
  private func view(_ span: Span, _ folder: FolderID) async throws -> [ExchangeItemID] {
    let message = try await only(
      session.ask(
        CalendarView(
          folder: .id(folder.rawValue),
          start: span.start.description,
          end: span.end.description
        )
      )
    )
    guard message.responseClass != .error else {
      throw EWSError(code: message.code, text: message.text, details: message.details)
    }
    let length = span.end.seconds - span.start.seconds
    if !message.content.includesLast, length > 3_600 {
      let middle = span.start.advanced(bySeconds: length / 2)
      let before = try await view(Span(start: span.start, end: middle), folder)
      return before + (try await view(Span(start: middle, end: span.end), folder))
    }
    return message.content.dates.map { ExchangeItemID($0.id) }
  }
}

extension ResponseCode {
  /// The pattern has no such place, or the date there was deleted.
  fileprivate static func isNoOccurrence(_ code: ResponseCode) -> Bool {
    [
      "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
      "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
    ].contains(code.rawValue)
  }
}
