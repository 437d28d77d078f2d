import World

/// One thing that happens in a history; what exactly, its own dice decide when it happens.
struct Step: Hashable, Sendable {
  let deed: Deed
  let seed: UInt64

  enum Deed: String, Hashable, Sendable, CaseIterable {
    // Exchange's owner.
    case make, makePrivate = "make-private", makeFree = "make-free", makeMeeting = "make-meeting"
    case makeWholeDay = "make-whole-day", makeWithoutUID = "make-without-uid"
    case makeSeries = "make-series"
    case move, retitle, rewrite, delete, hide, show, free, busy, cancel, decline, accept
    case copy, copyWithUID = "copy-with-uid", copyAndMove = "copy-and-move"
    case takeAway = "take-away", bringBack = "bring-back", touch, invite
    case moveDate = "move-date", retitleDate = "retitle-date", deleteDate = "delete-date"
    case hideDate = "hide-date", changeRule = "change-rule", endSeries = "end-series"
    // The dispatcher.
    case plan, replan, rename, unplan, reassign, giveBack = "give-back"
    case addToDo = "add-to-do", moveToDo = "move-to-do", finishToDo = "finish-to-do"
    case dropToDo = "drop-to-do", addCall = "add-call", moveCall = "move-call"
    case cancelCall = "cancel-call", leaveCall = "leave-call", joinCall = "join-call"
    case dropCall = "drop-call"
    case addContact = "add-contact", renameContact = "rename-contact"
    case dropContact = "drop-contact", loseContact = "lose-contact"
    // Time and settings.
    case wait, sleep, clockJump = "clock-jump", changePolicy = "change-policy"
    // The agent.
    case sync, troubledSync = "troubled-sync", killedSync = "killed-sync", fullSync = "full-sync"
    case lyingSync = "lying-sync", planOnly = "plan-only", approve, adopt, adoptMissing =
      "adopt-missing"
    case takeBack = "take-back", undo, purgeParked = "purge-parked", purgeMine = "purge-mine"
    case release, verify, collide
    case backUp = "back-up", restoreCache = "restore-cache", loseCache = "lose-cache"
    // The servers.
    case expireStates = "expire-states", backUpMailbox = "back-up-mailbox"
    case restoreMailbox = "restore-mailbox", backUpPSA = "back-up-psa", restorePSA = "restore-psa"
    case registryAway = "registry-away", registryBack = "registry-back"

    /// True for what a person does to a calendar.
    var isEdit: Bool { Deed.edits.contains(self) }

    private static let edits: Set<Deed> = Set(Deed.people.map(\.0))

    /// How often people do what.
    static let people: [(Deed, Int)] = [
      (.make, 8), (.makePrivate, 3), (.makeFree, 2), (.makeMeeting, 2), (.makeWholeDay, 2),
      (.makeWithoutUID, 1), (.makeSeries, 2), (.move, 8), (.retitle, 5), (.rewrite, 3),
      (.delete, 5), (.hide, 3), (.show, 2), (.free, 2), (.busy, 2), (.cancel, 1), (.decline, 1),
      (.accept, 1), (.copy, 2), (.copyWithUID, 1), (.copyAndMove, 1), (.takeAway, 2),
      (.bringBack, 2), (.touch, 2), (.invite, 1), (.moveDate, 3), (.retitleDate, 2),
      (.deleteDate, 2), (.hideDate, 1), (.changeRule, 1), (.endSeries, 1), (.plan, 8),
      (.replan, 7), (.rename, 4), (.unplan, 4), (.reassign, 1), (.giveBack, 1), (.addToDo, 2),
      (.moveToDo, 2), (.finishToDo, 1), (.dropToDo, 1), (.addCall, 2), (.moveCall, 2),
      (.cancelCall, 1), (.leaveCall, 1), (.joinCall, 1), (.dropCall, 1), (.addContact, 1),
      (.renameContact, 1), (.dropContact, 1), (.loseContact, 1),
    ]

    /// How often everything else happens.
    static let rest: [(Deed, Int)] = [
      (.wait, 10), (.sleep, 2), (.clockJump, 1), (.changePolicy, 2), (.sync, 14),
      (.troubledSync, 8), (.killedSync, 8), (.fullSync, 1), (.lyingSync, 2), (.planOnly, 1),
      (.approve, 3), (.adopt, 1), (.adoptMissing, 1), (.takeBack, 2), (.undo, 1), (.purgeParked, 1),
      (.purgeMine, 1), (.release, 2), (.verify, 1),
      (.collide, 1), (.backUp, 2),
      (.restoreCache, 1), (.loseCache, 1), (.expireStates, 1), (.backUpMailbox, 1),
      (.restoreMailbox, 1), (.backUpPSA, 1), (.restorePSA, 1), (.registryAway, 1),
      (.registryBack, 2),
    ]
  }
}

/// What is drawn for one history before it begins.
struct Script: Hashable, Sendable {
  let seed: UInt64
  var steps: [Step]
  /// Where killed runs end, instead of where their dice say.
  var crash: RunTroubles.Crash?

  /// A few edits, a run, a few more, and a run that is killed: short enough to be told with every
  /// effect that it could be killed at.
  static func short(seed: UInt64) -> Script {
    var dice = Dice(seed: seed)
    func edits() -> [Step] {
      (0..<dice.number(3...6)).map { _ in
        Step(deed: dice.weighted(Step.Deed.people), seed: dice.next())
      }
    }
    let before = edits()
    let first = Step(deed: .sync, seed: dice.next())
    let after = edits()
    let killed = Step(deed: .killedSync, seed: dice.next())
    return Script(seed: seed, steps: before + [first] + after + [killed])
  }

  /// At least thirty edits by people, and runs with troubles between them.
  init(seed: UInt64) {
    self.seed = seed
    var dice = Dice(seed: seed)
    var steps: [Step] = []
    var edits = 0
    // The first run finds what both sides have had before.
    for _ in 0..<dice.number(0...4) {
      steps.append(Step(deed: dice.weighted(Step.Deed.people), seed: dice.next()))
    }
    let wanted = dice.number(30...40)
    while edits < wanted {
      for _ in 0..<dice.number(1...4) {
        steps.append(Step(deed: dice.weighted(Step.Deed.people), seed: dice.next()))
        edits += 1
      }
      for _ in 0..<dice.number(1...2) {
        steps.append(Step(deed: dice.weighted(Step.Deed.rest), seed: dice.next()))
      }
    }
    self.steps = steps
  }

  init(seed: UInt64, steps: [Step]) {
    self.seed = seed
    self.steps = steps
  }

  var edits: Int { steps.count { $0.deed.isEdit } }
}
