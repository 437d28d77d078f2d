package import SyncEngine
package import SyncModel

extension WorldMailbox {
  package func create(
    _ drafts: [ExchangeDraft],
    in folder: SyncModel.FolderID
  ) async throws -> [ExchangeWriteResult] {
    try await visit { mailbox, now in
      let home = try mailbox.folderID(folder.rawValue)
      return drafts.map { draft in
        result(in: &mailbox) { mailbox throws(Mailbox.Refusal) in
          try mailbox.create(appointment(draft), in: home, surroundings(now))
        }
      }
    }
  }

  package func update(_ edits: [ExchangeEdit]) async throws -> [ExchangeWriteResult] {
    try await visit { mailbox, now in
      edits.map { edit in
        result(in: &mailbox) { mailbox throws(Mailbox.Refusal) in
          let id = try mailbox.itemID(edit.id.rawValue)
          let before = try mailbox.item(id, zones.offsets)
          return try mailbox.update(
            id,
            changes(edit, of: before),
            changeKey: edit.expected.rawValue,
            conflict: .neverOverwrite,
            surroundings(now)
          )
        }
      }
    }
  }

  package func delete(_ targets: [ExchangeTarget]) async throws -> [ExchangeWriteResult] {
    try await visit { mailbox, now in
      targets.map { target in
        do throws(Mailbox.Refusal) {
          let id = try mailbox.itemID(target.id.rawValue)
          let item = try mailbox.item(id, zones.offsets)
          guard mailbox.changeKey(of: item) == target.expected.rawValue else { return .conflict }
          try mailbox.delete(id, .moveToDeletedItems, at: now)
          return .done(target.id, target.expected)
        } catch {
          return result(of: error)
        }
      }
    }
  }

  package func move(
    _ items: [ExchangeItemID],
    to folder: SyncModel.FolderID
  ) async throws -> [ExchangeWriteResult] {
    try await visit { mailbox, now in
      let home = try mailbox.folderID(folder.rawValue)
      return items.map { item in
        result(in: &mailbox) { mailbox throws(Mailbox.Refusal) in
          try mailbox.move(mailbox.itemID(item.rawValue), to: home, at: now)
        }
      }
    }
  }

  package func write(_ mark: FolderMark, on folder: SyncModel.FolderID) async throws {
    try await visit { mailbox, now in
      try mailbox.updateFolder(
        mailbox.folderID(folder.rawValue),
        [.set(Mailbox.ExtendedProperty(self.mark, mark.description))],
        at: now
      )
    }
  }
}

extension WorldMailbox {
  func surroundings(_ now: Int64) -> Mailbox.Surroundings {
    Mailbox.Surroundings(now: now, zones: zones.offsets)
  }

  func result(
    in mailbox: inout Mailbox,
    _ write: (inout Mailbox) throws(Mailbox.Refusal) -> Mailbox.Item
  ) -> ExchangeWriteResult {
    do throws(Mailbox.Refusal) {
      let item = try write(&mailbox)
      return .done(
        ExchangeItemID(mailbox.text(of: item.id)),
        ChangeKey(mailbox.changeKey(of: item))
      )
    } catch {
      return result(of: error)
    }
  }

  private func result(of refusal: Mailbox.Refusal) -> ExchangeWriteResult {
    switch refusal.code {
    case .errorItemNotFound, .errorInvalidIdMalformed: .missing
    case .errorIrresolvableConflict, .errorInvalidChangeKey: .conflict
    default: .refused(refusal.message)
    }
  }

  private func appointment(_ draft: ExchangeDraft) -> Mailbox.Appointment {
    let zone = windows(draft.zone) ?? "UTC"
    let (start, end) = span(draft.when, in: zone)
    var appointment = Mailbox.Appointment(draft.title, start: start, end: end)
    appointment.isAllDay = draft.when.isAllDay
    appointment.body = Mailbox.Body(draft.text)
    appointment.location = draft.place
    appointment.uid = draft.uid
    appointment.startZone = zone
    appointment.endZone = zone
    appointment.extended = [Mailbox.ExtendedProperty(stamp, draft.stamp.description)]
    return appointment
  }

  private func changes(_ edit: ExchangeEdit, of item: Mailbox.Item) -> [Mailbox.Change] {
    var changes: [Mailbox.Change] = []
    if let title = edit.title { changes.append(.subject(title)) }
    if let text = edit.text { changes.append(.body(Mailbox.Body(text))) }
    if let place = edit.place { changes.append(.location(place)) }
    guard let when = edit.when else { return changes }
    var zone = item.appointment.startZone ?? "UTC"
    if when.isAllDay, let own = windows(edit.zone) {
      zone = own
      changes += [.startZone(zone), .endZone(zone)]
    }
    let (start, end) = span(when, in: zone)
    changes += [.start(start), .end(end)]
    if when.isAllDay || edit.turnsAllDay { changes.append(.isAllDay(when.isAllDay)) }
    return changes
  }

  private func windows(_ zone: ZoneName?) -> String? {
    zone.flatMap { zones.windows($0.rawValue) }
  }

  private func span(_ when: When, in zone: String) -> (Int64, Int64) {
    switch when {
    case .timed(let start, let end, _): (start.seconds, end.seconds)
    case .allDay(let first, let afterLast):
      (midnight(first, in: zone), midnight(afterLast, in: zone))
    }
  }

  private func midnight(_ date: LocalDate, in zone: String) -> Int64 {
    zones.offsets.instant(wallClock: Int64(date.daysSince1970) * 86_400, in: zone)
  }
}
