import Recurrence
package import SyncModel
package import ZoneData

/// One iCalendar object (RFC 5545), written item by item.
///
/// Call `opening`, then `event(_:)` for each item in a fixed order, then `closing`; what they give,
/// one after the other, is the file. Nothing in it comes from a clock: equal items in equal order
/// give equal bytes. A zone is written before the first event that needs it.
///
/// A series is its master with a rule and the days left out, and one event for each changed date
/// under the same UID: that date's own item, whenever it comes, else the master's texts.
package struct CalendarExport {
  /// The bytes that begin the object.
  package let opening: [UInt8]

  private let zones: ZoneDatabase
  private let hasToDos: Bool
  private let end = Array("END:VCALENDAR\r\n".utf8)
  private var writtenZones: Set<ZoneName> = []
  private var writtenNames: Set<EventName> = []
  /// Changed dates of masters already written, whose own items have not come.
  private var awaited: [ExchangeItemID: ChangedDate] = [:]
  private var awaitedCount = 0
  /// Changed dates whose masters have not come, in the order in which they came.
  private var early: [ExportedItem] = []

  /// `name` is what calendar programs show for it; `toDos` writes the PSA's to-dos as such, not as
  /// events.
  package init(
    name: String? = nil,
    toDos: Bool = false,
    zones: ZoneDatabase
  ) throws(ExportFailure) {
    self.zones = zones
    hasToDos = toDos
    var calendar = CalendarComponent(.calendar)
    calendar.lines = [
      CalendarLine("VERSION", .text("2.0")),
      CalendarLine("PRODID", .text("-//Lockstep//Lockstep//EN")),
      CalendarLine("CALSCALE", .text("GREGORIAN")),
    ]
    if let name { calendar.lines.append(CalendarLine("X-WR-CALNAME", .text(name))) }
    opening = Array(try Self.bytes(of: calendar).dropLast(end.count))
  }

  /// The item's event, preceded by its zone where that was not written yet.
  ///
  /// Nothing for a changed date that comes before its master: it follows it.
  package mutating func event(_ item: ExportedItem) throws(ExportFailure) -> [UInt8] {
    if hasToDos, case .psa(let toDo, let link) = item, toDo.kind == .toDo {
      let uid = freeUID(item.uid, identity: nil)
      return try Self.bytes(of: CalendarComponent(toDo: toDo, link: link, uid: uid))
    }
    guard case .exchange(let read, _) = item else { return try written(item, as: .single) }
    if read.role == .master { return try master(read, item) }
    if let date = awaited.removeValue(forKey: read.id) {
      return try written(item, as: .date(date.identity), uid: date.uid)
    }
    guard read.originalStart != nil else { return try written(item, as: .single) }
    early.append(item)
    return []
  }

  /// The bytes that end the object: changed dates that are still open, and its last line.
  package var closing: [UInt8] {
    get throws(ExportFailure) {
      var last = self
      var bytes: [UInt8] = []
      for item in early { bytes += try last.orphan(item) }
      for date in awaited.values.sorted(by: { $0.number < $1.number }) {
        bytes += try last.written(date.item, as: .date(date.identity), uid: date.uid)
      }
      return bytes + end
    }
  }

  /// The whole object for items that are at hand.
  package static func document(
    of items: some Sequence<ExportedItem>,
    name: String? = nil,
    toDos: Bool = false,
    zones: ZoneDatabase
  ) throws(ExportFailure) -> [UInt8] {
    var export = try CalendarExport(name: name, toDos: toDos, zones: zones)
    var bytes = export.opening
    for item in items { bytes += try export.event(item) }
    return try bytes + export.closing
  }
}

// MARK: - Series

extension CalendarExport {
  /// What tells an event from all others: its UID, and which date of a series it is.
  private struct EventName: Hashable {
    let uid: String
    let identity: CalendarLine?
  }

  /// A changed date as its master lists it.
  private struct ChangedDate {
    let number: Int
    let uid: String
    let identity: CalendarLine
    /// What is written where its own item does not come.
    let item: ExportedItem
  }

