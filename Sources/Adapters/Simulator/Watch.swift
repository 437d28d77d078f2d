import Store
import SyncEngine
import SyncModel
import World

/// A promise that was seen to be broken.
package struct Violation: Hashable, Sendable, CustomStringConvertible {
  /// As in `promises.md`, such as `I3`.
  package let promise: String
  package let words: String

  package var description: String { "\(promise): \(words)" }
}

/// Looks over an agent's shoulder: what it writes, and what it may write.
///
/// It knows the world, and nothing of how the engine decides.
final class Watch: @unchecked Sendable {
  // Touched on the history's one thread only.
  let world: World
  let zones: WorldZones
  let secret = "s3cret-of-the-api-user"
  static let stamp = WorldMailbox.Names().stamp
  private(set) var violations: [Violation] = []
  /// With a bug on purpose its own promise alone ends a history.
  private let bug: Bug?
  var ledger = Ledger()
  var dice: Dice
  /// Where series are laid out.
  var stretch: (from: Int64, until: Int64) = (0, 0)
  var rules = SyncRules()
  /// Titles of items that must not leave Exchange in this run, by their unmistakable words.
  private var banned: Set<String> = []
  /// What was gone or excluded at some time of this run.
  private(set) var goneSources: Set<Int> = []
  private(set) var goneRows: Set<PSAKey> = []
  private var goneDates: Set<[Int64]> = []
  /// A person asked for deletes.
  var isOrdered = false
  /// The cache was lost, or an older one was put back.
  var linksWereLost = false
  /// References of what is about to be made in the PSA, by their letters.
  private var sources: [String: (born: Int, day: Int64?)] = [:]
  private(set) var deletes = 0
  private(set) var writes = 0
  var invented: Int64 = 9_000_000
  var note: (String) -> Void = { _ in }

  init(world: World, zones: WorldZones, dice: Dice, bug: Bug?) {
    self.bug = bug
    self.world = world
    self.zones = zones
    self.dice = dice
  }

  /// Nothing more is to be learned.
  var isBroken: Bool {
    bug.map { bug in violations.contains { $0.promise == bug.promise } } ?? !violations.isEmpty
  }

  func broken(_ promise: String, _ words: String) {
    let violation = Violation(promise: promise, words: words)
    if !violations.contains(violation) { violations.append(violation) }
    note("BROKEN \(violation)")
  }

  // MARK: Looking

  func look() async -> Sight {
    Sight(
      exchange: await world.seenInExchange(
        stamp: Watch.stamp,
        dates: stretch,
        zones: zones.offsets
      ),
      psa: await world.seenInPSA()
    )
  }

  @discardableResult
  func take(by doer: Doer) async -> Ledger.Difference {
    let difference = ledger.take(await look(), by: doer)
    rememberGone()
    return difference
  }

  /// Before a run: what may not be told from now on, and what is gone already.
  ///
  /// A run that is shown old listings is bound by what the last one could see.
  func beginRun(_ rules: SyncRules, seesAll: Bool) {
    self.rules = rules
    (goneSources, goneRows, goneDates) = ([], [], [])
    rememberGone()
    let hidden = hiddenTokens()
    banned = seesAll ? hidden : banned.intersection(hidden)
  }

  /// What was shown in the middle of a run may be told by it.
  func learnShown() { banned.formIntersection(hiddenTokens()) }

  private func hiddenTokens() -> Set<String> {
    var hidden: Set<String> = []
    // A copy has the words of its original, which may be public.
    var told: Set<String> = []
    func sort(_ appointment: Mailbox.Appointment, isHidden: Bool) {
      if isHidden || appointment.sensitivity != .normal || rules.importDetail != .all {
        hidden.formUnion(Tokens.of(appointment))
      } else {
        told.formUnion(Tokens.of(appointment))
      }
    }
    for item in ledger.sight.exchange {
      sort(item.appointment, isHidden: false)
      for date in item.dates {
        sort(date.appointment, isHidden: item.appointment.sensitivity != .normal)
      }
    }
    return hidden.subtracting(told)
  }

