import HTTP
import SyncEngine
import SyncModel
import TestGround
import Testing
import XML
import ZoneData

@testable import Exchange

/// Whatever Exchange, a proxy or an attacker answers: read or refused, never a crash or endless work.
@Suite struct ReplyFuzzTests {
  private static let everything =
    ReplySamples.faults + [
      ReplySamples.items, ReplySamples.contacts, ReplySamples.changes, ReplySamples.folders,
      ReplySamples.configuration,
    ]

  @Test func `garbled items are read or refused`() throws {
    let mapping = CalendarItemMapping(
      zones: ZoneMapping(zones: ZoneDatabase()),
      mailboxZone: ZoneName("Europe/Berlin")
    )
    let corpus = [ReplySamples.items] + ReplySamples.faults
    try Fuzz("exchange-items", Fragments.xml, corpus: corpus).run { bytes, garbler, _ in
      guard let messages = messages(ItemContent.self, of: bytes, &garbler) else { return }
      for message in messages {
        _ = (message.sentence, message.code.cause, message.details.backOff)
        guard let item = message.content.item else { continue }
        let reading = mapping.reading(of: item, isBodyWhole: true, folder: Fixture.folder)
        guard case .found(let found) = reading else { continue }
        #expect(!found.id.rawValue.isEmpty)
        #expect(!found.title.unicodeScalars.contains { $0.value < 0x09 })
      }
    }
  }

  @Test func `garbled contacts are read or refused`() throws {
    let corpus = [ReplySamples.contacts] + ReplySamples.faults
    try Fuzz("exchange-contacts", Fragments.xml, corpus: corpus).run { bytes, garbler, _ in
      for message in messages(ContactContent.self, of: bytes, &garbler) ?? [] {
        _ = message.content.contact?.reading(isNoteWhole: true)
      }
    }
  }

  @Test func `garbled listings are read or refused, and bring no more than was sent`() throws {
    let corpus = [ReplySamples.changes] + ReplySamples.faults
    try Fuzz("exchange-changes", Fragments.xml, corpus: corpus).run { bytes, garbler, _ in
      let found = messages(SyncFolderItemsContent.self, of: bytes, &garbler) ?? []
      let listed = found.map(\.content.changes.count).reduce(0, +)
      #expect(listed * 10 <= bytes.count)
    }
  }

  @Test func `garbled folders and configurations are read or refused`() throws {
    try Fuzz("exchange-folders", Fragments.xml, corpus: Self.everything).run { bytes, garbler, _ in
      for message in messages(FolderContent.self, of: bytes, &garbler) ?? [] {
        _ = message.content.folders.map { ($0.isOf("ipf.appointment"), $0.name) }
        do throws(EWSError) {
          _ = try message.content.page?.next(after: 0)
        } catch {
          #expect(!error.description.isEmpty)
        }
      }
      for message in messages(UserConfigurationContent.self, of: bytes, &garbler) ?? [] {
        _ = message.content.entries.count
      }
    }
  }

  /// The whole way, status and sentence included; every failure says something and gives no quote of
  /// a terminal's commands.
  @Test func `a mailbox whose server garbles every answer fails with a sentence`() async throws {
    let server = try ScriptedExchange { _, number in
      var garbler = Garbler(seed: UInt64(number), fragments: Fragments.xml)
      let sample = garbler.one(of: Self.everything)
      var reply = Reply.bytes(garbler.garbled(Array(sample.utf8)))
      reply.status = garbler.one(of: [200, 200, 200, 500, 204, 301, 400, 401, 503, 600])
      if garbler.number(below: 8) == 0 { reply.cutAfter = reply.body.count / 2 }
      return reply
    }
    let desk = Desk(server)
    for _ in 0..<60 {
      let error = await failure {
        let folder = try await desk.mailbox.open()
        _ = try await desk.mailbox.changes(since: nil, in: folder.id)
        _ = try await desk.mailbox.items([ExchangeItemID("AAMkAD=")], in: folder.id)
      }
      guard let error else { continue }
      #expect(error.description.count > 10)
    }
  }

  /// The answer as the transfer hands it on, in pieces of any length.
  private func messages<Content: WireContent>(
    _ kind: Content.Type,
    of bytes: [UInt8],
    _ garbler: inout Garbler
  ) -> [ResponseMessage<Content>]? {
    let consumer = ReplyConsumer<Content>()
    do {
      try consumer.begin(
        ResponseHead(status: 200, headers: [HTTPHeader("Content-Type", "text/xml")])
      )
      var place = 0
      while place < bytes.count {
        let length = min(garbler.one(of: [1, 100, 4_096, 65_536]), bytes.count - place)
        try bytes[place..<place + length].withUnsafeBytes { try consumer.receive($0) }
        place += length
      }
      try consumer.end()
      let outcome = try consumer.outcome()
      _ = (outcome.fault?.code, outcome.saysMoved, outcome.version)
      return outcome.messages
    } catch {
      #expect(error is XMLError || error is EWSError)
      #expect(!"\(error)".isEmpty)
      return nil
    }
  }
}
