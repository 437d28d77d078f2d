import Sandbox
import Testing
import World
import XML

/// Contacts and public folders as EWS shows and takes them.
@Suite struct EWSContactTests {
  private let stamp = """
    <t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x-stamp" \
    PropertyType="String"/>
    """

  private func create(
    _ bench: EWSBench,
    _ children: String,
    folder: String = "<t:DistinguishedFolderId Id=\"contacts\"/>"
  ) async throws -> XMLElement {
    try await bench.ask(
      """
      <m:CreateItem><m:SavedItemFolderId>\(folder)</m:SavedItemFolderId><m:Items><t:Contact>\
      \(children)</t:Contact></m:Items></m:CreateItem>
      """
    )
  }

  private func jane(_ bench: EWSBench) async throws -> EWSKnown {
    try EWSKnown(
      try await create(
        bench,
        """
        <t:Body BodyType="Text">note</t:Body><t:ExtendedProperty>\(stamp)\
        <t:Value>c1</t:Value></t:ExtendedProperty><t:FileAs>Doe, Jane</t:FileAs>\
        <t:DisplayName>Jane Doe</t:DisplayName><t:GivenName>Jane</t:GivenName>\
        <t:CompanyName>ACME</t:CompanyName><t:EmailAddresses>\
        <t:Entry Key="EmailAddress1" Name="Jane" RoutingType="SMTP">jane@example.com</t:Entry>\
        </t:EmailAddresses><t:PhysicalAddresses><t:Entry Key="Business"><t:Street>1 Main</t:Street>\
        <t:City>Bonn</t:City></t:Entry></t:PhysicalAddresses><t:PhoneNumbers>\
        <t:Entry Key="BusinessPhone">+49 1</t:Entry></t:PhoneNumbers>\
        <t:Birthday>1980-05-17T11:59:00Z</t:Birthday><t:Surname>Doe</t:Surname>
        """
      )
    )
  }

  private func update(
    _ bench: EWSBench,
    _ item: EWSKnown,
    _ updates: String
  ) async throws -> XMLElement {
    try await bench.ask(
      """
      <m:UpdateItem ConflictResolution="NeverOverwrite"><m:ItemChanges><t:ItemChange>\
      <t:ItemId Id="\(item.id)" ChangeKey="\(item.changeKey)"/><t:Updates>\(updates)</t:Updates>\
      </t:ItemChange></m:ItemChanges></m:UpdateItem>
      """
    )
  }

  private func set(_ path: String, _ child: String) -> String {
    "<t:SetItemField>\(path)<t:Contact>\(child)</t:Contact></t:SetItemField>"
  }

  private func entry(_ uri: String, _ index: String) -> String {
    "<t:IndexedFieldURI FieldURI=\"\(uri)\" FieldIndex=\"\(index)\"/>"
  }

  @Test func `what a client wrote comes back, with the server's own`() async throws {
    let bench = try EWSBench()
    let item = try await jane(bench)
    let read = try await bench.get(
      item,
      """
      \(stamp)<t:FieldURI FieldURI="item:Subject"/><t:FieldURI FieldURI="item:Body"/>\
      <t:FieldURI FieldURI="contacts:FileAs"/><t:FieldURI FieldURI="contacts:FileAsMapping"/>\
      <t:FieldURI FieldURI="contacts:CompleteName"/><t:FieldURI FieldURI="contacts:Birthday"/>\
      <t:FieldURI FieldURI="contacts:EmailAddresses"/>\
      \(entry("contacts:PhysicalAddress:City", "Business"))\
      \(entry("contacts:PhoneNumber", "BusinessPhone"))\
      \(entry("contacts:PhoneNumber", "HomePhone"))
      """
    )
    #expect(read.name == "Contact")
    #expect(read.child("Subject")?.text == "Jane Doe")
    #expect(read.descendant("ExtendedProperty", "Value")?.text == "c1")
    #expect(read.child("FileAs")?.text == "Doe, Jane")
    #expect(read.child("FileAsMapping")?.text == "None")
    #expect(read.descendant("CompleteName", "LastName")?.text == "Doe")
    #expect(read.child("Birthday")?.text == "1980-05-17T11:59:00Z")
    let email = try #require(read.descendant("EmailAddresses", "Entry"))
    #expect(email.text == "jane@example.com" && email["Name"] == "Jane")
    // Of an address only the part that was asked for.
    let address = try #require(read.descendant("PhysicalAddresses", "Entry"))
    #expect(address.children.map(\.name) == ["City"])
    #expect(read.child("PhoneNumbers")?.children.map(\.text) == ["+49 1"])
  }

