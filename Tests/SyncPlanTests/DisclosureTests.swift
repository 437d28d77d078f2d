import SyncModel
import SyncPlan
import Testing

/// `rules.md` 3: what `privacy` says is what is written, and nothing that stays is in it.
@Suite struct DisclosureTests {
  static let reference = Reference(letters: "abcdefghijklmnop")

  private func item(_ shape: (inout ExchangeItem) -> Void = { _ in }) -> ExchangeItem {
    var world = SmallWorld()
    world.inExchange("Canary") {
      $0.text = "Canary text"
      $0.place = "Canary place"
      $0.organizer = Person(name: "Canary", address: "canary@example.com")
      $0.attendees = [
        Attendee(person: Person(name: "Canary", address: ""), role: .required, response: .accepted)
      ]
      $0.categories = ["Canary"]
      $0.reminderMinutes = 15
      shape(&$0)
    }
    return world.exchange[0]
  }

  private func disclosure(
    _ item: ExchangeItem,
    series: Sensitivity = .normal,
    _ rules: SyncRules = SyncRules()
  ) -> Disclosure {
    Disclosure(
      of: item,
      SmallWorld().maker.fact(of: item),
      series: series,
      span: item.when.span(in: nil, SmallWorld().input.clock),
      reference: Self.reference,
      rules: rules,
      now: SmallWorld.monday
    )
  }

  @Test func `of a public item everything goes but answers, categories and the reminder`() {
    let disclosure = disclosure(item())
    #expect(disclosure.title == "Canary" && disclosure.place.isEmpty)
    #expect(disclosure.text.hasPrefix("Location: Canary place"))
    #expect(disclosure.text.hasSuffix("Canary text\n\nRef: abcdefghijklmnop"))
    #expect(!disclosure.isMasked && disclosure.barrier == nil)
    #expect(disclosure.withheld == [.responses, .categories, .reminder])
  }

  static let masks: [(Sensitivity, Sensitivity, SyncRules.Detail, [Disclosure.Ground])] = [
    (.private, .normal, .all, [.item(.private)]),
    (.personal, .normal, .all, [.item(.personal)]),
    (.confidential, .normal, .all, [.item(.confidential)]),
    (.normal, .private, .all, [.series(.private)]),
    (.private, .private, .all, [.series(.private)]),
    (.confidential, .private, .all, [.series(.private), .item(.confidential)]),
    (.normal, .normal, .none, [.noDetail]),
    (.private, .normal, .none, [.item(.private), .noDetail]),
    (.normal, .normal, .off, [.importIsOff]),
  ]

  @Test(arguments: masks)
  func `of a masked item the time goes, the reference, and the rule that masks it is named`(
    own: Sensitivity,
    series: Sensitivity,
    detail: SyncRules.Detail,
    grounds: [Disclosure.Ground]
  ) {
    let disclosure = disclosure(
      item { $0.sensitivity = own },
      series: series,
      SyncRules(importDetail: detail)
    )
    #expect(disclosure.grounds == grounds)
    #expect(disclosure.title == "Appointment" && disclosure.text == "Ref: abcdefghijklmnop")
    #expect(!"\(disclosure)".contains("Canary"))
    #expect(
      disclosure.withheld
        == [.title, .text, .place, .organizer, .attendees, .categories, .reminder]
    )
    #expect(disclosure.barrier == (detail == .off ? .importIsOff : nil))
  }

  @Test func `it is what the plan writes, whatever the item is`() throws {
    for sensitivity in [Sensitivity.normal, .personal, .private, .confidential] {
      for detail in [SyncRules.Detail.all, .none] {
        var world = SmallWorld()
        world.rules.importDetail = detail
        world.exchange = [item { $0.sensitivity = sensitivity }]
        world.settle()
        let written = try #require(world.psa.first)
        let link = try #require(world.links.first)
        let disclosure = Disclosure(
          of: world.exchange[0],
          world.maker.fact(of: world.exchange[0]),
          span: nil,
          reference: link.reference,
          rules: world.rules,
          now: world.now
        )
        #expect(written.title == disclosure.title && written.text == disclosure.text)
      }
    }
  }

  @Test func `an item that stays away says what keeps it`() {
    #expect(disclosure(item { $0.isCancelled = true }).barrier == .excluded(.cancelled))
    #expect(disclosure(item { $0.response = .declined }).barrier == .excluded(.declined))
    let busyOnly = SyncRules(sendsFreeTime: false)
    #expect(disclosure(item { $0.showAs = .free }, busyOnly).barrier == .excluded(.free))
    #expect(disclosure(item { $0.showAs = .free }).barrier == nil)
    #expect(
      disclosure(item { $0.when = SmallWorld.when(-40 * 86_400) }).barrier == .outsideWindow
    )
  }

  @Test func `what has no room is said to stay`() {
    let disclosure = disclosure(
      item {
        $0.title = String(repeating: "t", count: 300)
        $0.text = String(repeating: "x", count: 9_000)
        ($0.attendees, $0.categories, $0.reminderMinutes) = ([], [], nil)
      }
    )
    #expect(disclosure.withheld == [.endOfTitle, .endOfText])
    #expect(disclosure.title.utf16.count == 256 && disclosure.text.utf16.count <= 8_000)
  }

  @Test func `of a PSA item Exchange gets title, text with its link, and place`() {
    var world = SmallWorld()
    let id = world.inPSA("On site") { $0.text = "Bring the key.\n\nRef: abcdefghijklmnop" }
    let rules = SyncRules(appointmentLink: "https://psa.example.com/{id}")
    let disclosure = Disclosure(of: world.psa[0], rules: rules, now: world.now)
    #expect(disclosure.receiver == .exchange && disclosure.title == "On site")
    #expect(
      disclosure.text == "Bring the key.\n\nOpen in the PSA: https://psa.example.com/\(id)"
    )
    #expect(disclosure.withheld == [] && disclosure.barrier == nil)
    let off = SyncRules(appointmentsToExchange: false)
    #expect(Disclosure(of: world.psa[0], rules: off, now: world.now).barrier == .exportIsOff)
  }
}
