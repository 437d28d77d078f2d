import World
import ZoneData

/// The system's time zones, as the world asks for them.
enum Zones {
  static var system: WorldZones {
    let database = ZoneDatabase()
    return WorldZones(
      offsets: ZoneOffsets { windows, instant in
        guard let name = WindowsZones.iana(forWindows: windows) else { return nil }
        do { return try database.zone(name).offset(at: instant) } catch { return nil }
      },
      windows: { WindowsZones.windows(forIANA: $0) },
      iana: { WindowsZones.iana(forWindows: $0) }
    )
  }
}
