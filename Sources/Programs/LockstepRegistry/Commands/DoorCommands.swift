import ArgumentParser
import Console
import RegistryAPI
import RegistryStore
import SyncModel

struct AgentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agents",
    abstract: "Lists enrolments of agents, or revokes one.",
    discussion: """
      $ lockstep-registry agents --live
      $ lockstep-registry agents revoke 0f3c9d0e5b7a41d28c6e9f1a2b3c4d5e
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions
  @OptionGroup var pages: PageOptions

  @Flag(help: "Only those that count.")
  var live = false

  @Argument(help: ArgumentHelp("`revoke` and an agent.", valueName: "revoke agent"))
  var words: [String] = []

  func validate() throws {
    guard words.isEmpty || (words.count == 2 && words[0] == "revoke") else {
      throw ValidationError("Write: lockstep-registry agents [revoke AGENT]")
    }
  }

  func run() async throws {
    try await conclude(common) { house in
      if let agent = words.dropFirst().first {
        try await house.store.revoke(
          AgentID(rawValue: agent),
          by: house.admin,
          now: house.now
        )
        try view.output.show(
          DoneView(
            result: ["revoked": agent],
            description: "Revoked: the agent stops with its next run."
          )
        )
        return .done
      }
      let page = Page(pages.page - 1, size: pages.size)
      let found = try await house.store.agents(page, onlyLive: live)
      try view.output.show(
        ListView(
          list: EntryList(
            entries: found.rows.map(\.entry),
            total: found.total,
            page: page.number,
            size: page.size
          ),
          columns: ["AGENT", "RESOURCE", "NAME", "MACHINE", "VERSION", "ENROLLED", "REVOKED"],
          row: { agent in
            [
              agent.agent, "\(agent.resource)", agent.resourceName, agent.machine, agent.version,
              shown(agent.enrolled),
              agent.revoked.map { "\(shown($0)) by \(agent.revokedBy ?? "nobody")" } ?? "",
            ]
          },
          emptiness: "No agent has enrolled yet."
        )
      )
      return .done
    }
  }
}

struct CodesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codes",
    abstract: "Lists one-time codes, makes one, or withdraws one.",
    discussion: """
      $ lockstep-registry codes
      $ lockstep-registry codes add 29682885
      $ lockstep-registry codes withdraw 7
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Flag(help: "With add: the agent that the resource has is revoked when the code is used.")
  var takeOver = false

  @Argument(
    help: ArgumentHelp(
      "`add` and a resource, or `withdraw` and a code's number.",
      valueName: "words"
    )
  )
  var words: [String] = []

  func validate() throws {
    guard
      words.isEmpty
        || (words.count == 2 && ["add", "withdraw"].contains(words[0]) && Int64(words[1]) != nil)
    else {
      throw ValidationError("Write: lockstep-registry codes [add RESOURCE | withdraw NUMBER]")
    }
  }

  func run() async throws {
    try await conclude(common) { house in
      let now = house.now
      guard let verb = words.first, let number = words.last.flatMap({ Int64($0) }) else {
        try view.output.show(CodesCommand.list(try await house.store.codes(), now))
        return .done
      }
      if verb == "withdraw" {
        try await house.store.withdrawCode(number, by: house.admin, now: now)
        try view.output.show(
          DoneView(result: ["withdrawn": number], description: "Code \(number) opens nothing now.")
        )
        return .done
      }
      let resource = ResourceID(number)
      let code = try await house.store.makeCode(
        for: resource,
        takeOver: takeOver,
        by: house.admin,
        now: now
      )
      let made = MadeCode(
        code: EnrolmentCode.shown(code),
        resource: number,
        expires: WireTime(now.advanced(byDays: 7))
      )
      try view.output.show(
        DoneView(
          result: made,
          description: """
            \(made.code)
            It works once, within 7 days, and is shown this once. On the person's computer:
              lockstep init --settings FILE --code \(made.code)\(takeOver ? " --take-over" : "")
            """
        )
      )
      return .done
    }
  }

  private static func list(_ codes: [CodeRow], _ now: Instant) -> ListView<CodeEntry> {
    ListView(
      list: EntryList(all: codes.map(\.entry)),
      columns: ["NUMBER", "RESOURCE", "NAME", "MADE", "BY", "STATE"],
      row: { code in
        let state =
          if let used = code.used {
            "used \(shown(used))"
          } else if code.withdrawn != nil {
            "withdrawn"
          } else if code.expires.instant <= now {
            "expired"
          } else {
            "good until \(shown(code.expires))"
          }
        return [
          "\(code.number)", "\(code.resource)", code.resourceName, shown(code.made), code.madeBy,
          state,
        ]
      },
      emptiness: "No code was made yet."
    )
  }
}