  func rememberGone() {
    for (born, record) in ledger.exchange {
      guard let now = record.now, now.isTraceable, record.hasKeptIdentity else {
        goneSources.insert(born)
        continue
      }
      if now.isExcluded(rules) { goneSources.insert(born) }
    }
    for (key, record) in ledger.psa where record.now.map({ !$0.isOwn || $0.isCancelled }) ?? true {
      goneRows.insert(key)
    }
    for (key, record) in ledger.psa {
      guard let source = record.source, let day = source.day else { continue }
      let dates = ledger.exchange[source.born]?.now?.dates ?? []
      let date = dates.first { $0.day == day }
      if date.map({ $0.appointment.isExcluded(rules) }) ?? true { goneDates.insert([key.id]) }
    }
  }

  // MARK: Writing

  func intended(_ intents: [Intent], _ links: [Link]) async {
    for intent in intents where intent.side == .psa && intent.verb == .create {
      guard let letters = intent.idempotencyKey,
        let half = links.first(where: { $0.id == intent.link })?.exchange,
        let item = ledger.item(half.item.rawValue)
      else { continue }
      sources[letters] = (item.born, half.originalDate.map { Int64($0.daysSince1970) })
    }
    for intent in intents where intent.verb == .delete && intent.proof == nil {
      guard intent.expectedVersion != nil else { continue }
      broken("I3", "run \(intent.run) is about to delete \(intent.target ?? "?") without a proof")
    }
  }

  func willSend(_ drafts: [PSADraft]) async {
    for draft in drafts {
      hear(draft.title + " " + draft.text, of: "a new appointment of the PSA")
      if draft.kind != .appointment { broken("I6", "a \(draft.kind.rawValue) is made in the PSA") }
    }
  }

  func willSend(_ edits: [PSAEdit]) async {
    for edit in edits {
      let key = PSAKey(kind: edit.kind, id: edit.id.rawValue)
      hear((edit.title ?? "") + " " + (edit.text ?? ""), of: "\(key)")
      if edit.kind == .serviceCall || edit.kind == .contact {
        broken("I6", "\(key) is written to in the PSA")
      }
      if edit.title != nil || edit.text != nil, ledger.psa[key]?.maker != .lockstep {
        broken("I6", "the content of \(key) is written, which a person made in the PSA")
      }
    }
  }

  private func hear(_ text: String, of place: String) {
    let told = Tokens.of(text).intersection(banned)
    guard !told.isEmpty else { return }
    broken("I7", "\(place) is told \(told.sorted().joined(separator: ", "))")
  }

  func created(_ drafts: [PSADraft], _ results: [PSAWriteResult]) async {
    await wrote()
    for (draft, result) in zip(drafts, results) {
      guard case .done(let id) = result, let letters = Reference.split(draft.text).reference,
        let source = sources[letters.description]
      else { continue }
      ledger.name(
        PSAKey(kind: draft.kind, id: id.rawValue),
        madeFrom: source.born,
        day: source.day
      )
    }
  }

  func created(_ drafts: [ExchangeDraft], _ results: [ExchangeWriteResult]) async { await wrote() }

  func willUpdate(_ edits: [ExchangeEdit]) async {
    for edit in edits where edit.title != nil || edit.text != nil || edit.place != nil {
      guard let item = ledger.item(edit.id.rawValue), let record = ledger.exchange[item.born],
        !isStandIn(record)
      else { continue }
      if record.maker != .lockstep {
        let isCopy = record.copyOf != nil
        broken(isCopy ? "I13" : "I6", "the content of item \(item.born) is written, a person's own")
      }
    }
  }

  /// What an agent has just done, from what it was allowed to do.
  func wrote() async {
    let difference = await take(by: .lockstep)
    writes += 1
    for item in difference.removed { judgeRemoval(item) }
    for (before, after) in difference.changed {
      if before.place == .calendar, after.place != .calendar { judgeRemoval(before) }
      judgeChange(before, after)
    }
    for row in difference.removedRows where ledger.psa[row.key]?.maker != .lockstep {
      broken("I3", "\(row.key) was removed from the PSA, which a person made")
    }
    let mails = await world.mailbox { mailbox, _ in mailbox.mailsSent }
    if mails > 0 { broken("I8", "Exchange has sent \(mails) mail(s)") }
  }

  private func judgeRemoval(_ item: SeenExchangeItem) {
    guard let record = ledger.exchange[item.born], record.maker != .lockstep,
      !isStandIn(record)
    else { return }
    broken(
      record.copyOf == nil ? "I3" : "I13",
      "item \(item.born) was removed from Exchange, which a person made"
    )
  }

