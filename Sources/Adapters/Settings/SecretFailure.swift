package import SyncModel

/// Why a secret could not be had; says what to do and never what was found.
package struct SecretFailure: SyncFailure, Hashable {
  package enum Cause: Hashable, Sendable {
    /// No place has it.
    case absent
    case keyringLocked
    /// No keyring answers, as before the person has logged in.
    case keyringAway
    case keyringToolMissing(String)
    case commandFailed(status: Int32)
    case tookTooLong
    /// Others may read the file.
    case openFile(String)
    case foreignFile(String)
    case unreadable(String, String)
    case empty
    /// Not UTF-8, or more than one line.
    case noText
  }

  package let cause: Cause
  package let purpose: String
  private let hint: String

  init(_ cause: Cause, of purpose: String, in places: [SecretSource.Place]) {
    self.cause = cause
    self.purpose = purpose
    hint = Self.hint(places)
  }

  package var remedy: Remedy {
    switch cause {
    case .keyringLocked, .keyringAway, .tookTooLong: .retry(after: .seconds(60))
    case .absent, .keyringToolMissing, .commandFailed, .openFile, .foreignFile, .unreadable,
      .empty, .noText:
      .signIn
    }
  }

  package var description: String {
    switch cause {
    case .absent:
      "\(subject) was not found. \(hint)"
    case .keyringLocked:
      "\(subject) lies in a keyring that is locked. Unlock it; Lockstep tries again by itself."
    case .keyringAway:
      "\(subject) lies in a keyring, and no keyring answers here. Lockstep tries again by itself."
    case .keyringToolMissing(let tool):
      "\(subject) lies in a keyring, and the program \(tool) that reads it is missing. "
        + "On Debian: apt install libsecret-tools"
    case .commandFailed(let status):
      "The command that prints \(purpose) ended with status \(status)."
    case .tookTooLong:
      "What fetches \(purpose) did not finish in time. Lockstep tries again by itself."
    case .openFile(let path):
      "The file with \(purpose) is not for its owner alone. Mend it with: chmod 600 \(path)"
    case .foreignFile(let path):
      "The file with \(purpose) belongs to somebody else: \(path)"
    case .unreadable(let path, let why):
      "The file with \(purpose) cannot be used: \(path). \(why)"
    case .empty:
      "\(subject) is empty where it was found."
    case .noText:
      "\(subject) is not one line of text where it was found."
    }
  }

  private var subject: String { purpose.prefix(1).uppercased() + purpose.dropFirst() }

  private static func hint(_ places: [SecretSource.Place]) -> String {
    for place in places {
      switch place {
      case .keyring(let attributes):
        let words = attributes.map { "\($0.name) \($0.value)" }.joined(separator: " ")
        return "Store it with: secret-tool store --label=Lockstep \(words)"
      case .credential(let name, nil):
        return "systemd gave this process no credential “\(name)”."
      case .credential, .command, .file: continue
      }
    }
    return "The settings name no place for it."
  }
}
