import Exchange
import SyncEngine
import SyncModel
import Testing

/// Looking items up by what they carry (`rules.md` 7 and 8, `ews.md` 2.6, 6.15).
@Suite struct LookupTests {
  private static let folders = Fixture.response(
    "FindFolder",
    Fixture.message(
      "FindFolder",
      """
      <m:RootFolder IndexedPagingOffset="6" TotalItemsInView="6" IncludesLastItemInRange="true">\
      <t:Folders><t:CalendarFolder><t:FolderId Id="AAMkFolder=" ChangeKey="1"/>\
      <t:ParentFolderId Id="TOP" ChangeKey="1"/><t:FolderClass>IPF.Appointment</t:FolderClass>\
      </t:CalendarFolder><t:CalendarFolder><t:FolderId Id="OTHER" ChangeKey="1"/>\
      <t:ParentFolderId Id="AAMkFolder=" ChangeKey="1"/><t:FolderClass>IPF.Appointment.Custom\
      </t:FolderClass></t:CalendarFolder><t:Folder><t:FolderId Id="INBOX" ChangeKey="1"/>\
      <t:ParentFolderId Id="TOP"/><t:FolderClass>IPF.Note</t:FolderClass></t:Folder>\
      <t:Folder><t:FolderId Id="PLAIN" ChangeKey="1"/><t:ParentFolderId Id="TOP"/>\
      <t:FolderClass>IPF.Appointment</t:FolderClass></t:Folder>\
      <t:Folder><t:FolderId Id="DELETED" ChangeKey="1"/><t:ParentFolderId Id="TOP"/>\
      <t:FolderClass>IPF.Note</t:FolderClass></t:Folder>\
      <t:CalendarFolder><t:FolderId Id="OLD" ChangeKey="1"/><t:ParentFolderId Id="DELETED"/>\
      <t:FolderClass>IPF.Appointment</t:FolderClass></t:CalendarFolder></t:Folders></m:RootFolder>
      """
    )
  )

  private static let deleted = Fixture.response(
    "GetFolder",
    Fixture.message(
      "GetFolder",
      #"<m:Folders><t:Folder><t:FolderId Id="DELETED" ChangeKey="1"/></t:Folder></m:Folders>"#
    )
  )

  private static func found(_ ids: String..., isLast: Bool = true, next: Int = 1) -> String {
    let items = ids.map {
      "<t:CalendarItem><t:ItemId Id=\"\($0)\" ChangeKey=\"K\($0)\"/></t:CalendarItem>"
    }.joined()
    return Fixture.message(
      "FindItem",
      """
      <m:RootFolder IndexedPagingOffset="\(next)" TotalItemsInView="\(ids.count)" \
      IncludesLastItemInRange="\(isLast)"><t:Items>\(items)</t:Items></m:RootFolder>
      """
    )
  }

  private func desk(_ find: @escaping @Sendable (Asked) -> Reply) throws -> Desk {
    Desk(
      try ScriptedExchange { asked, _ in
        switch asked.operation {
        case "FindFolder": .soap(Self.folders)
        case "GetFolder": .soap(Self.deleted)
        default: find(asked)
        }
      }
    )
  }

  private var stamp: Stamp {
    Fixture.stamp
  }

