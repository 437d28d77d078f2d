import Foundation
import HTTP
import RegistryAPI
import RegistryClient
import SyncModel
import TestGround
import Testing

/// The admin's command line, through the real binary.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
  private let registry: RegistryProgram

  init() throws { registry = try RegistryProgram() }

  private static let people = """
    number,name,mail
    101,Anna Arnold,anna@example.com
    102,"Brandt, Bert",bert@example.com
    103,Clara Conrad,
    """

  private func staff() async throws {
    let file = try registry.folder.write("people.csv", Self.people)
    let taken = try await registry("resources", "import", file)
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(taken.output.contains("3 people taken over"))
  }

  @Test func `settings are set by name, and nothing is saved where one is not taken`() async throws
  {
    let first = try await registry("settings")
    #expect(first.output.contains("Nothing is saved yet"))
    let refused = try await registry(
      "settings",
      "set",
      "profile_name=Firm",
      "server_address=192.0.2.7",
      "interval=5"
    )
    #expect(refused.status == 64)
    #expect(refused.errors.contains("interval: interval must be a whole number from 10 to 1440."))
    let saved = try await registry(
      "settings",
      "set",
      "profile_name=Firm",
      "server_address=mail.invalid",
      "interval=20",
      "--json"
    )
    #expect(saved.status == 0, "\(saved.errors)")
    let document = try saved.json(SettingsDocument.self)
    #expect(document.version == 1 && document.values["interval"] == "20")
    #expect(document.checks?.first?.finding == .fails, "there is no such name")
  }

  @Test func `a password is no argument, and is shown nowhere`() async throws {
    let typed = try await registry("settings", "set", "account_password=Canary")
    #expect(typed.status == 64 && typed.errors.contains("can be read by others"))
    let set = try await registry(
      "settings",
      "set",
      "profile_name=Firm",
      "server_address=mail.invalid",
      "account_user=sync@example.com",
      "account_password",
      "--password-file",
      "-",
      input: "Canary\n"
    )
    #expect(set.status == 0, "\(set.errors)")
    #expect(set.output.contains(/account_password +is set/))
    let audit = try await registry("audit", "--json")
    #expect(!(set.output + set.errors + audit.output).contains("Canary"))
  }

  @Test func `people are taken over, listed, found and printed as CSV`() async throws {
    try await staff()
    let list = try await registry("resources")
    #expect(list.output.contains("Brandt, Bert") && list.output.contains("N/A"))
    let found = try await registry("resources", "--search", "CLARA", "--json")
    #expect(try found.json(EntryList<ResourceEntry>.self).entries.map(\.number) == [103])
    let csv = try await registry("resources", "--csv")
    let lines = csv.output.split(whereSeparator: \.isNewline)
    #expect(lines.count == 4 && lines[2].hasPrefix("102,\"Brandt, Bert\",bert@example.com,false"))
    let stale = try await registry("resources", "--stale", "2h", "--state", "disabled", "--json")
    #expect(try stale.json(EntryList<ResourceEntry>.self).total == 3)
    let broken = try registry.folder.write("broken.csv", "101,Anna\nx,y,z,w\n")
    let refused = try await registry("resources", "import", broken)
    #expect(refused.status == 1 && refused.errors.contains("Nothing was taken over"))
    #expect(try await registry("resources", "--stale", "soon").status == 64)
  }

  @Test func `enabling asks first, says who gets mail, and makes codes for them`() async throws {
    try await staff()
    let unasked = try await registry("enable", "--all")
    #expect(unasked.status == 64 && unasked.errors.contains("Add --yes"))
    #expect(unasked.errors.contains("anna@example.com"))
    #expect(unasked.errors.contains("1 without a mail address"))
    let done = try await registry("enable", "101", "103", "--yes", "--json")
    #expect(
      try done.json(SwitchAnswer.self)
        == SwitchAnswer(switched: [101, 103], mailed: [101], withoutAddress: [103])
    )
    let codes = try await registry("codes", "--json").json(EntryList<CodeEntry>.self)
    #expect(codes.entries.map(\.resource) == [101])
    let off = try await registry("disable", "--search", "anna", "--yes")
    #expect(off.output == "1 resource disabled.\n")
    #expect(try await registry("enable", "999", "--yes").status == 1)
    #expect(try await registry("enable").status == 64)
  }

  @Test func `a profile is shown beside the settings, and narrowed`() async throws {
    try await staff()
    let set = try await registry("profile", "101", "set", "import_detail=none", "past_days=3")
    #expect(set.output.contains(/import_detail +none +all +none/), "\(set.output)\(set.errors)")
    let refused = try await registry("profile", "101", "set", "past_days=300")
    #expect(refused.status == 64 && refused.errors.contains("past_days must be"))
    let shown = try await registry("profile", "101", "--json").json(ProfileDocument.self)
    #expect(
      shown == ProfileDocument(version: 1, choices: ["import_detail": "none", "past_days": "3"])
    )
  }

  @Test func `codes and tokens are shown once, listed without letters, and taken back`()
    async throws
  {
    try await staff()
    let made = try await registry("codes", "add", "101", "--json").json(MadeCode.self)
    let list = try await registry("codes")
    #expect(!list.output.contains(made.code) && list.output.contains("good until"))
    #expect(try await registry("codes", "withdraw", "1").status == 0)
    #expect(try await registry("codes").output.contains("withdrawn"))
    #expect(try await registry("codes", "withdraw", "1").status == 1)
    let token = try await registry("tokens", "add", "monitor", "--json").json(MadeToken.self)
    #expect(token.token.hasPrefix("lsk_"))
    #expect(try await registry("tokens").output.contains(token.token) == false)
    #expect(try await registry("tokens", "revoke", "1").status == 0)
    let acts = try await registry("audit", "--json").json(EntryList<AuditEntry>.self)
    #expect(
      acts.entries.map(\.act)
        == ["revoke-token", "make-token", "withdraw-code", "make-code", "keep-resources"]
    )
    #expect(acts.entries.allSatisfy { $0.by.hasSuffix("(shell)") })
  }

  @Test func `admins are added with a password from a file, and removed`() async throws {
    #expect(try await registry("admins").output.contains("admins add NAME"))
    let password = try registry.folder.write("password", "correct horse battery\n")
    #expect(try await registry("admins", "add", "boss", "--password-file", password).status == 0)
    let short = try await registry("admins", "add", "other", "--password-file", "-", input: "abc\n")
    #expect(short.status == 64, "\(short.errors)")
    #expect(try await registry("admins").output == "NAME\nboss\n")
    #expect(try await registry("admins", "remove", "boss").status == 0)
    #expect(try await registry("admins", "remove", "boss").status == 1)
  }

  @Test func `a backup is a registry of its own`() async throws {
    try await staff()
    let copy = registry.folder("copy.sqlite")
    let made = try await registry("backup", copy)
    #expect(made.status == 0, "\(made.errors)")
    #expect(try await registry("backup", copy).status == 1, "nothing is overwritten")
    #expect(try await registry("enable", "101", "--yes").status == 0)
    for name in ["registry.sqlite", "registry.sqlite-wal", "registry.sqlite-shm"] {
      let file = registry.folder(name)
      if FileManager.default.fileExists(atPath: file) {
        try FileManager.default.removeItem(atPath: file)
      }
    }
    try FileManager.default.moveItem(atPath: copy, toPath: registry.folder("registry.sqlite"))
    let list = try await registry("resources", "--json").json(EntryList<ResourceEntry>.self)
    #expect(list.total == 3 && list.entries.allSatisfy { !$0.isEnabled })
  }

  @Test(arguments: [
    ("listen = \"0.0.0.0:8460\"\n", "TLS proxy"), ("databse = \"x\"\n", "did you mean database"),
    ("[mail]\nport = 25\n", "no use without mail.server"),
    ("[mail]\nserver = \"mail.example.com\"\n", "mail.from"),
    (
      "[mail]\nserver = \"mail.example.com\"\nfrom = \"a@example.com\"\nencryption = \"none\"\n",
      "on this machine only"
    ),
  ])
  func `a wrong settings file is told with its line`(text: String, words: String) async throws {
    try registry.folder.write("registry.toml", text)
    let run = try await registry("resources")
    #expect(run.status == 64 && run.errors.contains(words), "\(run.errors)")
    #expect(run.errors.contains("registry.toml:"))
  }

  // MARK: Serving

  @Test func `an agent enrols with a code of the command line, and its run is listed there`()
    async throws
  {
    try await staff()
    let saved = try await registry(
      "settings",
      "set",
      "profile_name=Firm",
      "server_address=mail.invalid"
    )
    #expect(saved.status == 0)
    #expect(try await registry("enable", "103", "--yes").status == 0)
    let code = try await registry("codes", "add", "103", "--json").json(MadeCode.self).code
    let status = try await registry.serving { address in
      let http = HTTPClient(trust: .system)
      let request = EnrolmentRequest(
        code: code,
        agent: AgentID(rawValue: "laptop"),
        machine: "laptop",
        version: "0.1.0",
        takesOver: false
      )
      let enrolment = try await RegistryService(url: address, token: nil, http: http)
        .enrol(request)
      let service = RegistryService(url: address, token: Secret(enrolment.token), http: http)
      #expect(try await service.policy()?.policy.isEnabled == true)
      let report = AttemptReport(
        run: RunID(1),
        purpose: .sync,
        outcome: .failed,
        notes: ["Exchange refuses the password."],
        started: WireTime(Instant(seconds: Int64(Date().timeIntervalSince1970))),
        finished: WireTime(Instant(seconds: Int64(Date().timeIntervalSince1970)))
      )
      _ = try await service.deliver(AttemptBatch(version: "0.1.0", attempts: [report]))
      // The command line works beside the server.
      let list = try await registry("resources", "--state", "failing")
      #expect(list.output.contains("Exchange refuses the password."), "\(list.output)")
      #expect(list.output.contains("just now") || list.output.contains("min ago"))
      #expect(try await registry("attempts", "--resource", "103").output.contains("failed"))
      #expect(try await registry("agents", "--live").output.contains("laptop"))
      #expect(try await registry("agents", "revoke", "laptop").status == 0)
      await #expect { try await service.policy() } throws: { error in
        (error as? RegistryFailure)?.code == .revoked
      }
    }
    #expect(status == 0, "it ends cleanly when asked")
  }
}
