import Cryptography
import Foundation
import HTTP
import RegistryAPI
import RegistryDuties
import RegistryStore
import SyncModel
import TestGround
import Testing

/// What a registry does by itself, on a real file and against a real mail server.
@Suite(.timeLimit(.minutes(5))) struct DutiesTests {
  private static let noon = Instant(seconds: 1_795_420_800)
  private static let boss = AdminName(rawValue: "dispatcher")
  private static let (anna, bert) = (ResourceID(101), ResourceID(102))

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func after(_ minutes: Int64) -> Instant {
    Self.noon.advanced(bySeconds: minutes * 60)
  }

  private func opened() async throws -> RegistryStore {
    try await RegistryStore.open(
      .sqlite(path: folder("registry.sqlite")),
      keyFile: folder("registry.key"),
      dice: { try RandomBytes.bytes($0) }
    )
  }

  /// Two people, both enabled, and an address that is told of troubles.
  private func staffed() async throws -> RegistryStore {
    let store = try await opened()
    var settings = AdminSettings()
    (settings.profileName, settings.serverAddress) = ("Firm", "mail.example.com")
    settings.notificationAddresses = ["boss@example.com", "night@example.com"]
    _ = try await store.save(settings, expecting: 0, by: Self.boss, now: Self.noon)
    try await store.keepResources(
      [(Self.anna, "Anna Arnold"), (Self.bert, "Bert Brandt")].map {
        ResourceRow(number: $0, name: $1, mail: "\($0)@example.com", isActive: true)
      },
      by: Self.boss,
      now: Self.noon
    )
    _ = try await store.setEnabled([Self.anna, Self.bert], true, by: Self.boss, now: Self.noon)
    return store
  }

  private func report(
    _ run: Int64,
    _ outcome: Outcome,
    of resource: ResourceID,
    at minutes: Int64,
    _ store: RegistryStore
  ) async throws {
    let agent = AgentIdentity(agent: AgentID(rawValue: "agent-\(resource)"), resource: resource)
    let batch = AttemptBatch(
      version: "0.1.0",
      attempts: [
        AttemptReport(
          run: RunID(run),
          purpose: .sync,
          outcome: outcome,
          notes: outcome == .failed ? ["Exchange refuses the password."] : [],
          started: WireTime(after(minutes)),
          finished: WireTime(after(minutes)),
          nextDue: WireTime(after(minutes + 15))
        )
      ]
    )
    _ = try await store.keep(batch, of: agent, now: after(minutes))
  }

  private func enrol(_ resource: ResourceID, _ store: RegistryStore) async throws {
    let code = try await store.makeCode(for: resource, by: Self.boss, now: Self.noon)
    let request = EnrolmentRequest(
      code: code,
      agent: AgentID(rawValue: "agent-\(resource)"),
      machine: "desk",
      version: "0.1.0",
      takesOver: false
    )
    _ = try await store.enrol(request, now: Self.noon)
  }

  private func round(_ store: RegistryStore, _ sink: MailSink) -> MailRound {
    MailRound(
      store: store,
      server: MailServer(host: "127.0.0.1", port: sink.port, encryption: .none),
      sender: "lockstep@example.com"
    )
  }

  // MARK: Invitations

  @Test func `who is enabled gets a mail with a code that works, and nobody else does`()
    async throws
  {
    guard let sink = try await MailSink.opened() else { return }
    let store = try await staffed()
    _ = try await store.setEnabled([Self.anna, Self.bert], false, by: Self.boss, now: after(1))
    try await enrol(Self.bert, store)
    let invitations = Invitations(store: store, address: "https://registry.example.com")
    let new = try await invitations.setEnabled(
      [Self.anna, Self.bert],
      true,
      by: Self.boss,
      now: after(2)
    )
    #expect(new == [Self.anna, Self.bert])
    #expect(try await round(store, sink).run(now: after(3)).sent == 1)
    let mail = try #require(try await sink.next())
    #expect(mail.to == ["101@example.com"])
    #expect(mail.text.contains("Hello Anna Arnold"))
    #expect(mail.text.contains("url = \"https://registry.example.com\""))
    let code = try #require(mail.text.firstMatch(of: /--code (\S+)/)?.1)
    let request = EnrolmentRequest(
      code: String(code),
      agent: AgentID(rawValue: "laptop"),
      machine: "laptop",
      version: "0.1.0",
      takesOver: false
    )
    #expect(try await store.enrol(request, now: after(4)).resource == 101)
    #expect(try await round(store, sink).run(now: after(5)).sent == 0)
    try store.close()
  }

  @Test func `a code that waits to be mailed lies in no file in the clear`() async throws {
    let store = try await staffed()
    _ = try await store.setEnabled([Self.anna], false, by: Self.boss, now: after(1))
    _ = try await Invitations(store: store, address: "https://registry.example.com")
      .setEnabled([Self.anna], true, by: Self.boss, now: after(2))
    let mail = try #require(try await store.dueMails(now: after(3)).first)
    let code = try #require(mail.mail.body.firstMatch(of: /--code (\S+)/)?.1)
    try store.close()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      #expect(!String(decoding: try folder.bytes(name), as: UTF8.self).contains(code), "\(name)")
    }
  }

  // MARK: Troubles

  @Test func `a trouble is told once when it has lasted, and once when it is over`() async throws {
    guard let sink = try await MailSink.opened() else { return }
    var store = try await staffed()
    for resource in [Self.anna, Self.bert] { try await enrol(resource, store) }
    for run in Int64(1)...4 {
      let minutes = run * 15
      try await report(run, .failed, of: Self.anna, at: minutes, store)
      try await report(run, .success, of: Self.bert, at: minutes, store)
      try await TroubleRound(store: store).run(now: after(minutes + 1))
      // A process that starts anew remembers.
      try store.close()
      store = try await opened()
      _ = try await round(store, sink).run(now: after(minutes + 2))
    }
    for address in ["boss@example.com", "night@example.com"] {
      let mail = try #require(try await sink.next())
      #expect(mail.to == [address])
      #expect(mail.subject == "Lockstep (Firm): Anna Arnold is not in step")
      #expect(mail.text.contains("Cause:  Exchange refuses the password."))
      #expect(mail.text.contains("Effect: ") && mail.text.contains("Next:   "))
      #expect(!mail.text.contains("Bert"))
    }
    try await report(5, .success, of: Self.anna, at: 75, store)
    try await report(5, .success, of: Self.bert, at: 75, store)
    #expect(try await TroubleRound(store: store).run(now: after(76)) == 2)
    #expect(try await TroubleRound(store: store).run(now: after(77)) == 0)
    #expect(try await round(store, sink).run(now: after(78)).sent == 2)
    #expect(try await sink.next()?.subject == "Lockstep (Firm): Anna Arnold is in step again")
    try store.close()
  }

  @Test func `agents that fall silent are told in one mail`() async throws {
    let store = try await staffed()
    for resource in [Self.anna, Self.bert] {
      try await enrol(resource, store)
      try await report(1, .success, of: resource, at: 0, store)
    }
    var queued = 0
    for hour in Int64(1)...12 {
      queued += try await TroubleRound(store: store).run(now: after(hour * 60))
    }
    #expect(queued == 2, "one for each address")
    let mails = try await store.dueMails(now: after(800))
    #expect(Set(mails.map(\.mail.subject)) == ["Lockstep (Firm): nothing heard from 2 agents"])
    try store.close()
  }

  @Test func `of a registry that is switched off nobody is told anything`() async throws {
    let store = try await staffed()
    try await enrol(Self.anna, store)
    var settings = try await store.settings().settings
    settings.isEnabled = false
    _ = try await store.save(settings, expecting: 1, by: Self.boss, now: after(1))
    for run in Int64(1)...4 {
      try await report(run, .failed, of: Self.anna, at: run * 15, store)
      #expect(try await TroubleRound(store: store).run(now: after(run * 15 + 1)) == 0)
    }
    try store.close()
  }

  // MARK: The mail server

  @Test func `a mail server that is away loses nothing, and nothing is sent twice`() async throws {
    guard let sink = try await MailSink.opened() else { return }
    let store = try await staffed()
    try await store.queue(
      [OutgoingMail(to: "a@example.com", subject: "One", body: "Text")],
      now: Self.noon
    )
    // A port that is held, and refuses.
    let closed = try Listener(backlog: nil)
    let away = MailRound(
      store: store,
      server: MailServer(host: "127.0.0.1", port: closed.port, encryption: .none),
      sender: "lockstep@example.com"
    )
    let failed = try await away.run(now: after(1))
    #expect(failed.sent == 0 && failed.complaints.count == 1, "\(failed)")
    #expect(try await round(store, sink).run(now: after(1)).sent == 0, "it waits a minute")
    #expect(try await round(store, sink).run(now: after(3)).sent == 1)
    #expect(try await round(store, sink).run(now: after(9)).sent == 0)
    #expect(try await sink.next()?.subject == "One")
    try store.close()
  }

  @Test func `one address that is refused holds up no other`() async throws {
    guard let sink = try await MailSink.opened("refuse=gone@example.com") else { return }
    let store = try await staffed()
    try await store.queue(
      ["gone@example.com", "here@example.com"].map {
        OutgoingMail(to: $0, subject: "Both", body: "Text")
      },
      now: Self.noon
    )
    let result = try await round(store, sink).run(now: after(1))
    #expect(result.sent == 1 && result.complaints.count == 1)
    #expect(try await sink.next()?.to == ["here@example.com"])
    // It is tried for a week, then it is of no use any more.
    #expect(try await store.dueMails(now: after(8 * 1_440)).isEmpty)
    try store.close()
  }

  @Test func `of two processes one does the round`() async throws {
    let store = try await staffed()
    #expect(try await store.lease("duties", holder: "one", seconds: 120, now: Self.noon))
    #expect(try await store.lease("duties", holder: "two", seconds: 120, now: after(1)) == false)
    #expect(try await store.lease("duties", holder: "two", seconds: 120, now: after(3)))
    try store.close()
  }
}
