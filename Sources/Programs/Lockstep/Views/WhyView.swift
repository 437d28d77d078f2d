import Console
import Store
import SyncModel
import SyncPlan

/// Where an item stands, who decides what of it, and what brought each of its fields.
struct WhyView: View {
  struct Decider: Encodable {
    let time: String
    let content: String
    let existence: String
  }

  /// A write of the journal.
  struct Step: Encodable {
    let run: Int64
    let sequence: Int
    let started: String?
    /// The side that was written to, and the one that it was taken from.
    let side: String
    let from: String
    let verb: String
    let status: String
    let fields: [String]
    let oldStart: String?
    let oldEnd: String?
    let start: String?
    let end: String?
    let oldTitle: String?
    let title: String?
    let masked: Bool
    /// Both sides had changed it, and what stood on `side` lost.
    let conflict: Bool
    let putBack: Bool
    let reason: String
    let note: String?
    let proof: String?
  }

  /// A write that a side refused.
  struct Refused: Encodable {
    let side: String
    let group: String
    let words: String
  }

  struct Waiting: Encodable {
    let digest: String
    let reason: String
    let mend: String
  }

  let link: Int64?
  let kind: String?
  let exchange: String?
  let originalDate: String?
  let psa: Int64?
  let origin: String?
  let state: String?
  let reason: String?
  /// The run that put it there.
  let stateRun: Int64?
  let pinned: Bool
  let masked: Bool
  let decides: Decider?
  let steps: [Step]
  let refusals: [Refused]
  let reassertions: Int
  let holds: [Waiting]

  private let lines: [String]

  private enum CodingKeys: String, CodingKey {
    case link, kind, exchange, originalDate, psa, origin, state, reason, stateRun, pinned, masked
    case decides, steps, refusals, reassertions, holds
  }

  var showsTimes: Bool { true }
  var description: String { lines.joined(separator: "\n") }

  init(
    _ subject: Subject?,
    _ provenance: Provenance,
    holds: [Hold],
    started: [RunID: Instant],
    rules: SyncRules,
    days: WholeDays,
    _ invocation: Invocation
  ) {
    let link = subject?.link
    let item = subject?.exchange
    self.link = link?.id.rawValue
    kind = (link?.kind ?? subject?.psa?.kind ?? (item == nil ? nil : .appointment))?.rawValue
    exchange = (link?.exchange?.item ?? item?.id)?.rawValue
    originalDate = link?.exchange?.originalDate?.description
    psa = (link?.psa?.id ?? subject?.psa?.id)?.rawValue
    origin = link?.origin.rawValue
    state = link?.state.rawValue
    reason = link?.reason?.sentence
    stateRun = link?.stateRun?.rawValue
    pinned = link?.isPinned ?? false
    let isPrivate = item.map { Projection(rules).mask(of: $0.sensitivity) == .masked } ?? false
    let isMasked = link?.origin != .psa && (isPrivate || link?.base.mask == .masked)
    masked = isMasked
    let authority = link.map {
      Authority(
        origin: $0.origin,
        kind: $0.kind,
        hasAttendees: item.map { !$0.attendees.isEmpty } ?? false,
        meetingTimes: rules.meetingTimes
      )
    }
    decides = authority.map { authority in
      let words = Dictionary(uniqueKeysWithValues: authority.words.map { ($0.group, $0.words) })
      return Decider(
        time: words[.time] ?? "",
        content: words[.content] ?? "",
        existence: words[.existence] ?? ""
      )
    }
    let teller = StepTeller(
      started: started,
      days: days,
      zone: link?.base.allDay?.zone,
      isMasked: isMasked
    )
    steps = provenance.steps.map(teller.encoded)
    refusals =
      link?.refusals.map {
        Refused(side: $0.side.rawValue, group: $0.group.rawValue, words: $0.text)
      } ?? []
    reassertions = link?.reassertions?.count ?? 0
    self.holds = holds.map {
      Waiting(digest: $0.digest.rawValue, reason: $0.reason, mend: invocation.spelled($0.mend))
    }
    var lines = WhyView.head(subject, provenance, isMasked: isMasked, days, teller, invocation)
    lines += WhyView.waiting(link, self.holds, invocation)
    if let authority {
      lines.append("Who decides:")
      lines += authority.words.map { "  \(Columns.left($0.group.rawValue, 9))  \($0.words)" }
    }
    if let link {
      lines.append("Where it came from:")
      lines += Provenance.Field.allCases.compactMap { field in
        WhyView.line(of: field, provenance, link, teller)
      }
    }
    if provenance.steps.isEmpty {
      lines.append("Nothing was ever written for it.")
    } else {
      lines.append("What was written, the oldest first:")
      lines += provenance.steps.flatMap(teller.lines)
    }
    self.lines = lines
  }

