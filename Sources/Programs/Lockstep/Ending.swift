import ArgumentParser
import Console
import RegistryAPI
import Settings
import Store
import SyncEngine
import SyncModel

/// How a command ends: its exit code, as lockstep(1) lists them.
enum Ending: Int32 {
  case done = 0
  case failed = 1
  case someItemsFailed = 2
  case held = 3
  case usage = 64
  case tryLater = 75
  case signIn = 77

  init(_ remedy: Remedy) {
    switch remedy {
    case .retry: self = .tryLater
    case .signIn: self = .signIn
    case .skipItem: self = .someItemsFailed
    case .stop: self = .failed
    }
  }

  init(of error: any Error) {
    switch error {
    case is SettingsRefusal, is ProfileRefusal: self = .usage
    case is CancellationError: self = .tryLater
    case StoreFailure.locked: self = .tryLater
    case let failure as any SyncFailure: self.init(failure.remedy)
    default: self = .failed
    }
  }
}

/// Runs a command and ends it: a failure becomes a sentence on stderr and an exit code.
///
/// With `heedsSignals` the command ends at its next safe point when it is asked to.
func conclude(
  _ invocation: Invocation,
  heedsSignals: Bool = false,
  _ command: @escaping @Sendable () async throws -> Ending
) async throws {
  let ending: Ending
  do {
    ending = heedsSignals ? try await Interruption.heeded(command) : try await command()
  } catch let stop as CancellationError {
    // That it was asked to stop has been said.
    ending = Ending(of: stop)
  } catch let exit as ExitCode {
    throw exit
  } catch let wrong as ValidationError {
    throw wrong
  } catch {
    Terminal.say("lockstep: \(invocation.spelled("\(error)"))")
    ending = Ending(of: error)
  }
  if ending != .done { throw ExitCode(ending.rawValue) }
}