  @Test func `entries are written and taken away one by one`() async throws {
    let bench = try EWSBench()
    let item = try await jane(bench)
    let reply = try await update(
      bench,
      item,
      set(
        entry("contacts:EmailAddress", "EmailAddress2"),
        "<t:EmailAddresses><t:Entry Key=\"EmailAddress2\">b@example.com</t:Entry></t:EmailAddresses>"
      )
        + set(
          entry("contacts:PhysicalAddress:City", "Home"),
          """
          <t:PhysicalAddresses><t:Entry Key="Home"><t:City>Berlin</t:City></t:Entry>\
          </t:PhysicalAddresses>
          """
        )
        + "<t:DeleteItemField>\(entry("contacts:PhoneNumber", "BusinessPhone"))</t:DeleteItemField>"
    )
    #expect(reply.codes == ["NoError"])
    let read = try await bench.get(
      item,
      """
      <t:FieldURI FieldURI="contacts:EmailAddresses"/><t:FieldURI FieldURI="contacts:PhoneNumbers"/>\
      <t:FieldURI FieldURI="contacts:PhysicalAddresses"/>
      """
    )
    #expect(read.child("EmailAddresses")?.children.count == 2)
    #expect(read.child("PhoneNumbers") == nil)
    #expect(read.child("PhysicalAddresses")?.children.map { $0["Key"] } == ["Home", "Business"])
  }

  @Test func `a wrong update is refused with its code`() async throws {
    let bench = try EWSBench()
    let item = try await jane(bench)
    let cases = [
      (
        set("<t:FieldURI FieldURI=\"contacts:Notes\"/>", "<t:Notes>x</t:Notes>"),
        "ErrorInvalidPropertySet"
      ),
      (
        set(
          entry("contacts:EmailAddress", "EmailAddress2"),
          "<t:EmailAddresses><t:Entry Key=\"EmailAddress3\">b@example.com</t:Entry></t:EmailAddresses>"
        ), "ErrorUpdatePropertyMismatch"
      ),
      (
        """
        <t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem>\
        <t:Subject>x</t:Subject></t:CalendarItem></t:SetItemField>
        """, "ErrorUpdatePropertyMismatch"
      ),
      (
        "<t:DeleteItemField><t:FieldURI FieldURI=\"contacts:HasPicture\"/></t:DeleteItemField>",
        "ErrorInvalidPropertyDelete"
      ),
    ]
    for (updates, code) in cases {
      #expect(try await update(bench, item, updates).codes == [code])
    }
  }

