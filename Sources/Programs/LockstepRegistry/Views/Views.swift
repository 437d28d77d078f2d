import Console
import RegistryAPI
import SyncModel

/// A list: a table for people, its entries for scripts.
struct ListView<Entry: Codable & Sendable>: View {
  let list: EntryList<Entry>
  let columns: [String]
  let row: (Entry) -> [String]
  /// What is said where there is nothing.
  let emptiness: String
  var hasTimes = true

  var showsTimes: Bool { hasTimes && !list.entries.isEmpty }

  func encode(to encoder: any Encoder) throws { try list.encode(to: encoder) }

  var description: String {
    guard !list.entries.isEmpty else {
      return list.total == 0 ? emptiness : "There are \(list.total), none of them on this page."
    }
    var text = Columns.list([columns] + list.entries.map(row))
    let first = list.page * list.size
    if list.entries.count < list.total {
      text +=
        "\n\(first + 1) to \(first + list.entries.count) of \(list.total); --page shows others"
    }
    return text
  }
}

extension EntryList {
  /// All there is, on one page.
  init(all entries: [Entry]) {
    self.init(entries: entries, total: entries.count, page: 0, size: max(entries.count, 1))
  }
}

/// Something that was done, in a sentence for people and with its parts for scripts.
struct DoneView<Result: Encodable>: View {
  let result: Result
  let description: String

  func encode(to encoder: any Encoder) throws { try result.encode(to: encoder) }
}

func shown(_ time: WireTime?) -> String { time.map { WallClock.shown($0.instant) } ?? "–" }

/// How long ago, in the largest whole unit.
func ago(_ time: WireTime?, _ now: Instant) -> String {
  guard let time else { return "N/A" }
  let seconds = max(0, now.seconds - time.instant.seconds)
  return switch seconds {
  case ..<60: "just now"
  case ..<3_600: "\(seconds / 60) min ago"
  case ..<86_400: "\(seconds / 3_600) h ago"
  default: counted(Int(seconds / 86_400), "day") + " ago"
  }
}
