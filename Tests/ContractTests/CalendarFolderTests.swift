import SyncEngine
import SyncModel
import Testing
import World

/// `ExchangeMailbox.open`, `personalZone` and the folder mark.
@Suite struct CalendarFolderTests {
  @Test(arguments: ExchangePort.allCases)
  func `the folder is found with the mailbox, its count and its rights in one request`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    _ = try await grounds.add(many: 7)
    try await port.open(grounds) { mailbox in
      let before = await mailbox.requests
      let folder = try await mailbox.open()
      #expect(await mailbox.requests == before + 1)
      #expect(folder.mailbox == MailboxID("technician@example.com"))
      #expect(folder.itemCount == 7)
      #expect(folder.canWrite)
      #expect(folder.mark == nil)
      #expect(!folder.server.isEmpty)
      #expect(try await mailbox.open().id == folder.id)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `the count follows what people and the agent do`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open()
      #expect(folder.itemCount == 0)
      let id = try await grounds.add()
      _ = try await mailbox.create([Draft.exchange()], in: folder.id)
      #expect(try await mailbox.open().itemCount == 2)
      try await grounds.delete(id)
      #expect(try await mailbox.open().itemCount == 1)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `the mark is read as it was written, and a later one replaces it`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open()
      for run in [1, 2] as [Int64] {
        let mark = FolderMark(
          tenant: TenantID(123_456),
          resource: ResourceID(29_682_885),
          agent: AgentID("agent-\(run)"),
          machine: "Büro <2> & \"Lager\"",
          run: RunID(run)
        )
        try await mailbox.write(mark, on: folder.id)
        let again = try await mailbox.open()
        #expect(again.mark == mark)
        #expect(again.id == folder.id)
        #expect(again.itemCount == folder.itemCount)
      }
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `the mark of another program's making is no mark`(port: ExchangePort) async throws {
    let grounds = try Grounds()
    try await grounds.inMailbox { mailbox, around in
      let property = Mailbox.ExtendedProperty(.publicString("x-lockstep-folder"), "something else")
      try mailbox.updateFolder(mailbox.folderID(.calendar), [.set(property)], at: around.now)
    }
    try await port.open(grounds) { mailbox in
      let folder = try await mailbox.open()
      #expect(folder.mark == nil)
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `the person's zone is the one chosen in Outlook on the web`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    try await port.open(grounds) { mailbox in
      #expect(try await mailbox.personalZone() == Draft.berlin)
      try await grounds.inMailbox { mailbox, _ in mailbox.timeZone = "New Zealand Standard Time" }
      #expect(try await mailbox.personalZone() == ZoneName("Pacific/Auckland"))
    }
  }

  @Test(arguments: ExchangePort.allCases)
  func `a person who never used Outlook on the web has no zone`(
    port: ExchangePort
  ) async throws {
    let grounds = try Grounds()
    let mailbox = Mailbox(
      owner: Mailbox.Person(name: "Technician", address: Seeding.mailAddress),
      seed: 2,
      at: grounds.clock.now
    )
    try await grounds.inMailbox { old, _ in old = mailbox }
    try await port.open(grounds) { mailbox in
      let zone = try await mailbox.personalZone()
      #expect(zone == nil)
    }
  }
}
