import Console
import SyncEngine

/// Progress on stderr: steps as lines, counts as one line that moves where there is a terminal.
enum ProgressLine {
  static func show(_ progress: Progress) {
    switch progress {
    case .step(let what):
      Terminal.say(what)
    case .counted(let what, let done, let total):
      let text = total.map { "\(what): \(done) of \($0)" } ?? "\(what): \(done)"
      if done == total { Terminal.say(text) } else { Terminal.flash(text) }
    }
  }
}
