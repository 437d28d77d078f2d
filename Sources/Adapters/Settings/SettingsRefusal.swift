package import SyncModel

/// A settings file that is not accepted: every problem in it, each with its line.
package struct SettingsRefusal: SyncFailure, Hashable {
  /// One thing that is wrong, and what would be right.
  package struct Problem: Hashable, Sendable {
    /// Counted from 1; nil where the file as a whole is meant.
    package let line: Int?
    /// A sentence without values that could be secret.
    package let sentence: String

    package init(line: Int?, sentence: String) {
      self.line = line
      self.sentence = sentence
    }
  }

  package let file: String
  /// In the order of their lines.
  package let problems: [Problem]

  package init(file: String, problems: [Problem]) {
    self.file = file
    self.problems = problems.sorted { ($0.line ?? 0, $0.sentence) < ($1.line ?? 0, $1.sentence) }
  }

  package var remedy: Remedy { .stop }

  /// One line for each problem, as compilers write them: `FILE:LINE: sentence`.
  package var description: String {
    problems.map { problem in
      let line = problem.line.map { "\($0):" } ?? ""
      return "\(file):\(line) \(problem.sentence)"
    }
    .joined(separator: "\n")
  }
}
