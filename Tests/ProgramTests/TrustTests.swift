import Foundation
import Testing

/// Whom the agent believes on the PSA's side, over real TLS (`[psa] ca_file`, `pinned_key`).
@Suite(.timeLimit(.minutes(10))) struct TrustTests {
  @Test func `the PSA is believed by its authority file and its pinned key only`() async throws {
    guard let openssl = Program.found("openssl"), let python = Program.found("python3") else {
      print("SKIPPED: openssl or python3 is not installed, no PSA was served over TLS")
      return
    }
    try await Sandbox.serving(["--items", "10"]) { sandbox in
      let (certificate, key) = try await sandbox.selfSigned(by: openssl)
      let output = sandbox.folder.appending(path: "front.out")
      let errors = sandbox.folder.appending(path: "front.err")
      let front = try python.start(
        ["-c", Self.front, certificate, key, sandbox.ready.psa],
        output: output,
        errors: errors
      )
      defer { front.end() }
      var port = ""
      _ = try await eventually {
        port = try String(contentsOf: output, encoding: .utf8)
          .trimmingCharacters(in: .whitespacesAndNewlines)
        return !port.isEmpty || !front.isRunning
      }
      let complaint = try String(contentsOf: errors, encoding: .utf8)
      try #require(!port.isEmpty, "\(complaint)")

      func settings(_ name: String, _ trust: String = "") throws -> String {
        try sandbox.settings(
          "\(name).toml",
          replacing: "\"\(sandbox.ready.psa)\"",
          with: "\"https://localhost:\(port)/ATServicesRest/\"\n\(trust)"
        )
      }
      let authority = "ca_file = \"\(certificate)\""
      let right = "sha256//\(try await Self.pin(of: certificate))"
      let wrong = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

      let before = try await sandbox.dump()
      let stranger = try await sandbox.lockstep("sync", config: settings("stranger"))
      #expect(stranger.status == 1)
      #expect(stranger.output.contains("localhost") && stranger.output.contains("self-signed"))
      let unauthorized = try await sandbox.lockstep(
        "sync",
        config: settings("pin-alone", "pinned_key = \"\(right)\"")
      )
      #expect(unauthorized.status == 1, "a pin replaces no check")
      let other = try await sandbox.lockstep(
        "sync",
        config: settings("other", "\(authority)\npinned_key = \"\(wrong)\"")
      )
      #expect(other.status == 1)
      #expect(other.output.contains("not the pinned one"))
      #expect(try await sandbox.dump() == before)

      let known = try await sandbox.lockstep("sync", config: settings("known", authority))
      #expect(known.status == 0, "\(known.output)\(known.errors)")
      let pinned = try await sandbox.lockstep(
        "doctor",
        config: settings("pinned", "\(authority)\npinned_key = \"\(right)\"")
      )
      #expect(pinned.output.contains("localhost:\(port), tenant"), "\(pinned.output)")
    }
  }

  /// SHA-256 of the certificate's public key, in base64.
  private static func pin(of certificate: String) async throws -> String {
    let script = """
      openssl x509 -in '\(certificate)' -noout -pubkey | openssl pkey -pubin -outform der \
      | openssl dgst -sha256 -binary | openssl base64 -A
      """
    return try await Program(path: "/bin/sh").run(["-c", script]).output
  }

  /// A company's proxy: TLS outside, the sandbox's PSA behind it under the proxy's own name.
  private static let front = """
    import ssl, sys, urllib.error, urllib.request
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    certificate, key, target = sys.argv[1:]
    inside = target.split("/ATServicesRest")[0]

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self):
            outside = "https://localhost:%d" % self.server.server_port
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
            passed = {n: v for n, v in self.headers.items()
                      if n.lower() not in ("host", "content-length", "accept-encoding")}
            request = urllib.request.Request(inside + self.path, body, passed, method=self.command)
            try:
                real = urllib.request.urlopen(request)
            except urllib.error.HTTPError as error:
                real = error
            with real:
                body = real.read().replace(inside.encode(), outside.encode())
                self.send_response(real.status)
                self.send_header("Content-Type", real.headers.get("Content-Type", ""))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = forward

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()
    """
}
