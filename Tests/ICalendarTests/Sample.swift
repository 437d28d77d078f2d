import ICalendar
import SyncModel

/// Items as the mirror holds them.
enum Sample {
  static func instant(_ text: String) -> Instant {
    Instant(iso8601: text) ?? Instant(seconds: 0)
  }

  static func exchange(
    _ id: String = "AAMkAD=",
    _ when: When? = nil,
    change: (inout ExchangeItem) -> Void = { _ in }
  ) -> ExchangeItem {
    var item = ExchangeItem(
      id: ExchangeItemID(id),
      changeKey: ChangeKey("CQAAAB"),
      folder: FolderID("calendar"),
      uid: "uid-\(id)",
      when: when
        ?? .timed(
          start: instant("2026-03-02T08:00:00Z"),
          end: instant("2026-03-02T09:30:00Z"),
          zone: ZoneName("Europe/Berlin")
        ),
      windowsZone: "W. Europe Standard Time",
      title: "Server room",
      created: instant("2026-01-05T10:00:00Z"),
      modified: instant("2026-02-01T11:12:13Z")
    )
    change(&item)
    return item
  }

  static func psa(_ id: Int64 = 4711) -> PSAItem {
    PSAItem(
      kind: .appointment,
      id: PSAID(id),
      resource: ResourceID(29_682_885),
      title: "On site: dispatcher's call",
      text: "Bring the key.\n\nRef: abcdefghijklmnop",
      start: instant("2026-03-03T12:00:00Z"),
      end: instant("2026-03-03T13:00:00Z"),
      created: instant("2026-01-05T10:00:00Z"),
      modified: instant("2026-02-01T11:12:13Z")
    )
  }
}
