import SyncModel
import SyncPlan

/// What one run knows and has done so far.
struct Run {
  var attempt: Attempt
  let desk: PSADesk
  let folder: CalendarFolder
  let verdict: MarkVerdict
  let maker: FactMaker
  var positions: Positions
  var mode: PlanMode
  var exchangeCoverage: Coverage?
  /// Where contacts are written to; nil until it was found, or has to be made.
  var contactsPlace: ContactsPlace?
  /// When this run began to read contacts; nil where it did not, or not to the end of both sides.
  var contactsReadAt: Instant?
  /// Of the kinds that this run reads; one that the PSA does not show is not among them.
  var psaCoverage: [Kind: Coverage] = [:]
  /// The service calls that rows put the resource on.
  var assignedCalls: Set<PSAID> = []
  /// The same, where this run has read all rows.
  var assignments: AssignmentReading?
  var zone: ZoneName?
  /// Items that the look-ups found with another resource: the mirror holds this one's alone.
  var reassigned: [ItemKey: PSAItem] = [:]
  /// Both sides are read completely.
  var isFull = false
  /// The page of Exchange changes read last was the last one.
  var lastPageWasLast = false
  var isMarked = false
  var hasWritten = false
  /// What was found when known things were read back before the first delete; nil before that.
  var mayDelete: Bool?
  var sequence = 0
  /// Identity is being settled: an item that was not listed could be made a second time.
  var needsWholeListings: Bool {
    switch verdict {
    case .firstRun, .cacheLost, .cacheRestored, .mailboxRestored, .strangeFolder: true
    case .asExpected, .markMissing, .stop: mode.looksForPairs
    }
  }

  /// It found no mark of its own on the folder, so that another agent may find none either.
  var isContested: Bool {
    switch verdict {
    case .firstRun, .cacheLost, .cacheRestored, .mailboxRestored, .strangeFolder, .markMissing: true
    case .asExpected, .stop: false
    }
  }

  /// A mark that was lost comes back only when a person asks for it, with `adopt`.
  fileprivate var mayMark: Bool {
    if case .markMissing = verdict { attempt.purpose == .adopt } else { true }
  }

  /// The mark tells an older copy apart: once that was dealt with, this run's number is written.
  var endsEpoch: Bool {
    switch verdict {
    case .cacheLost, .cacheRestored, .mailboxRestored, .strangeFolder: true
    case .firstRun, .asExpected, .markMissing, .stop: false
    }
  }

  /// What is on one side only and stays so, by this run's plan.
  var alone: [LeftAlone] = []

  /// The versions that this run's own writes gave to series.
  var rewrittenSeries: [ExchangeItemID: ChangeKey] = [:]

  /// What an undo writes, in place of what the other side has.
  var putBack: [LinkHalf: ItemValues] = [:]

  /// Links from this number on are this run's own.
  var firstNewLink = LinkID(0)

  /// What takes detail away, in a run that a person ordered: it goes before the order.
  var dueMasks: [Operation] = []

  /// What ended the writing before its time.
  var failure: (any SyncFailure)?

  var number: RunID { attempt.run }

  mutating func settle(in folder: CalendarFolder) {
    positions.mailbox = folder.mailbox
    positions.folder = folder.id
  }

  var listsAreWhole: Bool {
    exchangeCoverage?.isComplete == true && psaCoverage[.appointment] != nil
      && psaCoverage.values.allSatisfy(\.isComplete)
  }
}

