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
  private let items: [String]
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
    items = report.operations.prefix(PlanView.shown).map { line in
      captions.shown(
        line.named,
        at: line.verb == .create ? line.when : nil,
        movedTo: line.isMove ? line.when : nil
      ) ?? line.named.shownByID
    }
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
    lines += zip(operations, items).map { line, item in
      let mask = line.masked && line.verb != Verb.mask.rawValue ? PlanView.mask : ""
      return "  \(Columns.left(line.side.shownSide, 8))  \(Columns.left(line.verb, 6))  "
        + "\(item): \(line.reason)\(mask)"
    }
    if operations.count > Self.shown {
      lines.append("  and \(operations.count - Self.shown) more (--json lists them all)")
    }
    lines += told
    lines += holds.map(\.description)
    return lines.joined(separator: "\n")
  }

  private static let mask = "; the PSA gets “Appointment” and the time, nothing else"
}

extension PlannedLine {
  /// An item that is there gets another time.
  fileprivate var isMove: Bool { when != nil && verb == .update }

  fileprivate var changesPresentTime: Bool { isMove || verb == .delete }
}

extension String {
  /// Exchange's ids are long and differ at their ends.
  var shortened: String { count > 20 ? "…" + suffix(12) : self }
}
