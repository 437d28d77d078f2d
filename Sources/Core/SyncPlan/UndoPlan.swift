package import SyncModel

/// What a run wrote, beside both sides as they are now.
package struct UndoInput: Sendable {
  /// What the undo itself reads and plans under.
  package var now: PlanInput
  /// The run that is taken back.
  package var run: RunID
  /// All of its journal, in its order.
  package var entries: [JournalEntry]
  /// What became of the Exchange items that it deleted, by the sequence of the entry.
  package var deleted: [Int: DeletedItem]

  package init(
    now: PlanInput,
    run: RunID,
    entries: [JournalEntry],
    deleted: [Int: DeletedItem]
  ) {
    self.now = now
    self.run = run
    self.entries = entries
    self.deleted = deleted
  }
}

/// What a look-up by stamp found of an Exchange item that was deleted.
package enum DeletedItem: Hashable, Sendable {
  /// In Deleted Items.
  case lying(ExchangeFact)
  /// In a calendar again.
  case there
  case nothing
  /// Several that nothing tells apart.
  case several
}

/// One half of a link.
package struct LinkHalf: Hashable, Sendable {
  package let link: LinkID
  package let side: Side

  package init(_ link: LinkID, _ side: Side) {
    self.link = link
    self.side = side
  }
}

/// One write that takes back writes of the run.
package struct UndoStep: Hashable, Sendable {
  package let operation: Operation
  /// The writes that it takes back, by their sequence.
  package let sequences: [Int]
  /// What is written, where the operation writes title, text or place: the before-image.
  package let values: ItemValues

  package init(_ operation: Operation, of sequences: [Int], values: ItemValues = ItemValues()) {
    self.operation = operation
    self.sequences = sequences
    self.values = values
  }

  package var half: LinkHalf { LinkHalf(operation.link.id, operation.side) }
}

/// An item that stays as it is, and why.
package struct SkippedItem: Hashable, Sendable {
  package let key: ItemKey
  /// The rest of a sentence that begins with the item.
  package let why: String

  package init(_ key: ItemKey, _ why: String) {
    self.key = key
    self.why = why
  }
}

/// What an undo is going to do: printable, hashable.
package struct UndoPlan: Sendable {
  /// In the order of writing.
  package let steps: [UndoStep]
  /// Links as they are kept before the first write, so that a crash leaves nothing to be redone.
  package let links: [Link]
  package let skipped: [SkippedItem]
  /// Of the operations, without clock and titles.
  package let digest: PlanDigest

  package init(
    steps: [UndoStep],
    links: [Link],
    skipped: [SkippedItem],
    digest: PlanDigest
  ) {
    self.steps = steps
    self.links = links
    self.skipped = skipped
    self.digest = digest
  }
}

/// The inverse of a run's writes, as far as nobody changed since what it wrote (`rules.md` 8).
package func undoPlan(_ input: UndoInput) -> UndoPlan { UndoPlanner(input).plan() }
