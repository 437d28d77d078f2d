package import SyncModel

/// What this run may do, beyond what the items themselves allow.
package struct PlanMode: Hashable, Sendable {
  package var mayCreate = true
  package var mayDelete = true
  /// One side is an older copy of itself (`rules.md` 8).
  package var isRestored = false
  /// It is the cache that is an older copy, not a side.
  package var cacheWasRestored = false
  /// The calendar bears our mark, but the base rows are lost: what nothing proves is unmatched.
  package var cacheWasLost = false
  /// `adopt --create-missing`: unmatched items are created.
  package var createsMissing = false
  /// `sync --full`: suppressed items come back.
  package var liftsSuppression = false
  /// Only links are made (`adopt`).
  package var adoptsOnly = false
  /// Pairs with another tool's items are looked for: on a first run, and while some are proposed.
  package var looksForPairs = false
  /// Some were found in an earlier run: what may be one of them is held, though none is left.
  package var isBesideAnotherTool = false

  package init() {}

  /// Something is left out that another run will do.
  package var isCareful: Bool { !mayCreate || !mayDelete || isRestored || adoptsOnly }

  /// Why something is made that `adopt --create-missing` releases.
  static let askedFor =
    "nothing proves to be its counterpart since the links were lost, and a person asked for it"

  /// Why a link is held that something older than itself says nothing certain about.
  var restoreReason: LinkReason { cacheWasRestored ? .cacheRestored : .restored }
}

/// Everything that a plan is made from.
package struct PlanInput: Sendable {
  package var links: [Link]
  /// What the calendar folder lists: singles and masters.
  package var exchange: [ExchangeFact]
  /// The series among them that were expanded, by their masters.
  package var series: [ExchangeItemID: SeriesFacts]
  package var psa: [PSAFact]
  /// Exchange items that changed, but could not be read out: their facts are old.
  package var unread: Set<ExchangeItemID>
  /// What was looked up of items that a complete listing lacks.
  package var lookUps: [ItemKey: LookUp]
  /// Items found in other calendar folders, for masking.
  package var awayFacts: [LinkID: ExchangeFact]
  /// The coverage of this run, nil where a side was not read to its end.
  package var exchangeCoverage: Coverage?
  package var psaCoverage: [Kind: Coverage]
  /// The rows that put the resource on service calls; nil where this run did not read all of them.
  package var assignments: AssignmentReading?
  package var rules: SyncRules
  /// The digest of the settings that this run reads and plans under.
  package var settings: String
  /// The mailbox's zone; nil holds all-day items.
  package var zone: ZoneName?
  package var clock: ZoneClock
  package var now: Instant
  package var run: RunID
  package var tenant: TenantID
  package var resource: ResourceID
  package var mailbox: MailboxID
  package var folder: FolderID
  package var mode: PlanMode
  package var approved: Set<PlanDigest>
  /// The first number free for a new link.
  package var nextLink: LinkID
  package var fingerprinter: Fingerprinter

  package init(
    links: [Link],
    exchange: [ExchangeFact],
    series: [ExchangeItemID: SeriesFacts] = [:],
    psa: [PSAFact],
    unread: Set<ExchangeItemID> = [],
    lookUps: [ItemKey: LookUp] = [:],
    awayFacts: [LinkID: ExchangeFact] = [:],
    exchangeCoverage: Coverage?,
    psaCoverage: [Kind: Coverage],
    assignments: AssignmentReading? = nil,
    rules: SyncRules,
    settings: String,
    zone: ZoneName?,
    clock: ZoneClock,
    now: Instant,
    run: RunID,
    tenant: TenantID,
    resource: ResourceID,
    mailbox: MailboxID,
    folder: FolderID,
    mode: PlanMode = PlanMode(),
    approved: Set<PlanDigest> = [],
    nextLink: LinkID,
    fingerprinter: Fingerprinter
  ) {
    self.links = links
    self.exchange = exchange
    self.series = series
    self.psa = psa
    self.unread = unread
    self.lookUps = lookUps
    self.awayFacts = awayFacts
    self.exchangeCoverage = exchangeCoverage
    self.psaCoverage = psaCoverage
    self.assignments = assignments
    self.rules = rules
    self.settings = settings
    self.zone = zone
    self.clock = clock
    self.now = now
    self.run = run
    self.tenant = tenant
    self.resource = resource
    self.mailbox = mailbox
    self.folder = folder
    self.mode = mode
    self.approved = approved
    self.nextLink = nextLink
    self.fingerprinter = fingerprinter
  }

  /// What a coverage must have been read under to say anything in this plan.
  var terms: ReadingTerms {
    ReadingTerms(run: run, mailbox: mailbox, folder: folder, settings: settings)
  }

  package var facts: FactMaker {
    FactMaker(tenant: tenant, resource: resource, rules: rules, fingerprinter: fingerprinter)
  }

  /// What a link knows an item or a date of a series by; the UID comes from the mirror.
  func identity(of fact: ExchangeFact, copy: Int = 0) -> ExchangeIdentity {
    ExchangeIdentity(
      folder: fact.folder,
      item: fact.identity,
      cleanUID: nil,
      originalDate: fact.originalDate,
      seriesZone: fact.master.flatMap { series[$0]?.zone },
      copy: copy
    )
  }

  /// A new link without halves; the caller fills in what it binds.
  func newLink(_ id: LinkID, kind: Kind, origin: Origin) -> Link {
    Link(
      id: id,
      kind: kind,
      tenant: tenant,
      resource: resource,
      mailbox: mailbox,
      origin: origin,
      stateRun: run
    )
  }
}

