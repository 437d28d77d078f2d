package import Foundation

/// Where programs are.
package enum Programs {
  /// A program of this package, which lies beside the tests; nil when it was not built.
  ///
  /// `LOCKSTEP_RELEASE` names the release build of `lockstep`, which is then the one that is judged,
  /// for that is what people run.
  package static func built(_ name: String) -> String? {
    let release = ProcessInfo.processInfo.environment["LOCKSTEP_RELEASE"] ?? ""
    if name == "lockstep", !release.isEmpty { return release }
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = tests.deletingLastPathComponent().appending(path: name).path
    return isProgram(path) ? path : nil
  }

  /// A program on the PATH; nil where there is none.
  package static func found(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(name)" }
      .first(where: isProgram)
  }

  static func isProgram(_ path: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: path)
  }
}

/// The package that these tests were built from.
package let packageRoot = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
