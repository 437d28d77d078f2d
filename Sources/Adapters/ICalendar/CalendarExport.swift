import Recurrence
package import SyncModel
package import ZoneData

/// One iCalendar object (RFC 5545), written item by item.
///
/// Call `opening`, then `event(_:)` for each item in a fixed order, then `closing`; what they give,
/// one after the other, is the file. Nothing in it comes from a clock: equal items in equal order
/// give equal bytes. A zone is written before the first event that needs it.
///
/// Series come later: a master is written as its first occurrence with `X-LOCKSTEP-SERIES`.
package struct CalendarExport {
  /// The bytes that begin the object.
  package let opening: [UInt8]
  /// The bytes that end the object.
  package let closing: [UInt8]

  private let zones: ZoneDatabase
  private var writtenZones: Set<ZoneName> = []
  private var writtenUIDs: Set<String> = []

  /// `name` is what calendar programs show for it.
  package init(name: String? = nil, zones: ZoneDatabase) throws(ExportFailure) {
    self.zones = zones
    var calendar = CalendarComponent(.calendar)
    calendar.lines = [
      CalendarLine("VERSION", .text("2.0")),
      CalendarLine("PRODID", .text("-//Lockstep//Lockstep//EN")),
      CalendarLine("CALSCALE", .text("GREGORIAN")),
    ]
    if let name { calendar.lines.append(CalendarLine("X-WR-CALNAME", .text(name))) }
    closing = Array("END:VCALENDAR\r\n".utf8)
    opening = Array(try Self.bytes(of: calendar).dropLast(closing.count))
  }

  /// The item's event, preceded by its zone where that was not written yet.
  package mutating func event(_ item: ExportedItem) throws(ExportFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    let zone = item.zone.flatMap(knownZone)
    if let zone, writtenZones.insert(ZoneName(zone.name)).inserted {
      bytes += try Self.bytes(of: CalendarComponent(zone: zone))
    }
    let event = CalendarComponent(
      event: item,
      uid: freeUID(for: item),
      zone: zone,
      originalDate: originalDate(of: item)
    )
    return try bytes + Self.bytes(of: event)
  }

  /// The whole object for items that are at hand.
  package static func document(
    of items: some Sequence<ExportedItem>,
    name: String? = nil,
    zones: ZoneDatabase
  ) throws(ExportFailure) -> [UInt8] {
    var export = try CalendarExport(name: name, zones: zones)
    var bytes = export.opening
    for item in items { bytes += try export.event(item) }
    return bytes + export.closing
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
    guard !["UTC", "Etc/UTC", "GMT", "Etc/GMT"].contains(name.rawValue) else { return nil }
    do {
      return try zones.zone(name.rawValue)
    } catch {
      // The event is written in UTC then: the same instants, without the zone's name.
      return nil
    }
  }

  /// The day of the pattern that an all-day exception stands for, in the item's own zone.
  private func originalDate(of item: ExportedItem) -> LocalDate? {
    guard case .exchange(let item, _) = item, item.when.isAllDay,
      let original = item.originalStart
    else { return nil }
    let name = item.windowsZone.flatMap(WindowsZones.iana)
    // Without a zone: its midnight is the nearest for all zones from UTC-10 to UTC+13.
    let local =
      name.flatMap { knownZone(ZoneName($0)) }?.localSeconds(at: original.seconds)
      ?? original.seconds + 13 * 3_600
    return LocalDateTime(secondsSince1970: local).date
  }

  /// Copies share a UID in Exchange; in one file each event needs its own.
  private mutating func freeUID(for item: ExportedItem) -> String {
    let uid = item.uid
    var candidate = uid
    var number = 2
    while !writtenUIDs.insert(candidate).inserted {
      candidate = "\(uid)/\(number)"
      number += 1
    }
    return candidate
  }
}

/// An export that could not be written.
package struct ExportFailure: SyncFailure, Hashable {
  package let description: String
  package var remedy: Remedy { .stop }
}
