import Foundation
import Testing

/// The README's transcript is what the programs print.
@Suite(.timeLimit(.minutes(5))) struct ReadmeTests {
  @Test func `the transcript in the README is true`() async throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var script = Program(path: root.appending(path: "share/transcript").path)
    let programs = URL(filePath: try Program.built("lockstep-sandbox").path)
    script.environment = ["LOCKSTEP_PROGRAMS": programs.deletingLastPathComponent().path]
    let run = try await script.run([])
    #expect(run.status == 0, "\(run.errors)")
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let block = try #require(
      readme.firstMatch(of: /<!-- transcript -->\n```console\n((?s:.*?))```\n<!-- end/)
    )
    #expect(
      run.output.trimmingCharacters(in: .newlines)
        == block.1.trimmingCharacters(in: .newlines)
    )
  }
}
