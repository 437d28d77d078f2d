internal import RegistryAPI
package import SyncEngine
package import SyncModel

extension PSAViewPart: SQLStorable {}
extension PSAID: SQLStorable {}
extension TenantID: SQLStorable {}
extension Kind: SQLStorable {}

/// What a question to the PSA brought, to be kept together.
package struct MirrorChanges: Sendable {
  package var part: PSAViewPart
  package var rows: [TenantRow] = []
  package var gone: [PSAID] = []
  /// When the question began, in microseconds since 1970: what was read later stays.
  package var read: Int64
  /// Nobody else may have taken over from this process; nil for what an agent asked for.
  package var holder: String?

  package init(_ part: PSAViewPart, read: Int64, holder: String? = nil) {
    self.part = part
    self.read = read
    self.holder = holder
  }
}

/// How far a part was read.
package struct MirrorPart: Hashable, Sendable {
  package var watermark: Instant?
  package var endingFrom: Instant?
  /// When it was listed whole; nil where it never was.
  package var listedAt: Instant?
  package var readAt: Instant?
  /// Why nothing is told of it.
  package var hidden: String?

  package init() {}
}

/// Another process reads the PSA now.
package struct LostLease: Error, CustomStringConvertible {
  package init() {}

  package var description: String { "Another process of the registry has taken over." }
}

/// Rows of `psa_row` and `psa_view`, inside one transaction.
struct MirrorWriter {
  private struct Known {
    var owner: ResourceID?
    var parent: PSAID?
    var read: Int64
    var body: String
    var crew: String
  }

  let db: any RegistrySession
  /// The last sequence that was given out.
  private(set) var sequence: Int64
  /// Service calls whose crew changed: they are described anew.
  private(set) var calls: Set<PSAID> = []

  init(_ db: any RegistrySession, now: Instant) throws {
    self.db = db
    var row = try db.row(of: "psa_state", "SELECT sequence FROM psa_state")
    // After a backup was put back, numbers that agents know already are not given out again.
    sequence = max(try row?.number() ?? 0, now.seconds * 1_000_000)
  }

  func close() throws { try db.run("UPDATE psa_state SET sequence = ?", sequence) }

  mutating func keep(_ changes: MirrorChanges) throws {
    for row in changes.rows { try keep(row, read: changes.read) }
    for id in changes.gone { try remove(id, of: changes.part, read: changes.read) }
  }

  private mutating func keep(_ row: TenantRow, read: Int64) throws {
    let body = try body(of: row)
    let crew = try JSONText.text(of: row.crew)
    let known = try known(row.id, of: row.part)
    if let known, isLater(known.read, than: read) { return }
    try db.run(
      """
      INSERT INTO psa_row (part, id, owner, parent, ending, modified, read, body, crew)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (part, id) DO UPDATE SET owner = excluded.owner, parent = excluded.parent,
        ending = excluded.ending, modified = excluded.modified, read = excluded.read,
        body = excluded.body, crew = excluded.crew
      """,
      row.part,
      row.id,
      row.owner,
      row.parent,
      row.item?.end,
      row.modified,
      read,
      body,
      crew
    )
    if let known, known.owner == row.owner, known.parent == row.parent, known.body == body,
      known.crew == crew
    {
      return
    }
    try show(row.part, row.id, hasChanged: true)
    try follow(row.part, row.id, parents: [known?.parent, row.parent])
  }

  private mutating func remove(_ id: PSAID, of part: PSAViewPart, read: Int64) throws {
    guard let known = try known(id, of: part), !isLater(known.read, than: read) else { return }
    try db.run("DELETE FROM psa_row WHERE part = ? AND id = ?", part, id)
    try show(part, id, hasChanged: true)
    try follow(part, id, parents: [known.parent])
  }

  /// What seems to be read long after this was read while a clock was ahead.
  private func isLater(_ known: Int64, than read: Int64) -> Bool {
    known > read && known - read < 600_000_000
  }

