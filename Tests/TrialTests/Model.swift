import Foundation

/// What people did, and so what both calendars must hold once everything is in step.
struct Model {
  /// By a name that the item bears in its title or its text for good.
  var entries: [String: Entry] = [:]
  /// What the PSA's contacts are called, and Exchange's once everything is in step.
  var names: Set<String> = []
  /// What somebody wrote over or deleted in Exchange though the PSA decides about it: once each, for
  /// what is undone time and again is held.
  var undone: Set<String> = []
  /// The side where an item was touched since all was in step: the other one is left alone.
  var touched: [String: Side] = [:]
  /// How often an item that nobody touches is on a side.
  var others: [Side: [String: Int]] = [:]
  var made = 0
  /// What the backup of the cache knows.
  var kept: Set<String> = []
  /// What people changed since that backup.
  var edited: Set<String> = []
  /// Contacts are read by the hour, and in full: only then they have to be in step.
  private var contactsAreDue = false

  struct Entry: Hashable {
    enum Kind: String { case exchange, psa, toDo = "to-do", serviceCall = "service-call" }

    let kind: Kind
    var title: String
    var start: Int64
    /// Where somebody deleted it without the right to decide: it stays on the other side.
    var absent: Side?
    /// The cache that knew so is lost: only `adopt --create-missing` brings it back.
    var isUnmatched = false

    /// The side that decides about its existence and its content.
    var decides: Side { kind == .exchange ? .exchange : .psa }
  }

  mutating func settled(lifting: Bool) {
    touched = [:]
    contactsAreDue = lifting
    guard lifting else { return }
    for (key, entry) in entries where !entry.isUnmatched { entries[key]?.absent = nil }
  }

  /// To an older cache, what was changed on the side that decides and deleted on the other one was
  /// changed last: approval makes it again, as the hold says.
  mutating func acceptReturns(_ dump: Sandbox.Dump) {
    for (key, entry) in entries where edited.contains(key) && kept.contains(key) {
      guard let side = entry.absent else { continue }
      if dump.items(of: side).contains(where: { Self.bears(key, $0) }) {
        entries[key]?.absent = nil
      }
    }
  }

  /// The cache from here on knows these items alone.
  mutating func remembersOnly(_ known: Set<String>) {
    for (key, entry) in entries where entry.absent != nil && !known.contains(key) {
      entries[key]?.isUnmatched = true
    }
  }

  /// Whether an item is the one of this name: appointments bear it in the title, the others in their
  /// text.
  static func bears(_ key: String, _ item: Sandbox.Item) -> Bool {
    item.title == key || item.title.hasPrefix(key + ", ") || item.text.contains(key + ".")
  }

  private static func isOurs(_ item: Sandbox.Item) -> Bool {
    item.title.hasPrefix("Visit ") || item.text.contains("Errand ") || item.kind == "contact"
  }

  /// Remembers what else is there, for nobody touches it.
  mutating func remember(_ dump: Sandbox.Dump) {
    for side in Side.allCases { others[side] = Self.census(dump.items(of: side)) }
  }

  private static func census(_ items: [Sandbox.Item]) -> [String: Int] {
    items.filter { !isOurs($0) && $0.kind != "occurrence" }
      .reduce(into: [:]) { $0["\($1.title) of \($1.start)", default: 0] += 1 }
  }

  // MARK: Judging

  /// What differs between the calendars and the model, as sentences; empty when all is well.
  func differences(_ dump: Sandbox.Dump, on sides: [Side] = Side.allCases) -> [String] {
    var found = contactsAreDue ? contactDifferences(dump, on: sides) : []
    for side in sides {
      let items = dump.items(of: side).filter { $0.kind != "contact" }
      for (key, entry) in entries {
        let same = items.filter { Self.bears(key, $0) }
        let wanted = entry.absent == side ? 0 : 1
        if same.count != wanted {
          found.append(
            "\(key) (\(entry.kind)) is \(same.count) times in \(side.name), not \(wanted)"
          )
        }
        guard let item = same.first else { continue }
        if item.start != text(entry.start) {
          found.append(
            "\(key) (\(entry.kind)) starts at \(item.start) in \(side.name), not \(text(entry.start))"
          )
        }
        if item.title.hasPrefix("Visit "), item.title != entry.title {
          found.append("\(key) is called \(item.title) in \(side.name), not \(entry.title)")
        }
      }
      for item in items
      where Self.isOurs(item) && !entries.keys.contains(where: { Self.bears($0, item) }) {
        found.append("\(item.title) \(item.text.prefix(12)) is still in \(side.name)")
      }
      let now = Self.census(items)
      for (name, count) in others[side] ?? [:] where now[name, default: 0] != count {
        found.append("\(name) is \(now[name, default: 0]) times in \(side.name), not \(count)")
      }
    }
    if dump.mails > 0 { found.append("\(dump.mails) mails were sent") }
    if dump.loud > 0 { found.append("\(dump.loud) writes did not ask for SendToNone") }
    return found.sorted()
  }

  private func contactDifferences(_ dump: Sandbox.Dump, on sides: [Side]) -> [String] {
    var found: [String] = []
    var counts: [Int] = []
    for side in sides {
      let contacts = dump.items(of: side).filter { $0.kind == "contact" }
      counts.append(contacts.count)
      let own = contacts.map(\.title).filter { $0.hasPrefix("Guest ") }
      for name in names.union(own) {
        let count = own.count { $0 == name }
        if count != (names.contains(name) ? 1 : 0) {
          found.append("\(name) is \(count) times in \(side.name)")
        }
      }
    }
    // With those of the world, which each side calls otherwise.
    if Set(counts).count > 1 { found.append("the sides have \(counts) contacts") }
    return found
  }

  // MARK: Times

  /// The next full hour three days from now, so that everything lies inside the window.
  private static let origin = (Int64(time(nil)) / 3_600 + 72) * 3_600

  /// When the next item starts.
  var nextStart: Int64 { Self.origin + Int64(made % 1_500) * 7_200 }

  func text(_ seconds: Int64) -> String {
    var parts = tm()
    var moment = time_t(seconds)
    gmtime_r(&moment, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}
