import Foundation
import Testing

/// `export` through the real binary.
@Suite(.timeLimit(.minutes(5))) struct ExportTests {
  @Test func `export shows either side, or both, for any stretch of days`() async throws {
    try await Sandbox.serving { sandbox in
      let early = try await sandbox.lockstep("export")
      #expect(early.status == 1 && early.errors.contains(" sync` first"))

      // At noon in UTC, so that it is the same day wherever this machine stands.
      let noon = Stamp.from(now: 24 * 40).prefix(10)
      let (start, end) = ("\(noon)T12:00:00Z", "\(noon)T13:00:00Z")
      try await sandbox.edit("--side", "psa", "--create", "Far away", start, end)
      try await sandbox.settle()
      let world = try await sandbox.dump()
      let items = world.exchange.filter { $0.kind != "occurrence" }
      func events(_ arguments: String...) async throws -> [Substring] {
        let agent = try sandbox.agent
        let export = try await agent.run(["--config", sandbox.ready.config, "export"] + arguments)
        #expect(export.status == 0)
        #expect(export.output.hasPrefix("BEGIN:VCALENDAR\r\n"))
        #expect(export.output.hasSuffix("END:VCALENDAR\r\n"))
        // A changed date of a series is an event beside its series, not an item of its own.
        return export.output.split(separator: "BEGIN:VEVENT").dropFirst()
          .filter { !$0.contains("\r\nRECURRENCE-ID") }
      }
      let exchange = try await events("--side", "exchange")
      let psa = try await events("--side", "psa")
      #expect(exchange.count == items.count)
      #expect(psa.count == world.psa.count)
      #expect(try await events().count == exchange.count + psa.count)

      let day = String(start.prefix(10))
      let far = try await events("--from", day, "--to", day, "--side", "psa")
      #expect(far.contains { $0.contains("SUMMARY:Far away") })
      #expect(far.count < psa.count)

      let file = sandbox.folder.appending(path: "week.ics").path
      let written = try await sandbox.lockstep("export", "-o", file)
      #expect(written.status == 0 && written.output.isEmpty)
      let first = try Data(contentsOf: URL(filePath: file))
      _ = try await sandbox.lockstep("export", "--output", file)
      #expect(try Data(contentsOf: URL(filePath: file)) == first)
      let barred = try await sandbox.lockstep("export", "-o", "/proc/week.ics")
      #expect(barred.status == 1 && barred.errors.contains("cannot be written"))
    }
  }

  @Test func `-o replaces a plain file whole, and takes the place of nothing else`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      _ = try await sandbox.sync()
      let folder = sandbox.folder.appending(path: "exports")
      let manager = FileManager.default
      try manager.createDirectory(at: folder, withIntermediateDirectories: false)
      func path(_ name: String) -> String { folder.appending(path: name).path }
      let kept = path("kept.ics")
      try Data("mine".utf8).write(to: URL(filePath: kept))
      try manager.createSymbolicLink(atPath: path("link.ics"), withDestinationPath: kept)
      try manager.createSymbolicLink(atPath: path("dangling.ics"), withDestinationPath: "nowhere")
      try manager.createDirectory(atPath: path("folder.ics"), withIntermediateDirectories: false)
      #expect(mkfifo(path("pipe.ics"), 0o600) == 0)
      let before = try manager.contentsOfDirectory(atPath: folder.path).sorted()
      for target in [
        path("link.ics"), path("dangling.ics"), path("folder.ics"), path("pipe.ics"), "/dev/null",
      ] {
        let refused = try await sandbox.lockstep("export", "-o", target)
        #expect(refused.status == 1, "\(target)")
        #expect(refused.errors.contains("not a plain file") && refused.errors.contains(target))
      }
      #expect(try manager.contentsOfDirectory(atPath: folder.path).sorted() == before)
      #expect(try String(contentsOfFile: kept, encoding: .utf8) == "mine")

      let long = String(repeating: "what stood here before\n", count: 100_000)
      try Data(long.utf8).write(to: URL(filePath: kept))
      #expect(try await sandbox.lockstep("export", "-o", kept).status == 0)
      let printed = try await sandbox.lockstep("export")
      #expect(try String(contentsOfFile: kept, encoding: .utf8) == printed.output)
      let mode = try manager.attributesOfItem(atPath: kept)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(try manager.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }
  }
}
