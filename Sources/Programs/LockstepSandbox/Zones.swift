import World
import ZoneData

/// The system's time zones, as the world asks for them.
enum Zones {
  static var offsets: ZoneOffsets {
    let database = ZoneDatabase()
    return ZoneOffsets { windows, instant in
      guard let name = WindowsZones.iana(forWindows: windows) else { return nil }
      do { return try database.zone(name).offset(at: instant) } catch { return nil }
    }
  }

  /// Windows ids, in order.
  static var ids: [String] { WindowsZones.allWindowsIDs }
}
