import SyncModel
import World

/// Who did something to a calendar.
enum Doer: Hashable, Sendable {
  /// A person, in the step of this number.
  case person(Int)
  case lockstep
}

/// Both sides at one moment.
struct Sight: Sendable {
  var exchange: [SeenExchangeItem] = []
  var psa: [SeenPSARow] = []
}

/// A row of the PSA by its table and number.
struct PSAKey: Hashable, Sendable, CustomStringConvertible {
  let kind: Kind
  let id: Int64

  var description: String { "\(kind.rawValue) \(id)" }
}

/// What is known of an Exchange item beside its present looks.
struct ExchangeRecord: Sendable {
  let maker: Doer
  /// Nil once nothing of it is left.
  var now: SeenExchangeItem?
  /// As a person last left it.
  var left: Mailbox.Appointment?
  /// Numbers of steps in which a person did that last.
  var timeStep: Int?
  var contentStep: Int?
  /// Took it out of the calendar: deleted it, or moved it elsewhere.
  var goneStep: Int?
  /// Every start and end that a person gave it.
  var times: Set<[Int64]> = []
  /// Of a copy that a person made: its original.
  var copyOf: Int?
  /// The stamp and the UID of what is not there any more.
  var stampBefore: String?
  var uidBefore: String?

  var uid: String? { now?.uid ?? uidBefore }

  /// What has neither UID nor stamp is another item once it was moved (`rules.md` 5).
  var hasKeptIdentity: Bool { uid != nil || now?.stamp != nil || goneStep == nil && !wasMoved }
  var wasMoved = false
}

/// What is known of a row of the PSA beside its present looks.
struct PSARecord: Sendable {
  let maker: Doer
  var now: SeenPSARow?
  var timeStep: Int?
  var contentStep: Int?
  /// Deleted, cancelled or given to somebody else by a person.
  var goneStep: Int?
  var times: Set<[Int64]> = []
  /// Of a row that Lockstep made: the item that it was made from, and its day in a series.
  var source: (born: Int, day: Int64?)?
}

/// Who made what, and who changed it last: learned from looking at the world after every deed.
struct Ledger: Sendable {
  private(set) var exchange: [Int: ExchangeRecord] = [:]
  private(set) var psa: [PSAKey: PSARecord] = [:]
  private(set) var sight = Sight()

  /// What differs from the last look, as done by one doer.
  struct Difference: Sendable {
    var made: [SeenExchangeItem] = []
    var changed: [(before: SeenExchangeItem, after: SeenExchangeItem)] = []
    var removed: [SeenExchangeItem] = []
    var madeRows: [SeenPSARow] = []
    var changedRows: [(before: SeenPSARow, after: SeenPSARow)] = []
    var removedRows: [SeenPSARow] = []

    var isEmpty: Bool {
      made.isEmpty && changed.isEmpty && removed.isEmpty && madeRows.isEmpty
        && changedRows.isEmpty && removedRows.isEmpty
    }
  }

  /// Enters what is there now as the work of one doer.
  @discardableResult
  mutating func take(_ seen: Sight, by doer: Doer) -> Difference {
    var difference = Difference()
    takeExchange(seen.exchange, doer, &difference)
    takePSA(seen.psa, doer, &difference)
    sight = seen
    return difference
  }

  private mutating func takeExchange(
    _ seen: [SeenExchangeItem],
    _ doer: Doer,
    _ difference: inout Difference
  ) {
    var left = Set(sight.exchange.map(\.born))
    for item in seen {
      left.remove(item.born)
      guard var record = exchange[item.born], let before = record.now else {
        // What comes back from a backup is what it was.
        if var known = exchange[item.born] {
          known.now = item
          exchange[item.born] = known
          continue
        }
        difference.made.append(item)
        var record = ExchangeRecord(maker: doer, now: item)
        if case .person(let step) = doer { record.note(item, step, isNew: true) }
        exchange[item.born] = record
        continue
      }
      guard before != item else { continue }
      difference.changed.append((before, item))
      record.now = item
      if case .person(let step) = doer {
        if before.place == .calendar, item.place != .calendar { record.goneStep = step }
        if before.id != item.id { record.wasMoved = true }
        if before.hasOtherTime(than: item) { record.timeStep = step }
        if before.hasOtherContent(than: item) { record.contentStep = step }
        record.note(item, step, isNew: false)
      }
      exchange[item.born] = record
    }
    for born in left.sorted() {
      guard let item = exchange[born]?.now else { continue }
      difference.removed.append(item)
      exchange[born]?.now = nil
      exchange[born]?.stampBefore = item.stamp
      exchange[born]?.uidBefore = item.uid
      if case .person(let step) = doer, item.place == .calendar { exchange[born]?.goneStep = step }
    }
  }