struct TokensCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens",
    abstract: "Lists tokens of the admins' API, makes one, or revokes one.",
    discussion: """
      $ lockstep-registry tokens add monitoring
      $ lockstep-registry tokens revoke 3
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(
    help: ArgumentHelp("`add` and a name, or `revoke` and a token's number.", valueName: "words")
  )
  var words: [String] = []

  func validate() throws {
    let isWell =
      words.isEmpty
      || (words.count == 2
        && (words[0] == "add" || (words[0] == "revoke" && Int64(words[1]) != nil)))
    guard isWell else {
      throw ValidationError("Write: lockstep-registry tokens [add NAME | revoke NUMBER]")
    }
  }

  func run() async throws {
    try await conclude(common) { house in
      if words.first == "add" {
        let token = try await house.store.makeToken(words[1], by: house.admin, now: house.now)
        try view.output.show(
          DoneView(
            result: MadeToken(token: token, name: words[1]),
            description: "\(token)\nIt is shown this once. Send it as: Authorization: Bearer …"
          )
        )
      } else if let number = words.last.flatMap({ Int64($0) }) {
        try await house.store.revokeToken(number, by: house.admin, now: house.now)
        try view.output.show(
          DoneView(result: ["revoked": number], description: "Token \(number) opens nothing now.")
        )
      } else {
        try view.output.show(
          ListView(
            list: EntryList(all: try await house.store.tokens().map(\.entry)),
            columns: ["NUMBER", "NAME", "MADE", "BY", "REVOKED"],
            row: {
              ["\($0.number)", $0.name, shown($0.made), $0.madeBy, $0.revoked.map(shown) ?? ""]
            },
            emptiness: "There is no token."
          )
        )
      }
      return .done
    }
  }
}

struct AdminsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admins",
    abstract: "Lists who may sign in to the web pages, adds somebody, or removes somebody.",
    discussion: """
      $ lockstep-registry admins add dispatcher
      $ lockstep-registry admins remove dispatcher

      `add` asks for the password. Of somebody who is there it sets a new one, and ends the sessions.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Option(help: ArgumentHelp("The password (- is standard input).", valueName: "file"))
  var passwordFile: String?

  @Argument(
    help: ArgumentHelp("`add` or `remove`, and a name.", valueName: "words")
  )
  var words: [String] = []

  func validate() throws {
    guard words.isEmpty || (words.count == 2 && ["add", "remove"].contains(words[0])) else {
      throw ValidationError("Write: lockstep-registry admins [add NAME | remove NAME]")
    }
  }

  private struct Admin: Codable, Sendable { let name: String }

  func run() async throws {
    try await conclude(common) { house in
      guard let verb = words.first, let name = words.last else {
        let admins = try await house.store.admins().map { Admin(name: $0.rawValue) }
        try view.output.show(
          ListView(
            list: EntryList(all: admins),
            columns: ["NAME"],
            row: { [$0.name] },
            emptiness: "Nobody may sign in yet: lockstep-registry admins add NAME",
            hasTimes: false
          )
        )
        return .done
      }
      let admin = AdminName(rawValue: name)
      if verb == "add" {
        let password = try Password.read(from: passwordFile, asking: "Password for \(name)")
        try await house.store.makeAdmin(
          admin,
          password: password,
          by: house.admin,
          now: house.now
        )
      } else {
        try await house.store.removeAdmin(admin, by: house.admin, now: house.now)
      }
      try view.output.show(
        DoneView(
          result: Admin(name: name),
          description: verb == "add" ? "\(name) may sign in." : "\(name) may not sign in any more."
        )
      )
      return .done
    }
  }
}
