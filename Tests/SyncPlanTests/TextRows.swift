import SyncModel
import SyncPlan
import Testing

/// `rules.md` 10, row by row: what exported items are called and what is written in them.
@Suite struct TextRows {
  static let about = PSAContext(
    actionType: "Phone Call",
    company: "Harbour Ltd",
    contact: PSAPerson(name: "Jo Doe", phone: "555-0100 x12", mail: "jo@example.com"),
    location: PSALocation(
      name: "Quay",
      address: PSAAddress(
        street: ["1 Pier", "Gate 2"],
        city: "Port",
        state: "HH",
        postalCode: "20457",
        country: "Germany"
      )
    ),
    tickets: [PSAWork(number: "T1", title: "Router"), PSAWork(number: "T2", title: "Switch")],
    tasks: [PSAWork(number: "T3", title: "Cabling")],
    opportunity: "Renewal",
    contract: "Gold",
    status: "New",
    others: ["Ann Other", "Bo Else"]
  )

  /// A PSA item, and what Exchange is given of it; nil where the row says nothing of it.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    var kind = Kind.appointment
    var rules = SyncRules()
    let item: @Sendable (inout PSAItem) -> Void
    var title: String?
    var text: String?
    var place: String?
    var testDescription: String { name }
  }

  static let rows: [Row] = [
    Row(
      name: "subject: an appointment has its title",
      item: { $0.title = "Visit" },
      title: "Visit"
    ),
    Row(
      name: "subject: a to-do has <action type>: <company>",
      kind: .toDo,
      item: { $0.about = about },
      title: "Phone Call: Harbour Ltd"
    ),
    Row(
      name: "subject: a service call has Service call: <company>",
      kind: .serviceCall,
      item: { $0.about = about },
      title: "Service call: Harbour Ltd"
    ),
    Row(
      name: "subject: blank parts are left out, of a to-do without company",
      kind: .toDo,
      item: { $0.about = PSAContext(actionType: "Phone Call") },
      title: "Phone Call"
    ),
    Row(
      name: "subject: blank parts are left out, of a to-do without anything",
      kind: .toDo,
      item: { $0.about = PSAContext() },
      title: "Appointment"
    ),
    Row(
      name: "subject: blank parts are left out, of a service call without company",
      kind: .serviceCall,
      item: { $0.about = PSAContext() },
      title: "Service call"
    ),
    Row(
      name: "subject: a blank title becomes Appointment",
      item: { $0.title = " \r\n\t" },
      title: "Appointment"
    ),
    Row(
      name: "subject: a title has one line",
      item: { $0.title = " a\r\nb " },
      title: "a b"
    ),
    Row(
      name: "text: what a to-do is about, its description and its link, in this order",
      kind: .toDo,
      rules: SyncRules(toDoLink: "https://psa.example.com/todo/{id}"),
      item: { item in
        item.about = about
        item.text = "Bring disks"
      },
      text: whole + "todo/1000",
      place: ""
    ),
    Row(
      name: "text: what a service call is about, its description and its link, in this order",
      kind: .serviceCall,
      rules: SyncRules(serviceCallLink: "https://psa.example.com/call/{id}"),
      item: { item in
        item.about = about
        item.text = "Bring disks"
      },
      text: whole + "call/1000",
      place: "Quay, 1 Pier, Gate 2, 20457 Port, HH, Germany"
    ),
    Row(
      name: "text: an appointment has its description and its link",
      rules: SyncRules(appointmentLink: "https://psa.example.com/a?id={id}&x"),
      item: { $0.text = "Bring disks" },
      text: "Bring disks\n\nOpen in the PSA: https://psa.example.com/a?id=1000&x"
    ),
    Row(
      name: "text: blank parts are left out, all of them",
      kind: .serviceCall,
      item: { $0.about = PSAContext() },
      text: "",
      place: ""
    ),
    Row(
      name: "text: blank parts are left out, one by one",
      kind: .toDo,
      item: { item in
        item.about = PSAContext(
          company: "Harbour Ltd",
          contact: PSAPerson(name: "Jo Doe", phone: "", mail: "jo@example.com"),
          tickets: [PSAWork(number: "T1", title: ""), PSAWork(number: "", title: "Switch")],
          contract: "Gold"
        )
      },
      text: """
        Organization: Harbour Ltd
        Contact: Jo Doe, jo@example.com
        Ticket: T1
        Ticket: Switch
        Contract: Gold
        """
    ),
    Row(
      name: "text: without a description the link follows what it is about",
      kind: .toDo,
      rules: SyncRules(toDoLink: "https://psa.example.com/todo/{id}"),
      item: { $0.about = PSAContext(company: "Harbour Ltd") },
      text: "Organization: Harbour Ltd\n\nOpen in the PSA: https://psa.example.com/todo/1000"
    ),
    Row(
      name: "link: none without a template",
      item: { $0.text = "Bring disks" },
      text: "Bring disks"
    ),
    Row(
      name: "link: none without a place for the id",
      rules: SyncRules(appointmentLink: "https://psa.example.com/"),
      item: { $0.text = "Bring disks" },
      text: "Bring disks"
    ),
    Row(
      name: "text: a line that looks like a reference is a to-do's own text",
      kind: .toDo,
      item: { $0.text = "Ref: abcdefghijklmnop" },
      text: "Ref: abcdefghijklmnop"
    ),
    Row(
      name: "limit: an Exchange subject of 255 is whole",
      item: { $0.title = String(repeating: "x", count: 255) },
      title: String(repeating: "x", count: 255)
    ),
    Row(
      name: "limit: an Exchange subject of 256 is cut to 255, ending in …",
      item: { $0.title = String(repeating: "x", count: 256) },
      title: String(repeating: "x", count: 254) + "…"
    ),
    Row(
      name: "limit: UTF-16 units are counted, and a whole character is left",
      item: { $0.title = String(repeating: "x", count: 253) + "👍y" },
      title: String(repeating: "x", count: 253) + "…"
    ),
    Row(
      name: "limit: a character of many units goes as a whole",
      kind: .serviceCall,
      item: { $0.about = PSAContext(company: String(repeating: "👩‍🔧", count: 90)) },
      title: "Service call: " + String(repeating: "👩‍🔧", count: 48) + "…"
    ),
    Row(
      name: "limit: an Exchange location of 256 is cut to 255, ending in …",
      kind: .serviceCall,
      item: {
        $0.about = PSAContext(location: PSALocation(name: String(repeating: "x", count: 256)))
      },
      place: String(repeating: "x", count: 254) + "…"
    ),
  ]

  private static let whole = """
    Organization: Harbour Ltd
    Contact: Jo Doe, 555-0100 x12, jo@example.com
    Location: Quay, 1 Pier, Gate 2, 20457 Port, HH, Germany
    Ticket: T1 - Router
    Ticket: T2 - Switch
    Task: T3 - Cabling
    Opportunity: Renewal
    Contract: Gold
    Status: New
    Other resources: Ann Other, Bo Else

    Bring disks

    Open in the PSA: https://psa.example.com/
    """

  @Test(arguments: rows) func `each row holds, and what was written is no change`(row: Row) {
    var world = SmallWorld()
    world.rules = row.rules
    (world.rules.toDos, world.rules.serviceCalls) = (true, true)
    world.inPSA("") {
      $0.kind = row.kind
      row.item(&$0)
    }
    #expect(world.settle().map(\.count) == [1, 0])
    if let title = row.title { #expect(world.exchange.map(\.title) == [title]) }
    if let text = row.text { #expect(world.exchange.map(\.text) == [text]) }
    if let place = row.place { #expect(world.exchange.map(\.place) == [place]) }
    // The later change is written, and reads as if it had been so from the start.
    let first = world.exchange
    world.office { item in
      item.text = "Other words"
      item.about = nil
    }
    world.settle()
    world.office { item in
      item.text = ""
      row.item(&item)
    }
    world.settle()
    #expect(world.exchange.map(\.title) == first.map(\.title))
    #expect(world.exchange.map(\.text) == first.map(\.text))
    #expect(world.exchange.map(\.place) == first.map(\.place))
  }

  // MARK: Into the PSA

  /// An Exchange item, and what the PSA is given of it, its reference line left out.
  struct Import: Sendable, CustomTestStringConvertible {
    let name: String
    let item: @Sendable (inout ExchangeItem) -> Void
    var title: String?
    var text: String?
    var testDescription: String { name }
  }

  static let imports: [Import] = [
    Import(
      name: "limit: a PSA title of 256 is whole",
      item: { $0.title = String(repeating: "x", count: 256) },
      title: String(repeating: "x", count: 256)
    ),
    Import(
      name: "limit: a PSA title of 257 is cut to 256, ending in …",
      item: { $0.title = String(repeating: "x", count: 257) },
      title: String(repeating: "x", count: 255) + "…"
    ),
    Import(
      name: "limit: a PSA title is cut on a whole character",
      item: { $0.title = String(repeating: "👍", count: 200) },
      title: String(repeating: "👍", count: 127) + "…"
    ),
    Import(
      name: "limit: a PSA description of 8000 has room for its reference line",
      item: { $0.text = String(repeating: "x", count: 7_976) },
      text: String(repeating: "x", count: 7_976)
    ),
    Import(
      name: "limit: a longer PSA description is cut, ending in …",
      item: { $0.text = String(repeating: "x", count: 7_977) },
      text: String(repeating: "x", count: 7_975) + "…"
    ),
    Import(
      name: "text: the place goes before the text",
      item: { item in
        item.place = "Room 2"
        item.text = "Bring the plan"
      },
      text: "Location: Room 2\n\nBring the plan"
    ),
    Import(
      name: "text: line ends and trailing blanks are no text",
      item: { $0.text = "a \r\nb\r\n" },
      text: "a\nb"
    ),
  ]

  @Test(arguments: imports) func `each text reaches the PSA within its limits`(row: Import) throws {
    var world = SmallWorld()
    world.inExchange("Visit", row.item)
    #expect(world.settle().map(\.count) == [1, 0])
    let made = try #require(world.psa.first)
    #expect(made.text.utf16.count <= 8_000)
    let (text, reference) = Reference.split(made.text)
    #expect(reference != nil)
    if let title = row.title { #expect(made.title == title) }
    if let wanted = row.text { #expect(text == wanted) }
    world.user { ($0.title, $0.text, $0.place) = ("Other", "Other words", "") }
    #expect(world.settle().map(\.count) == [1, 0])
    world.user {
      ($0.title, $0.text) = ("Visit", "")
      row.item(&$0)
    }
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.psa.map(\.title) == [made.title] && world.psa.map(\.text) == [made.text])
  }
}
