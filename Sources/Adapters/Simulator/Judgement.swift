import SyncModel
import World

/// Looks at both sides once all is quiet, and says what should be otherwise.
///
/// What is expected comes from the world and from what people did; the cache is asked only where a
/// link says that it waits for a person, and whether it may.
struct Judgement {
  let watch: Watch
  let past: Past
  let rules: SyncRules
  let now: Int64
  let links: [Link]
  let holds: [Hold]
  let zones: WorldZones

  private var ledger: Ledger { watch.ledger }

  func judge() {
    judgeDoubles()
    judgeExchange()
    judgePSA()
    judgeReturns()
  }

  var itemCount: Int { ledger.sight.exchange.count + ledger.sight.psa.count { $0.isOwn } }

  /// Links that are held for a reason for which `promises.md` makes no exception.
  var heldCount: Int {
    links.count { link in
      guard link.state == .held, let reason = link.reason else { return false }
      switch reason {
      case .attendees, .series, .copies: return false
      default: return true
      }
    }
  }

  // MARK: Doubles

  private func judgeDoubles() {
    var made: [String: [Int]] = [:]
    for item in ledger.sight.exchange
    where item.place == .calendar || item.place == .otherCalendar {
      guard ledger.exchange[item.born]?.maker == .lockstep, let stamp = item.stamp else { continue }
      let kindAndID = stamp.split(separator: ";").prefix(3).joined(separator: ";")
      made[kindAndID, default: []].append(item.born)
    }
    for (stamp, items) in made.sorted(by: { $0.key < $1.key }) where items.count > 1 {
      watch.broken("I2", "\(stamp) is in Exchange \(items.count) times: items \(items)")
    }
    var rows: [String: [Int64]] = [:]
    for row in ledger.sight.psa where row.kind == .appointment && row.isOwn {
      guard ledger.psa[row.key]?.maker == .lockstep else { continue }
      let reference = row.text.split(separator: "\n").last { $0.hasPrefix("Ref: ") }
      guard let reference else { continue }
      rows[String(reference), default: []].append(row.id)
    }
    for (reference, ids) in rows.sorted(by: { $0.key < $1.key }) where ids.count > 1 {
      watch.broken("I2", "\(reference) is in the PSA \(ids.count) times: appointments \(ids)")
    }
  }

  // MARK: Items of Exchange

  private func judgeExchange() {
    for item in ledger.sight.exchange where item.place == .calendar && !item.isContact {
      guard let record = ledger.exchange[item.born], record.maker != .lockstep else { continue }
      guard item.appointment.recurrence != nil else {
        judge(item, record, day: nil, item.appointment)
        continue
      }
      for date in item.dates { judge(item, record, day: date.day, date.appointment) }
    }
  }

  private func judge(
    _ item: SeenExchangeItem,
    _ record: ExchangeRecord,
    day: Int64?,
    _ appointment: Mailbox.Appointment
  ) {
    let name = "item \(item.born)" + (day.map { " on day \($0)" } ?? "")
    let isExpected =
      rules.importDetail != .off && !item.isExcluded(rules) && !appointment.isExcluded(rules)
      && isInside(appointment, ahead: day == nil ? 366 : rules.recurringDays)
    let link = links.first {
      $0.exchange?.item.rawValue == item.id
        && $0.exchange?.originalDate.map { Int64($0.daysSince1970) } == day
    }
    guard let link else {
      let isHeld = holds.contains { hold in
        hold.items.contains { $0.exchange?.rawValue == item.id }
      }
      if isExpected, !isHeld, !isOrphan(item) {
        watch.broken("I1", "\(name) is not in the PSA, and no link knows why")
      }
      return
    }
    // What took the place of an item that Lockstep made is judged with its row of the PSA, and what
    // was taken back stays as it is.
    guard link.origin != .psa, !link.isPinned else { return }
    guard link.state == .linked else {
      judgeWaiting(link, name, isExpected: isExpected, item)
      return
    }
    guard isExpected else { return }
    guard let half = link.psa,
      let row = ledger.psa[PSAKey(kind: link.kind, id: half.id.rawValue)]?.now, row.isOwn
    else {
      if !isHeld(link) {
        watch.broken("I1", "\(name) is linked, and its half in the PSA is not there")
      }
      return
    }
    judgeTimes(name, appointment, row, link)
    if link.origin == .exchange { judgeContent(name, item, appointment, row) }
  }

  /// A copy of what Lockstep made: after the loss of the links, or once that is removed, nobody can
  /// tell it from its original.
  private func isOrphan(_ item: SeenExchangeItem) -> Bool {
    guard let stamp = item.stamp.flatMap(Stamp.init) else { return false }
    let row = ledger.psa[PSAKey(kind: stamp.kind, id: stamp.id.rawValue)]?.now
    let isGone = row.map { !$0.isOwn || $0.isCancelled } ?? true
    let original = ledger.exchange[item.born]?.copyOf.flatMap { ledger.exchange[$0] }
    return past.hasLostLinks || (isGone && original?.uid != nil && original?.uid == item.uid)
  }

