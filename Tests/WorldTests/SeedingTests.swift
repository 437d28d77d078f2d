import Foundation
import Testing
import World

@Suite struct SeedingTests {
  private static let now: Int64 = 1_772_438_400

  private func world(
    items: Int,
    seed: UInt64 = 1,
    likeVendor: Bool = false
  ) throws -> World {
    let seeding = Seeding(
      seed: seed,
      items: items,
      fillsLikeVendor: likeVendor,
      zones: .utc,
      now: Self.now
    )
    let sides = try seeding.sides()
    return World(mailbox: sides.mailbox, tenant: sides.tenant, clock: { Self.now })
  }

  @Test(arguments: [0, 1, 40, 500])
  func `each side gets as many items as asked for, no two alike`(items: Int) async throws {
    let world = try world(items: items)
    for listing in [await world.exchangeListing(), await world.psaListing()] {
      #expect(listing.count == items)
      #expect(Set(listing.map { "\($0.title)|\($0.start)|\($0.end)" }).count == items)
    }
    let exchange = Set(await world.exchangeListing().map { "\($0.start)|\($0.end)" })
    let psa = await world.psaListing().map { "\($0.start)|\($0.end)" }
    #expect(exchange.isDisjoint(with: psa))
  }

  @Test func `a working week has everything in it`() async throws {
    let items = try await world(items: 40).exchangeListing()
    #expect(Set(items.map(\.kind)) == ["appointment", "series", "declined", "cancelled"])
    #expect(Set(items.map(\.sensitivity)) == ["Normal", "Private", "Personal", "Confidential"])
    #expect(items.contains { $0.isAllDay } && items.contains { $0.showAs == "Free" })
    #expect(items.contains { $0.end < Self.now } && items.contains { $0.start > Self.now })
    let numbers = try await world(items: 40).psaListing().compactMap { Int64($0.id) }.sorted()
    #expect(zip(numbers, numbers.dropFirst()).contains { $1 - $0 > 1 })
  }

  @Test func `a fortnight has series of every sort in it`() async throws {
    let world = try world(items: 40)
    let dates = await world.occurrenceListing(zones: .utc)
    let soon = dates.filter { $0.start < Self.now + 14 * 86_400 }
    #expect(soon.filter { $0.title == "Stand-up" }.count >= 9)
    #expect(soon.contains { $0.title == "Founders' day" && $0.isAllDay && $0.showAs == "Free" })
    #expect(soon.contains { $0.title == "Piano lesson" && $0.sensitivity == "Private" })
    #expect(dates.contains { $0.title == "Close of the month" })
    // Of two weeks' four dates one was moved, one renamed, one is gone.
    let checks = soon.filter { $0.title.hasPrefix("Stock check") }
    #expect(checks.count == 3)
    #expect(checks.filter { $0.title.hasSuffix(", at the depot") }.count == 1)
    #expect(Set(checks.map { $0.start % 86_400 }).count == 2)
    #expect(await world.exchangeListing().count { $0.kind == "series" } == 5)
  }

  @Test func `no date of a series has the title and times of anything else`() async throws {
    let world = try world(items: 2_000)
    let dates = await world.occurrenceListing(zones: .utc)
    let all = dates + (await world.exchangeListing().filter { $0.kind != "series" })
    #expect(Set(all.map { "\($0.title)|\($0.start)|\($0.end)" }).count == all.count)
    let psa = Set(await world.psaListing().map { "\($0.start)|\($0.end)" })
    let timed = dates.filter { !$0.isAllDay }
    #expect(psa.isDisjoint(with: timed.map { "\($0.start)|\($0.end)" }))
    #expect(await world.exchangeListing().count { $0.kind == "series" } == 54)
  }

  @Test func `the same seed makes the same world, another one another`() async throws {
    let first = try await world(items: 60, seed: 5).dump(zones: .utc)
    #expect(try await world(items: 60, seed: 5).dump(zones: .utc) == first)
    #expect(try await world(items: 60, seed: 6).dump(zones: .utc) != first)
  }

