package import SyncModel

/// Everything that a plan of contacts is made from.
package struct ContactPlanInput: Sendable {
  /// Those of contacts only.
  package var links: [Link]
  /// What bears a stamp of ours in the contacts folder.
  package var exchange: [ExchangeContactFact]
  /// Contacts of the folder that could not be read out, or are no contacts.
  package var unread: Set<ExchangeItemID>
  /// The active contacts of the resource.
  package var psa: [PSAContactFact]
  /// What was looked up of items that a complete listing lacks.
  package var lookUps: [ItemKey: LookUp]
  /// Contacts of the PSA that were found by a look-up, and no longer in the listing.
  package var strangers: [PSAID: PSAContactFact]
  package var exchangeCoverage: Coverage?
  package var psaCoverage: Coverage?
  package var scope: ScopeReading
  package var terms: ReadingTerms
  package var tenant: TenantID
  package var resource: ResourceID
  package var now: Instant
  package var mode: PlanMode
  package var approved: Set<PlanDigest>
  /// The first number free for a new link.
  package var nextLink: LinkID
  package var fingerprinter: Fingerprinter

  package init(
    links: [Link],
    exchange: [ExchangeContactFact],
    unread: Set<ExchangeItemID> = [],
    psa: [PSAContactFact],
    lookUps: [ItemKey: LookUp] = [:],
    strangers: [PSAID: PSAContactFact] = [:],
    exchangeCoverage: Coverage?,
    psaCoverage: Coverage?,
    scope: ScopeReading,
    terms: ReadingTerms,
    tenant: TenantID,
    resource: ResourceID,
    now: Instant,
    mode: PlanMode = PlanMode(),
    approved: Set<PlanDigest> = [],
    nextLink: LinkID,
    fingerprinter: Fingerprinter
  ) {
    self.links = links
    self.exchange = exchange
    self.unread = unread
    self.psa = psa
    self.lookUps = lookUps
    self.strangers = strangers
    self.exchangeCoverage = exchangeCoverage
    self.psaCoverage = psaCoverage
    self.scope = scope
    self.terms = terms
    self.tenant = tenant
    self.resource = resource
    self.now = now
    self.mode = mode
    self.approved = approved
    self.nextLink = nextLink
    self.fingerprinter = fingerprinter
  }
}

/// One write to a contact in Exchange; nothing is ever written to one in the PSA.
package struct ContactOperation: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    case create
    case update(Set<ContactField>, expected: ChangeKey)
    case delete(DeleteProof, expected: ChangeKey)
  }

  /// The link as it will be once the write is done, but for what Exchange returns.
  package let link: Link
  package let action: Action
  package let reason: String

  package init(link: Link, action: Action, reason: String) {
    self.link = link
    self.action = action
    self.reason = reason
  }

  package var verb: Verb {
    switch action {
    case .create: .create
    case .update: .update
    case .delete: .delete
    }
  }

  package var groups: [FieldGroup] {
    switch action {
    case .create, .delete: [.existence]
    case .update: [.content]
    }
  }

  /// The item that is written to, or for a create the contact that it is made from.
  package var item: String {
    switch action {
    case .create: link.psa?.id.description ?? ""
    case .update, .delete: link.exchange?.item.rawValue ?? ""
    }
  }

  /// The same item as notes name it.
  package var key: ItemKey {
    ItemKey(side: verb == .create ? .psa : .exchange, kind: .contact, id: item)
  }

  /// The fingerprint of what is to stand there afterwards: what a refusal is remembered by.
  package func wanted(_ fingerprinter: Fingerprinter) -> Fingerprint {
    let parts: [String] =
      switch action {
      case .create: link.base.cardSent.map { $0.all.map(\.description) } ?? []
      case .update(let fields, _):
        link.base.cardSent.map { sent in
          sent.byField.filter { fields.contains($0.0) }.map { "\($0.rawValue)=\($1)" }
        } ?? []
      case .delete(_, let expected): [expected.rawValue]
      }
    return fingerprinter.print(of: Array(([verb.rawValue] + parts).joined(separator: " ").utf8))
  }

  /// The link with the refusal of this write, in place of an older one of the same group.
  package func refused(
    on kept: Link,
    words: String,
    settings: String,
    _ fingerprinter: Fingerprinter
  ) -> Link {
    var link = kept
    let group = groups.first ?? .existence
    link.refusals.removeAll { $0.group == group }
    link.refusals.append(
      Refusal(
        side: .exchange,
        group: group,
        wanted: wanted(fingerprinter),
        settings: settings,
        text: words
      )
    )
    return link
  }

  /// Updates, creates, deletes (`rules.md` 8).
  func precedes(_ other: ContactOperation) -> Bool {
    (rank, link.id) < (other.rank, other.link.id)
  }

  private var rank: Int {
    switch action {
    case .update: 0
    case .create: 1
    case .delete: 2
    }
  }
}

/// What a run is going to do to contacts.
package struct ContactPlan: Sendable {
  /// In the order of writing.
  package var operations: [ContactOperation] = []
  /// Links that change without a write.
  package var links: [Link] = []
  package var forgotten: [LinkID] = []
  package var holds: [Hold] = []
  package var held = 0
  /// Sentences for people, without names.
  package var notes: [String] = []
  /// Contacts that are on one side only and stay so.
  package var alone: [LeftAlone] = []
  package var newLinks = 0
  package var approvedDigests: Set<PlanDigest> = []

  package init() {}
}

/// What was decided for one contact.
struct ContactDecision {
  /// The link as it is kept if nothing is written.
  var link: Link
  var operation: ContactOperation?
  var forgets = false
  /// Set where it vanished from one side: counted by the brake before anything follows.
  var vanishing: Vanishing?
  var hold: LinkReason?
  /// True where a person approved it: the brake lets it go.
  var isApproved = false

  init(_ link: Link) { self.link = link }
}
