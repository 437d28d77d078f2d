import Foundation
import Testing

/// Bad input gets a sentence and an exit code, and changes nothing on either side.
@Suite(.timeLimit(.minutes(10))) struct BadInputTests {
  @Test func `a server that is not there: try later`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let closed = try sandbox.settings(
        "closed.toml",
        replacing: sandbox.ready.exchange,
        with: "http://127.0.0.1:9/EWS/Exchange.asmx"
      )
      let refused = try await sandbox.lockstep("sync", config: closed)
      #expect(refused.status == 75)
      #expect(refused.output.contains("127.0.0.1:9 refused the connection"))

      let unknown = try sandbox.settings(
        "unknown.toml",
        replacing: sandbox.ready.exchange,
        with: "https://mail.lockstep.invalid/EWS/Exchange.asmx"
      )
      let lost = try await sandbox.lockstep("plan", config: unknown)
      #expect(lost.status == 75)
      #expect(lost.errors.contains("mail.lockstep.invalid was not found"))
    }
  }

  @Test func `a wrong mailbox, or a kind of sign-in that is not taken, is named as a setting`()
    async throws
  {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let stranger = try sandbox.settings(
        "stranger.toml",
        replacing: "mailbox = \"technician@example.com\"",
        with: "mailbox = \"nobody@example.com\""
      )
      let nobody = try await sandbox.lockstep("sync", config: stranger)
      #expect(nobody.status == 1)
      #expect(nobody.output.contains("Check exchange.mailbox"), "\(nobody.output)")
      for kind in ["ntlm", "negotiate", "bearer"] {
        let settings = try sandbox.settings(
          "kind.toml",
          replacing: "authentication = \"basic\"",
          with: "authentication = \"\(kind)\""
        )
        let refused = try await sandbox.lockstep("sync", config: settings)
        #expect(refused.status == 77)
        #expect(refused.output.contains("exchange.authentication"), "\(refused.output)")
      }
    }
  }

  @Test func `a listing that leaves the person out is no wrong setting: try later`() async throws {
    try await Sandbox.serving(["--items", "5", "--fault", "truncated-listing=1"]) { sandbox in
      let short = try await sandbox.lockstep("sync")
      #expect(short.status == 75)
      #expect(short.output.contains("Resources at") && short.output.contains("is incomplete"))
      #expect(!short.output.contains("psa.resource"))
      let doctor = try await sandbox.lockstep("doctor").output
      #expect(doctor.contains("is incomplete") && !doctor.contains("Set `resource`"), "\(doctor)")
    }
  }

  @Test func `a server is named, never numbered`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let numbered = try sandbox.settings(
        "numbered.toml",
        replacing: sandbox.ready.exchange,
        with: "https://192.0.2.10/EWS/Exchange.asmx"
      )
      let refused = try await sandbox.lockstep("sync", config: numbered)
      #expect(refused.status == 64)
      #expect(refused.errors.contains("numbered.toml:"))
      #expect(refused.errors.contains("must name the server"))
    }
  }

  @Test func `a wrong password: sign in`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let before = try await sandbox.dump()
      let wrong = sandbox.folder.appending(path: "world/wrong")
      try Data("not the password\n".utf8).write(to: wrong)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: wrong.path)
      let key = "\npassword_file = "
      let settings = try sandbox.settings(
        "wrong.toml",
        replacing: key,
        with: "\npassword_file = \"wrong\" # "
      )
      let refused = try await sandbox.lockstep("sync", config: settings)
      #expect(refused.status == 77)
      #expect(refused.output.contains("sign-in"))
      #expect(!refused.output.contains("not the password"))

      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: wrong.path)
      let open = try await sandbox.lockstep("plan", config: settings)
      #expect(open.status == 77)
      #expect(open.errors.contains("chmod 600"))
      #expect(try await sandbox.dump() == before)
    }
  }

  @Test func `a self-signed certificate is refused`() async throws {
    guard let openssl = Program.found("openssl") else {
      print("SKIPPED: openssl is not installed, no self-signed certificate was shown")
      return
    }
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let (certificate, key) = try await sandbox.selfSigned(by: openssl)
      let output = sandbox.folder.appending(path: "tls.out")
      let server = try openssl.start(
        ["s_server", "-accept", "0", "-cert", certificate, "-key", key, "-www"],
        output: output,
        errors: sandbox.folder.appending(path: "tls.err")
      )
      defer { server.end() }
      var port = ""
      _ = try await eventually {
        let text = try String(contentsOf: output, encoding: .utf8)
        port = text.firstMatch(of: /ACCEPT .*:(\d+)/).map { String($0.1) } ?? ""
        return !port.isEmpty
      }
      let settings = try sandbox.settings(
        "tls.toml",
        replacing: sandbox.ready.exchange,
        with: "https://localhost:\(port)/EWS/Exchange.asmx"
      )
      let refused = try await sandbox.lockstep("plan", config: settings)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("localhost") && refused.errors.contains("self-signed"))
    }
  }

  @Test func `something else than Exchange answers`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let script = """
        import http.server
        class Page(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers['Content-Length'] or 0))
                body = b'<html><body>Welcome</body></html>'
                self.send_response(200)
                self.send_header('Content-Type', 'text/html')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *_): pass
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Page)
        print(server.server_port, flush=True)
        server.serve_forever()
        """
      let output = sandbox.folder.appending(path: "page.out")
      let python = try #require(Program.found("python3"))
      let server = try python.start(
        ["-c", script],
        output: output,
        errors: sandbox.folder.appending(path: "page.err")
      )
      defer { server.end() }
      var port = ""
      _ = try await eventually {
        port = try String(contentsOf: output, encoding: .utf8)
          .trimmingCharacters(in: .whitespacesAndNewlines)
        return !port.isEmpty
      }
      let settings = try sandbox.settings(
        "page.toml",
        replacing: sandbox.ready.exchange,
        with: "http://127.0.0.1:\(port)/EWS/Exchange.asmx"
      )
      let refused = try await sandbox.lockstep("plan", config: settings)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("not Exchange Web Services"))
    }
  }

  @Test func `an unknown key is named with its line`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let settings = try sandbox.settings(
        "odd.toml",
        replacing: "[exchange]\n",
        with: "[exchange]\nmailbux = \"x@example.com\"\n"
      )
      let text = try String(contentsOfFile: settings, encoding: .utf8)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let line = try #require(lines.firstIndex { $0.hasPrefix("mailbux") }) + 1
      let refused = try await sandbox.lockstep("status", config: settings)
      #expect(refused.status == 64)
      #expect(refused.errors.contains("odd.toml:\(line): "))
      #expect(refused.errors.contains("mailbux"))

      let absent = try await sandbox.lockstep("status", config: "\(settings).gone")
      #expect(absent.status == 64 && absent.errors.contains("no such file"))
    }
  }

  @Test func `a cache from a newer version is left alone`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      _ = try await sandbox.sync()
      let script = """
        import sqlite3, sys
        cache = sqlite3.connect(sys.argv[1])
        cache.execute("INSERT INTO grdb_migrations VALUES ('9999 from the future')")
        cache.commit()
        """
      let python = try #require(Program.found("python3"))
      #expect(try await python.run(["-c", script, sandbox.cache.path]).status == 0)
      let before = try await sandbox.dump()
      for command in ["sync", "status"] {
        let refused = try await sandbox.lockstep(command)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("newer version"))
      }
      #expect(try await sandbox.dump() == before)
    }
  }

  @Test func `a second agent stops before it writes, until it takes over`() async throws {
    try await Sandbox.serving(["--items", "20"]) { sandbox in
      _ = try await sandbox.sync()
      // The same settings on another machine: another agent, another cache.
      let elsewhere = sandbox.folder.appending(path: "elsewhere")
      try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
      let text = try String(contentsOfFile: sandbox.ready.config, encoding: .utf8)
        .replacing(/cache_directory = .*/, with: "cache_directory = \"cache\"")
      let settings = elsewhere.appending(path: "settings.toml")
      try Data(text.utf8).write(to: settings)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: settings.path)

      let before = try await sandbox.dump()
      let stopped = try await sandbox.lockstep("sync", config: settings.path)
      #expect(stopped.status == 1)
      #expect(stopped.output.contains("init --settings \(settings.path) --take-over"))
      #expect(stopped.output.contains(ProcessInfo.processInfo.hostName.prefix { $0 != "." }))
      #expect(try await sandbox.dump() == before)
      let asked = try await sandbox.lockstep(
        "init",
        "--settings",
        settings.path,
        config: settings.path
      )
      #expect(asked.status == 1 && asked.output.contains("--take-over"))

      let taken = try await sandbox.lockstep(
        "init",
        "--settings",
        settings.path,
        "--take-over",
        config: settings.path
      )
      #expect(taken.status == 0)
      #expect(try await sandbox.lockstep("sync").status == 1)
      let adopted = try await sandbox.lockstep("sync", "--json", config: settings.path)
      #expect(try adopted.json(AttemptLine.self).writes == 0)
      #expect(try await sandbox.dump() == before)
    }
  }

  @Test func `a command line that makes no sense`() async throws {
    let program = try Program.built("lockstep")
    for line in [["sync", "--bogus"], ["fly"], ["init"], ["export", "--from", "tomorrow"]] {
      let refused = try await program.run(line)
      #expect(refused.status == 64)
      #expect(refused.errors.contains("Error:"))
    }
  }
}
