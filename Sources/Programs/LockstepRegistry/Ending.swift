import ArgumentParser
import Console
import RegistryAPI
import RegistryStore
import Settings
import SyncModel

/// How a command ends: its exit code, as lockstep-registry(1) lists them.
enum Ending: Int32 {
  case done = 0
  case failed = 1
  case usage = 64
  case tryLater = 75

  init(of error: any Error) {
    switch error {
    case is SettingsRefusal: self = .usage
    case let problem as RegistryProblem:
      switch problem.code {
      case .invalid: self = .usage
      case .busy, .changed, .tooMany: self = .tryLater
      default: self = .failed
      }
    case is CancellationError: self = .tryLater
    case let failure as any SyncFailure:
      if case .retry = failure.remedy { self = .tryLater } else { self = .failed }
    default: self = .failed
    }
  }
}

/// Runs a command over the store and ends it: a failure becomes a sentence on stderr and an exit
/// code.
func conclude(
  _ common: CommonOptions,
  _ command: @escaping @Sendable (House) async throws -> Ending
) async throws {
  let ending: Ending
  do {
    ending = try await House.with(common, command)
  } catch let exit as ExitCode {
    throw exit
  } catch let wrong as ValidationError {
    throw wrong
  } catch {
    Terminal.say("lockstep-registry: \(error)")
    ending = Ending(of: error)
  }
  if ending != .done { throw ExitCode(ending.rawValue) }
}
