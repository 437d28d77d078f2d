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
}