  private func judgeContent(
    _ name: String,
    _ item: SeenExchangeItem,
    _ appointment: Mailbox.Appointment,
    _ row: SeenPSARow
  ) {
    let isMasked =
      rules.importDetail != .all || appointment.sensitivity != .normal
      || item.appointment.sensitivity != .normal
    let isEditedThere = ledger.psa[row.key]?.contentStep != nil
    let told = Tokens.of(row.title + " " + row.text)
    if isMasked {
      let leaked = told.intersection(Tokens.of(appointment))
      if !leaked.isEmpty {
        watch.broken("I7", "\(row.key) still tells \(leaked.sorted()) of \(name)")
      }
      return
    }
    // An older cache takes a mask that was written since for the dispatcher's own words.
    guard !isEditedThere, !past.hasForgottenOrders, !past.hasLostLinks else { return }
    if row.title != appointment.subject {
      watch.broken(
        "I1",
        "\(name) is called “\(appointment.subject)”, and \(row.key) “\(row.title)”"
      )
    }
    if !Tokens.of(appointment.body.content + appointment.location).isSubset(of: told) {
      watch.broken("I1", "the text of \(name) is not that of \(row.key)")
    }
  }

  private func judgeTimes(
    _ name: String,
    _ appointment: Mailbox.Appointment,
    _ row: SeenPSARow,
    _ link: Link
  ) {
    guard link.refusals.isEmpty, !past.hasForgottenOrders else { return }
    if appointment.start / 60 != row.start / 60 || appointment.end / 60 != row.end / 60 {
      watch.broken(
        "I1",
        "\(name) is at \(appointment.start)–\(appointment.end), and \(row.key) at "
          + "\(row.start)–\(row.end)"
      )
    }
  }

  // MARK: Items of the PSA

  private func judgePSA() {
    for row in ledger.sight.psa where row.isOwn && row.kind != .contact {
      guard ledger.psa[row.key]?.maker != .lockstep else {
        judgeSource(of: row)
        continue
      }
      judge(row)
    }
  }

  private func judge(_ row: SeenPSARow) {
    let isExpected =
      rules.exports(row.kind) && !row.isCancelled && isInside(row.start, row.end, ahead: 366)
    let link = links.first { $0.kind == row.kind && $0.psa?.id.rawValue == row.id }
    guard let link else {
      let isHeld = holds.contains { hold in hold.items.contains { $0.psa?.rawValue == row.id } }
      if isExpected, !isHeld {
        watch.broken("I1", "\(row.key) is not in Exchange, and no link knows why")
      }
      return
    }
    let item = link.exchange.flatMap { ledger.item($0.item.rawValue) }
    guard !link.isPinned else { return }
    guard link.state == .linked else {
      judgeWaiting(link, "\(row.key)", isExpected: isExpected, item)
      return
    }
    guard isExpected else { return }
    guard let item, item.place == .calendar else {
      if !isHeld(link) {
        watch.broken("I1", "\(row.key) is linked, and its half in Exchange is not there")
      }
      return
    }
    guard link.origin == .psa else { return }
    judgeTimes("item \(item.born)", item.appointment, row, link)
    let isEditedThere = ledger.exchange[item.born]?.contentStep != nil && row.kind != .serviceCall
    if row.kind == .appointment, !isEditedThere, !past.hasForgottenOrders,
      item.appointment.subject != row.title
    {
      watch.broken(
        "I1",
        "\(row.key) is called “\(row.title)”, and item \(item.born) “\(item.appointment.subject)”"
      )
    }
  }

  /// A row that Lockstep made goes with what it was made from.
  private func judgeSource(of row: SeenPSARow) {
    guard past.isPlain, !past.hasLied, let source = ledger.psa[row.key]?.source, row.end > now,
      rules.importDetail != .off
    else { return }
    let item = ledger.exchange[source.born]?.now
    let isThere = item?.isTraceable ?? false
    let isHeld = holds.contains { hold in hold.items.contains { $0.psa?.rawValue == row.id } }
    let link = links.first { $0.kind == row.kind && $0.psa?.id.rawValue == row.id }
    let hasTwin = ledger.sight.exchange.contains {
      $0.place == .otherCalendar && $0.uid != nil && $0.uid == ledger.exchange[source.born]?.uid
    }
    if !isThere, !isHeld, !hasTwin, link?.state != .held,
      link?.exchange.flatMap({ ledger.item($0.item.rawValue) }) == nil
    {
      watch.broken(
        "I5",
        "item \(source.born) is gone from Exchange, and \(row.key) stays in the PSA"
      )
    }
  }

  // MARK: What waits

