import Console
import HTTP
import RegistryAPI
import RegistryClient
import Settings
import Store
import SyncEngine
import SyncModel

/// What the registry allows: asked for before each run, and what it told last where it is away.
extension Wiring {
  /// As long as a run waits for the registry, all questions together.
  private static let patienceWithRegistry = Duration.seconds(5)

  /// The agent under the registry's present policy; itself where the settings name no registry.
  ///
  /// Throws where the registry does not let it in, or never told it what is allowed.
  func governed() async throws -> Wiring {
    guard let registry = settings.registry else { return self }
    guard registry.hasToken else { throw Wiring.notEnrolled(registry) }
    let token = try await registry.token()
    let end = ContinuousClock.now + Wiring.patienceWithRegistry
    var governed = self
    let connection = self.registry(registry, token, patience: Wiring.patienceWithRegistry)
    return try await connection.use { service in
      guard try await governed.askPolicy(registry, service) else { return governed }
      // Whoever was slow once is asked no second question before the run.
      if end - ContinuousClock.now > .seconds(1) {
        try await governed.agreeOnProfile(service)
      }
      return governed
    }
  }

  /// The same for a run: one that is refused is on record too.
  func governed(
    on purpose: Attempt.Purpose,
    patience: Duration = Wiring.patience
  ) async throws -> Wiring {
    do {
      return try await governed()
    } catch let failure as any SyncFailure {
      try Task.checkCancellation()
      let lock = try await lock(patience: patience)
      defer { lock.release() }
      _ = try await cache(posted: {}).recordFailure(
        failure,
        of: purpose,
        at: WallClock.now(),
        settings: try installation().settingsDigest
      )
      throw failure
    }
  }

  /// Holds that the admin approved.
  var approvals: Set<PlanDigest> { Set(settings.kept?.policy.approvals ?? []) }

  static func notEnrolled(_ registry: RegistrySettings) -> StopFailure {
    StopFailure(
      "This agent is not enrolled with the registry \(registry.address.url), and nothing runs "
        + "before it is. Ask its admin for a code and run "
        + "'lockstep init --settings FILE --code CODE'."
    )
  }

  /// False where the registry was not reached and its last word holds.
  private mutating func askPolicy(
    _ registry: RegistrySettings,
    _ service: RegistryService
  ) async throws -> Bool {
    let answer: RegistryService.PolicyAnswer?
    do {
      answer = try await service.policy(unlessKnown: settings.kept?.etag)
    } catch {
      try Task.checkCancellation()
      if error.closesDoor { throw error }
      guard settings.kept != nil else {
        throw StopFailure(
          "The registry has never told this agent what is allowed, and nothing runs before it "
            + "does. \(error)",
          remedy: error.remedy
        )
      }
      Terminal.say("\(error) What it told last holds.")
      return false
    }
    guard let answer else { return true }
    let isFirst = settings.kept == nil
    settings.kept = KeptPolicy(
      registry: registry.address.url,
      etag: answer.etag,
      policy: answer.policy,
      profile: settings.kept?.profile
    )
    try keepPolicy(isFirst: isFirst)
    return true
  }

  /// The cache's folder may have to be made first.
  private func keepPolicy(isFirst: Bool) throws {
    if isFirst { _ = try cache() }
    try settings.kept?.write(in: settings.cacheDirectory)
  }
}

// MARK: The person's switches on either side

extension Wiring {
  /// Sends what was chosen here since both sides agreed, or takes what was chosen there.
  private mutating func agreeOnProfile(_ service: RegistryService) async throws {
    guard let kept = settings.kept else { return }
    let agreed = kept.profile ?? ProfileDocument(version: 0, choices: [:])
    let own = ProfileDocument(version: agreed.version, settings.own)
    if kept.policy.profile.version != agreed.version {
      try take(kept.policy.profile, insteadOf: own, agreed)
    } else if own.choices != agreed.choices {
      let answer: (document: ProfileDocument, isNewer: Bool)
      do {
        answer = try await Wiring.sent(own, to: service)
      } catch {
        Terminal.say("\(error) Your choices hold here, and are sent before the next run.")
        return
      }
      if answer.isNewer {
        try take(answer.document, insteadOf: own, agreed)
      } else {
        try agree(on: answer.document)
      }
    } else if kept.profile == nil {
      try agree(on: agreed)
    }
  }

  /// The registry's own profile where somebody changed that since.
  private static func sent(
    _ own: ProfileDocument,
    to service: RegistryService
  ) async throws(RegistryFailure) -> (ProfileDocument, isNewer: Bool) {
    do {
      return (try await service.put(own), false)
    } catch  where error.code == .changed {
      return (try await service.profile(), true)
    }
  }

  private mutating func take(
    _ document: ProfileDocument,
    insteadOf own: ProfileDocument,
    _ agreed: ProfileDocument
  ) throws {
    let profile: UserProfile
    do {
      profile = try document.profile()
    } catch {
      Terminal.say("The registry's profile of yours cannot be used, and yours stays: \(error)")
      return
    }
    if own.choices != document.choices {
      try ProfileFile(besideSettings: settings.file).write(profile)
      let isLost = own.choices != agreed.choices
      Terminal.say(
        "Your switches were changed in the registry, and hold here now"
          + (isLost ? " instead of what was chosen here meanwhile" : "")
          + ". 'lockstep profile' shows them."
      )
    }
    settings.own = profile
    try agree(on: document)
  }

  private mutating func agree(on document: ProfileDocument) throws {
    settings.kept?.profile = document
    // The policy that is kept has the former profile in it.
    if settings.kept?.policy.profile != document { settings.kept?.etag = nil }
    try keepPolicy(isFirst: false)
  }
}

extension Wiring {
  /// After `profile set`: the registry hears of it now, or before the next run.
  func withProfileSent(_ invocation: Invocation) async throws -> Wiring {
    guard settings.registry?.hasToken == true else { return self }
    do {
      return try await governed()
    } catch let failure as any SyncFailure {
      Terminal.say(invocation.spelled("\(failure)"))
      Terminal.say("Your choices hold here; the registry has not heard of them.")
      return self
    }
  }
}
