import Exchange
import HTTP
import Sandbox
import SyncEngine
import SyncModel
import Testing
import World

/// An account that serves others: what it can do in their names, and what not (`ews.md` 1.4).
@Suite struct ServiceAccountTests {
  private func mailbox(
    _ ports: Sandbox.Ports,
    _ grounds: Grounds,
    user: String,
    address: String = Seeding.mailAddress,
    impersonates: Bool
  ) -> EWSMailbox {
    EWSMailbox(
      account: EWSAccount(
        url: "http://127.0.0.1:\(ports.exchange)/EWS/Exchange.asmx",
        mailbox: address,
        credential: .basic(user: user, password: Secret(Grounds.password)),
        impersonates: impersonates
      ),
      client: HTTPClient(trust: .system),
      zones: grounds.database
    )
  }

  @Test func `an account that impersonates opens, reads and writes the person's calendar`()
    async throws
  {
    let grounds = try Grounds(items: 5)
    try await grounds.serving { ports async throws in
      let acting = mailbox(ports, grounds, user: Grounds.account, impersonates: true)
      let own = mailbox(ports, grounds, user: Seeding.mailAddress, impersonates: false)
      let folder = try await acting.open()
      #expect(folder == (try await own.open()))
      #expect(folder.canWrite)
      let answer = try await acting.changes(since: nil, in: folder.id)
      guard case .page(let changes) = answer else {
        Issue.record("no page came")
        return
      }
      #expect(!changes.present.isEmpty)
    }
  }

  @Test func `without the right, or for a stranger, nothing is opened`() async throws {
    let grounds = try Grounds(items: 1)
    try await grounds.serving { ports async throws in
      let curious = mailbox(ports, grounds, user: Seeding.mailAddress, impersonates: true)
      let denied = await #expect(throws: EWSError.self) { try await curious.open() }
      #expect(denied?.remedy == .stop)
      #expect(denied?.description.contains("ErrorImpersonateUserDenied") == true)
      let stranger = mailbox(
        ports,
        grounds,
        user: Grounds.account,
        address: "nobody@example.com",
        impersonates: true
      )
      let unknown = await #expect(throws: EWSError.self) { try await stranger.open() }
      #expect(unknown?.description.contains("no mailbox of this address") == true)
      let alone = mailbox(ports, grounds, user: Grounds.account, impersonates: false)
      await #expect(throws: EWSError.self) { try await alone.open() }
    }
  }

  @Test func `an account without a mailbox signs in, and its right to public folders is told`()
    async throws
  {
    let grounds = try Grounds(items: 1)
    try await grounds.serving { ports async throws in
      let account = mailbox(ports, grounds, user: Grounds.account, impersonates: false)
      #expect(try await account.signIn().contains("Exchange"))
      #expect(try await account.mayMakePublicFolders())
      await grounds.world.mailbox { mailbox, _ in mailbox.mayWritePublicFolders = false }
      #expect(try await account.mayMakePublicFolders() == false)
      let wrong = mailbox(ports, grounds, user: "FIRM\\other", impersonates: false)
      let refused = await #expect(throws: EWSError.self) { try await wrong.signIn() }
      #expect(refused?.remedy == .signIn)
    }
  }
}
