extension Mailbox {
  /// An item whatever its id names: one that is stored, or an occurrence of a series.
  package func item(_ id: ItemID, _ zones: ZoneOffsets) throws(Refusal) -> Item {
    guard let day = id.day else { return try item(id) }
    guard let series = Series(try item(id.master), zones) else {
      throw Refusal(.errorItemNotFound)
    }
    return try series.occurrence(on: day)
  }

  /// The series of a master; `ErrorCalendarCannotUseIdForRecurringMasterId` for anything else.
  package func series(_ id: ItemID, _ zones: ZoneOffsets) throws(Refusal) -> Series {
    guard let series = Series(try item(id.master), zones), id.day == nil else {
      throw Refusal(.errorCalendarCannotUseIdForRecurringMasterId)
    }
    return series
  }

  /// Lays a master's pattern out anew where it is new or moved, and takes an unchanged one over.
  ///
  /// What somebody had changed or deleted of the old pattern goes with it (`ews.md` 2.8, 4.4).
  func laidOut(
    _ item: Item,
    after before: Item?,
    _ changes: [Change],
    _ around: Surroundings
  ) throws(Refusal) -> Item {
    var item = item
    guard let recurrence = item.appointment.recurrence else {
      item.series = nil
      return item
    }
    let zones = around.zones.knowing(item.appointment)
    let zone = item.appointment.seriesZone
    if let before, let state = before.series, before.appointment.hasRhythm(of: item.appointment) {
      item.series = inherited(state, changes, around)
      return item
    }
    let wall = zones.wallClock(item.appointment.start, in: zone)
    let day = Timestamp.floorDivide(wall, 86_400)
    // Series know no seconds (`ews.md` 6.29).
    let length = zones.wallClock(item.appointment.end, in: zone) / 60 * 60 - wall / 60 * 60
    var state = SeriesState(begin: (wall - day * 86_400) / 60 * 60, length: length)
    if let before, let old = before.series, before.appointment.hasTime(of: item.appointment) {
      (state.begin, state.length) = (old.begin, old.length)
    } else if let before, before.appointment.recurrence == recurrence,
      day != Timestamp.floorDivide(zones.wallClock(before.appointment.start, in: zone), 86_400)
    {
      item.appointment.recurrence?.range = recurrence.range.beginning(Timestamp.date(day))
    }
    item.series = state
    guard let series = Series(item, around.zones) else {
      throw Refusal(.errorCalendarInvalidRecurrence)
    }
    guard let first = series.days.first else { throw Refusal(.errorRecurrenceHasNoOccurrence) }
    guard state.length <= series.days.shortestStep * 86_400 || series.days.day(at: 2) == nil else {
      throw Refusal(.errorOccurrenceTimeSpanTooBig)
    }
    // The first match on or after the range's start is where the master says that it begins.
    (item.appointment.start, item.appointment.end) = series.span(on: first)
    return item
  }

  /// Makes an occurrence an exception, or changes one, and answers it as it is then.
  mutating func changeOccurrence(
    _ before: Item,
    on day: Int64,
    _ changes: [Change],
    _ around: Surroundings
  ) throws(Refusal) -> Item {
    let series = try series(before.id.master, around.zones)
    let old = before.appointment
    let new = try settled(changed(old, changes, around), around)
    guard new.recurrence == nil else { throw Refusal(.errorInvalidPropertySet) }
    if new.start != old.start || new.end != old.end { try check(new, on: day, in: series) }
    var master = series.master
    master.change = nextChange()
    master.lastModifiedTime = max(master.lastModifiedTime, around.now)
    var state = master.series ?? SeriesState(begin: 0, length: 0)
    let place = state.exceptions.partitioningIndex { $0.day >= day }
    var exception = Exception(
      day: day,
      appointment: new,
      overridden: [:],
      modified: max(before.lastModifiedTime, around.now)
    )
    if before.occurrence?.isException == true {
      exception.overridden = state.exceptions.remove(at: place).overridden
    }
    for change in changes { exception.overridden[change.field] = master.change }
    state.exceptions.insert(exception, at: place)
    master.series = state
    replace(series.master, with: master, at: around.now)
    return try item(before.id, around.zones)
  }

  /// Takes an occurrence out of its series; the last one takes the series with it.
  ///
  /// Nothing of it comes to Deleted Items (`ews.md` 2.9).
  mutating func deleteOccurrence(
    of id: ItemID,
    on day: Int64,
    _ type: DeleteType,
    at now: Int64
  ) throws(Refusal) -> Appointment {
    // Days are the same by any clock.
    let series = try series(id, .utc)
    let gone = try series.occurrence(on: day).appointment
    var master = series.master
    master.change = nextChange()
    master.lastModifiedTime = max(master.lastModifiedTime, now)
    master.series?.exceptions.removeAll { $0.day == day }
    let place = master.series?.deleted.partitioningIndex { $0 >= day } ?? 0
    master.series?.deleted.insert(day, at: place)
    replace(series.master, with: master, at: now)
    if Series(master, .utc)?.first == nil { try delete(master.id, type, at: now) }
    return gone
  }
}

extension Mailbox {
  /// An exception may neither pass its neighbours nor share a day or an hour with one.
  private func check(
    _ appointment: Appointment,
    on day: Int64,
    in series: Series
  ) throws(Refusal) {
    let own = series.day(of: appointment.start)
    let (before, after) = series.neighbours(of: day)
    if let before = before?.appointment {
      let theirs = series.day(of: before.start)
      guard own >= theirs else { throw Refusal(.errorOccurrenceCrossingBoundary) }
      guard own > theirs, appointment.start >= before.end else {
        throw Refusal(.errorOccurrenceTimeSpanTooBig)
      }
    }
    if let after = after?.appointment {
      let theirs = series.day(of: after.start)
      guard own <= theirs else { throw Refusal(.errorOccurrenceCrossingBoundary) }
      guard own < theirs, appointment.end <= after.start else {
        throw Refusal(.errorOccurrenceTimeSpanTooBig)
      }
    }
  }

  /// The state after a change of the master's content: exceptions follow where they have no own.
  private func inherited(
    _ state: SeriesState,
    _ changes: [Change],
    _ around: Surroundings
  ) -> SeriesState {
    var state = state
    for place in state.exceptions.indices {
      let exception = state.exceptions[place]
      let inherited = changes.filter { !$0.isTime && exception.overridden[$0.field] == nil }
      state.exceptions[place].appointment = changed(exception.appointment, inherited, around)
    }
    return state
  }
}

extension Mailbox.Appointment {
  fileprivate func hasTime(of other: Self) -> Bool {
    (start, end, isAllDay) == (other.start, other.end, other.isAllDay)
      && (startZone, startRules) == (other.startZone, other.startRules)
  }

  fileprivate func hasRhythm(of other: Self) -> Bool {
    hasTime(of: other) && recurrence == other.recurrence
  }
}
