package import HTTP
package import RegistryAPI
package import SyncModel

/// Why the registry did not do what was asked, by cause.
package enum RegistryFailure: Error, Sendable {
  case unreachable(server: String, HTTPError)
  /// The registry's own answer.
  case refused(server: String, RegistryProblem)
  /// The service, or a gateway before it, is in trouble.
  case outOfOrder(server: String, status: Int, after: Duration)
  /// What answers there speaks another language.
  case noRegistry(server: String, status: Int)
  case malformed(server: String, reason: String)

  /// The registry's code, where the answer is its own.
  package var code: RegistryProblem.Code? {
    if case .refused(_, let problem) = self { problem.code } else { nil }
  }

  /// True where the token opens nothing: no later attempt goes better without a person.
  package var closesDoor: Bool {
    switch code {
    case .unknownToken, .revoked, .expired, .forbidden: true
    case .unknownCode, .taken, .notFound, .changed, .versionNeeded, .invalid, .tooLarge, .tooMany,
      .busy, .broken, .psa, nil:
      false
    }
  }
}

extension RegistryFailure: SyncFailure {
  package var remedy: Remedy {
    switch self {
    case .unreachable(_, .cancelled): .retry(after: .zero)
    case .unreachable(_, let error): error.isTransient ? .retry(after: .seconds(60)) : .stop
    case .outOfOrder(_, _, let pause): .retry(after: pause)
    case .refused(_, let problem):
      switch problem.code {
      case .tooMany, .busy, .broken, .psa: .retry(after: .seconds(60))
      case .unknownToken, .revoked, .expired, .forbidden, .unknownCode, .taken, .notFound,
        .changed, .versionNeeded, .invalid, .tooLarge:
        .stop
      }
    case .noRegistry, .malformed: .stop
    }
  }

  package var description: String {
    switch self {
    case .unreachable(let server, let error):
      "The registry at \(server) was not reached. \(error)"
    case .refused(let server, let problem):
      switch problem.code {
      case .unknownToken, .revoked, .expired:
        "The registry at \(server) does not let this agent in: \(problem.message) If another "
          + "agent serves this calendar now, leave it to that one; else ask for a new code and run "
          + "'lockstep init --settings FILE --code CODE'."
      case .psa: "The registry at \(server) cannot read the PSA. \(problem.message)"
      case .forbidden, .unknownCode, .taken, .notFound, .changed, .versionNeeded, .invalid,
        .tooLarge, .tooMany, .busy, .broken:
        "The registry at \(server) refuses: \(problem.message)"
      }
    case .outOfOrder(let server, let status, _):
      "The registry at \(server) is out of order (status \(status)). It goes on when it is back."
    case .noRegistry(let server, let status):
      "No registry of Lockstep answers at \(server) (status \(status)). Check registry.url."
    case .malformed(let server, let reason):
      "The answer of the registry at \(server) cannot be used: \(reason)."
    }
  }
}