  private func known(_ id: PSAID, of part: PSAViewPart) throws -> Known? {
    let found = try db.row(
      of: "psa_row",
      "SELECT owner, parent, read, body, crew FROM psa_row WHERE part = ? AND id = ?",
      part,
      id
    )
    guard var row = found else { return nil }
    return Known(
      owner: try row.optionalNumber().map(ResourceID.init(rawValue:)),
      parent: try row.optionalNumber().map(PSAID.init(rawValue:)),
      read: try row.number(),
      body: try row.text(),
      crew: try row.text()
    )
  }

  private func body(of row: TenantRow) throws -> String {
    if let item = row.item { return try JSONText.text(of: item) }
    if let contact = row.contact { return try JSONText.text(of: contact) }
    return ""
  }

  /// What a relation makes somebody's, or nobody's any more.
  private mutating func follow(_ part: PSAViewPart, _ id: PSAID, parents: [PSAID?]) throws {
    let parents = Set(parents.compactMap(\.self)).sorted()
    switch part {
    case .ticketRow, .taskRow:
      for call in parents {
        calls.insert(call)
        try show(.serviceCall, call, hasChanged: false)
      }
    case .opportunity:
      for contact in parents { try show(.contact, contact, hasChanged: false) }
    case .company:
      let contacts = try db.rows(
        "SELECT id FROM psa_row WHERE part = ? AND parent = ? ORDER BY id",
        PSAViewPart.contact,
        id
      )
      for values in contacts {
        var row = RowReader(values, of: "psa_row")
        try show(.contact, try row.id(), hasChanged: false)
      }
    case .appointment, .toDo, .serviceCall, .contact: break
    }
  }

  /// Tells everybody who sees the row, and those who do not see it any more.
  private mutating func show(_ part: PSAViewPart, _ id: PSAID, hasChanged: Bool) throws {
    let viewers = try viewers(of: part, id)
    var before: Set<ResourceID> = []
    let sql = "SELECT resource FROM psa_view WHERE part = ? AND id = ? AND is_gone = 0"
    for values in try db.rows(sql, part, id) {
      var row = RowReader(values, of: "psa_view")
      before.insert(try row.id())
    }
    for resource in viewers.sorted() where hasChanged || !before.contains(resource) {
      try tell(resource, part, id, isGone: false)
    }
    for resource in before.subtracting(viewers).sorted() {
      try tell(resource, part, id, isGone: true)
    }
  }

  private mutating func tell(
    _ resource: ResourceID,
    _ part: PSAViewPart,
    _ id: PSAID,
    isGone: Bool
  ) throws {
    sequence += 1
    try db.run(
      """
      INSERT INTO psa_view (resource, part, id, sequence, is_gone) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (resource, part, id) DO UPDATE SET sequence = excluded.sequence,
        is_gone = excluded.is_gone
      """,
      resource,
      part,
      id,
      sequence,
      isGone
    )
  }

  private func viewers(of part: PSAViewPart, _ id: PSAID) throws -> Set<ResourceID> {
    let rows: [[SQLValue]] =
      switch part {
      case .appointment, .toDo, .ticketRow, .taskRow, .company, .opportunity:
        try db.rows("SELECT owner FROM psa_row WHERE part = ? AND id = ?", part, id)
      case .serviceCall:
        try db.rows(
          """
          SELECT owner FROM psa_row WHERE part IN (?, ?) AND parent = ?
            AND EXISTS (SELECT 1 FROM psa_row WHERE part = ? AND id = ?)
          """,
          PSAViewPart.ticketRow,
          PSAViewPart.taskRow,
          id,
          part,
          id
        )
      case .contact:
        try db.rows(
          """
          SELECT company.owner FROM psa_row AS contact
          JOIN psa_row AS company ON company.part = ? AND company.id = contact.parent
          WHERE contact.part = ? AND contact.id = ?
          UNION
          SELECT opportunity.owner FROM psa_row AS contact
          JOIN psa_row AS opportunity ON opportunity.part = ? AND opportunity.parent = contact.id
          WHERE contact.part = ? AND contact.id = ?
          """,
          PSAViewPart.company,
          part,
          id,
          PSAViewPart.opportunity,
          part,
          id
        )
      }
    var viewers: Set<ResourceID> = []
    for values in rows {
      var row = RowReader(values, of: "psa_row")
      if let owner = try row.optionalNumber() { viewers.insert(ResourceID(owner)) }
    }
    return viewers
  }
}
