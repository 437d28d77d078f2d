import SyncModel
import SyncPlan
import Testing

/// `rules.md` 7 and 8: what the folder mark says.
@Suite struct MarkTests {
  struct Row: Sendable {
    let name: String
    /// Nil where the folder bears no mark.
    let mark: (run: Int64, agent: String, tenant: Int64, resource: Int64)?
    let folder: String?
    var mailbox = "a@example.com"
    var confirmed: Int64?
    var announced: Int64?
    var knownTenant: Int64? = 42
    var knownResource: Int64? = 7
    let verdict: String
  }

  private static func ours(_ run: Int64) -> (Int64, String, Int64, Int64) { (run, "me", 42, 7) }

  static let rows: [Row] = [
    Row(
      name: "no mark, empty cache",
      mark: nil,
      folder: nil,
      knownTenant: nil,
      knownResource: nil,
      verdict: "first"
    ),
    Row(name: "no mark, and none was ever written", mark: nil, folder: "f", verdict: "first"),
    Row(name: "the mark vanished", mark: nil, folder: "f", confirmed: 4, verdict: "missing"),
    Row(name: "another folder", mark: nil, folder: "g", confirmed: 4, verdict: "strange"),
    Row(
      name: "another mailbox",
      mark: nil,
      folder: "f",
      mailbox: "b@example.com",
      confirmed: 4,
      verdict: "strange"
    ),
    Row(name: "the last confirmed", mark: ours(4), folder: "f", confirmed: 4, verdict: "expected"),
    Row(
      name: "announced, its answer lost",
      mark: ours(6),
      folder: "f",
      confirmed: 4,
      announced: 6,
      verdict: "expected"
    ),
    Row(
      name: "between the two: this cache announced a newer one, but never this one",
      mark: ours(5),
      folder: "f",
      confirmed: 4,
      announced: 6,
      verdict: "cache restored"
    ),
    Row(
      name: "the first, its answer lost",
      mark: ours(1),
      folder: "f",
      announced: 1,
      verdict: "expected"
    ),
    Row(
      name: "below the last confirmed",
      mark: ours(3),
      folder: "f",
      confirmed: 4,
      announced: 5,
      verdict: "mailbox restored"
    ),
    Row(
      name: "above every number that was announced",
      mark: ours(9),
      folder: "f",
      confirmed: 4,
      announced: 6,
      verdict: "cache restored"
    ),
    Row(
      name: "above, and nothing confirmed",
      mark: ours(9),
      folder: "f",
      announced: 5,
      verdict: "cache lost"
    ),
    Row(
      name: "above, and nothing known at all",
      mark: ours(9),
      folder: "f",
      verdict: "cache lost"
    ),
    Row(
      name: "our mark under another folder id",
      mark: ours(4),
      folder: "g",
      confirmed: 4,
      verdict: "mailbox restored"
    ),
    Row(
      name: "our mark in another mailbox",
      mark: ours(4),
      folder: "f",
      mailbox: "b@example.com",
      confirmed: 4,
      verdict: "mailbox restored"
    ),
    Row(
      name: "our mark, no cache",
      mark: ours(4),
      folder: nil,
      knownTenant: nil,
      knownResource: nil,
      verdict: "cache lost"
    ),
    Row(
      name: "another agent",
      mark: (4, "you", 42, 7),
      folder: "f",
      confirmed: 4,
      verdict: "stop"
    ),
    Row(
      name: "another agent, no cache",
      mark: (4, "you", 42, 7),
      folder: nil,
      verdict: "stop"
    ),
    Row(
      name: "another tenant's mark",
      mark: (4, "me", 43, 7),
      folder: "f",
      confirmed: 4,
      verdict: "stop"
    ),
    Row(
      name: "another resource's mark",
      mark: (4, "me", 42, 8),
      folder: "f",
      confirmed: 4,
      verdict: "stop"
    ),
    Row(
      name: "a cache of another tenant",
      mark: ours(4),
      folder: "f",
      confirmed: 4,
      knownTenant: 43,
      verdict: "stop"
    ),
    Row(
      name: "a cache of another resource",
      mark: nil,
      folder: "f",
      confirmed: 4,
      knownResource: 8,
      verdict: "stop"
    ),
  ]

  @Test(arguments: rows)
  func `each mark means what the rules say`(_ row: Row) {
    var known = Positions()
    known.tenant = row.knownTenant.map { TenantID($0) }
    known.resource = row.knownResource.map { ResourceID($0) }
    known.folder = row.folder.map { FolderID($0) }
    known.mailbox = row.folder == nil ? nil : MailboxID(row.mailbox)
    known.confirmedMark = row.confirmed.map { RunID($0) }
    known.announcedMark = row.announced.map { RunID($0) }
    let mark = row.mark.map {
      FolderMark(
        tenant: TenantID($0.tenant),
        resource: ResourceID($0.resource),
        agent: AgentID($0.agent),
        machine: "desk",
        run: RunID($0.run)
      )
    }
    let verdict = verdict(
      on: mark,
      expecting: MarkExpectation(
        tenant: TenantID(42),
        resource: ResourceID(7),
        agent: AgentID("me"),
        mailbox: MailboxID("a@example.com"),
        folder: FolderID("f"),
        known: known
      )
    )
    #expect(words(verdict) == row.verdict, "\(row.name)")
    if case .stop(let sentence) = verdict, row.mark?.agent == "you" {
      #expect(sentence.contains("desk"))
    }
  }

  private func words(_ verdict: MarkVerdict) -> String {
    switch verdict {
    case .firstRun: "first"
    case .asExpected: "expected"
    case .cacheLost: "cache lost"
    case .cacheRestored: "cache restored"
    case .mailboxRestored: "mailbox restored"
    case .markMissing: "missing"
    case .strangeFolder: "strange"
    case .stop: "stop"
    }
  }
}
