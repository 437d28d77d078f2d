import Console
import Simulator

/// What a selftest showed.
struct SelftestView: View {
  let histories: Int
  let days: Int
  let lost: Int
  let duplicated: Int
  let unproven: Int
  let mails: Int
  let held: Int
  let items: Int
  let seed: UInt64
  let edits: Int
  let runs: Int
  let killed: Int
  let effects: Int
  let writes: Int
  let deletes: Int
  let failure: Failure?
  /// SHA-256 over all that happened, in hexadecimal: the same for the same seed.
  let digest: String
  private let seconds: Double

  struct Failure: Encodable {
    let seed: UInt64
    let broken: [String]
    let story: [String]
    /// The command that plays it again.
    let again: String
  }

  enum CodingKeys: CodingKey {
    case histories, days, lost, duplicated, unproven, mails, held, items, seed, edits, runs, killed
    case effects, writes, deletes, failure, digest
  }

  init(_ report: SelftestReport, bug: Bug?) {
    histories = report.histories
    days = Int(report.tally.days)
    lost = report.count("I1")
    duplicated = report.count("I2")
    unproven = report.count("I3")
    mails = report.count("I8")
    held = report.tally.held
    items = report.tally.items
    seed = report.seed
    edits = report.tally.edits
    runs = report.tally.runs
    killed = report.tally.crashes
    effects = report.tally.effects
    writes = report.tally.writes
    deletes = report.tally.deletes
    failure = report.failure.map {
      Failure(
        seed: $0.seed,
        broken: $0.violations.map(\.description),
        story: $0.story,
        again: "lockstep selftest --histories \($0.isShort ? "0 --exhaustive 1" : "1") "
          + "--seed \($0.seed)" + (bug.map { " --bug \($0.rawValue)" } ?? "")
      )
    }
    seconds = report.seconds
    digest = report.digest.map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }

  var description: String {
    var lines = [
      "\(counted(histories, "history", "histories")) of \(days) simulated days in "
        + "\(Int(seconds.rounded())) s: \(edits) edits by people, \(runs) runs, \(killed) of them "
        + "killed, \(writes) writes, \(deletes) deletes.",
      "\(lost) lost, \(duplicated) duplicated, \(unproven) deleted without proof, "
        + "\(mails) mails sent; \(held) of \(items) items held.",
    ]
    if let failure {
      lines.append("")
      lines.append("A promise was broken in history \(failure.seed):")
      lines += failure.broken.map { "  \($0)" }
      lines.append("As short as it goes:")
      lines += failure.story.map { "  \($0)" }
      lines.append("Repeat it with '\(failure.again)'.")
    }
    return lines.joined(separator: "\n")
  }
}
