internal import GRDB
internal import SyncEngine
internal import SyncModel

/// Rows of `journal`.
enum JournalTable {
  private static func values(_ prefix: String) -> ColumnNames {
    ColumnNames(
      ["is_all_day", "starts", "ends", "when_zone", "zone", "title", "text", "place"]
        .map { "\(prefix)_\($0)" }
    )
  }

  private static let intents =
    ColumnNames([
      "run", "sequence", "link", "kind", "side", "verb", "groups", "target", "parent",
      "expected_version",
    ])
    + values("wanted") + ColumnNames(["idempotency_key", "highest_before", "has_before"])
    + values("before")
    + ColumnNames(["before_mask", "proof_ground", "proof_evidence", "reason"])
  static let columns =
    intents + ColumnNames(["status", "result_id", "result_version", "note"])

  static func insert(_ intent: Intent, in db: Database) throws {
    let sql = """
      INSERT INTO journal (\(intents.list), status) VALUES (\(intents.places), 'intended')
      """
    try db.run(sql, values(of: intent))
    try Counter.pass(.run, intent.run.rawValue, in: db)
  }

  static func markSent(_ run: RunID, _ sequences: [Int], in db: Database) throws {
    for sequence in sequences {
      try db.run(
        """
        UPDATE journal SET status = 'sent' WHERE run = ? AND sequence = ? AND status = 'intended'
        """,
        [run.rawValue.databaseValue, sequence.databaseValue]
      )
    }
  }

  static func settle(_ settlement: Settlement, in db: Database) throws {
    var row = ColumnWriter(capacity: 6)
    row.add(word: settlement.status)
    row.add(settlement.resultID)
    row.add(settlement.resultVersion)
    row.add(settlement.note)
    row.add(settlement.run)
    row.add(settlement.sequence)
    try db.run(
      """
      UPDATE journal SET status = ?, result_id = ?, result_version = ?, note = ?
      WHERE run = ? AND sequence = ?
      """,
      row.values
    )
    guard db.changesCount == 1 else {
      throw StoreFailure.notIntended(settlement.run, sequence: settlement.sequence)
    }
  }

  /// The entries for which the condition holds, oldest first.
  static func entries(
    where condition: String,
    _ values: [DatabaseValue] = [],
    in db: Database
  ) throws -> [JournalEntry] {
    var entries: [JournalEntry] = []
    let sql = "SELECT \(columns.list) FROM journal WHERE \(condition) ORDER BY run, sequence"
    try db.forEachRow(sql, values) { entries.append(try entry($0)) }
    return entries
  }

