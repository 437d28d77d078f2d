/// What a write does.
package enum Verb: String, Sendable, Codable {
  case create, update, mask, delete
  /// An Exchange item moved back out of Deleted Items.
  case restore
}

/// The fields of an item that a write sends, or that stood there before it.
///
/// Nil fields are not part of the write. Texts are as they go out: masked where the item is.
package struct ItemValues: Hashable, Sendable, Codable {
  package var when: When?
  /// The zone of an all-day `when`.
  package var zone: ZoneName?
  package var title: String?
  package var text: String?
  package var place: String?

  package init(
    when: When? = nil,
    zone: ZoneName? = nil,
    title: String? = nil,
    text: String? = nil,
    place: String? = nil
  ) {
    self.when = when
    self.zone = zone
    self.title = title
    self.text = text
    self.place = place
  }
}

/// The proof under which a delete was planned, as text for the journal: no proof can be read back.
package struct ProofRecord: Hashable, Sendable, Codable {
  package enum Ground: String, Sendable, Codable { case gone, excluded, unexpanded, ordered }

  package let ground: Ground
  /// The coverage, look-up, field and version, or order that it rests on.
  package let evidence: String

  package init(ground: Ground, evidence: String) {
    self.ground = ground
    self.evidence = evidence
  }
}

/// What a run is about to write, committed before the write.
///
/// An intent is no operation: nothing can be executed from it (`design.md` 2).
package struct Intent: Hashable, Sendable, Codable {
  package let run: RunID
  /// Position within the run, from 1.
  package let sequence: Int
  package let link: LinkID
  package let kind: Kind
  package let side: Side
  package let verb: Verb
  package let groups: [FieldGroup]
  /// The item written to; nil for a create.
  package let target: String?
  package let parent: PSAID?
  /// The change key, or `updateDateTime` as text, that the plan saw.
  package let expectedVersion: String?
  package let wanted: ItemValues
  /// The stamp (Exchange) or the reference line's letters (PSA) by which a lost create is found.
  package let idempotencyKey: String?
  /// The highest id of the kind in the PSA before a create there.
  package let highestBefore: PSAID?
  package var before: ItemValues?
  package let beforeMask: Mask
  package let proof: ProofRecord?
  /// Why, as a sentence for people.
  package let reason: String

  package init(
    run: RunID,
    sequence: Int,
    link: LinkID,
    kind: Kind,
    side: Side,
    verb: Verb,
    groups: [FieldGroup],
    target: String?,
    parent: PSAID? = nil,
    expectedVersion: String?,
    wanted: ItemValues,
    idempotencyKey: String?,
    highestBefore: PSAID?,
    before: ItemValues?,
    beforeMask: Mask,
    proof: ProofRecord?,
    reason: String
  ) {
    self.run = run
    self.sequence = sequence
    self.link = link
    self.kind = kind
    self.side = side
    self.verb = verb
    self.groups = groups
    self.target = target
    self.parent = parent
    self.expectedVersion = expectedVersion
    self.wanted = wanted
    self.idempotencyKey = idempotencyKey
    self.highestBefore = highestBefore
    self.before = before
    self.beforeMask = beforeMask
    self.proof = proof
    self.reason = reason
  }
}

/// How far a journaled write came.
package enum IntentStatus: String, Sendable, Codable {
  /// Committed, perhaps not sent.
  case intended
  /// The request may have reached the side; the outcome is not known.
  case sent
  case done
  /// The side refused it; its words are in the entry's note.
  case refused
  /// Looked up after a crash or a lost answer: not done, dropped, planned afresh.
  case dropped
  case undone
}

/// A journal entry: the intent and what became of it.
package struct JournalEntry: Hashable, Sendable, Codable {
  package let intent: Intent
  package let status: IntentStatus
  package let resultID: String?
  package let resultVersion: String?
  package let note: String?

  package init(
    intent: Intent,
    status: IntentStatus,
    resultID: String?,
    resultVersion: String?,
    note: String?
  ) {
    self.intent = intent
    self.status = status
    self.resultID = resultID
    self.resultVersion = resultVersion
    self.note = note
  }
}