  // MARK: Lines for people

  private static func head(
    _ subject: Subject?,
    _ provenance: Provenance,
    isMasked: Bool,
    _ days: WholeDays,
    _ teller: StepTeller,
    _ invocation: Invocation
  ) -> [String] {
    guard let subject else { return ["It is on neither side any more, as last read."] }
    let title =
      isMasked
      ? Projection.maskedTitle
      : subject.exchange?.title ?? subject.psa.map { Projection.exchangeTitle(of: $0) }
        ?? provenance.last(.title)?.after.title ?? ""
    let date = subject.link?.exchange?.originalDate
    let when =
      subject.psa.map { When.timed(start: $0.start, end: $0.end, zone: nil) }
      ?? (date == nil ? subject.exchange?.when : nil)
    var first = "“\(title.onOneLine)”"
    if let when { first += ", \(WallClock.shown(days.read(when)))" }
    if let date { first += ", the date \(date) of its series" }
    if isMasked { first += " (masked: the PSA gets nothing of it but the time)" }
    guard let link = subject.link else {
      return [
        first, "No link knows it: it is on one side only.",
        invocation.spelled("'lockstep privacy ITEM' says whether the other side gets it."),
      ]
    }
    let made =
      switch link.origin {
      case .exchange: "made in Exchange"
      case .psa: "made in the PSA"
      case .paired: "made by another tool on both sides"
      }
    let ids = [
      link.exchange.map { "Exchange \($0.item.rawValue.shortened)" },
      link.psa.map { "PSA \($0.id)" },
    ].compactMap(\.self).joined(separator: ", ")
    return [first, "\(link.kind.noun) #\(link.id), \(made) (\(ids))", state(of: link, teller)]
  }

  private static func state(of link: Link, _ teller: StepTeller) -> String {
    let since = link.stateRun.map { ", since \(teller.run($0))" } ?? ""
    let why = link.reason.map { ": \($0.sentence)" } ?? ""
    return "\(link.state.rawValue)\(why)\(since)"
  }

  /// What it waits for, and what ends that.
  private static func waiting(
    _ link: Link?,
    _ holds: [Waiting],
    _ invocation: Invocation
  ) -> [String] {
    var lines: [String] = []
    if let link {
      if link.isPinned {
        lines.append(
          "An undo pinned it: it is left alone until a person changes it on a side that decides."
        )
      }
      switch link.state {
      case .suppressed:
        lines.append(
          invocation.spelled(
            "It comes back when it is changed where it is, or with 'lockstep sync --full'."
          )
        )
      case .unmatched:
        lines.append(
          invocation.spelled(
            "It comes back when it is changed, or with 'lockstep adopt --create-missing'."
          )
        )
      case .held:
        if holds.isEmpty, let mend = link.reason?.mend { lines.append(invocation.spelled(mend)) }
      case .linked, .parked, .away, .closed: break
      }
      lines += link.refusals.map { refusal in
        "\(refusal.side.shown) refused its \(refusal.group.rawValue): \(refusal.text) "
          + "(tried again when the item or the settings change)"
      }
      if let again = link.reassertions {
        lines.append("It was put back or made again \(counted(again.count, "time")) within a day.")
      }
    }
    lines += holds.map { "Held \($0.digest): \($0.reason). \($0.mend)" }
    return lines
  }

  private static func line(
    of field: Provenance.Field,
    _ provenance: Provenance,
    _ link: Link,
    _ teller: StepTeller
  ) -> String? {
    if link.kind == .contact, field == .time { return nil }
    let name = Columns.left(field.rawValue, 9)
    guard let step = provenance.last(field) else {
      let source =
        switch link.origin {
        case .exchange: "Exchange, where it was made"
        case .psa: "the PSA, where it was made"
        case .paired: "each side has its own"
        }
      return field == .place || field == .text ? nil : "  \(name)  \(source)"
    }
    return "  \(name)  \(teller.origin(of: field, step))"
  }
}
