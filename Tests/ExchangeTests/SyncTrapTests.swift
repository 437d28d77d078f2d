import Exchange
import SyncEngine
import SyncModel
import Testing

/// SyncFolderItems and batches of GetItem (`ews.md` 2.4, 2.5).
@Suite struct SyncTrapTests {
  private func page(
    _ changes: String,
    state: String = "H4sIAAB=",
    isLast: String = "true"
  ) -> Reply {
    .soap(
      Fixture.response(
        "SyncFolderItems",
        Fixture.message(
          "SyncFolderItems",
          "<m:SyncState>\(state)</m:SyncState>"
            + "<m:IncludesLastItemInRange>\(isLast)</m:IncludesLastItemInRange>"
            + "<m:Changes>\(changes)</m:Changes>"
        )
      )
    )
  }

  private func changes(_ reply: Reply, since state: String? = nil) async throws
    -> ExchangeChangesAnswer
  {
    try await Desk(reply).mailbox.changes(since: state.map { SyncState($0) }, in: Fixture.folder)
  }

  @Test func `what moved is read whatever its class`() async throws {
    let answer = try await changes(
      page(
        """
        <t:Create><t:CalendarItem><t:ItemId Id="I1" ChangeKey="C1"/><t:ItemClass>IPM.Appointment\
        </t:ItemClass></t:CalendarItem></t:Create><t:Update><t:CalendarItem>\
        <t:ItemId Id="I2" ChangeKey="C2"/></t:CalendarItem></t:Update>\
        <t:Delete><t:ItemId Id="I3" ChangeKey="C3"/></t:Delete>\
        <t:ReadFlagChange><t:ItemId Id="I4" ChangeKey="C4"/><t:IsRead>true</t:IsRead></t:ReadFlagChange>\
        <t:Create><t:MeetingRequest><t:ItemId Id="I5" ChangeKey="C5"/></t:MeetingRequest></t:Create>\
        <t:Create><t:PostItem><t:ItemId Id="I6" ChangeKey="C6"/></t:PostItem></t:Create>
        """,
        isLast: "false"
      )
    )
    guard case .page(let page) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(page.present.map(\.id.rawValue) == ["I1", "I2", "I4", "I5", "I6"])
    #expect(page.present.map(\.changeKey.rawValue) == ["C1", "C2", "C4", "C5", "C6"])
    #expect(page.gone == [ExchangeItemID("I3")])
    #expect(page.next == SyncState("H4sIAAB="))
    #expect(!page.isLast)
  }