/// What a run is going to do: printable, hashable, approvable.
package struct Plan: Sendable {
  /// In the order of writing.
  package let operations: [Operation]
  /// Links that change without a write: adopted, parked, rebound, moved bases.
  package let links: [Link]
  package let forgotten: [LinkID]
  package let holds: [Hold]
  /// Held items, counted for the side that the held write would go to.
  package let held: [Side: Int]
  /// Sentences for people, without titles.
  package let notes: [String]
  /// What is on one side only once this is done, and stays so.
  package let alone: [LeftAlone]
  /// How many new links the plan numbered.
  package let newLinks: Int
  /// Items of another tool were found that wait, or that this plan links.
  package let isBesideAnotherTool: Bool
  /// Approvals that this plan makes use of.
  package let approvedDigests: Set<PlanDigest>
  /// What is to be done to contacts; their holds, counts and notes are among those above.
  package fileprivate(set) var contacts = ContactPlan()

  package init(
    operations: [Operation],
    links: [Link],
    forgotten: [LinkID],
    holds: [Hold],
    held: [Side: Int],
    notes: [String],
    alone: [LeftAlone],
    newLinks: Int,
    isBesideAnotherTool: Bool,
    approvedDigests: Set<PlanDigest>
  ) {
    self.operations = operations
    self.links = links
    self.forgotten = forgotten
    self.holds = holds
    self.held = held
    self.notes = notes
    self.alone = alone
    self.newLinks = newLinks
    self.isBesideAnotherTool = isBesideAnotherTool
    self.approvedDigests = approvedDigests
  }
}

extension Plan {
  /// This plan with that of the contacts: held, approved and told together.
  package func joined(by contacts: ContactPlan) -> Plan {
    var plan = Plan(
      operations: operations,
      links: links,
      forgotten: forgotten,
      holds: holds + contacts.holds,
      held: held.merging([.exchange: contacts.held]) { $0 + $1 },
      notes: notes + contacts.notes,
      alone: alone + contacts.alone,
      newLinks: newLinks,
      isBesideAnotherTool: isBesideAnotherTool,
      approvedDigests: approvedDigests.union(contacts.approvedDigests)
    )
    plan.contacts = contacts
    return plan
  }
}
