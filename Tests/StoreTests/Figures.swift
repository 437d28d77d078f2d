import Glibc
import Store
import SyncEngine
import SyncModel
import Testing

/// Prints time and memory for a large calendar; asserts nothing.
@Suite(.enabled(if: getenv("LOCKSTEP_FIGURES") != nil), .serialized) struct Figures {
  private static let count = 10_000

  /// The largest resident memory so far would never fall: the present one is read instead.
  private static func residentMegabytes() -> Double {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 200)
    fgets(&buffer, CInt(buffer.count), file)
    let line = String(
      decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
      as: UTF8.self
    )
    let pages = line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return pages * 4_096 / 1_048_576
  }

  private static func measured<Value>(
    _ what: String,
    _ body: () async throws -> Value
  ) async throws -> Value {
    let before = residentMegabytes()
    let begun = ContinuousClock.now
    let value = try await body()
    let took = ContinuousClock.now - begun
    let grown = residentMegabytes() - before
    print("FIGURE \(what): \(took / .milliseconds(1)) ms, \(grown) MB")
    return value
  }

  private static func text(_ number: Int, _ length: Int) -> String {
    String(String(repeating: "text \(number) ", count: length / 8 + 1).prefix(length))
  }

  private static func id(_ number: Int) -> String {
    "AAMkAD" + text(number, 130).replacing(" ", with: "x") + padded(number)
  }

  private static func padded(_ number: Int) -> String { String(1_000_000 + number) }

  @Test func `ten thousand items on each side`() async throws {
    let folder = try TemporaryFolder()
    var dice = SeededDice(seed: 1)
    do {
      let cache = try SQLiteCache(folder: folder.path)
      try await Self.measured("keep 10,000 + 10,000 items in steps of 500") {
        for start in stride(from: 0, to: Self.count, by: 500) {
          var harvest = Harvest()
          for number in start..<start + 500 {
            let plain = dice.mirroredExchange(Self.id(number))
            var item = plain.item
            item.changeKey = ChangeKey("DwAAABYAAAD" + Self.padded(number) + "abcdefghijklmnop==")
            item.folder = FolderID(Self.id(-1))
            item.title = Self.text(number, 40)
            item.text = Self.text(number, 1_500)
            harvest.exchange.append(MirroredExchange(item: item, fact: plain.fact))
            let psa = dice.mirroredPSA(Int64(number))
            var psaItem = psa.item
            psaItem.text = Self.text(number, 1_500)
            harvest.psa.append(MirroredPSA(item: psaItem, fact: psa.fact))
          }
          try await cache.keep(harvest)
        }
      }
      try await Self.measured("intend 10,000 creates with links in steps of 50") {
        for start in stride(from: 0, to: Self.count, by: 50) {
          var intents: [Intent] = []
          var links: [Link] = []
          for number in start..<start + 50 {
            let plain = dice.link(Int64(number) + 1)
            var link = plain
            link.reason = nil
            link.exchange = ExchangeIdentity(
              folder: FolderID(Self.id(-1)),
              item: ExchangeItemID(Self.id(number)),
              cleanUID: CleanUID(Self.text(number, 112))
            )
            link.psa = PSAIdentity(id: PSAID(Int64(number)))
            link.base = Base(
              span: dice.span(),
              source: dice.prints(),
              sent: dice.prints(),
              returned: dice.prints()
            )
            link.changeKey = ChangeKey("DwAAABYAAAD" + Self.padded(number) + "abcdefghijklmnop==")
            links.append(link)
            intents.append(dice.intent(RunID(1), number + 1, link: link.id))
          }
          try await cache.intend(intents, links: links)
        }
      }
      try cache.close()
    }
    let cache = try await Self.measured("open") { try SQLiteCache(folder: folder.path) }
    let exchange = try await Self.measured("load Exchange facts") {
      try await cache.exchangeFacts()
    }
    let psa = try await Self.measured("load PSA facts") { try await cache.psaFacts() }
    let links = try await Self.measured("load links") { try await cache.links() }
    print(
      "FIGURE stride of facts and links: \(MemoryLayout<ExchangeFact>.stride)",
      MemoryLayout<PSAFact>.stride,
      MemoryLayout<Link>.stride
    )
    try await Self.measured("settle 10,000 in steps of 50") {
      for start in stride(from: 0, to: Self.count, by: 50) {
        let settlements = (start..<start + 50).map {
          Settlement(run: RunID(1), sequence: $0 + 1, status: .done, link: links[$0])
        }
        try await cache.settle(settlements)
      }
    }
    try await Self.measured("read 10,000 Exchange items by id in steps of 100") {
      for start in stride(from: 0, to: Self.count, by: 100) {
        _ = try await cache.exchangeItems(exchange[start..<start + 100].map(\.id))
      }
    }
    try await Self.measured("export both sides") {
      var bytes = 0
      try cache.forEachExchangeItem { item, _ in bytes += item.text.utf8.count }
      try cache.forEachPSAItem { item, _ in bytes += item.text.utf8.count }
      print("FIGURE exported text: \(bytes) bytes")
    }
    try await Self.measured("quick check") { _ = try await cache.faults() }
    #expect([exchange.count, psa.count, links.count] == [Self.count, Self.count, Self.count])
  }
}
