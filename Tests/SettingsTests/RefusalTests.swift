import Settings
import TestGround
import Testing

@Suite struct RefusalTests {
  @Test func `an unknown key is named with its line and a near one`() {
    do {
      _ = try Sample.settings("# first line\nintervall = 20")
      Issue.record("accepted")
    } catch {
      #expect(
        "\(error)" == "/etc/lockstep/settings.toml:2: “intervall” is no setting of Lockstep; "
          + "did you mean interval?"
      )
    }
  }

  @Test func `each problem has the line on which it stands`() {
    let text = """
      [exchange]            # 1
      server = "10.0.0.1"   # 2
      # a comment = with a key
      user = 'EXAMPLE\\t'   # 4
      mailbox = \"""
      not.an.address\"""    # 5
      password_keyring = { service = "x", acount = 7 }


      [psa]                 # 10
      user = 5              # 11
      colour = [ "a",       # 12
        "b = c" ]
      [sync]                # 14
      "past_days" = 31      # 15
      sync.zone = "x"       # 16
      [gateway]             # 17
      url = "https://x.example"
      """
    let refusal = #expect(throws: SettingsRefusal.self) {
      try LockstepSettings.parse(
        text.replacing(
          "{ service = \"x\",\n  acount = 7 }",
          with: "{ service = \"x\", acount = 7 }\n"
        ),
        file: "s.toml",
        places: Sample.places
      )
    }
    let lines = refusal?.problems.compactMap { problem in
      problem.line.map { "\($0) " + problem.sentence.prefix { $0 != " " && $0 != "”" } }
    }
    #expect(
      lines
        == [
          "2 exchange.server", "5 exchange.mailbox",
          "7 exchange.password_keyring.acount",
          "10 psa", "10 psa.integration_code", "11 psa.user", "12 “psa.colour", "15 sync.past_days",
          "16 “sync.sync", "17 “gateway",
        ]
    )
  }

  @Test func `what is no TOML is named with its line`() {
    let refusal = #expect(throws: SettingsRefusal.self) { try Sample.settings("\n\nx = = 3") }
    #expect(refusal?.problems.map(\.line) == [3])
  }

  /// The library that reads TOML ends the whole program at these.
  @Test(arguments: ["[.exchange]", "[ähnlich]", "[[=]]", "[[[a]", "[\n", "[ #", "[\t.a]"])
  func `a table without a name is refused with its line`(header: String) {
    let refusal = #expect(throws: SettingsRefusal.self) {
      try Sample.settings("\n# a remark with [brackets\nprofile = \"[.a]\"\n\(header)\n")
    }
    #expect(refusal?.problems.map(\.line) == [4])
    let earlier = #expect(throws: SettingsRefusal.self) { try Sample.settings("x = =\n\(header)") }
    #expect(earlier?.problems.map(\.line) == [1])
  }

  /// Each table in a table is left by a call of its own, at the end of which the stack would be.
  @Test(arguments: ["% = 1", "[%]", "x = { % = 1 }", "\"a\".% = 1"])
  func `tables nested without end are refused with their line`(line: String) {
    let dotted = line.replacing("%", with: String(repeating: "a.", count: 400_000) + "b")
    let refusal = #expect(throws: SettingsRefusal.self) { try Sample.settings("\n\(dotted)\n") }
    #expect(refusal?.problems.map(\.line) == [2])
    #expect(refusal?.problems.first?.sentence.contains("nested too deeply") == true)
  }

  @Test(arguments: [
    ("interval = 9", "interval must be a whole number from 10 to 1440."),
    ("interval = \"20\"", "interval must be a whole number from 10 to 1440."),
    ("interval = 20.5", "interval must be a whole number from 10 to 1440."),
    ("profile = \"\"", "profile is empty; leave it out or give it a value."),
    (
      "profile = \"../x\"",
      "profile must be up to 64 letters, digits, dots, dashes or underlines."
    ),
    ("profile = 3", "profile must be a text in quotes."),
    ("profile = \"a\\nb\"", "profile holds a line end or another control character."),
  ])
  func `wrong values at the top get a sentence`(line: String, sentence: String) {
    #expect(Sample.problems { try Sample.settings(line) } == [sentence])
  }

  @Test(arguments: [
    ("past_days = 0", "sync.past_days must be a whole number from 1 to 30."),
    ("recurring_days = 31", "sync.recurring_days must be a whole number from 1 to 30."),
    ("import_detail = \"some\"", "sync.import_detail must be \"all\", \"none\" or \"off\"."),
    ("import_detail = true", "sync.import_detail must be \"all\", \"none\" or \"off\"."),
    ("send_free_time = \"yes\"", "sync.send_free_time must be true or false, without quotes."),
    ("conflict = \"newest\"", "sync.conflict must be \"psa\" or \"exchange\"."),
    ("meeting_times = 1", "sync.meeting_times must be \"exchange\" or \"both\"."),
    ("enabled = { a = 1 }", "sync.enabled must be true or false, without quotes."),
  ])
  func `wrong switches get a sentence`(line: String, sentence: String) {
    #expect(Sample.problems("[sync]\n\(line)").first == sentence)
  }

  @Test func `a zone that this system does not have is refused`() {
    let problems = Sample.problems("[sync]\nzone = \"Europe/Atlantis\"")
    #expect(problems.count == 1)
    #expect(problems.first?.contains("Europe/Atlantis") == true)
  }

  @Test func `a link without a place for the number is refused`() {
    #expect(Sample.problems("[links]\nto_do = \"https://x.example/\"").count == 1)
    #expect(Sample.problems("[links]\nto_do = \"javascript:{id}\"").count == 1)
  }

  @Test(arguments: [
    "server = \"10.0.0.1\"", "server = \"[2001:db8::1]\"", "server = \"2001:db8::1\"",
    "server = \"2130706433\"", "server = \"0x7f.1\"", "server = \"10.0.0.0x1\"",
    "server = \"mail.example.com/EWS\"", "server = \"https://mail.example.com\"",
    "server = \"mail example.com\"", "server = \"user@mail.example.com\"",
    "server = \"mäil.example.com\"", "server = \"-x.example.com\"",
    "server = \"mail.example.com:444\"", "server = \"mail..example.com\"", "server = 5",
    "url = \"http://mail.example.com/EWS/Exchange.asmx\"", "url = \"ftp://mail.example.com/\"",
    "url = \"https://user:password@mail.example.com/\"", "url = \"https://192.168.1.5/EWS\"",
    "url = \"https://[fe80::1]/EWS\"", "url = \"http://128.0.0.1/\"", "url = \"http://127.1/\"",
    "url = \"http://127.0.0.1.example.com/\"", "url = \"https://mail.example.com:0/\"",
    "url = \"https://mail.example.com:port/\"", "url = \"https://mail.example.com/?a=b\"",
    "url = \"https:///EWS\"", "url = \"mail.example.com\"", "url = \"http://localhost.example/\"",
  ])
  func `addresses that are not safe are refused`(line: String) {
    let problems = Sample.problems {
      try Sample.settings(
        exchange: "[exchange]\n\(line)\nuser = 'a@example.com'\npassword_file = 'p'"
      )
    }
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("exchange.") == true)
  }

  @Test(arguments: [
    "url = \"http://127.0.0.1:8081/EWS/Exchange.asmx\"", "url = \"http://[::1]:8081/x\"",
    "url = \"http://localhost/x\"", "url = \"https://127.3.2.1/x\"",
    "url = \"HTTPS://Mail.Example.com:2610/EWS/Exchange.asmx\"", "server = \"localhost\"",
    "server = \"mail\"", "server = \"mail-1.example.com\"\nport = 2610",
  ])
  func `addresses that are safe are taken`(line: String) throws {
    _ = try Sample.settings(
      exchange: "[exchange]\n\(line)\nuser = 'a@example.com'\npassword_file = 'p'"
    )
  }

  @Test func `what contradicts itself or lacks something is refused`() {
    let cases: [(String, String)] = [
      ("server = 's.example'\nurl = 'https://s.example/'\nuser = 'a@b.c'", "give one of them"),
      ("server = 's.example'\nuser = 'a@b.c'", "where its password comes from"),
      ("server = 's.example'\nuser = 'E\\a'\npassword_file = 'p'", "exchange.mailbox is missing"),
      ("server = 's.example'\npassword_file = 'p'", "exchange.user is missing"),
      ("user = 'a@b.c'\npassword_file = 'p'", "exchange.server is missing"),
      (
        "server = 's.example'\nuser = 'a@b.c'\npassword_file = 'p'\npinned_key = 'abc'",
        "44 characters of base64"
      ),
      (
        "server = 's.example'\nuser = 'a@b.c'\npassword_credential = '../p'",
        "a name without slashes"
      ),
      (
        "server = 's.example'\nuser = 'a@b.c'\npassword_file = 'p'\npassword = 'x'",
        "“exchange.password” is no setting"
      ),
      ("server = 's.example'\nuser = 'a@b.c'\npassword_keyring = {}", "names no attribute"),
    ]
    for (lines, part) in cases {
      let problems = Sample.problems { try Sample.settings(exchange: "[exchange]\n\(lines)") }
      #expect(problems.contains { $0.contains(part) }, "\(lines): \(problems)")
    }
  }

  @Test func `a file that others may write is refused`() throws {
    let folder = try TemporaryFolder()
    let text = Sample.exchange + "\n" + Sample.psa
    let file = try folder.write("settings.toml", text, mode: 0o664)
    #expect(throws: SettingsRefusal.self) { try LockstepSettings.load(from: file) }
    _ = try LockstepSettings.load(from: folder.write("settings.toml", text, mode: 0o644))
  }

  @Test func `a file that is missing, a folder or no text gets a sentence`() throws {
    let folder = try TemporaryFolder()
    for file in [folder.path + "/none.toml", folder.path] {
      let refusal = #expect(throws: SettingsRefusal.self) { try LockstepSettings.load(from: file) }
      #expect(refusal?.problems.count == 1)
    }
  }
}
