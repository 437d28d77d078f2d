import SyncEngine
import SyncModel

/// A plan as `plan --json` prints it; scripts rely on the names.
struct PlanView: View {
  struct Line: Encodable {
    let side: String
    let kind: String
    let verb: String
    let item: String
    let reason: String
  }

  let operations: [Line]
  let holds: [HoldView]
  let notes: [String]

  /// As many operations are shown to people; scripts get all.
  static let shown = 100

  private let titles: [String: String]

  private enum CodingKeys: String, CodingKey { case operations, holds, notes }

  /// `titles` are for people who read the plan on their own terminal, by the ids of items.
  init(_ report: PlanReport, titles: [String: String] = [:]) {
    self.titles = titles
    operations = report.operations.map {
      Line(
        side: $0.side.rawValue,
        kind: $0.kind.rawValue,
        verb: $0.verb.rawValue,
        item: $0.item,
        reason: $0.reason
      )
    }
    holds = report.holds.map(HoldView.init)
    notes = report.notes
  }

  var description: String {
    var lines = [
      operations.isEmpty
        ? "Nothing to do: both sides are in step."
        : "A run would do \(counted(operations.count, "thing")):"
    ]
    lines += operations.prefix(Self.shown).map { line in
      let item = titles[line.item].map { "“\($0)”" } ?? "\(line.kind) \(line.item.shortened)"
      return "  \(Columns.left(line.side.shownSide, 8))  \(Columns.left(line.verb, 6))  "
        + "\(item): \(line.reason)"
    }
    if operations.count > Self.shown {
      lines.append("  and \(operations.count - Self.shown) more (--json lists them all)")
    }
    lines += notes
    lines += holds.map(\.description)
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// Exchange's ids are long and differ at their ends.
  var shortened: String { count > 20 ? "…" + suffix(12) : self }
}
