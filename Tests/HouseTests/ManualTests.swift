import Foundation
import Testing

/// The manual pages and the unit file, against the programs and by their own checkers.
@Suite struct ManualTests {
  @Test(arguments: ["lockstep", "lockstep-sandbox"])
  func `the manual names every command and option, and no other`(program: String) throws {
    guard let path = Finished.built(program) else {
      print("SKIPPED: \(program) is not built, its manual was not compared")
      return
    }
    let dump = try #require(try Finished.run(path, ["--experimental-dump-help"]))
    let help = try JSONDecoder().decode(DumpedHelp.self, from: Data(dump.output.utf8)).command
    let manual = try Manual(page: House.here.text(of: "man/\(program).1"))

    let commands = (help.subcommands ?? []).filter { $0.commandName != "help" }
    #expect(Set(commands.map(\.commandName)) == Set(manual.commands.keys))
    for command in commands {
      let own = command.options.subtracting(manual.general)
      #expect(own == manual.commands[command.commandName], "\(program) \(command.commandName)")
    }
    let known = commands.reduce(into: help.options) { $0.formUnion($1.options) }
    #expect(manual.general.isSubset(of: known))
  }

  @Test func `mandoc finds no fault with the manual pages`() throws {
    let pages = try House.here.names(in: "man")
      .map { House.here.root.appending(path: "man/\($0)").path }
    guard let lint = try Finished.run("mandoc", ["-Tlint", "-Wwarning"] + pages) else {
      print("SKIPPED: mandoc is not installed")
      return
    }
    #expect(lint.output + lint.errors == "")
    #expect(lint.status == 0)
  }

  @Test func `systemd accepts the unit`() throws {
    let unit = try House.here.text(of: "share/lockstep/lockstep.service")
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appending(path: "lockstep.service")
    // The program need not be installed where the unit looks for it.
    try unit.replacing(/ExecStart=\S+/, with: "ExecStart=/bin/true")
      .write(to: copy, atomically: true, encoding: .utf8)
    let verify = ["--user", "--man=no", "verify", copy.path]
    // A user's manager wants a folder to run in, which a build machine has not.
    let place = ["XDG_RUNTIME_DIR": folder.path]
    guard let check = try Finished.run("systemd-analyze", verify, environment: place) else {
      print("SKIPPED: systemd-analyze is not installed")
      return
    }
    #expect(check.errors.split(separator: "\n").filter { $0.contains("lockstep.service") } == [])
  }
}
