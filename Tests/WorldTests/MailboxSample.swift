import World

/// A mailbox of a technician in a zone with Europe's summer time, and a day to be in.
struct MailboxSample {
  var mailbox = Mailbox(
    owner: Mailbox.Person(name: "Technician", address: "technician@example.com"),
    seed: 1,
    at: MailboxSample.now
  )

  /// 2026-03-02T08:00:00Z, a Monday.
  static let now: Int64 = 1_772_438_400
  static let berlin = "W. Europe Standard Time"

  /// UTC, and one zone that changes at 01:00 UTC on the last Sundays of March and October of 2026.
  static let zones = ZoneOffsets { zone, instant in
    switch zone {
    case "UTC": 0
    case berlin: (1_774_746_000..<1_792_890_000).contains(instant) ? 7_200 : 3_600
    default: nil
    }
  }

  static func around(_ now: Int64 = now) -> Mailbox.Surroundings {
    Mailbox.Surroundings(now: now, zones: zones)
  }

  var calendar: Mailbox.FolderID { mailbox.folderID(.calendar) }

  static func appointment(_ subject: String, hour: Int64 = 1) -> Mailbox.Appointment {
    var appointment = Mailbox.Appointment(
      subject,
      start: now + hour * 3_600,
      end: now + (hour + 1) * 3_600
    )
    appointment.startZone = berlin
    appointment.endZone = berlin
    return appointment
  }

  @discardableResult
  mutating func add(_ appointment: Mailbox.Appointment) throws -> Mailbox.Item {
    try mailbox.create(appointment, in: calendar, Self.around())
  }

  mutating func change(
    _ item: Mailbox.Item,
    _ changes: [Mailbox.Change],
    conflict: Mailbox.ConflictResolution = .neverOverwrite,
    invitations: Mailbox.Invitations = .toNone
  ) throws -> Mailbox.Item {
    try mailbox.update(
      item.id,
      changes,
      changeKey: mailbox.changeKey(of: item),
      conflict: conflict,
      invitations: invitations,
      Self.around()
    )
  }
}