  @Test func `a folder of contacts is followed, and searched by stamp`() async throws {
    let bench = try EWSBench()
    func sync(_ state: String?) async throws -> XMLElement {
      try await bench.ask(
        """
        <m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
        <m:SyncFolderId><t:DistinguishedFolderId Id="contacts"/></m:SyncFolderId>\
        \(state.map { "<m:SyncState>\($0)</m:SyncState>" } ?? "")\
        <m:MaxChangesReturned>9</m:MaxChangesReturned></m:SyncFolderItems>
        """
      )
    }
    let state = try #require(try await sync(nil).all("SyncState").first?.text)
    let item = try await jane(bench)
    let page = try await sync(state)
    #expect(page.all("Create").map { $0.children.first?.name } == ["Contact"])
    let found = try await bench.ask(
      """
      <m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>\
      <m:Restriction><t:IsEqualTo>\(stamp)<t:FieldURIOrConstant><t:Constant Value="c1"/>\
      </t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds>\
      <t:DistinguishedFolderId Id="contacts"/></m:ParentFolderIds></m:FindItem>
      """
    )
    #expect(try EWSKnown(found).id == item.id)
    #expect(found.all("CompanyName").map(\.text) == ["ACME"])
    let gone = try await bench.ask(
      """
      <m:DeleteItem DeleteType="MoveToDeletedItems"><m:ItemIds><t:ItemId Id="\(item.id)"/>\
      </m:ItemIds></m:DeleteItem>
      """
    )
    #expect(gone.codes == ["NoError"])
    let last = try await sync(page.all("SyncState").first?.text)
    #expect(last.all("Delete").count == 1)
  }

  @Test func `a public folder of contacts is made, filled and found; it is not followed`()
    async throws
  {
    let bench = try EWSBench()
    let make = """
      <m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="publicfoldersroot"/>\
      </m:ParentFolderId><m:Folders><t:ContactsFolder><t:DisplayName>All</t:DisplayName>\
      </t:ContactsFolder></m:Folders></m:CreateFolder>
      """
    let made = try await bench.ask(make)
    let id = try #require(made.all("FolderId").first?["Id"])
    #expect(try await bench.ask(make).codes == ["ErrorFolderExists"])
    let folder = "<t:FolderId Id=\"\(id)\"/>"
    let filled = try await create(
      bench,
      "<t:DisplayName>Customer</t:DisplayName>",
      folder: folder
    )
    #expect(filled.codes == ["NoError"])
    func find(_ traversal: String) async throws -> XMLElement {
      try await bench.ask(
        """
        <m:FindFolder Traversal="\(traversal)"><m:FolderShape><t:BaseShape>Default</t:BaseShape>\
        </m:FolderShape><m:ParentFolderIds><t:DistinguishedFolderId Id="publicfoldersroot"/>\
        </m:ParentFolderIds></m:FindFolder>
        """
      )
    }
    let found = try await find("Shallow")
    #expect(found.all("ContactsFolder").map { $0.child("TotalCount")?.text } == ["1"])
    #expect(try await find("Deep").codes == ["ErrorAccessDenied"])
    let followed = try await bench.ask(
      """
      <m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>\
      <m:SyncFolderId>\(folder)</m:SyncFolderId><m:MaxChangesReturned>9</m:MaxChangesReturned>\
      </m:SyncFolderItems>
      """
    )
    #expect(followed.codes == ["ErrorInvalidOperation"])
  }

  @Test func `without the right a public folder can be looked at only`() async throws {
    let bench = try EWSBench()
    await bench.world.mailbox { mailbox, _ in mailbox.mayWritePublicFolders = false }
    let root = "<t:DistinguishedFolderId Id=\"publicfoldersroot\"/>"
    let shown = try await bench.ask(
      """
      <m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
      <t:FieldURI FieldURI="folder:EffectiveRights"/></t:AdditionalProperties></m:FolderShape>\
      <m:FolderIds>\(root)</m:FolderIds></m:GetFolder>
      """
    )
    #expect(shown.all("CreateHierarchy").map(\.text) == ["false"])
    #expect(shown.all("Read").map(\.text) == ["true"])
    let made = try await bench.ask(
      """
      <m:CreateFolder><m:ParentFolderId>\(root)</m:ParentFolderId><m:Folders><t:ContactsFolder>\
      <t:DisplayName>All</t:DisplayName></t:ContactsFolder></m:Folders></m:CreateFolder>
      """
    )
    #expect(made.codes == ["ErrorAccessDenied"])
  }
}
