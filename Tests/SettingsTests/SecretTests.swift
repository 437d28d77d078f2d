import HTTP
import Settings
import SyncModel
import TestGround
import Testing

@Suite struct SecretTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func secret(
    _ places: SecretSource.Place...,
    keyringTool: String = "/nonexistent/secret-tool",
    patience: Duration = .seconds(30)
  ) async throws(SecretFailure) -> String {
    try await SecretSource(
      purpose: "the password for Exchange",
      places: places,
      keyringTool: keyringTool,
      patience: patience
    )
    .secret().reveal()
  }

  private func cause(of body: () async throws(SecretFailure) -> String) async -> SecretFailure? {
    do {
      let found = try await body()
      Issue.record("found a secret of \(found.count) characters")
      return nil
    } catch {
      #expect(!error.description.contains("CANARY"))
      return error
    }
  }

  /// A program that plays secret-tool: prints what `lookup` and `search` find.
  ///
  /// Another process writes it: a descriptor of ours would slip into children of other tests, and a
  /// file that is open for writing cannot be run.
  private func tool(lookup: String, search: String) async throws -> String {
    let file = "\(folder.path)/tool-\(lookup.hashValue)-\(search.hashValue)"
    let text =
      "#!/bin/sh\n[ \"$*\" = \"$1 account exchange service lockstep\" ] || exit 9\n"
      + "case $1 in lookup) \(lookup);; search) \(search);; esac\n"
    let script = #"printf %s "$2" >"$1" && chmod 700 "$1""#
    let written = try await Child.finished("sh", ["-c", script, "sh", file, text])
    #expect(written.status == 0)
    return file
  }

  private let keyring = SecretSource.Place.keyring([
    .init(name: "account", value: "exchange"), .init(name: "service", value: "lockstep"),
  ])

  @Test(arguments: ["pässword €\n", "pässword €\r\n", "pässword €"])
  func `a file of the person's own gives its line`(text: String) async throws {
    #expect(try await secret(.file(folder.write("p", text))) == "pässword €")
  }

  @Test(arguments: [0o644, 0o640, 0o660, 0o606, 0o700])
  func `a file that is not for its owner alone is refused`(mode: Int) async throws {
    let path = try folder.write("p", "CANARY", mode: mode)
    let failure = await cause { () async throws(SecretFailure) in try await secret(.file(path)) }
    #expect(failure?.cause == .openFile(path))
    #expect(failure?.remedy == .signIn)
    #expect(failure?.description.contains("chmod 600 \(path)") == true)
  }

  @Test(arguments: ["", "\n", "CANARY\nCANARY", "CANARY\0"])
  func `what is not one line is refused`(text: String) async throws {
    let path = try folder.write("p", text)
    let failure = await cause { () async throws(SecretFailure) in try await secret(.file(path)) }
    #expect(failure?.cause == .empty || failure?.cause == .noText)
  }

  @Test func `a missing file is refused with its path`() async {
    let failure = await cause { () async throws(SecretFailure) in
      try await secret(.file(folder.path + "/none"))
    }
    #expect(failure?.description.contains(folder.path + "/none") == true)
  }

  @Test func `a command's output counts`() async throws {
    #expect(
      try await secret(.command(["/bin/sh", "-c", "echo a secret; echo b >&2"])) == "a secret"
    )
    #expect(try await secret(.command(["printf", "%s", "a b"])) == "a b")
  }

  @Test func `a command that fails, is missing or dawdles says so`() async {
    let failed = await cause { () async throws(SecretFailure) in
      try await secret(.command(["/bin/sh", "-c", "echo CANARY; exit 3"]))
    }
    #expect(failed?.cause == .commandFailed(status: 3))
    let missing = await cause { () async throws(SecretFailure) in
      try await secret(.command(["/nonexistent/command"]))
    }
    #expect(missing?.cause == .commandFailed(status: 127))
    let slow = await cause { () async throws(SecretFailure) in
      try await secret(
        .command(["/bin/sh", "-c", "echo CANARY; sleep 600; true"]),
        patience: .milliseconds(50)
      )
    }
    #expect(slow?.cause == .tookTooLong)
    #expect(slow?.remedy == .retry(after: .seconds(60)))
  }

  @Test func `a command reads nothing and cannot wait for input`() async throws {
    #expect(try await secret(.command(["/bin/sh", "-c", "cat; echo end"])) == "end")
  }

  @Test func `the keyring's entry is found by its attributes`() async throws {
    let tool = try await tool(lookup: "printf pass", search: "exit 1")
    #expect(try await secret(keyring, keyringTool: tool) == "pass")
  }

  @Test func `a locked keyring is waited for`() async throws {
    let tool = try await tool(lookup: "exit 1", search: "echo '[/login/3]'")
    let failure = await cause { () async throws(SecretFailure) in
      try await secret(keyring, keyringTool: tool)
    }
    #expect(failure?.cause == .keyringLocked)
    #expect(failure?.remedy == .retry(after: .seconds(60)))
  }

  @Test func `a missing keyring service is waited for, an empty one is not`() async throws {
    let away = try await tool(lookup: "echo no bus >&2; exit 1", search: "echo no bus >&2; exit 1")
    let failure = await cause { () async throws(SecretFailure) in
      try await secret(keyring, keyringTool: away)
    }
    #expect(failure?.cause == .keyringAway)
    let empty = try await tool(lookup: "exit 1", search: "exit 0")
    let absent = await cause { () async throws(SecretFailure) in
      try await secret(keyring, keyringTool: empty)
    }
    #expect(absent?.cause == .absent)
    #expect(
      absent?.description.contains("--label=Lockstep account exchange service lockstep") == true
    )
    let missing = await cause { () async throws(SecretFailure) in try await secret(keyring) }
    #expect(missing?.cause == .keyringToolMissing("/nonexistent/secret-tool"))
  }

  @Test func `a place that has nothing passes to the next, one that fails does not`() async throws {
    let file = try folder.write("p", "from file")
    #expect(
      try await secret(.credential(name: "x", path: nil), .file(file)) == "from file"
    )
    let empty = try await tool(lookup: "exit 1", search: "exit 0")
    #expect(try await secret(keyring, .file(file), keyringTool: empty) == "from file")
    let failure = await cause { () async throws(SecretFailure) in
      try await secret(.command(["false"]), .file(file))
    }
    #expect(failure?.cause == .commandFailed(status: 1))
  }

  @Test func `a credential of systemd is read, whatever its mode`() async throws {
    let path = try folder.write("exchange", "from systemd\n", mode: 0o440)
    #expect(try await secret(.credential(name: "exchange", path: path)) == "from systemd")
  }

  @Test func `the credential follows the kind of authentication`() async throws {
    try folder.write("p", "word")
    func credential(_ kind: String) async throws -> Credential {
      try await LockstepSettings.parse(
        "[exchange]\nserver = 's.example'\nuser = 'a@b.example'\npassword_file = 'p'\n"
          + "authentication = '\(kind)'\n" + Sample.psa,
        file: folder.path + "/settings.toml",
        places: Sample.places
      )
      .exchange.credential()
    }
    #expect(
      try await credential("basic") == .basic(user: "a@b.example", password: Secret("word"))
    )
    #expect(try await credential("ntlm") == .ntlm(user: "a@b.example", password: Secret("word")))
    #expect(try await credential("negotiate") == .negotiate)
    #expect(try await credential("bearer") == .bearer(Secret("word")))
  }
}
