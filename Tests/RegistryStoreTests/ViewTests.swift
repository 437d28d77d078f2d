import RegistryAPI
import RegistryStore
import SyncEngine
import SyncModel
import Testing

extension StoreTests {
  /// The gateway's view of the PSA: who is told of what, once and in order.
  @Suite struct ViewTests {
    private static let (anna, bert) = (ResourceID(1), ResourceID(2))

    private func appointment(_ id: Int64, of owner: ResourceID, _ title: String) -> TenantRow {
      let item = PSAItem(
        kind: .appointment,
        id: PSAID(id),
        resource: owner,
        title: title,
        text: "",
        start: Ground.noon,
        end: Ground.noon.advanced(bySeconds: 3_600),
        created: Ground.noon,
        modified: Ground.noon
      )
      return TenantRow(part: .appointment, id: PSAID(id), owner: owner, item: item)
    }

    /// The store after a first look at the PSA.
    private func looked(_ store: RegistryStore) async throws {
      _ = try await store.lease(
        RegistryStore.gatewayLease,
        holder: "one",
        seconds: 600,
        now: Ground.noon
      )
      try await store.keepPlace(
        tenant: TenantID(7),
        server: "psa.example.com",
        allowance: Allowance(used: 1, limit: 10_000),
        holder: "one",
        now: Ground.noon
      )
      var state = MirrorPart()
      state.listedAt = Ground.noon
      state.readAt = Ground.noon
      for part in PSAViewPart.allCases {
        try await store.keep(state, of: part, holder: "one", now: Ground.noon)
      }
      try await store.endLook(began: Ground.noon, complaint: nil, holder: "one", now: Ground.noon)
    }

    private func changes(
      _ store: RegistryStore,
      _ resource: ResourceID,
      since: Int64 = 0,
      _ kinds: [Kind] = [.appointment],
      isWhole: Bool = false
    ) async throws -> ViewChanges {
      try await store.viewChanges(of: resource, kinds: kinds, since: since, isWhole: isWhole)
    }

    @Test(arguments: Engine.allCases)
    func `a row is told to whose it is, and to whose it was that it is gone`(
      engine: Engine
    ) async throws {
      try await Ground.with(engine) { _, store in
        #expect(
          try await refusal { _ = try await changes(store, Self.anna) } == .busy,
          "nothing was read yet"
        )
        try await looked(store)
        var batch = MirrorChanges(.appointment, read: 10)
        batch.rows = [
          appointment(1, of: Self.anna, "a"), appointment(2, of: Self.bert, "b"),
        ]
        try await store.keep(batch, now: Ground.noon)
        let first = try await changes(store, Self.anna)
        #expect(first.rows.map(\.item?.title) == ["a"] && first.isLast)
        #expect(first.tenant == TenantID(7) && first.server == "psa.example.com")
        // The same again is no news.
        batch.read = 20
        try await store.keep(batch, now: Ground.noon)
        #expect(try await changes(store, Self.anna, since: first.sequence).rows.isEmpty)
        // What was asked before the last reading stays out.
        var late = MirrorChanges(.appointment, read: 15)
        late.rows = [appointment(1, of: Self.anna, "old")]
        late.gone = [PSAID(2)]
        try await store.keep(late, now: Ground.noon)
        #expect(try await changes(store, Self.anna, since: first.sequence).rows.isEmpty)
        #expect(try await changes(store, Self.bert).rows.map(\.id) == [PSAID(2)])
        var moved = MirrorChanges(.appointment, read: 30)
        moved.rows = [appointment(1, of: Self.bert, "a")]
        try await store.keep(moved, now: Ground.noon)
        let after = try await changes(store, Self.anna, since: first.sequence)
        #expect(after.rows == [PSAViewRow(part: .appointment, id: PSAID(1), isGone: true)])
        #expect(try await changes(store, Self.anna).rows.isEmpty)
        #expect(try await changes(store, Self.bert).rows.map(\.id) == [PSAID(2), PSAID(1)])
        let sight = try await store.sight(
          of: [PSAID(1), PSAID(2), PSAID(3)],
          in: .appointment,
          by: Self.anna
        )
        #expect(sight == [PSAID(1): .lost])
      }
    }