extension Cycle {
  /// Opens both sides and reads the folder mark against what the cache knows.
  func opened(_ attempt: Attempt, isDry: Bool) async throws -> Run {
    surroundings.progress(.step("Signing in to Exchange and the PSA"))
    let desk = try await psa.open()
    let folder = try await mailbox.open()
    var positions = try await cache.positions()
    let expectation = MarkExpectation(
      tenant: desk.tenant,
      resource: desk.resource,
      agent: installation.agent,
      mailbox: folder.mailbox,
      folder: folder.id,
      known: positions
    )
    let verdict = verdict(on: folder.mark, expecting: expectation)
    var attempt = attempt
    var mode = PlanMode()
    mode.isBesideAnotherTool = positions.isBesideAnotherTool
    mode.looksForPairs = positions.isBesideAnotherTool
    var isFull = positions.settings.map { $0 != installation.settingsDigest } ?? false
    if isFull { mode.mayDelete = false }
    switch verdict {
    case .stop(let sentence):
      throw StopFailure(sentence)
    case .strangeFolder:
      guard attempt.purpose == .adopt else {
        throw StopFailure(
          MarkVerdict.strangeFolderWords
            + " If it is the right one, run 'lockstep adopt'."
        )
      }
      try await emptyExchangeHalves(for: folder.mailbox)
      positions.syncState = nil
      positions.exchangeIsWhole = false
      mode.cacheWasLost = true
      isFull = true
    case .firstRun:
      mode.looksForPairs = true
    case .asExpected:
      // Seen is confirmed, also where the answer was lost.
      positions.confirmedMark = folder.mark?.run
    case .cacheLost(let number):
      attempt.notes.append(
        "The calendar was kept in step before, and the cache knows nothing of it: it was lost. What "
          + "stamps and references prove is linked again, and nothing is deleted."
      )
      mode.cacheWasLost = true
      mode.mayDelete = false
      isFull = true
      if !isDry { try await renumber(&attempt, above: number) }
    case .cacheRestored(let number):
      attempt.notes.append(
        "The calendar was written to after the cache was last kept: a backup of the cache was put "
          + "back. Nothing is deleted; what changed or vanished meanwhile is held."
      )
      mode.cacheWasRestored = true
      mode.isRestored = true
      mode.cacheWasLost = true
      mode.mayDelete = false
      isFull = true
      positions.epoch += 1
      if !isDry { try await renumber(&attempt, above: number) }
    case .mailboxRestored:
      attempt.notes.append(
        "The calendar is older than its last run, or was moved: it was restored from a backup. "
          + "Nothing is deleted; what is missing or older is held."
      )
      mode.isRestored = true
      mode.mayDelete = false
      isFull = true
      positions.epoch += 1
      positions.syncState = nil
    case .markMissing:
      mode.mayCreate = false
      mode.mayDelete = false
      attempt.notes.append(
        "The calendar folder has lost its mark: nothing is created or deleted until "
          + "'lockstep adopt' is run."
      )
    }
    guard folder.canWrite else {
      throw StopFailure(
        "The account may read the calendar of \(folder.mailbox) but not write to it. "
          + "Give it the rights of an editor, or use the mailbox's own account."
      )
    }
    positions.tenant = desk.tenant
    positions.resource = desk.resource
    let isOtherFolder = positions.folder != folder.id || positions.mailbox != folder.mailbox
    if isOtherFolder {
      positions.syncState = nil
      positions.exchangeIsWhole = false
    }
    var run = Run(
      attempt: attempt,
      desk: desk,
      folder: folder,
      verdict: verdict,
      maker: FactMaker(
        tenant: desk.tenant,
        resource: desk.resource,
        rules: installation.rules,
        fingerprinter: surroundings.fingerprinter
      ),
      positions: positions,
      mode: mode
    )
    run.isFull = isFull
    // Until the mark is written, a folder under another id makes each run as careful as this one.
    if !run.endsEpoch { run.settle(in: folder) }
    return run
  }

  /// The run takes a number above the mark's, and keeps what was noted of it so far.
  private func renumber(_ attempt: inout Attempt, above number: RunID) async throws {
    let notes = attempt.notes
    attempt = try await cache.renumber(attempt.run, above: number)
    attempt.notes = notes
  }

  /// Before another mailbox is adopted, no link may speak of the old one (`rules.md` 9).
  private func emptyExchangeHalves(for mailbox: MailboxID) async throws {
    let links = try await cache.links().filter { $0.exchange != nil || $0.mailbox != mailbox }
    try await cache.keep(
      links.map { link in
        var link = link
        link.mailbox = mailbox
        link.exchange = nil
        link.stamp = nil
        link.changeKey = nil
        link.exchangeModified = nil
        return link
      },
      forget: []
    )
  }

  /// Writes the run's number on the folder, once, before the run's first write (`rules.md` 7); a mark
  /// that was lost only for `adopt`.
  func confirmMark(_ run: inout Run) async throws {
    guard !run.isMarked, run.mayMark else { return }
    if run.isContested {
      // Another agent that looked before this mark stood may still write its own: that one then
      // stands before this run writes anything else, and `requireOwnMark` sees it.
      try await surroundings.unhurried {
        try requireNoOther(try await mailbox.open().mark, than: run.folder.mark)
        try await announceMark(&run)
      }
    } else {
      try await announceMark(&run)
    }
    run.positions.confirmedMark = run.number
    run.settle(in: run.folder)
    run.isMarked = true
    try await keep(run.positions)
  }

  private func announceMark(_ run: inout Run) async throws {
    run.positions.announcedMark = run.number
    try await keep(run.positions)
    try await mailbox.write(mark(run.desk, run.number), on: run.folder.id)
  }

  func keep(_ positions: Positions) async throws {
    var harvest = Harvest()
    harvest.positions = positions
    try await cache.keep(harvest)
  }

  /// Before each batch of a run that found no mark of its own: two agents may have begun at once, and
  /// the one whose mark stands goes on.
  func requireOwnMark(_ run: Run) async throws {
    guard run.isContested else { return }
    let own = mark(run.desk, run.number)
    try requireNoOther(try await mailbox.open().mark, than: own)
  }

  private func requireNoOther(_ found: FolderMark?, than expected: FolderMark?) throws {
    guard let found, found != expected else { return }
    throw StopFailure(
      "Another agent began to keep this calendar in step while this run was at work: it runs on "
        + "\(found.machine). This run writes nothing more. Stop one of the two; "
        + "'lockstep init --settings FILE --take-over' makes the calendar this one's."
    )
  }
}
