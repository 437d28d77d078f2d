import Console
import SyncEngine
import SyncModel
import SyncPlan

/// What `undo --dry-run` or `purge --dry-run` would do; scripts rely on the names.
struct OrderView: View {
  /// A planned write, with what stood there before where the journal knows it better.
  struct Step {
    let line: PlannedLine
    let before: ItemValues

    init(_ line: PlannedLine, _ before: ItemValues) {
      self.line = line
      self.before = before
    }
  }

  struct Line: Encodable {
    let side: String
    let kind: String
    let verb: String
    let item: String
    let reason: String
    /// When the item is after the write; nothing where its time stays.
    let start: String?
    let end: String?
    /// True where the PSA gets no more than that there is an appointment.
    let masked: Bool
  }

  struct Skipped: Encodable {
    let side: String
    let kind: String
    let item: String
    let reason: String
  }

  let order: String
  /// Of the operations: the same for the same ones.
  let digest: String
  let operations: [Line]
  /// What stays as it is, and why.
  let skipped: [Skipped]
  let notes: [String]

  private let lines: [String]
  private let kept: [String]
  private let told: [String]

  private enum CodingKeys: String, CodingKey { case order, digest, operations, skipped, notes }

  init(
    _ order: String,
    _ steps: [Step],
    _ skipped: [SkippedItem],
    _ digest: PlanDigest,
    _ notes: [String],
    _ captions: Captions,
    _ invocation: Invocation
  ) {
    self.order = order
    self.digest = digest.rawValue
    self.notes = notes
    operations = steps.map(\.line).map { line in
      Line(
        side: line.side.rawValue,
        kind: line.kind.rawValue,
        verb: line.verb.rawValue,
        item: line.item,
        reason: line.reason,
        start: line.when?.start,
        end: line.when?.end,
        masked: line.isMasked
      )
    }
    self.skipped = skipped.map { item in
      Skipped(
        side: item.key.side.rawValue,
        kind: item.key.kind.rawValue,
        item: item.key.id,
        reason: item.why
      )
    }
    lines = steps.prefix(PlanView.shown).map { OrderView.line($0, captions) }
    kept = captions.told(
      skipped.prefix(PlanView.shown).map { "  \($0.key): \($0.why)" },
      invocation
    )
    told = captions.told(notes, invocation)
  }

  /// The items that such a view has to know.
  static func named(
    _ steps: [Step],
    _ skipped: [SkippedItem],
    _ notes: [String]
  ) -> [HeldItem] {
    steps.prefix(PlanView.shown).map(\.line.named)
      + skipped.prefix(PlanView.shown).map { HeldItem(.wait, $0.key) } + Captions.items(in: notes)
  }

  var showsTimes: Bool { !operations.isEmpty || !skipped.isEmpty }

  var description: String {
    var lines = [
      operations.isEmpty
        ? "'\(order)' would write nothing."
        : "'\(order)' would do \(counted(operations.count, "thing")), under digest \(digest):"
    ]
    lines += self.lines
    if operations.count > PlanView.shown {
      lines.append("  and \(operations.count - PlanView.shown) more (--json lists them all)")
    }
    if !skipped.isEmpty { lines.append("\(counted(skipped.count, "item")) left as they are:") }
    lines += kept
    if skipped.count > PlanView.shown {
      lines.append("  and \(skipped.count - PlanView.shown) more (--json lists them all)")
    }
    lines += told
    return lines.joined(separator: "\n")
  }

  private static func line(_ step: Step, _ captions: Captions) -> String {
    let line = step.line
    let isMove = line.when != nil && line.verb == .update
    var item = captions.shown(
      line.named,
      at: line.verb == .create ? line.when : nil,
      movedTo: isMove ? line.when : nil
    )
    // What was deleted is not read any more; the journal knows it.
    if item == nil, let title = step.before.title, let when = line.when ?? step.before.when {
      item = "“\(title.onOneLine)”, \(WallClock.shown(when))"
    }
    let mask = line.isMasked ? PlanView.mask : ""
    return "  \(Columns.left(line.side.rawValue.shownSide, 8))  "
      + "\(Columns.left(line.verb.rawValue, 7))  \(item ?? line.named.shownByID): "
      + "\(line.reason)\(mask)"
  }
}
