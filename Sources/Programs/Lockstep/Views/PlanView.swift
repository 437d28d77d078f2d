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
    /// True where the PSA gets no more than that there is an appointment.
    let masked: Bool
  }

  let operations: [Line]
  let holds: [HoldView]
  let notes: [String]

  /// As many operations are shown to people; scripts get all.
  static let shown = 100

  private let named: [HeldItem]
  private let captions: Captions
  private let invocation: Invocation

  private enum CodingKeys: String, CodingKey { case operations, holds, notes }

  /// `captions` are for people who read the plan on their own terminal.
  init(_ report: PlanReport, holds: [HoldView], _ captions: Captions, _ invocation: Invocation) {
    self.captions = captions
    self.invocation = invocation
    self.holds = holds
    operations = report.operations.map {
      Line(
        side: $0.side.rawValue,
        kind: $0.kind.rawValue,
        verb: $0.verb.rawValue,
        item: $0.item,
        reason: $0.reason,
        masked: $0.isMasked
      )
    }
    named = report.operations.prefix(PlanView.shown).map(\.named)
    notes = report.notes
  }

  var longLists: [LongList] { holds.flatMap(\.longLists) }

  var description: String {
    var lines = [
      operations.isEmpty
        ? (holds.isEmpty
          ? "Nothing to do: both sides are in step." : "A run would write nothing by itself.")
        : "A run would do \(counted(operations.count, "thing")):"
    ]
    lines += zip(operations, named).map { line, named in
      let item = captions[named]?.shown ?? "\(line.kind) \(line.item.shortened)"
      let mask = line.masked && line.verb != Verb.mask.rawValue ? PlanView.mask : ""
      return "  \(Columns.left(line.side.shownSide, 8))  \(Columns.left(line.verb, 6))  "
        + "\(item): \(line.reason)\(mask)"
    }
    if operations.count > Self.shown {
      lines.append("  and \(operations.count - Self.shown) more (--json lists them all)")
    }
    lines += notes.map(invocation.spelled)
    lines += holds.map(\.description)
    return lines.joined(separator: "\n")
  }

  private static let mask = "; the PSA gets “Appointment” and the time, nothing else"
}

extension PlannedLine {
  /// The item by its ids, on the side where it lies: a create names what it is made from.
  var named: HeldItem {
    let isInExchange = (side == .exchange) != (verb == .create)
    return HeldItem(
      HeldItem.Verb(verb),
      kind: kind,
      exchange: isInExchange ? ExchangeItemID(item) : nil,
      psa: isInExchange ? nil : Int64(item).map(PSAID.init(rawValue:))
    )
  }
}

extension String {
  /// Exchange's ids are long and differ at their ends.
  var shortened: String { count > 20 ? "…" + suffix(12) : self }
}
