import Cryptography
import Glibc
import ServiceLifecycle
import Settings
import Store
import SyncEngine
import SyncModel

/// Runs an agent by its timetable until the process is asked to end.
///
/// Between two runs it holds nothing but this value: the cache, the connections and the profile's
/// lock belong to a run, so that `lockstep sync` from a terminal takes its turn like any other.
struct Daemon: Service {
  let config: String?

  private var invocation: Invocation { Invocation(config: config) }

  /// What one run leaves for the decision when the next one is.
  private enum Verdict {
    case went
    /// Not the first time in a row that it asked to be left alone for a while.
    case retry(after: Duration, failures: Int)
    /// A refused sign-in must not be repeated: it locks accounts.
    case waitsForPerson(since: RunID, until: Instant)
  }

  /// Hours without a sign-in after one was refused.
  private static let pauseAfterRefusal: Int64 = 6

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      do {
        try await keepRunning()
      } catch is CancellationError {
        Terminal.say("Asked to stop; both sides are left as they are.")
      }
    }
  }

  private func keepRunning() async throws {
    var verdict = Verdict.went
    var isFirst = true
    var seat: DaemonSeat?
    defer { seat?.release() }
    while true {
      var wiring = try Wiring(settings: config)
      wiring.isAskedFor = false
      if seat?.cacheDirectory != wiring.settings.cacheDirectory {
        seat?.release()
        seat = nil
        seat = try await self.seat(wiring.settings)
      }
      let last = try await lastAttempt(wiring)
      let due = due(after: verdict, last, isFirst: isFirst, try timetable(wiring))
      try announce(due, verdict, wiring.settings, to: seat, aloud: isFirst)
      isFirst = false
      guard try await waited(until: due, verdict, settings: wiring.settings.file) else { continue }
      guard wiring.isSwitchedOn(invocation) else {
        try await Task.sleep(for: .seconds(300))
        continue
      }
      try seat?.announce(nil)
      verdict = try await attempt(wiring, after: verdict)
      try Task.checkCancellation()
    }
  }

  /// One daemon serves a profile; another one says for whom it waits.
  private func seat(_ settings: LockstepSettings) async throws -> DaemonSeat {
    try await DaemonSeat.taken(of: settings.cacheDirectory) { holder in
      Terminal.say(
        "Process \(holder.process) serves the profile \(settings.profile) since "
          + "\(WallClock.shownWithZone(holder.since)); waiting for its end."
      )
    }
  }

  private func announce(
    _ due: Instant?,
    _ verdict: Verdict,
    _ settings: LockstepSettings,
    to seat: DaemonSeat?,
    aloud: Bool
  ) throws {
    var waitsForPerson = false
    if case .waitsForPerson = verdict { waitsForPerson = true }
    try seat?.announce(due ?? WallClock.now(), waitsForPerson: waitsForPerson)
    guard aloud, settings.switches.isEnabled else { return }
    let time = due.map { "at \(WallClock.shownWithZone($0))" } ?? "now"
    Terminal.say("Serving the profile \(settings.profile); the next run begins \(time).")
  }

  private func timetable(_ wiring: Wiring) throws -> Timetable {
    Timetable(
      interval: wiring.settings.interval,
      agent: try wiring.agent(),
      digest: SHA256.digest
    )
  }

  private func lastAttempt(_ wiring: Wiring) async throws -> Attempt? {
    do {
      return try await wiring.cache(readOnly: true).attempts(limit: 1).first
    } catch StoreFailure.absent {
      return nil
    }
  }

  /// Nil means now.
  private func due(
    after verdict: Verdict,
    _ last: Attempt?,
    isFirst: Bool,
    _ timetable: Timetable
  ) -> Instant? {
    let now = WallClock.now()
    switch verdict {
    case .went where isFirst: return timetable.first(after: last?.started, now: now)
    case .went: return timetable.due(after: last?.started ?? now)
    case .retry(let pause, let failures):
      let growing = Int64(60) << Int64(min(failures, 6))
      let pause = max(pause.components.seconds, min(growing, timetable.interval))
      return now.advanced(bySeconds: pause)
    case .waitsForPerson(_, let until): return until
    }
  }

  /// True when the time has come; false when something happened that asks for another look.
  ///
  /// Sleeps in steps, for a machine that was suspended has missed its time.
  private func waited(
    until due: Instant?,
    _ verdict: Verdict,
    settings file: String
  ) async throws -> Bool {
    let before = changed(file)
    while let due, WallClock.now() < due {
      let rest = due.seconds - WallClock.now().seconds
      try await Task.sleep(for: .seconds(min(60, max(1, rest))))
      if changed(file) != before { return true }
      guard case .waitsForPerson(let run, _) = verdict else { continue }
      // A run by hand that went well shows that the password is mended.
      let newest = try await lastAttempt(try Wiring(settings: config))
      if let newest, newest.run > run, newest.outcome != .failed { return true }
    }
    try Task.checkCancellation()
    return true
  }

  private func changed(_ file: String) -> Int {
    var facts = stat()
    return stat(file, &facts) == 0 ? facts.st_mtim.tv_sec : 0
  }

  private func attempt(_ wiring: Wiring, after verdict: Verdict) async throws -> Verdict {
    let failures = if case .retry(_, let failures) = verdict { failures } else { 0 }
    do {
      let result = try await wiring.record(
        .sync,
        patience: .seconds(60),
        progress: { _ in }
      ) { try await $0.sync(SyncOptions()) }
      let attempt = result.attempt
      Terminal.say("Run \(attempt.run): \(attempt.outcome.rawValue), \(attempt.summary)")
      for note in attempt.notes.folded { Terminal.say(invocation.spelled(note)) }
      guard let failure = result.failure else { return .went }
      return answer(to: failure.remedy, failures, attempt.run)
    } catch let failure as any SyncFailure {
      try Task.checkCancellation()
      Terminal.say(invocation.spelled("\(failure)"))
      let last = try await lastAttempt(wiring)
      return answer(to: failure.remedy, failures, last?.run ?? RunID(0))
    }
  }

  private func answer(to remedy: Remedy, _ failures: Int, _ run: RunID) -> Verdict {
    switch remedy {
    case .retry(let pause):
      return .retry(after: pause, failures: failures + 1)
    case .signIn:
      let until = WallClock.now().advanced(bySeconds: Daemon.pauseAfterRefusal * 3_600)
      Terminal.say(
        invocation.spelled(
          "No further sign-in for \(Daemon.pauseAfterRefusal) hours, until "
            + "\(WallClock.shownWithZone(until)), unless the settings change or 'lockstep sync' "
            + "goes well before."
        )
      )
      return .waitsForPerson(since: run, until: until)
    case .skipItem, .stop:
      return .went
    }
  }
}