    @Test(arguments: Engine.allCases)
    func `relations make calls and contacts somebody's, and take them away`(
      engine: Engine
    ) async throws {
      try await Ground.with(engine) { _, store in
        try await looked(store)
        var call = appointment(50, of: Self.anna, "")
        (call.part, call.owner) = (.serviceCall, nil)
        call.item?.kind = .serviceCall
        call.item?.about = PSAContext(company: "Mill")
        call.crew = [
          CrewMember(resource: Self.anna, name: "Anna"),
          CrewMember(resource: Self.bert, name: "Bert"),
        ]
        var calls = MirrorChanges(.serviceCall, read: 1)
        calls.rows = [call]
        try await store.keep(calls, now: Ground.noon)
        let parts: [Kind] = [.serviceCall]
        #expect(try await changes(store, Self.anna, parts).rows.isEmpty)
        var rows = MirrorChanges(.ticketRow, read: 2)
        rows.rows = [
          TenantRow(part: .ticketRow, id: PSAID(8), owner: Self.anna, parent: PSAID(50)),
          TenantRow(part: .ticketRow, id: PSAID(9), owner: Self.bert, parent: PSAID(50)),
        ]
        #expect(try await store.keep(rows, now: Ground.noon) == [PSAID(50)])
        let seen = try await changes(store, Self.anna, parts)
        #expect(seen.rows.map(\.part) == [.ticketRow, .serviceCall])
        #expect(seen.rows.last?.item?.about?.others == ["Bert"])
        #expect(seen.rows.last?.item?.resource == Self.anna)
        var gone = MirrorChanges(.ticketRow, read: 3)
        gone.gone = [PSAID(8)]
        try await store.keep(gone, now: Ground.noon)
        let left = try await changes(store, Self.anna, since: seen.sequence, parts)
        #expect(left.rows.allSatisfy(\.isGone) && left.rows.count == 2)

        let contact = PSAContact(
          id: PSAID(70),
          company: PSAID(60),
          created: Ground.noon,
          modified: Ground.noon
        )
        var contacts = MirrorChanges(.contact, read: 4)
        contacts.rows = [
          TenantRow(part: .contact, id: PSAID(70), parent: PSAID(60), contact: contact)
        ]
        try await store.keep(contacts, now: Ground.noon)
        for (part, owner, read) in [
          (PSAViewPart.company, Self.anna, 5), (.opportunity, Self.bert, 6),
          (.company, Self.bert, 7),
        ] as [(PSAViewPart, ResourceID, Int64)] {
          var relation = MirrorChanges(part, read: read)
          relation.rows = [
            TenantRow(
              part: part,
              id: PSAID(60),
              owner: owner,
              parent: part == .opportunity ? PSAID(70) : nil
            )
          ]
          try await store.keep(relation, now: Ground.noon)
          let all = try await [Self.anna, Self.bert].asyncMap {
            try await changes(store, $0, [.contact]).rows.filter { $0.part == .contact }.map(\.id)
          }
          let expected: [[PSAID]] =
            switch read {
            case 5: [[PSAID(70)], []]
            case 6: [[PSAID(70)], [PSAID(70)]]
            default: [[], [PSAID(70)]]
            }
          #expect(all == expected, "\(part) of \(owner)")
        }
      }
    }

    @Test(arguments: Engine.allCases)
    func `many changes come in pages, and who was away for long begins anew`(
      engine: Engine
    ) async throws {
      try await Ground.with(engine) { _, store in
        try await looked(store)
        var batch = MirrorChanges(.appointment, read: 1)
        batch.rows = (1...1_201).map { appointment(Int64($0), of: Self.anna, "a") }
        try await store.keep(batch, now: Ground.noon)
        var (since, pages): (Int64, [Int]) = (0, [])
        var isLast = false
        while !isLast {
          let page = try await changes(store, Self.anna, since: since)
          #expect(!page.replaces)
          pages.append(page.rows.count)
          (since, isLast) = (page.sequence, page.isLast)
        }
        #expect(pages == [500, 500, 201])
        var gone = MirrorChanges(.appointment, read: 2)
        gone.gone = [PSAID(5)]
        let later = Ground.noon.advanced(byDays: 70)
        try await store.keep(gone, now: later)
        try await store.dropTombstones(before: later.advanced(bySeconds: 1))
        let anew = try await changes(store, Self.anna, since: since)
        #expect(anew.replaces && anew.rows.count == 500)
        // Rows that never changed are older than that: their pages belong to the whole reading.
        var read = anew.rows.map(\.id)
        var (next, isOver) = (anew.sequence, anew.isLast)
        while !isOver {
          let page = try await changes(store, Self.anna, since: next, isWhole: true)
          #expect(!page.replaces)
          read += page.rows.map(\.id)
          (next, isOver) = (page.sequence, page.isLast)
        }
        #expect(Set(read).count == 1_200 && read.count == 1_200)
      }
    }

    @Test(arguments: Engine.allCases)
    func `whoever reads while several write misses nothing`(engine: Engine) async throws {
      try await Ground.with(engine) { ground, store in
        try await looked(store)
        let other = try await ground.opened()
        let seen = try await withThrowingTaskGroup(of: Void.self) { group in
          for writer in 0..<4 {
            let opened = writer % 2 == 0 ? store : other
            group.addTask {
              for number in 0..<25 {
                var batch = MirrorChanges(.appointment, read: 1)
                let id = Int64(writer * 100 + number + 1)
                batch.rows = [appointment(id, of: Self.anna, "a")]
                try await opened.keep(batch, now: Ground.noon)
              }
            }
          }
          var (since, seen): (Int64, Set<PSAID>) = (0, [])
          while seen.count < 100 {
            let page = try await changes(other, Self.anna, since: since)
            for row in page.rows { #expect(seen.insert(row.id).inserted) }
            since = page.sequence
          }
          try await group.waitForAll()
          return seen
        }
        #expect(seen.count == 100)
        try other.close()
      }
    }

    @Test(arguments: Engine.allCases)
    func `another tenant's rows are forgotten, and everybody begins anew`(
      engine: Engine
    ) async throws {
      try await Ground.with(engine) { _, store in
        try await looked(store)
        var batch = MirrorChanges(.appointment, read: 1)
        batch.rows = [appointment(1, of: Self.anna, "a")]
        try await store.keep(batch, now: Ground.noon)
        try await store.keepPlace(
          tenant: TenantID(8),
          server: "psa.example.com",
          allowance: Allowance(used: 1, limit: 10_000),
          holder: "one",
          now: Ground.noon
        )
        #expect(try await refusal { _ = try await changes(store, Self.anna) } == .busy)
        let since = try await store.viewSequence()
        try await looked(store)
        // The first tenant's again: of another one nothing is left either.
        #expect(try await changes(store, Self.anna, since: 1).replaces)
        #expect(try await changes(store, Self.anna, since: since + 1).rows.isEmpty)
      }
    }
  }
}

extension Array {
  fileprivate func asyncMap<Value>(
    _ transform: (Element) async throws -> Value
  ) async throws -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
