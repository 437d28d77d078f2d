import Store
import SyncModel
import World
import ZoneData

/// What all histories of a process share; nothing of it changes.
final class Ground: Sendable {
  let database = ZoneDatabase()
  let zones: WorldZones
  let zoneClock: ZoneClock

  init() {
    let database = database
    @Sendable func zone(_ name: String) -> Zone? {
      do { return try database.zone(name) } catch { return nil }
    }
    zones = WorldZones(
      offsets: ZoneOffsets { windows, instant in
        WindowsZones.iana(forWindows: windows).flatMap(zone)?.offset(at: instant)
      },
      windows: { WindowsZones.windows(forIANA: $0) },
      iana: { WindowsZones.iana(forWindows: $0) }
    )
    zoneClock = ZoneClock(
      instant: { local, name in
        zone(name.rawValue).map {
          Instant(seconds: $0.instant(localSeconds: local.secondsSince1970))
        }
      },
      local: { instant, name in
        zone(name.rawValue).map {
          LocalDateTime(secondsSince1970: $0.localSeconds(at: instant.seconds))
        }
      }
    )
  }

  /// Where histories may begin: ordinary days, and days before the clocks change in Europe.
  static func beginning(_ dice: inout Dice) -> Int64 {
    // 2026-03-24, 2026-10-20 and 2026-06-01, each at 08:00 UTC.
    let days: [Int64] = [20_536, 20_746, 20_605]
    let year = Int64(dice.number(0...8)) * 364
    return ((dice.pick(days) ?? days[0]) + year) * 86_400 + 8 * 3_600
  }
}
