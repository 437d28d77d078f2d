import TestGround

/// A web server over TLS, made out to `localhost`, that answers each path with a status.
final class WebHost: Sendable {
  let port: Int
  /// Whoever trusts this file trusts the server.
  let authority: String
  private let folder: TemporaryFolder
  private let child: Child

  struct NoServer: Error {}

  /// `answers` are paths with their statuses; others are 404.
  init(_ answers: [String: Int]) async throws {
    let folder = try TemporaryFolder()
    let made = try await Child.finished(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
        "3650", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
        folder("key"), "-out", folder("certificate"),
      ]
    )
    guard made.status == 0 else { throw NoServer() }
    let table = answers.map { "\($0.key)=\($0.value)" }
    child = try Child(
      "python3",
      ["-u", "-c", Self.script, folder("certificate"), folder("key")] + table
    )
    guard let line = await child.line(), let port = Int(line) else { throw NoServer() }
    self.port = port
    self.folder = folder
    authority = folder("certificate")
  }

  private static let script = """
    import http.server, ssl, sys
    answers = dict(word.split("=") for word in sys.argv[3:])
    class Host(http.server.BaseHTTPRequestHandler):
      def do_GET(self):
        self.send_response(int(answers.get(self.path, "404")))
        self.send_header("Content-Length", "0")
        if self.path == "/owa/": self.send_header("Location", "https://elsewhere.example.com/owa")
        self.end_headers()
      def log_message(self, *_): pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()
    """
}
