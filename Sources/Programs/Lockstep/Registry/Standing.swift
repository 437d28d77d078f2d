import Console
import HTTP
import RegistryAPI
import RegistryClient
import Settings
import Store
import SyncEngine
import SyncModel

/// How an agent stands with its registry, from this machine alone.
struct RegistryStanding: Encodable {
  let url: String
  let isEnrolled: Bool
  /// The version of the policy that holds; nil before one was told.
  let policy: Int?
  /// Reports that the registry has not got yet.
  let waitingReports: Int
  let waitingSince: String?
  private let since: Instant?

  private enum CodingKeys: String, CodingKey {
    case url, isEnrolled, policy, waitingReports, waitingSince
  }

  /// Nil where the settings name no registry.
  init?(of settings: LockstepSettings, _ waiting: WaitingReports) {
    guard let registry = settings.registry else { return nil }
    url = registry.address.url
    isEnrolled = registry.hasToken
    policy = settings.kept?.policy.version
    waitingReports = waiting.count
    since = waiting.since
    waitingSince = since?.description
  }

  /// What a person has to know of it.
  var lines: [String] {
    var lines: [String] = []
    if !isEnrolled {
      lines.append("  Registry:  not enrolled; 'lockstep init --settings FILE --code CODE'")
    } else if policy == nil {
      lines.append("  Registry:  it has not told yet what is allowed; nothing runs before")
    }
    if waitingReports > 0 {
      lines.append("  Registry:  \(reports)")
    }
    return lines
  }

  /// Such as `3 reports wait for it since 2026-03-02 09:15`.
  var reports: String {
    counted(waitingReports, "report waits", "reports wait") + " for it"
      + (since.map { " since \(WallClock.shown($0))" } ?? "")
  }
}

extension Examination {
  /// Whether the registry is there and lets this agent in; nothing where none is named.
  func registry(_ wiring: Wiring) async -> [DoctorView.Check] {
    guard let registry = wiring.settings.registry else { return [] }
    let mend = Mend(file: wiring.settings.file)
    let url = registry.address.url
    guard registry.hasToken else {
      return [
        bad(
          "registry",
          "this agent is not enrolled at \(url)",
          mend: "Ask the registry's admin for a code and run 'lockstep init --settings "
            + "\(Invocation.quoted(wiring.settings.file)) --code CODE'."
        )
      ]
    }
    do {
      let token = try await registry.token()
      let answer = try await wiring.registry(registry, token, patience: .seconds(10)).use {
        try await $0.policy()
      }
      guard let policy = answer?.policy else { return [] }
      let says =
        "\(url), as \(policy.resourceName.onOneLine) (resource \(policy.resource)), policy "
        + "\(policy.version)" + (try await waiting(wiring))
      if policy.usesAccountForEverybody {
        return [
          warning(
            "registry",
            says + "; it serves the mailboxes itself",
            mend: "Nothing runs here: stop 'lockstep run', or ask the registry's admin."
          )
        ]
      }
      return policy.isEnabled
        ? [good("registry", says)]
        : [warning("registry", says + "; switched off", mend: "The registry's admin switches on.")]
    } catch let failure as RegistryFailure {
      return [finding(failure, wiring, mend)]
    } catch {
      return [bad("registry", "\(url): \(error)", mend: mend.mend(for: error, at: .registry))]
    }
  }

  /// A registry that is away stops no run, unless it has never told what is allowed.
  private func finding(
    _ failure: RegistryFailure,
    _ wiring: Wiring,
    _ mend: Mend
  ) -> DoctorView.Check {
    let help = mend.mend(for: failure, at: .registry)
    guard !failure.closesDoor, wiring.settings.kept != nil else {
      return bad("registry", "\(failure)", mend: help)
    }
    return warning(
      "registry",
      "\(failure) What it told last holds.",
      mend: help ?? "Look again in a few minutes."
    )
  }

  private func waiting(_ wiring: Wiring) async throws -> String {
    do {
      let reports = try await wiring.cache(readOnly: true).waitingReports()
      guard let standing = RegistryStanding(of: wiring.settings, reports), reports.count > 0 else {
        return ""
      }
      return "; \(standing.reports)"
    } catch StoreFailure.absent, StoreFailure.older {
      return ""
    }
  }
}