  private mutating func takePSA(
    _ seen: [SeenPSARow],
    _ doer: Doer,
    _ difference: inout Difference
  ) {
    var left = Set(sight.psa.map(\.key))
    for row in seen {
      left.remove(row.key)
      guard var record = psa[row.key], let before = record.now else {
        if var known = psa[row.key] {
          known.now = row
          psa[row.key] = known
          continue
        }
        difference.madeRows.append(row)
        var record = PSARecord(maker: doer, now: row)
        if case .person(let step) = doer {
          record.times = [[row.start, row.end]]
          (record.timeStep, record.contentStep) = (step, step)
        }
        psa[row.key] = record
        continue
      }
      guard before != row else { continue }
      difference.changedRows.append((before, row))
      record.now = row
      if case .person(let step) = doer {
        if before.start != row.start || before.end != row.end {
          record.timeStep = step
          record.times.insert([row.start, row.end])
        }
        if before.title != row.title || before.text != row.text { record.contentStep = step }
        if before.isOwn && !row.isOwn || !before.isCancelled && row.isCancelled {
          record.goneStep = step
        }
      }
      psa[row.key] = record
    }
    for key in left.sorted(by: { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }) {
      guard let row = psa[key]?.now else { continue }
      difference.removedRows.append(row)
      psa[key]?.now = nil
      if case .person(let step) = doer { psa[key]?.goneStep = step }
    }
  }

  mutating func name(_ copy: Int, copyOf original: Int) { exchange[copy]?.copyOf = original }

  mutating func name(_ row: PSAKey, madeFrom born: Int, day: Int64?) {
    psa[row]?.source = (born, day)
  }

  /// The Exchange half as it was when a mailbox was backed up, in a mailbox that is that again.
  mutating func restoreExchange(from old: Ledger) {
    for (born, record) in old.exchange { exchange[born] = record }
    for born in exchange.keys where old.exchange[born] == nil { exchange[born]?.now = nil }
    sight.exchange = old.sight.exchange
  }

  mutating func restorePSA(from old: Ledger) {
    for (key, record) in old.psa { psa[key] = record }
    for key in psa.keys where old.psa[key] == nil { psa[key]?.now = nil }
    sight.psa = old.sight.psa
  }

  func item(_ id: String) -> SeenExchangeItem? { sight.exchange.first { $0.id == id } }
}

extension ExchangeRecord {
  fileprivate mutating func note(_ item: SeenExchangeItem, _ step: Int, isNew: Bool) {
    left = item.appointment
    times.insert([item.appointment.start, item.appointment.end])
    for date in item.dates { times.insert([date.appointment.start, date.appointment.end]) }
    if isNew { (timeStep, contentStep) = (step, step) }
    if item.place == .calendar { goneStep = nil }
  }
}

extension SeenExchangeItem {
  func hasOtherTime(than other: SeenExchangeItem) -> Bool {
    let own = appointment
    let new = other.appointment
    return own.start != new.start || own.end != new.end || own.isAllDay != new.isAllDay
      || own.recurrence != new.recurrence
      || dates.map { [$0.day, $0.appointment.start] }
        != other.dates.map { [$0.day, $0.appointment.start] }
  }

  func hasOtherContent(than other: SeenExchangeItem) -> Bool {
    appointment.withoutTime != other.appointment.withoutTime
      || dates.map { $0.appointment.subject } != other.dates.map { $0.appointment.subject }
  }
}

extension Mailbox.Appointment {
  /// Everything but when it is.
  var withoutTime: Mailbox.Appointment {
    var copy = self
    (copy.start, copy.end) = (0, 0)
    (copy.isAllDay, copy.startZone, copy.endZone) = (false, nil, nil)
    copy.recurrence = nil
    return copy
  }
}

extension SeenPSARow {
  var key: PSAKey { PSAKey(kind: kind, id: id) }
}
