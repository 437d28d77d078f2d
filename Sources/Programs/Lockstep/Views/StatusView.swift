import Console
import Store
import SyncModel

/// How things stand now, from the cache alone.
struct StatusView: View {
  let profile: String
  let mailbox: String
  let enabled: Bool
  /// How many links are in each state.
  let links: [String: Int]
  /// How these links stand, each counted once.
  let standing: [String: Int]
  let unlinked: Unlinked
  let exchangeItems: Int
  let psaItems: Int
  /// Contacts in step; they are among the links.
  let contacts: Int
  let lastAttempt: HistoryView.Line?
  let lastSuccess: String?
  /// When the daemon runs next, or would if it were up.
  let nextDue: String?
  /// The daemon's process, if it is up.
  let daemon: Int32?
  let holds: [HoldView]
  /// What is on one side only and stays so until somebody wants it.
  let alone: [Alone]
  /// Items that could not be read, with the reason.
  let unread: [String]
  /// Private by now, while the PSA still shows detail.
  let unmasked: Int
  /// Nil where the settings name none.
  let registry: RegistryStanding?

  /// An item without its other half.
  struct Alone: Encodable {
    /// As in `standing`.
    let state: String
    let kind: String
    let title: String?
    let start: String?
    let end: String?
    let exchange: String?
    let psa: Int64?
    fileprivate let line: String

    private enum CodingKeys: String, CodingKey {
      case state, kind, title, start, end, exchange, psa
    }

    init(_ place: LinkCensus.Place, _ item: HeldItem, _ captions: Captions) {
      let caption = captions[item]
      state = place.rawValue
      kind = item.kind.rawValue
      title = caption?.title
      start = caption?.when?.start
      end = caption?.when?.end
      exchange = item.exchange?.rawValue
      psa = item.psa?.rawValue
      line = captions.shown(item) ?? item.shownByID
    }
  }

  /// So many of each are shown to people; scripts get all.
  private static let shownAlone = 20

  /// Items that are read but belong to no link.
  struct Unlinked: Encodable {
    let exchange: Int
    let psa: Int
  }

  private let census: LinkCensus
  private let invocation: Invocation
  private let last: Attempt?
  private let told: [String]
  private let success: Instant?
  private let occupant: DaemonSeat.Occupant?
  private let timetable: Instant?

  private enum CodingKeys: String, CodingKey {
    case profile, mailbox, enabled, links, standing, unlinked, exchangeItems, psaItems, contacts
    case lastAttempt, lastSuccess, nextDue, daemon, holds, alone, unread, unmasked, registry
  }

