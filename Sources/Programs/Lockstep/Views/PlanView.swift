import Console
import Store
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
    /// When the item is after the write, or is before a delete; nothing where its time stays.
    let start: String?
    let end: String?
    /// Of a move, when the item is before.
    let oldStart: String?
    let oldEnd: String?
    /// True where the PSA gets no more than that there is an appointment.
    let masked: Bool
  }

  let operations: [Line]
  let holds: [HoldView]
  let notes: [String]
  /// How many are on one side only and stay so, by the cause.
  let alone: [String: Int]

  /// As many operations are shown to people; scripts get all.
  static let shown = 100

  /// The operations that people are shown, with their items and new times.
  private let lines: [String]
  private let told: [String]

  private enum CodingKeys: String, CodingKey { case operations, holds, notes, alone }

  /// `captions` know titles and times of the items that are shown, at least of those that move.
  init(_ report: PlanReport, holds: [HoldView], _ captions: Captions, _ invocation: Invocation) {
    self.holds = holds
    operations = report.operations.map { line in
      let present = line.changesPresentTime ? captions[line.named].flatMap(\.when) : nil
      let when = line.when ?? present
      let old = line.isMove ? present : nil
      return Line(
        side: line.side.rawValue,
        kind: line.kind.rawValue,
        verb: line.verb.rawValue,
        item: line.item,
        reason: line.reason,
        start: when?.start,
        end: when?.end,
        oldStart: old?.start,
        oldEnd: old?.end,
        masked: line.isMasked
      )
    }
    lines = PlanView.lines(report.operations.prefix(PlanView.shown), captions)
    notes = report.notes
    alone = report.alone.counts
    let summary = report.alone.summary(invocation).map { [$0] } ?? []
    told =
      captions.told(report.notes, invocation) + summary
      + report.alone.unproven(captions, invocation)
  }

  /// The items that a view of this plan has to know.
  static func named(in report: PlanReport, json: Bool) -> [HeldItem] {
    json
      ? report.operations.filter(\.changesPresentTime).map(\.named)
      : report.operations.prefix(shown).map(\.named) + Captions.items(in: report.notes)
        + report.alone.named
  }

  var longLists: [LongList] { holds.flatMap(\.longLists) }
  var showsTimes: Bool { !operations.isEmpty || !holds.isEmpty || !told.isEmpty }

  var description: String {
    var lines = [
      operations.isEmpty
        ? (holds.isEmpty && told.isEmpty
          ? "Nothing to do: both sides are in step." : "A run would write nothing by itself.")
        : "A run would do \(counted(operations.count, "thing")):"
    ]
    lines += self.lines
    if operations.count > Self.shown {
      lines.append("  and \(operations.count - Self.shown) more (--json lists them all)")
    }
    lines += told
    lines += holds.map(\.description)
    return lines.joined(separator: "\n")
  }

  // MARK: Lines for people

  /// Operations of one sort by time, and dates of a series that get all the same as one.
  private static func lines(
    _ operations: some Sequence<PlannedLine>,
    _ captions: Captions
  ) -> [String] {
    var groups: [(sort: Int, first: PlannedLine, title: String?, others: [When])] = []
    var sorts: [String] = []
    for line in operations {
      let word = "\(line.side.rawValue) \(line.verb.rawValue)"
      let sort = sorts.firstIndex(of: word) ?? sorts.count
      if sort == sorts.count { sorts.append(word) }
      let title = captions[line.named]?.title
      let same = groups.firstIndex { $0.first.isDate(like: line) && $0.title == title }
      if let same, let when = line.when {
        groups[same].others.append(when)
      } else {
        groups.append((sort, line, title, []))
      }
    }
    let ordered = groups.enumerated().sorted { left, right in
      let (one, two) = (left.element, right.element)
      return (one.sort, one.first.when?.start ?? "", left.offset)
        < (two.sort, two.first.when?.start ?? "", right.offset)
    }
    return ordered.map { line($0.element.first, $0.element.others, captions) }
  }

  private static func line(
    _ line: PlannedLine,
    _ others: [When],
    _ captions: Captions
  ) -> String {
    var item =
      captions.shown(
        line.named,
        at: line.verb == .create ? line.when : nil,
        movedTo: line.isMove ? line.when : nil
      ) ?? line.named.shownByID
    if let last = others.last {
      item +=
        ", and \(counted(others.count, "more date")) until \(WallClock.shown(last).prefix(10))"
    }
    let mask = line.isMasked && line.verb != .mask ? PlanView.mask : ""
    return "  \(Columns.left(line.side.rawValue.shownSide, 8))  "
      + "\(Columns.left(line.verb.rawValue, 6))  \(item): \(line.reason)\(mask)"
  }

  static let mask = "; the PSA gets “Appointment” and the time, nothing else"
}

extension PlannedLine {
  /// An item that is there gets another time.
  fileprivate var isMove: Bool { when != nil && verb == .update }

  /// Both are made, as dates of one series, for the same reason and with as much detail.
  fileprivate func isDate(like other: PlannedLine) -> Bool {
    verb == .create && other.verb == .create && named.originalDate != nil
      && other.named.originalDate != nil && named.exchange == other.named.exchange
      && side == other.side && reason == other.reason && isMasked == other.isMasked
  }

  fileprivate var changesPresentTime: Bool { isMove || verb == .delete }
}

extension String {
  /// Exchange's ids are long and differ at their ends.
  var shortened: String { count > 20 ? "…" + suffix(12) : self }
}
