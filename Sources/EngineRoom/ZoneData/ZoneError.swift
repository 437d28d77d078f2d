/// Why a zone of the tz database could not be had.
package enum ZoneError: Error, Hashable, Sendable {
  /// The text is no name of the tz database: other characters, a path, or the machine's own zone.
  case notAName(String)
  /// The database in `directory` has no such zone.
  case unknown(String, directory: String)
  /// The file is there and the system refused it.
  case unreadable(String, errno: Int32)
  /// The file is no TZif of version 2 or later, or contradicts itself.
  case malformed(String, reason: String)
}

extension ZoneError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAName(let name):
      "“\(name)” is not the name of a time zone; names look like Europe/Berlin."
    case .unknown(let name, let directory):
      "The time zone database in \(directory) has no zone “\(name)”."
    case .unreadable(let name, let code):
      "The data of time zone “\(name)” could not be read (system error \(code))."
    case .malformed(let name, let reason):
      "The data of time zone “\(name)” is damaged: \(reason)."
    }
  }
}
