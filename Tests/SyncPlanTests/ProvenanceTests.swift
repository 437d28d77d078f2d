import SyncModel
import SyncPlan
import Testing

/// What the journal tells of one item's fields.
@Suite struct ProvenanceTests {
  private static func when(_ hour: Int64) -> When {
    let start = SmallWorld.monday.advanced(bySeconds: hour * SmallWorld.hour)
    return .timed(start: start, end: start.advanced(bySeconds: SmallWorld.hour), zone: nil)
  }

  private func entry(
    _ run: Int64,
    _ sequence: Int = 1,
    to side: Side,
    _ verb: Verb = .update,
    wanted: ItemValues,
    before: ItemValues? = nil,
    status: IntentStatus = .done,
    because reason: String = "time changed in Exchange"
  ) -> JournalEntry {
    let intent = Intent(
      run: RunID(run),
      sequence: sequence,
      link: LinkID(1),
      kind: .appointment,
      side: side,
      verb: verb,
      groups: verb == .create || verb == .delete ? [.existence] : wanted.when == nil ? [] : [.time],
      target: "1",
      expectedVersion: nil,
      wanted: wanted,
      idempotencyKey: nil,
      highestBefore: nil,
      before: before,
      beforeMask: .none,
      proof: nil,
      reason: reason
    )
    return JournalEntry(
      intent: intent,
      status: status,
      resultID: nil,
      resultVersion: nil,
      note: nil
    )
  }

  @Test func `each field was brought by the last write that was done and had it`() throws {
    let provenance = Provenance([
      entry(3, to: .psa, wanted: ItemValues(title: "B"), before: ItemValues(title: "A")),
      entry(1, to: .psa, .create, wanted: ItemValues(when: Self.when(1), title: "A", text: "T")),
      entry(4, to: .psa, wanted: ItemValues(title: "C"), status: .refused),
      entry(
        2,
        to: .exchange,
        wanted: ItemValues(when: Self.when(2)),
        before: ItemValues(when: Self.when(1))
      ),
    ])
    #expect(provenance.steps.map(\.run.rawValue) == [1, 2, 3, 4])
    #expect(provenance.last(.existence)?.run == RunID(1))
    #expect(provenance.last(.time)?.run == RunID(2))
    #expect(provenance.last(.time)?.source == .psa)
    #expect(provenance.last(.title)?.run == RunID(3))
    #expect(provenance.last(.title)?.before?.title == "A")
    #expect(provenance.last(.text)?.run == RunID(1))
    #expect(provenance.last(.place) == nil)
  }

  @Test func `who lost a conflict stands in what was replaced, by the words that a plan writes`()
    throws
  {
    var world = SmallWorld()
    let mine = world.inExchange("Mine")
    world.settle()
    let id = try #require(world.links.first?.psa?.id)
    world.change(mine) { $0.when = SmallWorld.when(12 * SmallWorld.hour) }
    world.change(id) { $0.start = SmallWorld.monday.advanced(bySeconds: 20 * SmallWorld.hour) }
    world.change(id) { $0.end = SmallWorld.monday.advanced(bySeconds: 21 * SmallWorld.hour) }
    let planned = try #require(plan(world.input).operations.first)
    let conflict = Provenance([
      entry(
        5,
        to: planned.side,
        wanted: ItemValues(when: Self.when(20)),
        before: ItemValues(when: Self.when(12)),
        because: planned.reason
      )
    ])
    let step = try #require(conflict.last(.time))
    #expect(step.isConflict && !step.isPutBack)
    #expect(step.side == .exchange && step.before?.when == Self.when(12))
    let plain = Provenance([entry(6, to: .psa, wanted: ItemValues(when: Self.when(3)))])
    #expect(plain.last(.time)?.isConflict == false)
  }

  @Test func `a write that told nothing but the time is masked`() {
    let masked = Provenance([
      entry(1, to: .psa, .mask, wanted: ItemValues(title: "Appointment", text: "Ref: x")),
      entry(2, to: .psa, wanted: ItemValues(title: "Visit")),
    ])
    #expect(masked.steps.map(\.isMasked) == [true, false])
  }

  @Test func `every kind has a sentence for who decides what`() {
    for origin in [Origin.psa, .exchange, .paired] {
      for kind in Kind.allCases {
        let words = Authority(
          origin: origin,
          kind: kind,
          hasAttendees: true,
          meetingTimes: .exchange
        ).words
        #expect(words.map(\.group) == [.time, .content, .existence])
        #expect(words.allSatisfy { !$0.words.isEmpty })
      }
    }
  }
}
