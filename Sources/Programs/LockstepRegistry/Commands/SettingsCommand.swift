import ArgumentParser
import Console
import RegistryAPI
import RegistryStore

struct SettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "Shows, changes or tries what holds for everybody.",
    discussion: """
      $ lockstep-registry settings
      $ lockstep-registry settings set server_address=mail.example.com interval=20
      $ lockstep-registry settings set account_password --password-file FILE
      $ lockstep-registry settings check

      `set` saves nothing where one value is not taken, and looks at the servers afterwards. The \
      names:

      \(names)
      """
  )

  private static let names = SettingKey.allCases
    .map { "\($0.rawValue): \($0.label)" }.joined(separator: "\n")

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Option(help: ArgumentHelp("The account's password (- is standard input).", valueName: "file"))
  var passwordFile: String?

  @Argument(
    help: ArgumentHelp("`set` and KEY=VALUE as often as you like, or `check`.", valueName: "words")
  )
  var words: [String] = []

  func validate() throws {
    switch words.first {
    case nil where passwordFile == nil: return
    case "check" where words.count == 1 && passwordFile == nil: return
    case "set" where words.count > 1: return
    default: throw ValidationError("Write: lockstep-registry settings [set KEY=VALUE … | check]")
    }
  }

  func run() async throws {
    try await conclude(common) { house in
      let saved = try await house.store.settings()
      switch words.first {
      case "set": try await change(saved, house)
      case "check":
        try view.output.show(ChecksView(checks: try await checks(saved.settings, house)))
      default:
        try view.output.show(
          SettingsView(
            document: saved.document(hasAccountPassword: try await house.store.hasAccountPassword())
          )
        )
      }
      return .done
    }
  }

  private func change(_ saved: SavedSettings, _ house: House) async throws {
    var values: [String: String] = [:]
    var takesPassword = false
    for word in words.dropFirst() {
      if word == SettingKey.accountPassword.rawValue {
        takesPassword = true
        continue
      }
      guard let sign = word.firstIndex(of: "=") else {
        throw ValidationError("“\(word)” is no KEY=VALUE.")
      }
      let key = String(word[..<sign])
      guard key != SettingKey.accountPassword.rawValue else {
        throw ValidationError(
          "A password on the command line can be read by others. Write: settings set "
            + "account_password --password-file FILE"
        )
      }
      values[key] = String(word[word.index(after: sign)...])
    }
    var settings = saved.settings
    let refused = settings.take(values)
    guard refused.isEmpty else {
      throw RegistryProblem(
        .invalid,
        "Nothing was saved.\n"
          + refused.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
          .joined(separator: "\n")
      )
    }
    let password = takesPassword ? try Password.read(from: passwordFile, asking: "Password") : nil
    let now = house.now
    let after = try await house.store.save(
      settings,
      expecting: saved.version,
      by: house.admin,
      now: now
    )
    if let password {
      try await house.store.sealAccountPassword(password, by: house.admin, now: now)
    }
    let document = after.document(
      hasAccountPassword: try await house.store.hasAccountPassword(),
      checks: try await checks(settings, house)
    )
    try view.output.show(SettingsView(document: document))
  }

  private func checks(_ settings: AdminSettings, _ house: House) async throws -> [SettingCheck] {
    Terminal.say("Looking at \(settings.serverAddress)")
    return try await house.checks(settings)
  }
}

struct SettingsView: View {
  let document: SettingsDocument

  func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }

  var description: String {
    var lines: [String] = []
    for tab in SettingKey.Tab.allCases {
      lines.append("\(tab.rawValue)")
      let width = SettingKey.allCases.map(\.rawValue.count).max() ?? 0
      for key in SettingKey.allCases where key.tab == tab {
        let value =
          key == .accountPassword
          ? (document.hasAccountPassword ? "is set" : "is not set")
          : document.values[key.rawValue] ?? ""
        lines.append("  \(Columns.left(key.rawValue, width))  \(value.isEmpty ? "–" : value)")
      }
    }
    lines.append(
      document.version == 0
        ? "Nothing is saved yet; these are the defaults."
        : "Version \(document.version), saved \(shown(document.savedAt)) by "
          + "\(document.savedBy ?? "nobody"). Each agent takes it with its next run."
    )
    if let checks = document.checks { lines.append(ChecksView(checks: checks).description) }
    return lines.joined(separator: "\n")
  }
}

/// What a look at the servers found.
struct ChecksView: View {
  let checks: [SettingCheck]

  func encode(to encoder: any Encoder) throws { try checks.encode(to: encoder) }

  var description: String {
    let width = checks.map(\.item.label.count).max() ?? 0
    return checks.map { check in
      let word =
        switch check.finding {
        case .works: Terminal.coloured("works      ", .green)
        case .fails: Terminal.coloured("fails      ", .red)
        case .unchecked: Terminal.coloured("not checked", .yellow)
        }
      return "  \(Columns.left(check.item.label, width))  \(word)  \(check.says)"
    }
    .joined(separator: "\n")
  }
}