  @Test func `nothing moved`() async throws {
    let answer = try await changes(page(""), since: "H4sIAAA=")
    #expect(
      answer
        == .page(ExchangeChanges(present: [], gone: [], next: SyncState("H4sIAAB="), isLast: true))
    )
  }

  @Test func `an id that comes twice is as its last line says`() async throws {
    let answer = try await changes(
      page(
        """
        <t:Delete><t:ItemId Id="A" ChangeKey="1"/></t:Delete>\
        <t:Create><t:CalendarItem><t:ItemId Id="A" ChangeKey="2"/></t:CalendarItem></t:Create>\
        <t:Update><t:CalendarItem><t:ItemId Id="B" ChangeKey="1"/></t:CalendarItem></t:Update>\
        <t:Delete><t:ItemId Id="B" ChangeKey="2"/></t:Delete>
        """
      )
    )
    guard case .page(let page) = answer else { return }
    #expect(page.present.map(\.id.rawValue) == ["A"])
    #expect(page.gone.map(\.rawValue) == ["B"])
  }

  @Test func `a state that is refused is said so, not read as an empty folder (2.4)`() async throws
  {
    let refused = Reply.soap(
      Fixture.response(
        "SyncFolderItems",
        Fixture.message(
          "SyncFolderItems",
          "<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>",
          code: "ErrorInvalidSyncStateData",
          text: "Synchronization state data is corrupt or otherwise invalid."
        )
      )
    )
    #expect(try await changes(refused, since: "old") == .stateRefused)
    let fault = Reply.soap(Fixture.fault("ErrorInvalidSyncStateData"), status: 500)
    #expect(try await changes(fault, since: "old") == .stateRefused)
  }

  @Test func `a page without its state is no page`() async throws {
    let desk = try Desk(page("", state: ""))
    let error = await failure { try await desk.mailbox.changes(since: nil, in: Fixture.folder) }
    #expect(error?.remedy == .retry(after: .seconds(60)))
  }

  /// The same request would be answered the same way for ever.
  @Test func `a page that leads to itself is no page`() async throws {
    let same = page("", state: "H4sIAAA=", isLast: "false")
    #expect(await failure { try await changes(same, since: "H4sIAAA=") } != nil)
    // A state that stays is none where it is the last one.
    guard case .page(let last) = try await changes(page("", state: "H4sIAAA="), since: "H4sIAAA=")
    else {
      Issue.record("no page")
      return
    }
    #expect(last.isLast)
  }

  @Test func `an item that left for another folder is gone from this one (6.3)`() async throws {
    let answer = try await changes(
      page(
        """
        <t:Create><t:CalendarItem><t:ItemId Id="NEW" ChangeKey="C2"/></t:CalendarItem></t:Create>\
        <t:Delete><t:ItemId Id="OLD" ChangeKey="C1"/></t:Delete>
        """
      )
    )
    guard case .page(let page) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(page.present.map(\.id.rawValue) == ["NEW"])
    #expect(page.gone.map(\.rawValue) == ["OLD"])
  }

  @Test func `a folder that went away ends the run, not the items (2.4)`() async throws {
    for code in ["ErrorSyncFolderNotFound", "ErrorItemNotFound"] {
      let desk = try Desk(
        .soap(
          Fixture.response("SyncFolderItems", Fixture.message("SyncFolderItems", code: code))
        )
      )
      let error = await failure { try await desk.mailbox.changes(since: nil, in: Fixture.folder) }
      #expect(error?.remedy == .retry(after: .seconds(60)))
    }
  }

  @Test func `a state of megabytes goes there and back whole (6.14)`() async throws {
    let state = String(repeating: "H4sIAAAAAAAEAO29", count: 150_000)
    let server = try ScriptedExchange { asked, _ in
      asked.text.contains("<m:SyncState>\(state)</m:SyncState>")
        ? self.page("", state: state) : .soap(Fixture.fault("ErrorInvalidRequest"), status: 500)
    }
    let answer = try await Desk(server).mailbox.changes(since: SyncState(state), in: Fixture.folder)
    guard case .page(let page) = answer else { return }
    #expect(page.next.rawValue == state)
  }

  // MARK: Batches

  private func echo(_ asked: Asked) -> Reply {
    .soap(
      Fixture.response(
        "GetItem",
        asked.itemIDs.map {
          Fixture.message("GetItem", "<m:Items>\(Fixture.appointment(id: $0))</m:Items>")
        }.joined()
      )
    )
  }

  private func ids(_ count: Int) -> [ExchangeItemID] {
    (0..<count).map { ExchangeItemID("I\($0)") }
  }

  private func found(_ readings: [ItemReading]) -> [String] {
    readings.map {
      guard case .found(let item) = $0 else { return "-" }
      return item.id.rawValue
    }
  }

  @Test func `many items come in batches of 50, in the order asked`() async throws {
    let server = try ScriptedExchange { asked, _ in self.echo(asked) }
    let readings = try await Desk(server).mailbox.items(ids(512), in: Fixture.folder)
    #expect(found(readings) == ids(512).map(\.rawValue))
    #expect(server.asked.count == 11)
    #expect(server.asked.map(\.itemIDs.count).max() == 50)
  }

  @Test func `no items, no request`() async throws {
    let server = try ScriptedExchange { asked, _ in self.echo(asked) }
    #expect(try await Desk(server).mailbox.items([], in: Fixture.folder).isEmpty)
    #expect(server.asked.isEmpty)
  }

  @Test func `a batch that takes too long is halved (2.5)`() async throws {
    let server = try ScriptedExchange { asked, _ in
      asked.itemIDs.count > 13
        ? .soap(Fixture.fault("ErrorTimeoutExpired"), status: 500) : self.echo(asked)
    }
    let readings = try await Desk(server).mailbox.items(ids(50), in: Fixture.folder)
    #expect(found(readings) == ids(50).map(\.rawValue))
  }

  @Test func `one id that spoils its batch is found by halving (6.20)`() async throws {
    let server = try ScriptedExchange { asked, _ in
      asked.itemIDs.contains("I17")
        ? .soap(Fixture.fault("ErrorInvalidIdMalformed-ish"), status: 500) : self.echo(asked)
    }
    let readings = try await Desk(server).mailbox.items(ids(50), in: Fixture.folder)
    guard case .unreadable = readings[17] else {
      Issue.record("\(readings[17])")
      return
    }
    #expect(found(readings).filter { $0 == "-" }.count == 1)
  }

  @Test func `what a stopped batch left out is asked for again (2A)`() async throws {
    let server = try ScriptedExchange { asked, _ in
      .soap(
        Fixture.response(
          "GetItem",
          asked.itemIDs.enumerated().map { place, id in
            place < 20
              ? Fixture.message("GetItem", "<m:Items>\(Fixture.appointment(id: id))</m:Items>")
              : Fixture.message(
                "GetItem",
                "<m:Items/>",
                code: "ErrorBatchProcessingStopped",
                responseClass: "Warning"
              )
          }.joined()
        )
      )
    }
    let readings = try await Desk(server).mailbox.items(ids(50), in: Fixture.folder)
    #expect(found(readings) == ids(50).map(\.rawValue))
    #expect(server.asked.map(\.itemIDs.count) == [50, 30, 10])
  }

  @Test func `a batch that is stopped before its first item does not go on for ever`() async throws
  {
    let server = try ScriptedExchange { asked, _ in
      .soap(
        Fixture.response(
          "GetItem",
          asked.itemIDs.map { _ in
            Fixture.message(
              "GetItem",
              "<m:Items/>",
              code: "ErrorBatchProcessingStopped",
              responseClass: "Warning"
            )
          }.joined()
        )
      )
    }
    let readings = try await Desk(server).mailbox.items(ids(4), in: Fixture.folder)
    #expect(found(readings) == ["-", "-", "-", "-"])
  }

  @Test func `a mailbox on the move ends the reading with a remedy (6.13)`() async throws {
    let server = try ScriptedExchange { asked, _ in
      .soap(
        Fixture.response(
          "GetItem",
          asked.itemIDs.map { _ in
            Fixture.message("GetItem", "<m:Items/>", code: "ErrorMailboxMoveInProgress")
          }.joined()
        )
      )
    }
    let desk = Desk(server)
    let error = await failure { try await desk.mailbox.items(ids(2), in: Fixture.folder) }
    #expect(error?.remedy == .retry(after: .seconds(300)))
  }
}
