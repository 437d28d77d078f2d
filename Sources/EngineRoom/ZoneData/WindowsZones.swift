/// What Windows and the tz database call the same time zone.
///
/// The table comes from CLDR by `share/make-windows-zones` (`ews.md` 4.6).
package enum WindowsZones {
  /// The tz database's name for the zone that Exchange calls `id`.
  ///
  /// Also takes the odd ids that items bear (`ews.md` 3.3): two names of UTC, and names of
  /// the tz database, which pass through. `nil` for a custom zone and for what nobody knows.
  package static func iana(forWindows id: String) -> String? {
    if let name = table.iana[id.lowercased()] { return name }
    if oddNamesOfUTC.contains(id.lowercased()) { return table.iana["utc"] }
    return isZoneName(id) ? id : nil
  }

  /// The Windows id of a zone of the tz database, by any of its names; `nil` where there is none.
  package static func windows(forIANA name: String) -> String? {
    table.windows[name]
  }

  /// All Windows ids of the table, sorted.
  package static var allWindowsIDs: [String] {
    Set(table.windows.values).sorted()
  }

  /// All names of the tz database that belong to a Windows id, sorted.
  package static var allIANANames: [String] {
    table.windows.keys.sorted()
  }

  private static let oddNamesOfUTC: Set = ["tzone://microsoft/utc", "coordinated universal time"]

  private static let areas: Set<Substring> = [
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Etc", "Europe",
    "Indian", "Pacific",
  ]

  private static func isZoneName(_ text: String) -> Bool {
    guard table.windows[text] == nil else { return true }
    guard ZoneFile.isName(text), text.contains("/") else { return false }
    return text.split(separator: "/").first.map(areas.contains) ?? false
  }

  private static let table = Table(lines: windowsZoneTable)

  private struct Table {
    /// The tz database's name by the Windows id in lower case.
    var iana: [String: String] = [:]
    /// The Windows id by each name of the tz database.
    var windows: [String: String] = [:]

    init(lines: String) {
      var current = ""
      for line in lines.split(separator: "\n") {
        var names = line[...]
        if let bar = line.firstIndex(of: "|") {
          current = String(line[..<bar])
          names = line[line.index(after: bar)...]
          iana[current.lowercased()] = names.split(separator: " ").first.map(String.init)
        }
        for name in names.split(separator: " ") { windows[String(name)] = current }
      }
    }
  }
}
