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
    case waitsForPerson(since: RunID)
  }

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
    while true {
      let wiring = try Wiring(settings: config)
      let last = try await lastAttempt(wiring)
      let due = due(after: verdict, last, isFirst: isFirst, try timetable(wiring))
      isFirst = false
      guard try await waited(until: due, verdict, settings: wiring.settings.file) else { continue }
      guard wiring.isSwitchedOn(invocation) else {
        try await Task.sleep(for: .seconds(300))
        continue
      }
      verdict = try await attempt(wiring, after: verdict)
      try Task.checkCancellation()
    }
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
    case .waitsForPerson: return now.advanced(bySeconds: 6 * 3_600)
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
      guard case .waitsForPerson(let run) = verdict else { continue }
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
      for note in attempt.notes { Terminal.say(invocation.spelled(note)) }
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
      Terminal.say(
        invocation.spelled(
          "No further sign-in for six hours, or until the settings change or 'lockstep sync' "
            + "went well."
        )
      )
      return .waitsForPerson(since: run)
    case .skipItem, .stop:
      return .went
    }
  }
}
