import Foundation
import TestGround
import Testing

/// The manual pages and the unit file, against the programs and by their own checkers.
@Suite struct ManualTests {
  @Test(arguments: ["lockstep", "lockstep-registry", "lockstep-sandbox"])
  func `the manual names every command and option, and no other`(program: String) async throws {
    guard let path = Programs.built(program) else {
      print("SKIPPED: \(program) is not built, its manual was not compared")
      return
    }
    let dump = try await Child.finished(path, ["--experimental-dump-help"])
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

  @Test func `mandoc finds no fault with the manual pages`() async throws {
    let pages = try House.here.names(in: "man")
      .map { House.here.root.appending(path: "man/\($0)").path }
    guard let mandoc = Programs.found("mandoc") else {
      print("SKIPPED: mandoc is not installed")
      return
    }
    let lint = try await Child.finished(mandoc, ["-Tlint", "-Wwarning"] + pages)
    #expect(lint.output + lint.errors == "")
    #expect(lint.status == 0)
  }

  @Test(arguments: [("lockstep", ["--user"]), ("lockstep-registry", [])])
  func `systemd accepts the unit`(name: String, manager: [String]) async throws {
    guard let systemd = Programs.found("systemd-analyze") else {
      print("SKIPPED: systemd-analyze is not installed")
      return
    }
    let unit = try House.here.text(of: "share/\(name)/\(name).service")
    let folder = try TemporaryFolder()
    // The program need not be installed where the unit looks for it.
    let copy = try folder.write(
      "\(name).service",
      unit.replacing(/ExecStart=\S+/, with: "ExecStart=/bin/true")
    )
    let verify = manager + ["--man=no", "verify", copy]
    // A user's manager wants a folder to run in, which a build machine has not.
    let place = ["XDG_RUNTIME_DIR": folder.path]
    let check = try await Child.finished(systemd, verify, environment: place)
    #expect(check.errors.split(separator: "\n").filter { $0.contains("\(name).service") } == [])
  }
}
