import Foundation
import TestGround
import Testing

/// `export` through the real binary.
@Suite(.timeLimit(.minutes(5))) struct ExportTests {
  @Test func `a stretch of days that ends before it begins is refused`() async throws {
    let run = try await Program.built("lockstep")
      .run(["export", "--from", "2026-12-31", "--to", "2026-12-01"])
    #expect(run.status == 64 && run.errors.contains("lies before --from"), "\(run.errors)")
  }

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

  @Test func `to-dos and service calls are called as they are in Exchange`() async throws {
    try await Sandbox.serving(["--items", "0"], allKinds: true) { sandbox in
      _ = try await sandbox.sync()
      let wanted = try await sandbox.wholeDump().psa
        .filter { ["to-do", "service-call"].contains($0.kind) }.map(\.title).sorted()
      #expect(wanted.count > 1)
      for options in [[], ["--to-dos"]] {
        let all = ["--config", sandbox.ready.config, "export", "--side", "psa"] + options
        let export = try await sandbox.agent.run(all)
        let titles = export.output.split(separator: "\r\n")
          .filter { $0.hasPrefix("SUMMARY:") }.map { String($0.dropFirst(8)) }
        #expect(titles.sorted() == wanted)
      }
    }
  }

  /// A line for each card: which side, what it is called, what else it says.
  private static let cards = """
    import sys, vobject
    octets = sys.stdin.buffer.read()
    assert all(len(line) <= 75 for line in octets.split(b"\\r\\n"))
    assert octets.count(b"\\n") == octets.count(b"\\r\\n")
    for card in vobject.readComponents(octets.decode("utf-8")):
        card.validate()
        rest = [card.n.value.family, card.n.value.given]
        for name in ("org", "title", "note"):
            if hasattr(card, name): rest.append(str(getattr(card, name).value))
        for name in ("email", "tel"): rest += [v.value for v in card.contents.get(name, [])]
        if hasattr(card, "adr"): rest += [card.adr.value.street, card.adr.value.city]
        print(getattr(card, "x_lockstep_side").value, card.fn.value, *rest, sep="|")
    """

  @Test func `contacts of either side are cards, the same in each export, without a side`()
    async throws
  {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let config = try sandbox.settings(
        "contacts.toml",
        replacing: "\n[sync]\n",
        with: "\n[sync]\nsync_contacts = true\n"
      )
      let long = String(repeating: "Lüdenscheidt-", count: 3) + "Groß"
      try await sandbox.edit("--side", "psa", "--kind", "contact", "--create", "Zoë; \(long)")
      // The run that writes contacts reads them back, the next one the folder.
      for _ in 0..<2 { _ = try await sandbox.lockstep("sync", config: config) }
      func export(_ options: String...) async throws -> String {
        let all = ["--config", config, "export", "--contacts"] + options
        let export = try await sandbox.agent.run(all)
        #expect(export.status == 0, "\(export.errors)")
        return export.output
      }
      let exchange = try await export("--side", "exchange")
      let psa = try await export("--side", "psa")
      let both = try await export()
      #expect(both == exchange + psa)
      #expect(try await export("--side", "both") == both)
      for cards in [exchange, psa] {
        #expect(cards.matches(of: /BEGIN:VCARD\r\n/).count == 3)
        #expect(cards.matches(of: /\r\nX-LOCKSTEP-LINK:\d+\r\n/).count == 3)
        #expect(!cards.contains("VCALENDAR"))
      }
      let file = sandbox.folder.appending(path: "contacts.vcf")
      #expect(try await export("-o", file.path).isEmpty)
      #expect(try String(contentsOf: file, encoding: .utf8) == both)

      let answer = try await PythonJudge.answer(
        to: Self.cards,
        input: Array(both.utf8),
        importing: "vobject"
      )
      guard let lines = answer?.split(separator: "\n").map(String.init) else { return }
      #expect(lines.count == 6)
      let mine = lines.filter { $0.hasPrefix("exchange|") }.map { $0.dropFirst(9) }
      let theirs = lines.filter { $0.hasPrefix("psa|") }.map { $0.dropFirst(4) }
      #expect(mine.sorted() == theirs.sorted(), "in step")
      #expect(theirs.contains { $0.hasPrefix("Zoë; \(long)|\(long)|Zoë;") })
      #expect(
        theirs.contains(
          "Office B Contact 30700|Contact 30700|Office|['Bakery']|Front desk|Mornings only|"
            + "contact-30700@example.net|desk-190@example.net|555-0142 x0|555-0177|555-0199|555-0178|"
            + "Main street 190|Port"
        ),
        "\(theirs)"
      )
    }
  }

  @Test(arguments: [["--from", "2026-03-02"], ["--to", "2026-03-02"], ["--to-dos"]])
  func `contacts have no days and no to-dos: asked for together, they are refused`(
    options: [String]
  ) async throws {
    let agent = try Program.built("lockstep")
    let refused = try await agent.run(["export", "--contacts"] + options)
    #expect(refused.status == 64 && refused.output.isEmpty)
    #expect(refused.errors.contains("--contacts goes without"))
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
