import SyncModel
import ZoneData

extension ZoneClock {
  /// Local time by the system's tz database.
  init(_ zones: ZoneDatabase) {
    @Sendable func zone(_ name: ZoneName) -> Zone? {
      do { return try zones.zone(name.rawValue) } catch { return nil }
    }
    self.init(
      instant: { local, name in
        zone(name).map { Instant(seconds: $0.instant(localSeconds: local.secondsSince1970)) }
      },
      local: { instant, name in
        zone(name).map { LocalDateTime(secondsSince1970: $0.localSeconds(at: instant.seconds)) }
      }
    )
  }
}
