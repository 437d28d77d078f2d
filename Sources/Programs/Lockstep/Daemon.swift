import Console
import Glibc
import RegistryAPI
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
      let wiring = try await readAnew(isFirst: isFirst)
      if seat?.cacheDirectory != wiring.settings.cacheDirectory {
        seat?.release()
        seat = nil
        seat = try await self.seat(wiring.settings)
      }
      let last = try await lastAttempt(wiring)
      let due = due(after: verdict, last, isFirst: isFirst, try wiring.timetable())
      try announce(due, verdict, wiring.settings, to: seat, aloud: isFirst)
      isFirst = false
      try await wait(until: due, verdict, wiring)
      // Whoever tightened something meanwhile is heeded by this very run.
      var current = try await readAnew(isFirst: false)
      guard current.settings.cacheDirectory == wiring.settings.cacheDirectory else {
        (verdict, isFirst) = (.went, true)
        continue
      }
      do {
        current = try await current.governed(on: .sync, patience: .seconds(60))
      } catch let failure as any SyncFailure {
        verdict = try await answer(to: failure, current, after: verdict)
        continue
      }
      guard current.isSwitchedOn(invocation) else {
        await current.deliverReports()
        try await untilChanged(current.settings.file, patience: Daemon.errands)
        continue
      }
      try seat?.announce(nil)
      verdict = try await attempt(current, after: verdict)
      await current.deliverReports()
      try Task.checkCancellation()
    }
  }

  /// Settings and profile as they are now; a mistake in them is waited out once the daemon is up.
  private func readAnew(isFirst: Bool) async throws -> Wiring {
    while true {
      do {
        var wiring = try Wiring(settings: config)
        wiring.isAskedFor = false
        return wiring
      } catch let refusal as SettingsRefusal where !isFirst {
        Terminal.say(invocation.spelled("\(refusal)"))
        Terminal.say("Nothing runs until that is mended; both sides are left as they are.")
        try await untilChanged(refusal.file, patience: 300)
      }
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

  /// Until the time has come, the settings changed, or a person mended a refused sign-in.
  ///
  /// Sleeps in steps, for a machine that was suspended has missed its time.
  private func wait(until due: Instant?, _ verdict: Verdict, _ wiring: Wiring) async throws {
    let before = changed(wiring.settings.file)
    var errand = WallClock.now().advanced(bySeconds: Daemon.errands)
    while let due, WallClock.now() < due {
      let rest = due.seconds - WallClock.now().seconds
      try await Task.sleep(for: .seconds(min(Daemon.step, max(1, rest))))
      if changed(wiring.settings.file) != before { return }
      if WallClock.now() >= errand {
        errand = WallClock.now().advanced(bySeconds: Daemon.errands)
        if try await runErrands(wiring), case .went = verdict { return }
      }
      guard case .waitsForPerson(let run, _) = verdict else { continue }
      // A run by hand that went well shows that the password is mended.
      if let newest = try await lastAttempt(wiring), newest.run > run, newest.outcome != .failed {
        return
      }
    }
    try Task.checkCancellation()
  }

  /// Delivers what waits; until a first run went well, looks for a policy too, and is true where
  /// there is another one.
  private func runErrands(_ wiring: Wiring) async throws -> Bool {
    guard wiring.settings.registry != nil else { return false }
    await wiring.deliverReports()
    guard try await !hasSucceeded(wiring) else { return false }
    do {
      return try await wiring.governed().settings.kept?.policy != wiring.settings.kept?.policy
    } catch is any SyncFailure {
      // The run itself says so when it is due.
      try Task.checkCancellation()
      return false
    }
  }

  private func hasSucceeded(_ wiring: Wiring) async throws -> Bool {
    do {
      return try await wiring.cache(readOnly: true).attempts(limit: 200)
        .contains { $0.outcome == .success || $0.outcome == .successWithErrors }
    } catch StoreFailure.absent {
      return false
    }
  }

  private func untilChanged(_ file: String, patience: Int64) async throws {
    let before = changed(file)
    let end = WallClock.now().advanced(bySeconds: patience)
    while WallClock.now() < end, changed(file) == before {
      try await Task.sleep(for: .seconds(Daemon.step))
    }
  }

  /// Seconds between two looks at the settings file.
  private static let step: Int64 = 5
  /// Seconds between two looks at the registry while no run is due.
  private static let errands: Int64 = 300

  private func changed(_ file: String) -> [Int] {
    var facts = stat()
    guard stat(file, &facts) == 0 else { return [] }
    return [facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, Int(facts.st_ino)]
  }

  private func attempt(_ wiring: Wiring, after verdict: Verdict) async throws -> Verdict {
    let failures = if case .retry(_, let failures) = verdict { failures } else { 0 }
    do {
      let result = try await wiring.record(
        .sync,
        patience: .seconds(60),
        progress: { _ in }
      ) { try await $0.sync(SyncOptions(approvals: wiring.approvals)) }
      let attempt = result.attempt
      Terminal.say("Run \(attempt.run): \(attempt.outcome.rawValue), \(attempt.summary)")
      // A log gets no titles.
      for note in Captions.none.told(attempt.notes, invocation) { Terminal.say(note) }
      if let alone = result.alone.summary(invocation) { Terminal.say(alone) }
      guard let failure = result.failure else { return .went }
      return answer(to: failure.remedy, failures, attempt.run)
    } catch let failure as any SyncFailure {
      return try await answer(to: failure, wiring, after: verdict)
    }
  }

  /// After a run that could not even begin.
  private func answer(
    to failure: any SyncFailure,
    _ wiring: Wiring,
    after verdict: Verdict
  ) async throws -> Verdict {
    try Task.checkCancellation()
    let failures = if case .retry(_, let failures) = verdict { failures } else { 0 }
    Terminal.say(invocation.spelled("\(failure)"))
    let last = try await lastAttempt(wiring)
    return answer(to: failure.remedy, failures, last?.run ?? RunID(0))
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
