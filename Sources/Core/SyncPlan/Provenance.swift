package import SyncModel

/// Where the fields of one item came from: its writes, as the journal has them.
package struct Provenance: Hashable, Sendable {
  /// What is told apart for a person.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case existence, time, title, text, place
  }

  /// One write to one side.
  package struct Step: Hashable, Sendable {
    package let run: RunID
    package let sequence: Int
    /// The side that was written to.
    package let side: Side
    package let verb: Verb
    package let status: IntentStatus
    /// In the order of all fields.
    package let fields: [Field]
    /// What stood there; nil where nothing did, or it was dropped from the journal by now.
    package let before: ItemValues?
    package let after: ItemValues
    /// Both sides had moved it, and `before` is what lost.
    package let isConflict: Bool
    /// A side without a say had changed it.
    package let isPutBack: Bool
    /// True where the write told nothing but that there is an appointment.
    package let isMasked: Bool
    package let reason: String
    package let proof: ProofRecord?
    /// The side's own words, or what was found later.
    package let note: String?

    package init(_ entry: JournalEntry) {
      let intent = entry.intent
      run = intent.run
      sequence = intent.sequence
      side = intent.side
      verb = intent.verb
      status = entry.status
      before = intent.before
      after = intent.wanted
      isConflict = intent.reason.contains(Comparison.clash)
      isPutBack = intent.reason.contains(Comparison.putBack)
      isMasked =
        intent.side == .psa
        && (intent.verb == .mask || intent.wanted.title == Projection.maskedTitle)
      reason = intent.reason
      proof = intent.proof
      note = entry.note
      fields = Field.allCases.filter { field in
        switch field {
        case .existence: [.create, .delete, .restore].contains(intent.verb)
        // Texts are dropped after a while; that they were written stays.
        case .time: intent.wanted.when != nil || intent.groups.contains(.time)
        case .title: intent.wanted.title != nil
        case .text: intent.wanted.text != nil
        case .place: intent.wanted.place.map { !$0.isEmpty } ?? false
        }
      }
    }

    /// The side that it was taken from.
    package var source: Side { side == .psa ? .exchange : .psa }

    /// It is as it was written there, as far as Lockstep knows.
    package var holds: Bool { status == .done }
  }

  /// The oldest first.
  package let steps: [Step]

  package init(_ entries: [JournalEntry]) {
    steps =
      entries
      .sorted { ($0.intent.run, $0.intent.sequence) < ($1.intent.run, $1.intent.sequence) }
      .map(Step.init)
  }

  /// The write that this field was brought by last; nil where none was kept.
  package func last(_ field: Field) -> Step? {
    steps.last { $0.holds && $0.fields.contains(field) }
  }
}

extension Authority {
  /// Who decides each group, as the end of a sentence for people.
  package var words: [(group: FieldGroup, words: String)] {
    [(.time, timeWords), (.content, contentWords), (.existence, existenceWords)]
  }

  private var timeWords: String {
    switch time {
    case .both: "both sides"
    case .exchangeReasserted: "Exchange; a change in the PSA is put back"
    case .psaReasserted: "the PSA; a change in Exchange is put back"
    }
  }

  private var contentWords: String {
    switch content {
    case .psa: "the PSA"
    case .exchange: "Exchange"
    case .psaReasserted: "the PSA; a change in Exchange is put back"
    case .neither: "nobody: each side keeps its own"
    }
  }

  private var existenceWords: String {
    switch existence {
    case .psa: "the PSA"
    case .exchange: "Exchange"
    case .psaReasserted: "the PSA; what is removed in Exchange is made again"
    case .neither: "nobody: each side keeps its own"
    }
  }
}