  init(
    profile: String,
    mailbox: String,
    enabled: Bool,
    counts: CacheCounts,
    census: LinkCensus,
    attempts: [Attempt],
    daemon: DaemonSeat.Occupant?,
    registry: RegistryStanding?,
    timetable: Instant?,
    holds: [HoldView],
    alone: [Alone],
    unread: [(item: HeldItem, reason: String)],
    _ captions: Captions,
    _ invocation: Invocation
  ) {
    self.profile = profile
    self.mailbox = mailbox
    self.enabled = enabled
    self.census = census
    self.invocation = invocation
    links = counts.links.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value }
    standing = census.counts.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value }
    unlinked = Unlinked(exchange: census.unlinkedInExchange, psa: census.unlinkedInPSA)
    exchangeItems = counts.exchange
    psaItems = counts.psa
    contacts = census.contacts
    last = attempts.first
    success = attempts.first { $0.outcome == .success || $0.outcome == .successWithErrors }?.started
    occupant = daemon
    self.timetable = timetable
    lastAttempt = HistoryView(Array(attempts.prefix(1)), captions, invocation).attempts.first
    lastSuccess = success?.description
    nextDue = enabled ? (daemon?.next ?? timetable)?.description : nil
    self.daemon = daemon?.process
    self.holds = holds
    self.alone = alone
    self.unread = unread.map { item, reason in
      "\(captions.shown(item) ?? item.shownByID): \(reason)"
    }
    unmasked = census.unmasked
    told = captions.told(attempts.first?.notes ?? [], invocation)
    self.registry = registry
  }

  var longLists: [LongList] { holds.flatMap(\.longLists) }
  var showsTimes: Bool { last != nil }

  var description: String {
    var lines = ["\(mailbox) (profile \(profile))"]
    if !enabled { lines.append("  Switched off: nothing is read or written.") }
    if let last {
      lines.append(
        "  Last run:  \(WallClock.shown(last.started)), \(last.outcome.shown)"
          + (last.changes.isEmpty ? "" : ": \(last.changes)")
      )
      lines += told.map { "             \($0)" }
      if last.outcome != .success, last.outcome != .successWithErrors {
        lines.append("  Last good: \(success.map(WallClock.shown) ?? "never")")
      }
    } else {
      lines.append("  No run yet. `\(invocation.program) plan` shows what the first one would do.")
    }
    if enabled, let next = nextRun {
      lines.append("  Next run:  \(invocation.spelled(next))")
    }
    lines += (registry?.lines ?? []).map(invocation.spelled)
    lines.append(
      "  \(counted((census.counts[.inStep] ?? 0) - contacts, "item")) in step; "
        + "\(counted(exchangeItems, "item")) read in Exchange, \(psaItems) in the PSA"
    )
    if contacts > 0 { lines.append("  \(counted(contacts, "contact")) in step") }
    lines += LinkCensus.Place.allCases.compactMap { place in
      guard let count = census.counts[place], count > 0, let words = StatusView.words(for: place)
      else { return nil }
      let left = alone.filter { $0.state == place.rawValue }
      var lines = ["  \(count) \(invocation.spelled(words))" + (left.isEmpty ? "" : ":")]
      lines += left.prefix(StatusView.shownAlone).map { "    " + $0.line }
      if left.count > StatusView.shownAlone {
        lines.append("    … and \(left.count - StatusView.shownAlone) more; --json lists all")
      }
      return lines.joined(separator: "\n")
    }
    if unlinked.exchange + unlinked.psa > 0 {
      lines.append(
        "  \(unlinked.exchange) in Exchange and \(unlinked.psa) in the PSA belong to nothing on the "
          + "other side: outside the window of days, a series, not to be sent, or new"
      )
    }
    if unmasked > 0 {
      lines.append(
        "  \(counted(unmasked, "private item")) whose detail the PSA still shows: "
          + (enabled
            ? "the next run takes it away"
            : "it stays there while Lockstep is switched off")
      )
    }
    lines += unread.map { "  Not read: \($0)" }
    lines += holds.map(\.description)
    return lines.joined(separator: "\n")
  }

  private var nextRun: String? {
    guard let occupant else {
      return timetable.map { "'lockstep run' is not up; it would run at \(WallClock.shown($0))" }
    }
    guard let next = occupant.next else { return "under way in process \(occupant.process)" }
    return "\(WallClock.shown(next)), by process \(occupant.process)"
      + (occupant.waitsForPerson
        ? ": the sign-in was refused; earlier once the settings change or 'lockstep sync' went well"
        : "")
  }

  /// What another place than in step means for the person.
  private static func words(for place: LinkCensus.Place) -> String? {
    switch place {
    case .inStep: nil
    case .pending: "changed since they were last in step; the next run writes them"
    case .differs:
      "different on both sides, for they were changed on the side that does not decide; left as is"
    case .oneSided: "on one side only as last read; the next run looks again"
    case .suppressed:
      "on one side only, because the copy was deleted by hand, or at your word; "
        + "'lockstep sync --full' brings them back"
    case .unmatched:
      "on one side only since the cache was lost, put back, or met another calendar; "
        + "'lockstep adopt --create-missing' makes the other half"
    case .parked: "parked: outside the window of days, or switched off in the settings; left as is"
    case .away: "in another folder of Exchange now; left as is"
    case .closed: "excluded, such as cancelled or declined; the copy was removed"
    case .held: "held; what ends it stands below"
    case .orphaned:
      "made by Lockstep, and what they were made from is not there any more; delete them yourself "
        + "if nobody needs them, for Lockstep does not"
    case .double:
      "in the PSA, with the reference of another one, such as copies; delete them yourself if nobody "
        + "needs them"
    }
  }
}
