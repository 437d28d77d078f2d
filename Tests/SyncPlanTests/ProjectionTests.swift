import SyncModel
import SyncPlan
import Testing

/// `rules.md` 3 and 10: what the other side is given of an item.
@Suite struct ProjectionTests {
  private func item(_ shape: (inout ExchangeItem) -> Void = { _ in }) -> ExchangeItem {
    var item = ExchangeItem(
      id: ExchangeItemID("x"),
      changeKey: ChangeKey("k"),
      folder: FolderID("f"),
      when: SmallWorld.when(0),
      title: "Canary",
      text: "Canary text",
      place: "Canary place",
      created: SmallWorld.monday,
      modified: SmallWorld.monday
    )
    shape(&item)
    return item
  }

  static let masks: [(SyncRules.Detail, Sensitivity, Mask)] = [
    (.all, .normal, .none), (.all, .personal, .masked), (.all, .private, .masked),
    (.all, .confidential, .masked), (.none, .normal, .masked), (.none, .personal, .masked),
    (.none, .private, .masked), (.none, .confidential, .masked), (.off, .normal, .masked),
    (.off, .personal, .masked), (.off, .private, .masked), (.off, .confidential, .masked),
  ]

  @Test(arguments: masks)
  func `every cell of detail and privacy`(
    _ detail: SyncRules.Detail,
    _ sensitivity: Sensitivity,
    _ mask: Mask
  ) {
    let projection = Projection(SyncRules(importDetail: detail))
    let content = projection.psaContent(
      of: item {
        $0.sensitivity = sensitivity
        $0.organizer = Person(name: "Canary", address: "canary@example.com")
        $0.attendees = [
          Attendee(person: Person(name: "Canary", address: ""), role: .required, response: .unknown)
        ]
      }
    )
    #expect(projection.mask(of: sensitivity) == mask)
    if mask == .masked {
      #expect(content.title == "Appointment" && content.text.isEmpty)
    } else {
      #expect(content.title == "Canary" && content.text.contains("Canary text"))
    }
  }

  @Test func `organizer and attendees are text, by their role, and the place comes first`() {
    let text = Projection(SyncRules()).psaContent(
      of: item {
        $0.organizer = Person(name: "A Dispatcher", address: "d@example.com")
        $0.attendees = [
          Attendee(
            person: Person(name: "B", address: "b@example.com"),
            role: .required,
            response: .unknown
          ),
          Attendee(
            person: Person(name: "", address: "c@example.com"),
            role: .optional,
            response: .unknown
          ),
          Attendee(person: Person(name: "Room", address: ""), role: .resource, response: .unknown),
          Attendee(
            person: Person(name: "e@example.com", address: "e@example.com"),
            role: .required,
            response: .accepted
          ),
        ]
      }
    ).text
    #expect(
      text == """
        Location: Canary place
        Organizer: A Dispatcher <d@example.com>
        Required: B <b@example.com>, e@example.com
        Optional: c@example.com
        Resources: Room

        Canary text
        """
    )
  }

  @Test(arguments: [("", "Appointment"), (" \r\n\t", "Appointment"), (" a\r\nb ", "a b")])
  func `a blank title becomes Appointment, and a title has one line`(
    _ title: String,
    _ sent: String
  ) {
    let projection = Projection(SyncRules())
    #expect(projection.psaContent(of: item { $0.title = title }).title == sent)
    var world = SmallWorld()
    world.inPSA(title)
    #expect(projection.exchangeContent(of: world.psa[0]).title == sent)
  }

  @Test func `each text is cut to its target's limit`() {
    let projection = Projection(SyncRules())
    let long = String(repeating: "👍", count: 9_000)
    let content = projection.psaContent(of: item { ($0.title, $0.text) = (long, long) })
    #expect(content.title.utf16.count <= 256 && content.title.utf16.count >= 254)
    #expect(content.title.hasSuffix("👍…"))
    var world = SmallWorld()
    world.inExchange("x") { $0.text = long }
    world.settle()
    #expect(world.psa[0].text.utf16.count <= 8_000 && world.psa[0].text.utf16.count > 7_990)
    #expect(Reference.split(world.psa[0].text).reference != nil)
    world.inPSA("y") { ($0.title, $0.place) = (long, long) }
    let back = projection.exchangeContent(of: world.psa[1])
    #expect(back.title.utf16.count == 255 && back.place.utf16.count == 255)
    #expect(projection.exchangeContent(of: world.psa[1]).text.isEmpty)
  }

  @Test(arguments: [
    ("https://psa.example.com/a?id={id}&x", "Open in the PSA: https://psa.example.com/a?id=1000&x"),
    ("https://psa.example.com/", nil), (nil, nil),
  ])
  func `the link line is written where the settings have a URL with a place for the id`(
    _ template: String?,
    _ line: String?
  ) {
    var world = SmallWorld()
    world.rules.appointmentLink = template
    world.inPSA("y") { $0.text = "text\n\nRef: wyolabvtys56a5fh" }
    let text = Projection(world.rules).exchangeContent(of: world.psa[0]).text
    #expect(text == (line.map { "text\n\n" + $0 } ?? "text"))
  }

  @Test func `the link line in Exchange is no change of the text`() {
    var world = SmallWorld()
    world.rules.appointmentLink = "https://psa.example.com/{id}"
    world.inPSA("y") { $0.text = "text" }
    #expect(world.settle().map(\.count) == [1, 0])
    #expect(world.exchange[0].text.contains("https://psa.example.com/1000"))
  }
}