  @Test func `a vendor's filling has each item once on each side`() async throws {
    let world = try world(items: 400, likeVendor: true)
    let exchange = await world.exchangeListing()
    let psa = await world.psaListing()
    #expect(exchange.count == 400 && psa.count == 400)
    let shown = exchange.map { item in
      "\(item.sensitivity == "Normal" ? item.title : "Appointment")|\(item.start)|\(item.end)"
    }
    #expect(Set(shown) == Set(psa.map { "\($0.title)|\($0.start)|\($0.end)" }))
    #expect(Set(exchange.map { "\($0.start)|\($0.end)" }).count == 400)
    #expect(exchange.allSatisfy { $0.kind == "appointment" })
    #expect(psa.contains { $0.title == "Appointment" })
    #expect(!psa.contains { $0.text.contains("Ref: ") })
  }

  @Test func `ten thousand pairs are made`() async throws {
    let world = try world(items: 10_000, likeVendor: true)
    #expect(await world.psaListing().count == 10_000)
    #expect(await world.exchangeListing().count == 10_000)
  }

  @Test func `random changes are repeatable, and no two items become alike`() async throws {
    let first = try world(items: 40)
    let second = try world(items: 40)
    let edits = try await first.makeRandomEdits(60, seed: 3, zones: .utc)
    #expect(try await second.makeRandomEdits(60, seed: 3, zones: .utc) == edits)
    #expect(Set(edits.map(\.side)).count == 2)
    for listing in [await first.exchangeListing(), await first.psaListing()] {
      let keys = listing.map { "\($0.title)|\($0.start)|\($0.end)" }
      #expect(Set(keys).count == keys.count)
    }
    #expect(await first.dump(zones: .utc)["mails"] == 0)
  }

  @Test func `edits survive their own JSON`() throws {
    let edits = [
      Edit(.psa, .create(title: "A", start: 60, end: 120)),
      Edit(.exchange, .move(id: "AAM=", start: 60, end: 120)),
      Edit(.psa, .retitle(id: "4", title: "B")),
      Edit(.exchange, .delete(id: "AAM=")),
    ]
    for edit in edits { #expect(try Edit(json: edit.json) == edit) }
    #expect(throws: EditProblem.self) { _ = try Edit(json: ["side": "psa", "verb": "burn"]) }
  }

  @Test func `a person's edit in the PSA is not the API user's`() async throws {
    let world = try world(items: 3)
    let id = try await world.make(Edit(.psa, .create(title: "A", start: 60, end: 120)), zones: .utc)
    let creator = await world.tenant { tenant, _ -> JSONValue? in
      guard let entity = Schema.entity("Appointments"), let number = Int64(id) else { return nil }
      return tenant.row(number, of: entity).flatMap { tenant.json($0, of: entity) }?[
        "creatorResourceID"
      ]
    }
    #expect(creator == 29_682_861)
    await #expect(throws: EditProblem.self) {
      _ = try await world.make(Edit(.psa, .delete(id: "1")), zones: .utc)
    }
    await #expect(throws: EditProblem.self) {
      _ = try await world.make(Edit(.exchange, .delete(id: "nonsense")), zones: .utc)
    }
  }

  @Test func `a world outlives its process`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "world-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = WorldFile(folder.appending(path: "world.plist").path)
    let world = try world(items: 80)
    #expect(!file.exists)
    try file.write(await world.snapshot())
    let stored = try file.read()
    let second = World(mailbox: stored.mailbox, tenant: stored.tenant, clock: { Self.now })
    #expect(await second.dump(zones: .utc) == world.dump(zones: .utc))
    let edit = Edit(.psa, .create(title: "A", start: 60, end: 120))
    #expect(try await second.make(edit, zones: .utc) == world.make(edit, zones: .utc))
  }
}
