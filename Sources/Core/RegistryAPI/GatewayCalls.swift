package import SyncEngine
package import SyncModel

/// What has changed in the PSA for one resource: the answer to `GET /v1/psa/changes`.
package struct ViewChanges: Hashable, Sendable, Codable {
  package var tenant: TenantID
  package var resource: ResourceID
  /// For people: the PSA's host.
  package var server: String
  /// What to ask with the next time; also how new the view is.
  package var sequence: Int64
  /// False where more changes follow after `sequence`.
  package var isLast: Bool
  /// Everything that was read before is to be forgotten.
  package var replaces: Bool
  /// When the gateway began to read the PSA last, with success.
  package var readAt: WireTime
  /// What hinders the gateway at present.
  package var complaint: String?
  /// Kinds of which nothing is told, with the reason.
  package var hidden: [String: String]
  package var rows: [PSAViewRow]

  package init(
    tenant: TenantID,
    resource: ResourceID,
    server: String,
    sequence: Int64,
    isLast: Bool,
    replaces: Bool = false,
    readAt: WireTime,
    complaint: String? = nil,
    hidden: [String: String] = [:],
    rows: [PSAViewRow]
  ) {
    self.tenant = tenant
    self.resource = resource
    self.server = server
    self.sequence = sequence
    self.isLast = isLast
    self.replaces = replaces
    self.readAt = readAt
    self.complaint = complaint
    self.hidden = hidden
    self.rows = rows
  }
}

/// Asks the PSA itself for items of the resource: the body of `POST /v1/psa/items`.
package struct ItemQuestion: Hashable, Sendable, Codable {
  package var kind: Kind
  /// At most `PSAQuery.longestList`.
  package var ids: [PSAID]
  /// With what they are about, which are several questions more.
  package var described: Bool

  package init(kind: Kind, ids: [PSAID], described: Bool = false) {
    self.kind = kind
    self.ids = ids
    self.described = described
  }
}

/// The items, or the contacts, in the order asked; null for one that is not there.
package struct ItemAnswer: Hashable, Sendable, Codable {
  package var items: [PSAItem?]
  package var contacts: [PSAContact?]
  /// A view that is older does not know of these.
  package var sequence: Int64

  package init(items: [PSAItem?] = [], contacts: [PSAContact?] = [], sequence: Int64 = 0) {
    self.items = items
    self.contacts = contacts
    self.sequence = sequence
  }
}

/// Asks the PSA itself, under one filter: the body of `POST /v1/psa/query`.
package struct ListQuestion: Hashable, Sendable, Codable {
  package enum Wanted: String, Hashable, Sendable, Codable { case page, count, identities }

  package var wanted: Wanted
  package var query: PSAQuery
  /// The number of the last row before.
  package var after: PageToken?

  package init(_ wanted: Wanted, _ query: PSAQuery, after: PageToken? = nil) {
    self.wanted = wanted
    self.query = query
    self.after = after
  }
}

package struct ListAnswer: Hashable, Sendable, Codable {
  package var items: [PSAItem]
  package var next: PageToken?
  package var count: Int
  package var identities: [PSAID]
  /// A view that is older does not know of these.
  package var sequence: Int64

  package init(
    items: [PSAItem] = [],
    next: PageToken? = nil,
    count: Int = 0,
    identities: [PSAID] = [],
    sequence: Int64 = 0
  ) {
    self.sequence = sequence
    self.items = items
    self.next = next
    self.count = count
    self.identities = identities
  }
}

/// One write to the PSA; exactly one of the three is given.
///
/// The key names it: sent again with the same one, it happens once.
package struct WriteOrder: Hashable, Sendable, Codable {
  package var key: String
  package var create: PSADraft?
  package var update: PSAEdit?
  package var delete: PSATarget?

  package init(
    key: String,
    create: PSADraft? = nil,
    update: PSAEdit? = nil,
    delete: PSATarget? = nil
  ) {
    self.key = key
    self.create = create
    self.update = update
    self.delete = delete
  }

  package var kind: Kind? { create?.kind ?? update?.kind ?? delete?.kind }
  package var target: PSAID? { update?.id ?? delete?.id }
}

/// Several writes: the body of `POST /v1/psa/writes`.
package struct WriteOrders: Hashable, Sendable, Codable {
  package static let limit = 100
  package var writes: [WriteOrder]

  package init(_ writes: [WriteOrder]) { self.writes = writes }
}

/// What became of a write, as it stands in JSON.
package struct WriteAnswer: Hashable, Sendable, Codable {
  package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    case done, missing, refused, unknown, notTried = "not-tried"
  }

  package var outcome: Outcome
  /// The row that was written; of `done` only.
  package var id: PSAID?
  /// Of `refused`, `unknown` and `not-tried`.
  package var words: String?

  package init(_ result: PSAWriteResult) {
    switch result {
    case .done(let id): (outcome, self.id) = (.done, id)
    case .missing: outcome = .missing
    case .refused(let words): (outcome, self.words) = (.refused, words)
    case .unknown(let words): (outcome, self.words) = (.unknown, words)
    case .notTried(let words): (outcome, self.words) = (.notTried, words)
    }
  }

  /// Nil for an answer that names no row and says that one was written.
  package var result: PSAWriteResult? {
    switch outcome {
    case .done: id.map(PSAWriteResult.done)
    case .missing: .missing
    case .refused: .refused(words ?? "")
    case .unknown: .unknown(words ?? "")
    case .notTried: .notTried(words ?? "")
    }
  }
}

/// The answers in the order of the orders, and how new the view has to be to know of them.
package struct WriteAnswers: Hashable, Sendable, Codable {
  package var answers: [WriteAnswer]
  package var sequence: Int64

  package init(_ answers: [WriteAnswer], sequence: Int64) {
    self.answers = answers
    self.sequence = sequence
  }
}

/// How the gateway stands, for admins: the answer to `GET /v1/gateway`.
package struct GatewayStatus: Hashable, Sendable, Codable {
  package var isSet: Bool
  package var tenant: TenantID?
  package var server: String?
  package var readAt: WireTime?
  /// Requests of the tenant's time frame, all integrations together.
  package var used: Int?
  package var allowed: Int?
  package var complaint: String?
  /// Rows by part.
  package var rows: [String: Int]
  /// Kinds of which nothing is told, with the reason.
  package var hidden: [String: String]

  package init(isSet: Bool) {
    self.isSet = isSet
    rows = [:]
    hidden = [:]
  }
}