  /// A link that is not linked has to have a reason that the world can show.
  private func judgeWaiting(
    _ link: Link,
    _ name: String,
    isExpected: Bool,
    _ item: SeenExchangeItem?
  ) {
    // A person had its counterpart removed, or what held it released.
    if link.reason?.isOrdered ?? false { return }
    let why = "\(link.state.rawValue)" + (link.reason.map { " (\($0.rawValue))" } ?? "")
    switch link.state {
    case .linked: return
    case .parked:
      // What its person put elsewhere rests in either state.
      if isExpected, item?.place == .calendar {
        watch.broken("I1", "\(name) is \(why), and nothing keeps it out")
      }
    case .away:
      if item?.place == .calendar { watch.broken("I1", "\(name) is \(why), and in its calendar") }
    case .closed:
      if isExpected { watch.broken("I1", "\(name) is \(why), and nothing excludes it") }
    case .unmatched:
      if !past.hasLostLinks, !past.hasCollided {
        watch.broken("I1", "\(name) is \(why), and no link was ever lost")
      }
    case .suppressed:
      if past.isPlain, !wasTakenOut(link, item) {
        watch.broken("I1", "\(name) is \(why), and nobody took its counterpart out")
      }
    case .held:
      if !mayBeHeld(link, item) { watch.broken("I1", "\(name) is \(why), for no reason") }
    }
  }

  /// Waits for a person, with others that vanished at once perhaps.
  private func isHeld(_ link: Link) -> Bool {
    holds.contains { hold in hold.items.contains { $0.link == link.id } }
  }

  private func wasTakenOut(_ link: Link, _ item: SeenExchangeItem?) -> Bool {
    switch link.origin {
    case .exchange, .paired:
      guard let item else { return true }
      // After another rule its dates are others, and which of them is which is the plan's to say.
      return ledger.psa.values.contains { $0.source?.born == item.born && $0.goneStep != nil }
    case .psa:
      guard let half = link.psa else { return true }
      return ledger.exchange.values.contains { record in
        guard record.goneStep != nil, let stamp = record.now?.stamp ?? record.stampBefore else {
          return record.goneStep != nil && record.now == nil
        }
        return stamp.hasPrefix("lockstep1;\(link.kind.rawValue);\(half.id);")
      }
    }
  }

  private func mayBeHeld(_ link: Link, _ item: SeenExchangeItem?) -> Bool {
    switch link.reason {
    case .attendees, .series:
      item.map { $0.appointment.hasAttendees || $0.appointment.recurrence != nil } ?? true
    case .copies: ledger.exchange.values.contains { $0.copyOf != nil } || !past.isPlain
    case .restored, .cacheRestored: past.hasRestoredSide || past.hasLostLinks || past.hasCollided
    case .reassertions: true
    default: false
    }
  }

  // MARK: Returns

  /// What a person took out does not come back by itself.
  private func judgeReturns() {
    guard past.isPlain else { return }
    for item in ledger.sight.exchange where item.place == .calendar {
      guard let record = ledger.exchange[item.born], record.maker == .lockstep,
        let stamp = item.stamp.flatMap(Stamp.init), stamp.kind != .serviceCall,
        stamp.kind != .contact
      else { continue }
      let key = PSAKey(kind: stamp.kind, id: stamp.id.rawValue)
      let older = ledger.exchange.filter { born, other in
        born < item.born && other.maker == .lockstep && other.goneStep != nil
          && (other.now?.stamp ?? other.stampBefore).flatMap(Stamp.init)?.id == stamp.id
      }
      for (born, other) in older.sorted(by: { $0.key < $1.key }) {
        guard let gone = other.goneStep else { continue }
        let since = past.cleanStep(before: gone)
        let row = ledger.psa[key]
        let isChanged = [row?.timeStep, row?.contentStep, row?.goneStep].contains {
          $0 ?? 0 > since
        }
        if !isChanged, !past.full.contains(where: { $0 > gone }) {
          watch.broken(
            "I4",
            "item \(born) of \(key) was taken out, and is back as item \(item.born)"
          )
        }
      }
    }
    judgeReturnedRows()
  }

  private func judgeReturnedRows() {
    for row in ledger.sight.psa where row.isOwn {
      guard let record = ledger.psa[row.key], record.maker == .lockstep, let source = record.source
      else { continue }
      let older = ledger.psa.filter { $0.key.id < row.id && $0.key.kind == row.kind }
      for (key, other) in older.sorted(by: { $0.key.id < $1.key.id }) {
        guard let gone = other.goneStep, other.maker == .lockstep,
          other.source?.born == source.born,
          other.source?.day == source.day
        else { continue }
        let since = past.cleanStep(before: gone)
        let item = ledger.exchange[source.born]
        let isChanged = [item?.timeStep, item?.contentStep, item?.goneStep].contains {
          $0 ?? 0 > since
        }
        if !isChanged, !past.full.contains(where: { $0 > gone }) {
          watch.broken("I4", "\(key) of item \(source.born) was deleted, and is back as \(row.key)")
        }
      }
    }
  }

  // MARK: Windows

  private func isInside(_ appointment: Mailbox.Appointment, ahead: Int) -> Bool {
    isInside(appointment.start, appointment.end, ahead: ahead)
  }

  private func isInside(_ start: Int64, _ end: Int64, ahead: Int) -> Bool {
    end >= now - Int64(rules.pastDays) * 86_400 && start <= now + Int64(ahead) * 86_400
  }
}

extension LinkReason {
  /// Because a person asked for it.
  fileprivate var isOrdered: Bool {
    switch self {
    case .undone, .purged, .released: true
    default: false
    }
  }
}