  /// The only item with the identity of one that Lockstep made is that item (`rules.md` 7): its
  /// original is gone, or the links are lost.
  private func isStandIn(_ record: ExchangeRecord) -> Bool {
    guard let original = record.copyOf.flatMap({ ledger.exchange[$0] }), record.uid != nil,
      record.uid == original.uid
    else { return false }
    // Once the links are lost the only one that lies in the calendar is linked, and stays so.
    if linksWereLost { return true }
    return original.now?.place != .calendar
      && (original.goneStep != nil || isOrdered)
  }

  private func judgeChange(_ before: SeenExchangeItem, _ after: SeenExchangeItem) {
    guard let record = ledger.exchange[after.born], !after.isContact, !isStandIn(record) else {
      return
    }
    if record.maker != .lockstep, before.appointment.withoutTime != after.appointment.withoutTime {
      broken(
        record.copyOf == nil ? "I6" : "I13",
        "the content of item \(after.born) was changed, a person's own"
      )
    }
    if !after.appointment.isAllDay, before.appointment.startZone != after.appointment.startZone,
      !before.appointment.isAllDay
    {
      broken("I9", "item \(after.born) got another zone")
    }
  }

  func willDelete(exchange ids: [ExchangeItemID]) async {
    for id in ids {
      deletes += 1
      note(
        "deletes item \(ledger.item(id.rawValue).map { "\($0.born)" } ?? "that is not there") in Exchange"
      )
      guard let item = ledger.item(id.rawValue), !isOrdered else { continue }
      guard ledger.exchange[item.born]?.maker == .lockstep,
        let stamp = item.stamp.flatMap(Stamp.init)
      else { continue }
      let key = PSAKey(kind: stamp.kind, id: stamp.id.rawValue)
      if !goneRows.contains(key) {
        broken("I3", "\(key) is there and unchanged, and its item in Exchange is deleted")
      }
    }
  }

  func willDelete(psa targets: [PSATarget]) async {
    for target in targets {
      deletes += 1
      let key = PSAKey(kind: target.kind, id: target.id.rawValue)
      note("deletes \(key) in the PSA")
      guard !isOrdered, let source = ledger.psa[key]?.source else { continue }
      if !goneSources.contains(source.born), !(source.day != nil && goneDates.contains([key.id])) {
        broken("I3", "item \(source.born) is there in Exchange, and its \(key) is deleted")
      }
    }
  }

  /// What a person copied it from, while that is there in any folder.
  func original(of id: ExchangeItemID) -> ExchangeItemID? {
    guard let item = ledger.item(id.rawValue),
      let original = ledger.exchange[item.born]?.copyOf.flatMap({ ledger.exchange[$0]?.now })
    else { return nil }
    return ExchangeItemID(original.id)
  }
}

/// Words that no two titles share, so that one is known wherever it turns up.
enum Tokens {
  static func token(_ number: Int) -> String { "zq\(number)qz" }

  static func of(_ text: String) -> Set<String> {
    var found: Set<String> = []
    var rest = Substring(text)
    while let start = rest.firstRange(of: "zq") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: "qz") else { break }
      let number = rest[..<end.lowerBound]
      if !number.isEmpty, number.allSatisfy(\.isNumber) { found.insert("zq\(number)qz") }
    }
    return found
  }

  static func of(_ appointment: Mailbox.Appointment) -> Set<String> {
    of(appointment.subject + " " + appointment.body.content + " " + appointment.location)
  }
}

extension SeenExchangeItem {
  /// Where an agent can know it: what has no UID is another item once it was moved (`rules.md` 5).
  var isTraceable: Bool {
    switch place {
    case .calendar: true
    case .otherCalendar: uid != nil || stamp != nil
    case .deleted, .elsewhere: false
    }
  }

  /// Excluded by `rules.md` 2, from the world's own fields.
  func isExcluded(_ rules: SyncRules) -> Bool {
    appointment.isExcluded(rules) || response == .decline
  }
}

extension Mailbox.Appointment {
  func isExcluded(_ rules: SyncRules) -> Bool {
    isCancelled || (showAs == .free && !rules.sendsFreeTime)
  }
}
