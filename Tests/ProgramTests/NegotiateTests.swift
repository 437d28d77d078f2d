import Foundation
import Testing

/// Signing in with a Kerberos ticket, against a real key distribution centre (`ews.md` 1.7).
@Suite(.timeLimit(.minutes(10))) struct NegotiateTests {
  /// Once for servers that ask with each request, once for those that sign in a connection.
  @Test(arguments: ["request", "connection"])
  func `a ticket signs in, and no password is asked for`(unit: String) async throws {
    try await Self.atDoor(signingIn: unit) { sandbox, realm, config, door in
      var agent = try sandbox.agent
      agent.environment.merge(realm.environment()) { $1 }
      try await realm.signIn()
      let first: AttemptLine = try await agent.run(["--config", config, "sync", "--json"]).json()
      #expect(first.outcome == "success", "\(first.notes)")
      #expect(first.exchange.created > 0 && first.psa.created > 0)
      let second: AttemptLine = try await agent.run(["--config", config, "sync", "--json"]).json()
      #expect(second.outcome == "success" && second.writes == 0, "\(second.notes)")

      let seen = try door()
      let requests = first.exchange.requests + second.exchange.requests
      #expect(seen.filter { $0.hasSuffix(KerberosRealm.person) }.count == requests)
      #expect(seen.allSatisfy { !$0.hasPrefix("Basic") && !$0.hasPrefix("refused") })
      let tickets = seen.filter { $0.hasPrefix("Negotiate ") }.count
      #expect(unit == "request" ? tickets == requests : (2..<requests).contains(tickets))
    }
  }

  @Test func `without a ticket a person is asked to get one`() async throws {
    try await Self.atDoor(signingIn: "request") { sandbox, realm, config, door in
      var agent = try sandbox.agent
      agent.environment.merge(realm.environment(tickets: "none")) { $1 }
      let refused = try await agent.run(["--config", config, "sync"])
      #expect(refused.status == 77)
      #expect(refused.output.contains("kinit"), "\(refused.output)")
      #expect(try door() == ["refused"])
    }
  }

  private static func atDoor(
    signingIn unit: String,
    _ body: (Sandbox, KerberosRealm, _ config: String, _ door: () throws -> [String]) async throws
      -> Void
  ) async throws {
    try await KerberosRealm.serving(
      missing: { print("SKIPPED: Negotiate was not tried: \($0)") }
    ) { realm in
      try await Sandbox.serving(["--items", "20"]) { sandbox in
        let output = sandbox.folder.appending(path: "door.out")
        let errors = sandbox.folder.appending(path: "door.err")
        var python = KerberosRealm.python
        python.environment = realm.environment()
        let server = try python.start(
          [
            "-c", door, sandbox.ready.exchange,
            "\(sandbox.ready.user):\(sandbox.ready.password)", unit,
          ],
          output: output,
          errors: errors
        )
        defer { server.end() }
        func lines() throws -> [String] {
          try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
        }
        _ = try await eventually { try !lines().isEmpty || !server.isRunning }
        let complaint = try String(contentsOf: errors, encoding: .utf8)
        let port = try #require(try lines().first, "\(complaint)")
        let text = try String(contentsOfFile: sandbox.ready.config, encoding: .utf8)
          .replacing(sandbox.ready.exchange, with: "http://localhost:\(port)/EWS/Exchange.asmx")
          .replacing(
            /authentication = "basic"\npassword_file = .*\n/,
            with: "authentication = \"negotiate\"\n"
          )
        #expect(text.contains("negotiate"))
        let config = sandbox.folder.appending(path: "world/negotiate.toml")
        try Data(text.utf8).write(to: config)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: config.path)
        try await body(sandbox, realm, config.path) { Array(try lines().dropFirst()) }
      }
    }
  }

  /// Lets in who shows a ticket, and asks the sandbox in their place.
  ///
  /// Prints its port, then for each request how it signed in and who it was.
  private static let door = """
    import base64, sys, urllib.error, urllib.request
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    import gssapi

    target, password, unit = sys.argv[1:]

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        person = None

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            scheme, _, token = self.headers.get("Authorization", "none").partition(" ")
            answer = []
            if unit == "request":
                self.person = None
            if scheme == "Negotiate":
                context = gssapi.SecurityContext(usage="accept")
                reply = context.step(base64.b64decode(token))
                if context.complete:
                    self.person = str(context.initiator_name)
                if reply:
                    words = base64.b64encode(reply).decode()
                    answer.append(("WWW-Authenticate", "Negotiate " + words))
            if self.person is None:
                print("refused", flush=True)
                return self.say(401, b"", answer or [("WWW-Authenticate", "Negotiate")])
            print(scheme, self.person, flush=True)
            if unit == "connection":
                answer.append(("Persistent-Auth", "true"))
            basic = base64.b64encode(password.encode()).decode()
            request = urllib.request.Request(
                target, body, {"Content-Type": "text/xml", "Authorization": "Basic " + basic})
            try:
                real = urllib.request.urlopen(request)
            except urllib.error.HTTPError as error:
                real = error
            with real:
                answer.append(("Content-Type", real.headers["Content-Type"]))
                self.say(real.status, real.read(), answer)

        def say(self, status, body, headers):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    print(server.server_port, flush=True)
    server.serve_forever()
    """
}