  static func hasEntries(of run: RunID, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: "SELECT EXISTS (SELECT 1 FROM journal WHERE run = ?)",
      arguments: [run.rawValue]
    ) ?? false
  }

  /// Puts what the run is known to have written into the attempt's counts.
  static func tally(_ attempt: inout Attempt, in db: Database) throws {
    let sql = """
      SELECT side, verb, count(*) FROM journal
      WHERE run = ? AND status IN ('done', 'undone') GROUP BY side, verb
      """
    for side in [\Attempt.exchange, \Attempt.psa] {
      attempt[keyPath: side].created = 0
      attempt[keyPath: side].updated = 0
      attempt[keyPath: side].deleted = 0
    }
    try db.forEachRow(sql, [attempt.run.rawValue.databaseValue]) { row in
      var columns = ColumnReader(row, of: "journal")
      let side = try columns.word(Side.self) == .exchange ? \Attempt.exchange : \Attempt.psa
      let verb: Verb = try columns.word()
      let count = try columns.count()
      switch verb {
      case .create, .restore: attempt[keyPath: side].created += count
      case .update, .mask: attempt[keyPath: side].updated += count
      case .delete: attempt[keyPath: side].deleted += count
      }
    }
  }

  /// Before-images go whole, and of what was wanted the texts; ids, times, verbs and proofs stay.
  ///
  /// Entries without a result keep theirs: by them their writes are looked up.
  static func dropTexts(ofRunsBefore instant: Instant, in db: Database) throws {
    let before = values("before").names
    let texts = ["title", "text", "place"].map { "wanted_\($0)" }
    let cleared = (before + texts).map { "\($0) = NULL" }.joined(separator: ", ")
    try db.run(
      """
      UPDATE journal SET has_before = 0, \(cleared)
      WHERE (has_before <> 0 OR coalesce(\(texts.joined(separator: ", "))) IS NOT NULL)
        AND status NOT IN ('intended', 'sent')
        AND run IN (SELECT run FROM run WHERE started < ?)
      """,
      [instant.seconds.databaseValue]
    )
  }

  private static func entry(_ row: Row) throws -> JournalEntry {
    var columns = ColumnReader(row, of: "journal")
    return JournalEntry(
      intent: try intent(&columns),
      status: try columns.word(),
      resultID: try columns.optionalText(),
      resultVersion: try columns.optionalText(),
      note: try columns.optionalText()
    )
  }

  private static func intent(_ columns: inout ColumnReader) throws -> Intent {
    let run = RunID(try columns.number())
    let sequence = try columns.count()
    let link = LinkID(try columns.number())
    let kind: Kind = try columns.word()
    let side: Side = try columns.word()
    let verb: Verb = try columns.word()
    let groups = try columns.text().split(separator: ",")
      .compactMap { FieldGroup(rawValue: String($0)) }
    let target = try columns.optionalText()
    let parent = try columns.optionalNumber().map(PSAID.init(rawValue:))
    let expectedVersion = try columns.optionalText()
    let wanted = try itemValues(&columns)
    let idempotencyKey = try columns.optionalText()
    let highestBefore = try columns.optionalNumber().map(PSAID.init(rawValue:))
    let hasBefore = try columns.flag()
    let before = try itemValues(&columns)
    let beforeMask: Mask = try columns.word()
    let ground: ProofRecord.Ground? = try columns.optionalWord()
    let evidence = try columns.optionalText()
    var proof: ProofRecord?
    if let ground, let evidence { proof = ProofRecord(ground: ground, evidence: evidence) }
    return Intent(
      run: run,
      sequence: sequence,
      link: link,
      kind: kind,
      side: side,
      verb: verb,
      groups: groups,
      target: target,
      parent: parent,
      expectedVersion: expectedVersion,
      wanted: wanted,
      idempotencyKey: idempotencyKey,
      highestBefore: highestBefore,
      before: hasBefore ? before : nil,
      beforeMask: beforeMask,
      proof: proof,
      reason: try columns.text()
    )
  }

  private static func itemValues(_ columns: inout ColumnReader) throws -> ItemValues {
    ItemValues(
      when: try columns.optionalWhen(),
      zone: try columns.optionalText().map(ZoneName.init(rawValue:)),
      title: try columns.optionalText(),
      text: try columns.optionalText(),
      place: try columns.optionalText()
    )
  }

  private static func values(of intent: Intent) -> [DatabaseValue] {
    var row = ColumnWriter(capacity: intents.names.count)
    row.add(intent.run)
    row.add(intent.sequence)
    row.add(intent.link)
    row.add(word: intent.kind)
    row.add(word: intent.side)
    row.add(word: intent.verb)
    row.add(intent.groups.map(\.rawValue).joined(separator: ","))
    row.add(intent.target)
    row.add(intent.parent)
    row.add(intent.expectedVersion)
    add(intent.wanted, to: &row)
    row.add(intent.idempotencyKey)
    row.add(intent.highestBefore)
    row.add(intent.before != nil)
    add(intent.before ?? ItemValues(), to: &row)
    row.add(word: intent.beforeMask)
    row.add(word: intent.proof?.ground)
    row.add(intent.proof?.evidence)
    row.add(intent.reason)
    return row.values
  }

  private static func add(_ values: ItemValues, to row: inout ColumnWriter) {
    row.add(values.when)
    row.add(word: values.zone)
    row.add(values.title)
    row.add(values.text)
    row.add(values.place)
  }
}
