/// The options that a manual page documents: one `.Ss` for each command below `.Sh COMMANDS`.
struct Manual {
  /// Options outside the commands: they hold for each of them.
  private(set) var general: Set<String> = []
  private(set) var commands: [String: Set<String>] = [:]

  init(page: String) {
    var section = ""
    var command: String?
    for line in page.split(separator: "\n") {
      if let heading = line.wholeMatch(of: /\.Sh (.*)/) {
        section = String(heading.1)
        command = nil
      } else if section == "COMMANDS", let heading = line.wholeMatch(of: /\.Ss (\S+).*/) {
        command = String(heading.1)
        commands[String(heading.1)] = []
      } else if line.hasPrefix(".It Fl ") {
        for flag in line.matches(of: /Fl (\S+)/) where DumpedHelp.isOurs("-\(flag.1)") {
          if let command {
            commands[command]?.insert("-\(flag.1)")
          } else {
            general.insert("-\(flag.1)")
          }
        }
      }
    }
  }
}

/// What `--experimental-dump-help` prints, as far as it is compared.
struct DumpedHelp: Decodable {
  let command: Command

  struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }
      let names: [Name]?
    }
    let commandName: String
    let subcommands: [Command]?
    let arguments: [Argument]?

    /// Names with their dashes.
    var options: Set<String> {
      Set(
        (arguments ?? []).flatMap { $0.names ?? [] }
          .map { $0.kind == "long" ? "--\($0.name)" : "-\($0.name)" }
          .filter(DumpedHelp.isOurs)
      )
    }
  }

  /// Help and version come with every command of every program.
  static func isOurs(_ option: String) -> Bool { !["--help", "-h", "--version"].contains(option) }
}