  @Test func `an item is found in the calendar, in others and among the deleted`() async throws {
    let desk = try desk { _ in
      .soap(
        Fixture.response(
          "FindItem",
          Self.found("A"),
          Self.found("D"),
          Self.found("O"),
          Self.found(),
          Self.found("X")
        )
      )
    }
    let traces = try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    #expect(traces.map(\.id.rawValue) == ["A", "D", "O", "X"])
    #expect(traces.map(\.place) == [.calendar, .deleted, .otherCalendar, .deleted])
    #expect(traces.map(\.changeKey.rawValue) == ["KA", "KD", "KO", "KX"])
    let text = try #require(desk.server.asked.last?.text)
    #expect(text.contains("<t:Constant Value=\"\(stamp)\"/>"))
    #expect(text.contains(#"PropertyName="x-lockstep-stamp""#))
    let order = ["AAMkFolder=", "DELETED", "OTHER", "PLAIN", "OLD"]
    #expect(
      text.contains(order.map { "<t:FolderId Id=\"\($0)\"/>" }.joined() + "</m:ParentFolderIds>")
    )
    // The folders are listed once.
    _ = try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    #expect(
      desk.server.asked.map(\.operation) == ["GetFolder", "FindFolder", "FindItem", "FindItem"]
    )
  }

  @Test func `a UID is looked for as the blob in Meeting 35`() async throws {
    let desk = try desk { _ in
      .soap(Fixture.response("FindItem", String(repeating: Self.found(), count: 5)))
    }
    let uid = CleanUID("040000008200E00074C5B7101A82E008")
    #expect(try await desk.mailbox.traces(of: .uid(uid), calendar: Fixture.folder).isEmpty)
    let text = try #require(desk.server.asked.last?.text)
    #expect(text.contains("<t:Constant Value=\"BAAAAIIA4AB0xbcQGoLgCA==\"/>"))
    #expect(
      text.contains(
        #"DistinguishedPropertySetId="Meeting" PropertyId="35" PropertyType="Binary""#
      )
    )
  }

  @Test func `many copies come in pages`() async throws {
    let desk = try desk { asked in
      asked.text.contains("Offset=\"0\"")
        ? .soap(
          Fixture.response(
            "FindItem",
            Self.found("A", isLast: false, next: 1),
            String(repeating: Self.found(), count: 4)
          )
        ) : .soap(Fixture.response("FindItem", Self.found("B")))
    }
    let traces = try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    #expect(traces.map(\.id.rawValue) == ["A", "B"])
  }

  @Test func `a look-up that could not look into the calendar proves nothing`() async throws {
    let desk = try desk { _ in
      .soap(
        Fixture.response(
          "FindItem",
          Fixture.message("FindItem", code: "ErrorItemNotFound"),
          String(repeating: Self.found(), count: 4)
        )
      )
    }
    let error = await failure {
      try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    }
    #expect(error?.remedy == .retry(after: .seconds(60)))
  }

  @Test func `another calendar that was removed meanwhile holds nothing`() async throws {
    let desk = try desk { _ in
      .soap(
        Fixture.response(
          "FindItem",
          Self.found("A"),
          Self.found(),
          Fixture.message("FindItem", code: "ErrorItemNotFound"),
          Self.found(),
          Self.found()
        )
      )
    }
    let traces = try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    #expect(traces.map(\.id.rawValue) == ["A"])
  }

  /// What a stopped batch left out was not looked at, and a listing without its end is none.
  @Test(
    arguments: [
      Fixture.message(
        "FindItem",
        code: "ErrorBatchProcessingStopped",
        responseClass: "Warning"
      ),
      Fixture.message(
        "FindItem",
        #"<m:RootFolder IncludesLastItemInRange="true"><t:Items/></m:RootFolder>"#,
        code: "ErrorBatchProcessingStopped",
        responseClass: "Warning"
      ), Fixture.message("FindItem"),
      found("X", isLast: false, next: 0), found("X", isLast: false, next: -1),
      Fixture.message("FindItem", "<m:RootFolder><t:Items/></m:RootFolder>"),
    ]
  )
  func `a folder that was not read to its end proves nothing (2A, 2.6)`(
    part: String
  ) async throws {
    let desk = try desk { _ in
      .soap(
        Fixture.response("FindItem", Self.found(), part, String(repeating: Self.found(), count: 3))
      )
    }
    let error = await failure {
      try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    }
    #expect(error?.remedy == .retry(after: .seconds(60)))
  }

  @Test(
    arguments: [
      Fixture.message("FindFolder"),
      Fixture.message("FindFolder", code: "ErrorBatchProcessingStopped", responseClass: "Warning"),
      Fixture.message("FindFolder", "<m:RootFolder><t:Folders/></m:RootFolder>"),
      Fixture.message("FindFolder", code: "ErrorExceededFindCountLimit"),
    ]
  )
  func `folders that were not listed to their end prove nothing`(part: String) async throws {
    let desk = Desk(
      try ScriptedExchange { asked, _ in
        asked.operation == "GetFolder"
          ? .soap(Self.deleted) : .soap(Fixture.response("FindFolder", part))
      }
    )
    let error = await failure {
      try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    }
    #expect(error?.remedy == .retry(after: .seconds(60)))
    #expect(!desk.server.asked.contains { $0.operation == "FindItem" })
  }

  @Test func `many folders are listed in pages`() async throws {
    let first = Fixture.response(
      "FindFolder",
      Fixture.message(
        "FindFolder",
        """
        <m:RootFolder IndexedPagingOffset="1" TotalItemsInView="2" IncludesLastItemInRange="false">\
        <t:Folders><t:CalendarFolder><t:FolderId Id="OTHER"/><t:ParentFolderId Id="TOP"/>\
        <t:FolderClass>IPF.Appointment</t:FolderClass></t:CalendarFolder></t:Folders></m:RootFolder>
        """
      )
    )
    let desk = Desk(
      try ScriptedExchange { asked, _ in
        switch asked.operation {
        case "GetFolder": .soap(Self.deleted)
        case "FindFolder": .soap(asked.text.contains("Offset=\"0\"") ? first : Self.folders)
        default: .soap(Fixture.response("FindItem", String(repeating: Self.found(), count: 6)))
        }
      }
    )
    _ = try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    let offsets = desk.server.asked.filter { $0.operation == "FindFolder" }.map {
      $0.text.contains("Offset=\"0\"") ? 0 : $0.text.contains("Offset=\"1\"") ? 1 : -1
    }
    #expect(offsets == [0, 1])
  }

  /// FindItem cuts texts at 255 characters and leaves fields out (6.18).
  @Test func `a listing is asked for ids only, and contents never as MIME (6.18, 6.19)`()
    async throws
  {
    let desk = try desk { asked in
      asked.operation == "GetItem"
        ? .soap(Fixture.items(Fixture.appointment()))
        : .soap(Fixture.response("FindItem", String(repeating: Self.found(), count: 5)))
    }
    _ = try await desk.mailbox.traces(of: .stamp(stamp), calendar: Fixture.folder)
    let find = try #require(desk.server.asked.last?.text)
    #expect(
      find.contains("<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>")
    )
    _ = try await desk.read()
    let get = try #require(desk.server.asked.last?.text)
    #expect(get.contains("<t:FieldURI FieldURI=\"item:Subject\"/>"))
    #expect(!get.contains("Mime"))
  }
}
