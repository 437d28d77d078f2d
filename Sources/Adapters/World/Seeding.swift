/// How a new world is filled: who is in it and what they have in their calendars.
///
/// The same values always make the same world. No two items of one side have equal title, start and
/// end, and no item of one side has the times of an item of the other, unless both sides are filled
/// as another integration would have left them.
package struct Seeding: Sendable {
  package var seed: UInt64
  /// Items of the technician on each side; one in forty is declined, one cancelled, one a series,
  /// and the first forty have four more of these.
  package var items: Int
  /// Every item exists on both sides, with the same times, without stamps and references.
  package var fillsLikeVendor: Bool
  /// Appointments of the technician's colleagues in the PSA.
  package var othersItems = 240
  package var zones: ZoneOffsets
  /// Seconds since 1970 UTC; the calendars lie around it.
  package var now: Int64
  /// The secret of the API user.
  package var password: String

  package init(
    seed: UInt64 = 1,
    items: Int = 40,
    fillsLikeVendor: Bool = false,
    zones: ZoneOffsets,
    now: Int64,
    password: String = "sandbox"
  ) {
    self.seed = seed
    self.items = items
    self.fillsLikeVendor = fillsLikeVendor
    self.zones = zones
    self.now = now
    self.password = password
  }

  /// The person whose calendar is kept in step: a technician in central Europe.
  package static let technician: Int64 = 29_682_885
  package static let mailAddress = "technician@example.com"
  package static let zone = "W. Europe Standard Time"

  /// The API user that the tenant starts with; the person's own name, so that one user and password
  /// open both sides.
  package static func account(password: String) -> Tenant.APIAccount {
    Tenant.APIAccount(
      userName: mailAddress,
      secret: password,
      trackingIdentifier: "SANDBOX0000000000000000000",
      resourceID: apiUser
    )
  }

  static let apiUser: Int64 = 29_682_800

  /// The seeded mailbox and tenant; throws only if the mailbox refuses what it should take.
  package func sides() throws -> (mailbox: Mailbox, tenant: Tenant) {
    var dice = Dice(seed: seed)
    var diary = Diary(now: now, zones: zones, entries: fillsLikeVendor ? items : 2 * items)
    var planned = PlannedItems()
    for index in 0..<max(0, items) {
      if fillsLikeVendor {
        addPair(index, to: &planned, &diary, &dice)
      } else {
        planned.exchange.append(exchangeItem(index, &diary, &dice))
        planned.psa.append(psaItem(index, &diary, &dice))
      }
    }
    var mailbox = Mailbox(
      owner: Mailbox.Person(name: "Technician", address: Self.mailAddress),
      seed: seed,
      at: now - 400 * 86_400
    )
    mailbox.timeZone = Self.zone
    let calendar = mailbox.folderID(.calendar)
    for (index, entry) in planned.exchange.enumerated() {
      let made = age(index, of: planned.exchange.count)
      let around = Mailbox.Surroundings(now: made, zones: zones, contextZone: Self.zone)
      let item = try mailbox.create(entry.appointment, in: calendar, around)
      if entry.isDisturbed { try disturb(item, in: &mailbox, around) }
    }
    var tenant = Tenant(account: Self.account(password: password))
    furnish(&tenant)
    try enter(planned.psa, into: &tenant, &diary, &dice)
    // What another integration would have made of to-dos and service calls is not known.
    if !fillsLikeVendor { plan(&tenant, &diary) }
    return (mailbox, tenant)
  }

  struct PlannedItems {
    var exchange: [ExchangeEntry] = []
    var psa: [PSAEntry] = []
  }

  struct ExchangeEntry {
    var appointment: Mailbox.Appointment
    /// Of a series: its next dates are not as the pattern has them.
    var isDisturbed = false

    init(_ appointment: Mailbox.Appointment, isDisturbed: Bool = false) {
      self.appointment = appointment
      self.isDisturbed = isDisturbed
    }
  }

  struct PSAEntry {
    var resource: Int64
    var creator: Int64
    var title: String
    var text: String
    var start: Int64
    var end: Int64
  }

  /// When the item of this place was made: in order, from 40 days ago until yesterday.
  func age(_ index: Int, of count: Int) -> Int64 {
    now - 40 * 86_400 + Int64(index) * (39 * 86_400) / Int64(max(count, 1))
  }
}
