import Cryptography
import Exchange
import HTTP
import Logging
import RegistryAPI
import RegistryDuties
import RegistryStore
import Sandbox
import SyncEngine
import SyncModel
import TestGround
import Testing
import World

/// The public folder of all contacts, over the real adapters and the sandbox.
@Suite(.timeLimit(.minutes(5))) struct PublicFolderTests {
  private static let active: Set<Int64> = [30_682, 30_690, 30_700, 30_709, 30_712, 30_713]

  private struct Firm: Sendable {
    let grounds: Grounds
    let gateway: GatewayGround
    let mailbox: EWSMailbox
    let duty: PublicFolderDuty

    var store: RegistryStore { gateway.store }

    /// A look, an hour later.
    @discardableResult
    func look() async throws -> PublicFolderRound.Result {
      grounds.clock.advance(3_700)
      guard case .looked(let result) = try await duty.look() else {
        Issue.record("no look was taken")
        return PublicFolderRound.Result()
      }
      return result
    }

    /// The folder's contacts by the numbers on their stamps.
    var items: [Int64: [ExchangeContact]] {
      get async throws {
        let place = try await mailbox.publicFolder(
          named: PublicFolderRound.folderName,
          known: nil
        )
        guard let place else { return [:] }
        let listing = try await mailbox.listing(of: place.id)
        var found: [Int64: [ExchangeContact]] = [:]
        for case .found(let contact) in try await mailbox.contacts(listing.map(\.id)) {
          let stamp = contact.stamp.flatMap { Stamp($0) }
          found[stamp?.id.rawValue ?? 0, default: []].append(contact)
        }
        return found
      }
    }

    func inFolder(_ body: @Sendable @escaping (inout Mailbox, Mailbox.Surroundings) throws -> Void)
      async throws
    {
      try await grounds.inMailbox { mailbox, around in try body(&mailbox, around) }
    }
  }

  private func opened(
    _ grounds: Grounds,
    isOn: Bool = true,
    _ body: @escaping @Sendable (Firm) async throws -> Void
  ) async throws {
    try await grounds.serving { ports in
      try await GatewayGround.serving(grounds) { gateway in
        let client = HTTPClient(trust: .system)
        let mailbox = EWSMailbox(
          account: EWSAccount(
            url: "http://127.0.0.1:\(ports.exchange)/EWS/Exchange.asmx",
            mailbox: "",
            credential: .basic(user: Grounds.account, password: Secret(Grounds.password))
          ),
          client: client,
          zones: grounds.database,
          pace: QuickTime().pace
        )
        var settings = AdminSettings()
        (settings.profileName, settings.serverAddress) = ("Firm", "mail.example.com")
        (settings.publishesContacts, settings.accountUser) = (isOn, Grounds.account)
        let now = Instant(seconds: grounds.clock.now)
        _ = try await gateway.store.save(
          settings,
          expecting: 0,
          by: GatewayGround.boss,
          now: now
        )
        let clock = grounds.clock
        let tenant = gateway.tenant
        let duty = PublicFolderDuty(
          store: gateway.store,
          ends: { _, work in try await work(tenant, mailbox) },
          fingerprinter: Fingerprinter(digest: { SHA256.digest($0) }),
          holder: "this one",
          clock: { Instant(seconds: clock.now) },
          logger: Logger(label: "registry") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
          try await body(
            Firm(grounds: grounds, gateway: gateway, mailbox: mailbox, duty: duty)
          )
        } catch {
          await client.close()
          throw error
        }
        await client.close()
      }
    }
  }

  @Test func `all active contacts lie in the folder once, and at rest nothing is written`()
    async throws
  {
    let grounds = try Grounds()
    try await opened(grounds) { firm in
      let first = try await firm.look()
      #expect(first.created == Self.active.count && first.complaints.isEmpty, "\(first)")
      let items = try await firm.items
      #expect(Set(items.keys) == Self.active)
      #expect(items.values.allSatisfy { $0.count == 1 })
      #expect(items[30_700]?[0].card[.displayName].isEmpty == false)
      let before = (await firm.mailbox.requests, await firm.gateway.tenant.requests)
      #expect(try await firm.look() == PublicFolderRound.Result())
      #expect(await firm.mailbox.requests - before.0 <= 2)
      #expect(await firm.gateway.tenant.requests - before.1 <= 4)
      #expect(await grounds.mailsSent == 0)
      let status = try await firm.store.publicFolderStatus(isWanted: true)
      #expect(status.contacts == 6 && status.written == 6 && status.held == 0)
      // Not due again within the hour, and not at all where nobody wants it.
      #expect(try await firm.duty.look() == .rested(.notDue))
    }
    try await opened(Grounds(), isOn: false) { firm in
      let rest = try await firm.duty.look()
      #expect(rest == .rested(.unwanted))
      #expect(await firm.mailbox.requests == 0)
    }
  }

  @Test func `what changes in the PSA follows, and who is inactive or gone is taken out`()
    async throws
  {
    let grounds = try Grounds()
    try await opened(grounds) { firm in
      try await firm.look()
      try await grounds.change("Contacts", PSAID(30_700), "lastName", to: "Miller")
      try await grounds.change("Contacts", PSAID(30_712), "isActive", to: 0)
      try await grounds.remove("Contacts", PSAID(30_713))
      let new = try await grounds.insert(
        "Contacts",
        ["firstName": "New", "lastName": "Person", "isActive": 1],
        under: 190
      )
      let result = try await firm.look()
      #expect(result.created == 1 && result.updated == 1 && result.removed == 2, "\(result)")
      let items = try await firm.items
      #expect(
        Set(items.keys) == Self.active.subtracting([30_712, 30_713]).union([new.rawValue])
      )
      #expect(items[30_700]?[0].card[.surname] == "Miller")
      #expect(try await firm.look() == PublicFolderRound.Result())
      try await grounds.change("Contacts", PSAID(30_712), "isActive", to: 1)
      #expect(try await firm.look().created == 1)
    }
  }

  @Test func `edits in the folder are put back, and what somebody takes out stays out`()
    async throws
  {
    let grounds = try Grounds()
    try await opened(grounds) { firm in
      try await firm.look()
      let items = try await firm.items
      let edited = try #require(items[30_700]?[0])
      var card = edited.card
      card[.surname] = "Changed"
      _ = try await firm.mailbox.update(contacts: [
        ContactEdit(
          id: edited.id,
          expected: edited.changeKey,
          card: card,
          fields: [.surname]
        )
      ])
      let taken = try #require(items[30_682]?[0])
      _ = try await firm.mailbox.remove([
        ExchangeTarget(id: taken.id, expected: taken.changeKey)
      ])
      let result = try await firm.look()
      #expect(result.updated == 1 && result.created == 0, "\(result)")
      #expect(try await firm.items[30_700]?[0].card == edited.card)
      #expect(try await firm.items[30_682] == nil)
      #expect(try await firm.look() == PublicFolderRound.Result())
      #expect(try await firm.store.publicFolderStatus(isWanted: true).suppressed == 1)
      try await grounds.change("Contacts", PSAID(30_682), "lastName", to: "Again")
      #expect(try await firm.look().created == 1)
      #expect(try await firm.items[30_682]?.count == 1)
    }
  }

  @Test(arguments: [FaultKind.lostAnswer, .cutBody])
  func `contacts whose making was not answered are found by their stamps, never made twice`(
    fault: FaultKind
  ) async throws {
    let grounds = try Grounds()
    try await opened(grounds) { firm in
      // The folder is there; the first thing after it that writes makes the contacts.
      _ = try await firm.mailbox.makePublicFolder(named: PublicFolderRound.folderName)
      await grounds.faults.setRate(0.3, of: fault)
      for _ in 0..<6 {
        grounds.clock.advance(3_700)
        do {
          _ = try await firm.duty.look()
        } catch is any SyncFailure {
          // The next look goes on.
        }
      }
      await grounds.faults.setRate(0, of: fault)
      try await firm.look()
      let items = try await firm.items
      #expect(Set(items.keys) == Self.active)
      #expect(items.values.allSatisfy { $0.count == 1 })
    }
  }

  @Test func `many that vanish at once wait for an admin`() async throws {
    let grounds = try Grounds()
    try await opened(grounds) { firm in
      var ids: [PSAID] = []
      for number in 0..<20 {
        ids.append(
          try await grounds.insert(
            "Contacts",
            ["firstName": "Baker", "lastName": .string("\(number)"), "isActive": 1],
            under: 190
          )
        )
      }
      try await firm.look()
      for id in ids.prefix(8) {
        try await grounds.change("Contacts", id, "isActive", to: 0)
      }
      let held = try await firm.look()
      #expect(held.removed == 0 && held.held == 8)
      #expect(try await firm.items.count == 26)
      let digest = try #require(try await firm.store.publicFolder().digest)
      #expect(held.complaints.first?.contains("--approve \(digest)") == true)
      let now = Instant(seconds: grounds.clock.now)
      await #expect(throws: RegistryProblem.self) {
        try await firm.store.approvePublicFolder(
          PlanDigest(rawValue: "other"),
          by: GatewayGround.boss,
          now: now
        )
      }
      try await firm.store.approvePublicFolder(digest, by: GatewayGround.boss, now: now)
      let result = try await firm.look()
      #expect(result.removed == 8 && result.held == 0)
      #expect(try await firm.items.count == 18)
    }
  }

  @Test func `a folder that somebody emptied waits for an admin, too`() async throws {
    let grounds = try Grounds()
    try await opened(grounds) { firm in
      try await firm.look()
      for contact in try await firm.items.values.flatMap({ $0 }) {
        _ = try await firm.mailbox.remove([
          ExchangeTarget(id: contact.id, expected: contact.changeKey)
        ])
      }
      let held = try await firm.look()
      #expect(held.held == Self.active.count && held.created == 0)
      #expect(try await firm.store.publicFolderStatus(isWanted: true).suppressed == 0)
      let digest = try #require(try await firm.store.publicFolder().digest)
      try await firm.store.approvePublicFolder(
        digest,
        by: GatewayGround.boss,
        now: Instant(seconds: grounds.clock.now)
      )
      try await firm.look()
      #expect(try await firm.items.isEmpty)
      #expect(
        try await firm.store.publicFolderStatus(isWanted: true).suppressed == Self.active.count
      )
    }
  }

  @Test func `a listing that leaves items out makes nothing twice and takes nothing away`()
    async throws
  {
    let grounds = try Grounds()
    try await opened(grounds) { firm in
      try await firm.look()
      await grounds.faults.setRate(1, of: .truncatedListing)
      for hours in [1, 25] as [Int64] {
        grounds.clock.advance(hours * 3_700)
        do {
          if case .looked(let result) = try await firm.duty.look() {
            #expect(result.removed == 0 && result.created == 0)
          }
        } catch is any SyncFailure {
          // It says that it was cut short.
        }
      }
      await grounds.faults.setRate(0, of: .truncatedListing)
      try await firm.look()
      let items = try await firm.items
      #expect(Set(items.keys) == Self.active && items.values.allSatisfy { $0.count == 1 })
    }
  }

  @Test func `a registry that lost its memory finds the contacts by their stamps`() async throws {
    let grounds = try Grounds()
    try await opened(grounds) { firm in
      try await firm.look()
      try await firm.store.forgetPublicItems()
      try await grounds.change("Contacts", PSAID(30_712), "isActive", to: 0)
      let first = try await firm.look()
      #expect(first.created == 0 && first.removed == 0, "\(first)")
      // Only what it has seen before may go.
      let second = try await firm.look()
      #expect(second.created == 0 && second.removed == 1, "\(second)")
      #expect(try await firm.items.count == Self.active.count - 1)
    }
  }

  @Test func `without the right to write there it says so, and goes on when it has it`()
    async throws
  {
    let grounds = try Grounds()
    await grounds.world.mailbox { mailbox, _ in mailbox.mayWritePublicFolders = false }
    try await opened(grounds) { firm in
      grounds.clock.advance(3_700)
      await #expect(throws: (any Error).self) { try await firm.duty.look() }
      let status = try await firm.store.publicFolderStatus(isWanted: true)
      #expect(status.complaint?.isEmpty == false)
      await grounds.world.mailbox { mailbox, _ in mailbox.mayWritePublicFolders = true }
      #expect(try await firm.look().created == Self.active.count)
    }
  }
}
