import Console
import Store
import SyncEngine
import SyncModel
import SyncPlan

/// What an audit looked at and found, and what mends it; scripts rely on the names.
struct AuditView: View {
  struct Check: Encodable {
    let check: String
    /// How many things were looked at.
    let examined: Int
    let findings: Int
  }

  struct Finding: Encodable {
    let check: String
    let side: String?
    let kind: String?
    let link: Int64?
    let exchange: String?
    let originalDate: String?
    let psa: Int64?
    let title: String?
    let start: String?
    let end: String?
    let words: String
    let mend: String?
  }

  let checks: [Check]
  let findings: [Finding]
  /// How many links are in which state.
  let links: [String: Int]
  let held: Int
  /// Linked items that differ where the rules let them.
  let allowedDifferences: Int
  /// What a run would do now.
  let repair: PlanView

  private let lines: [String]

  private enum CodingKeys: String, CodingKey {
    case checks, findings, links, held, allowedDifferences, repair
  }

  init(
    _ report: AuditReport,
    holds: [HoldView],
    _ captions: Captions,
    _ invocation: Invocation
  ) {
    let audit = report.audit
    repair = PlanView(report.repair, holds: holds, captions, invocation)
    checks = AuditCheck.allCases.map {
      Check(
        check: $0.rawValue,
        examined: audit.examined[$0, default: 0],
        findings: audit.count($0)
      )
    }
    links = audit.states.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value }
    held = audit.held
    allowedDifferences = audit.allowedDifferences
    findings = audit.findings.map { finding in
      let caption = finding.item.flatMap { captions[$0] }
      return Finding(
        check: finding.check.rawValue,
        side: finding.item?.side?.rawValue,
        kind: finding.item?.kind.rawValue,
        link: finding.item?.link?.rawValue,
        exchange: finding.item?.exchange?.rawValue,
        originalDate: finding.item?.originalDate?.description,
        psa: finding.item?.psa?.rawValue,
        title: caption?.title,
        start: caption?.when?.start,
        end: caption?.when?.end,
        words: finding.words,
        mend: finding.mend.map(invocation.spelled)
      )
    }
    var lines = AuditCheck.allCases.map { AuditView.line($0, audit) }
    lines.append(AuditView.census(audit))
    if !audit.isClean {
      lines.append("Found:")
      lines += audit.findings.flatMap { AuditView.lines($0, captions, invocation) }
      lines.append("Repair plan:")
      lines += AuditView.mends(audit, invocation)
      lines += repair.description.split(separator: "\n").map { "  \($0)" }
    }
    self.lines = lines
  }

  var longLists: [LongList] { repair.longLists }
  var showsTimes: Bool { !findings.isEmpty }
  var description: String { lines.joined(separator: "\n") }

  // MARK: Lines for people

  private static func line(_ check: AuditCheck, _ audit: Audit) -> String {
    let count = audit.count(check)
    let result =
      count == 0
      ? Terminal.coloured("ok", .green) + "       "
      : Terminal.coloured(Columns.left(counted(count, "found", "found"), 9), .red)
    let examined = audit.examined[check, default: 0]
    return "\(result)  \(check.claim)" + (check.counts ? " (\(examined) looked at)" : "")
  }

  private static func census(_ audit: Audit) -> String {
    let states = LinkState.allCases.compactMap { state in
      audit.states[state].map { "\($0) \(state.rawValue)" }
    }
    var parts = [states.isEmpty ? "no links" : states.joined(separator: ", ")]
    if audit.held > 0 { parts.append("\(counted(audit.held, "item")) waiting for a person") }
    if audit.allowedDifferences > 0 {
      parts.append("\(audit.allowedDifferences) differing where the rules let them")
    }
    return "Links: \(parts.joined(separator: "; "))"
  }

  private static func lines(
    _ finding: AuditFinding,
    _ captions: Captions,
    _ invocation: Invocation
  ) -> [String] {
    let number = finding.item?.link.map { " #\($0)" } ?? ""
    let item = finding.item.map { (captions.shown($0) ?? $0.shownByID) + number + ": " } ?? ""
    let words = captions.told([finding.words], invocation).joined()
    let mend = finding.mend.map { ["    \(invocation.spelled($0))"] } ?? []
    return ["  \(Columns.left(finding.check.rawValue, 9))  \(item)\(words)"] + mend
  }

  /// Commands and deeds that no run does by itself, each once.
  private static func mends(_ audit: Audit, _ invocation: Invocation) -> [String] {
    var told: Set<String> = []
    return audit.findings.compactMap(\.mend).filter { told.insert($0).inserted }
      .map { "  \(invocation.spelled($0))" }
  }
}

extension AuditCheck {
  /// What the check makes sure of.
  fileprivate var claim: String {
    switch self {
    case .whole: "both sides could be read to their ends"
    case .mark: "the folder mark is this agent's, of its last run"
    case .journal: "every write has its result"
    case .proofs: "every delete has its proof"
    case .missing: "what ought to be on a side is there"
    case .doubles: "nothing is there twice"
    case .orphans: "what Lockstep made has its link"
    case .differing: "times and content are as last kept in step"
    case .masks: "of what is private the PSA has the time alone"
    case .surplus: "what was removed on one side is gone from the other"
    }
  }

  /// Whether its number tells a person anything.
  fileprivate var counts: Bool {
    switch self {
    case .mark, .journal: false
    case .whole, .proofs, .missing, .doubles, .orphans, .differing, .masks, .surplus: true
    }
  }
}