  /// A master, followed by those of its changed dates that have come before it.
  private mutating func master(
    _ master: ExchangeItem,
    _ item: ExportedItem
  ) throws(ExportFailure) -> [UInt8] {
    let series = Series(master, zones)
    let times = series.flatMap { Self.times(of: master, $0) }
    let uid = freeUID(item.uid, identity: nil)
    var bytes = try written(
      item,
      as: times.map { .master($0) } ?? .unexpanded,
      uid: uid,
      zone: master.when.isAllDay ? nil : series?.zone
    )
    for exception in series?.exceptions ?? master.exceptions {
      let identity =
        series.map { $0.line("RECURRENCE-ID", $0.originalDate(of: exception.originalStart)) }
        ?? .moment("RECURRENCE-ID", exception.originalStart, nil)
      if let place = early.firstIndex(where: { $0.id == exception.id }) {
        bytes += try written(early.remove(at: place), as: .date(identity), uid: uid)
        continue
      }
      let when =
        series?.when(of: exception)
        ?? .timed(start: exception.start, end: exception.end, zone: nil)
      awaited[exception.id] = ChangedDate(
        number: awaitedCount,
        uid: uid,
        identity: identity,
        item: .exchange(master.changed(by: exception, when: when), link: nil)
      )
      awaitedCount += 1
    }
    return bytes
  }

  /// Nil where the dates cannot be told; the master is written as its first date then.
  private static func times(of master: ExchangeItem, _ series: Series) -> [CalendarLine]? {
    do {
      return try series.times(of: master)
    } catch {
      return nil
    }
  }

  /// A changed date whose master is not in the file.
  private mutating func orphan(_ item: ExportedItem) throws(ExportFailure) -> [UInt8] {
    guard case .exchange(let read, _) = item, let start = read.originalStart else { return [] }
    let identity: CalendarLine =
      read.when.isAllDay
      ? CalendarLine("RECURRENCE-ID", .date(Series.date(beginningAt: start, of: read, zones)))
      : .moment("RECURRENCE-ID", start, item.zone.flatMap(knownZone))
    return try written(item, as: .date(identity))
  }
}

// MARK: - Events

extension CalendarExport {
  private mutating func written(
    _ item: ExportedItem,
    as place: SeriesPlace,
    uid: String? = nil,
    zone: Zone? = nil
  ) throws(ExportFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    let zone = (zone.map { ZoneName($0.name) } ?? item.zone).flatMap(knownZone)
    if let zone, writtenZones.insert(ZoneName(zone.name)).inserted {
      bytes += try Self.bytes(of: CalendarComponent(zone: zone))
    }
    let uid = uid ?? freeUID(item.uid, identity: place.identity)
    writtenNames.insert(EventName(uid: uid, identity: place.identity))
    let event = CalendarComponent(event: item, uid: uid, zone: zone, place: place)
    return try bytes + Self.bytes(of: event)
  }

  private static func bytes(of component: CalendarComponent) throws(ExportFailure) -> [UInt8] {
    do {
      return try component.bytes()
    } catch {
      throw ExportFailure(description: "The calendar could not be exported. \(error)")
    }
  }

  /// Nil for UTC, which needs no description, and for a zone that this system does not have.
  private func knownZone(_ name: ZoneName) -> Zone? {
    do {
      let zone = try zones.zone(name.rawValue)
      return zone.isUTC ? nil : zone
    } catch {
      // The event is written in UTC then: the same instants, without the zone's name.
      return nil
    }
  }

  /// Copies share a UID in Exchange; in one file each event needs its own.
  private mutating func freeUID(_ uid: String, identity: CalendarLine?) -> String {
    var candidate = uid
    var number = 2
    while !writtenNames.insert(EventName(uid: candidate, identity: identity)).inserted {
      candidate = "\(uid)/\(number)"
      number += 1
    }
    return candidate
  }
}

extension ExchangeItem {
  /// A changed date of which only the master's list is known.
  fileprivate func changed(by exception: SeriesException, when: When) -> ExchangeItem {
    var item = self
    item.id = exception.id
    item.role = .exception
    item.when = when
    item.originalStart = exception.originalStart
    return item
  }
}

/// An export that could not be written.
package struct ExportFailure: SyncFailure, Hashable {
  package let description: String
  package var remedy: Remedy { .stop }
}
