import Foundation
import RegistryAPI
import SyncModel
import TestGround
import Testing

/// The registry serves the mailboxes itself, with an account for everybody.
@Suite(.timeLimit(.minutes(5))) struct MailboxTests {
  private let registry: RegistryProgram
  private let folder: TemporaryFolder

  init() throws {
    registry = try RegistryProgram()
    folder = try TemporaryFolder()
  }

  private func state() async throws -> [String] {
    try await registry("resources", "--json").json(EntryList<ResourceEntry>.self).entries
      .map(\.state)
  }

  @Test func `each enabled mailbox is kept in step, and people's own agents say why they rest`()
    async throws
  {
    let sandbox = try RunningSandbox(folder, items: 8)
    defer { sandbox.end() }
    let ready = try await sandbox.ready()
    let secret = sandbox.secretFile
    try registry.folder.write(
      "registry.toml",
      """
      database = "registry.sqlite"
      key_file = "registry.key"
      listen = "127.0.0.1:0"
      [psa]
      entry_point = "\(ready.psa)"
      user = "\(ready.user)"
      integration_code = "\(ready.integrationCode)"
      secret_file = "\(secret)"
      [exchange]
      authentication = "basic"
      ca_file = "\(folder("authority.pem"))"
      """
    )
    let (relay, port) = try await tls(to: ready.exchange)
    defer { relay.end() }
    let people = try registry.folder.write("people.csv", "29682885,Technician,\(ready.user)\n")
    #expect(try await registry("resources", "import", people).status == 0)
    _ = try await registry("settings", "set", "profile_name=Firm", "server_address=localhost")
    #expect(try await registry("enable", "--all", "--yes").status == 0)

    // First the person's own agent, then the registry itself.
    let code = try await registry("codes", "add", "29682885", "--json").json(MadeCode.self).code
    var first: RunningSandbox.World?
    _ = try await registry.serving { address in
      let settings = try String(contentsOfFile: ready.config, encoding: .utf8)
      try Data((settings + "\n[registry]\nurl = \"\(address)\"\n").utf8)
        .write(to: URL(filePath: ready.config))
      let enrolled = try await sandbox.agent("init", "--settings", ready.config, "--code", code)
      #expect(enrolled.status == 0, "\(enrolled.errors)")
      let synced = try await sandbox.agent("--config", ready.config, "sync")
      #expect(synced.status == 0, "\(synced.errors)")
      first = try await sandbox.dump()
    }
    let switched = try await registry(
      "settings",
      "set",
      "server_port=\(port)",
      "account_user=\(ready.account)",
      "use_account_for_everybody=true",
      "account_password",
      "--password-file",
      secret
    )
    #expect(switched.status == 0, "\(switched.errors)")
    for item in ["Certificate", "Exchange Web Services", "Synchronization account"] {
      #expect(switched.output.contains(try Regex("\(item) +works")), "\(switched.output)")
    }
    #expect(switched.output.contains(/Other people's mailboxes +works/), "\(switched.output)")
    let status = try await registry.serving { address in
      let isServed = try await eventually {
        let rows = try await registry("attempts", "--json")
          .json(EntryList<AttemptEntry>.self).entries
        return rows.count > 2 && rows[0].report.outcome == .success
      }
      let attempts = try await registry("attempts").output
      #expect(isServed, "\(attempts)")
      #expect(try await state() == ["in-step"])
      let settings = try String(contentsOfFile: ready.config, encoding: .utf8)
      let here = settings.replacing(
        /url = "http:\/\/127.0.0.1:\d+"\n$/,
        with: "url = \"\(address)\"\n"
      )
      try Data(here.utf8).write(to: URL(filePath: ready.config))
      let own = try await sandbox.agent("--config", ready.config, "sync")
      #expect(
        own.status == 1 && own.errors.contains("serves the mailboxes itself"),
        "\(own.errors)"
      )
    }
    #expect(status == 0)
    let second = try await sandbox.dump()
    #expect(second.psa.count == first?.psa.count && second.exchange.count == first?.exchange.count)
    #expect(second.psa.contains { ($0.text ?? "").contains("Ref: ") } && second.mails == 0)
    let names = try FileManager.default.subpathsOfDirectory(atPath: registry.folder.path)
    #expect(names.contains { $0.hasPrefix("mailboxes/29682885/cache") }, "\(names)")
    let password = try String(contentsOfFile: secret, encoding: .utf8)
      .trimmingCharacters(in: .newlines)
    try expectNowhere(password, below: registry.folder.path)

    // Back to people's own agents: the registry's counts no more.
    let back = try await registry("settings", "set", "use_account_for_everybody=false")
    #expect(back.status == 0, "\(back.errors)")
    _ = try await registry.serving { _ in
      let isGivenBack = try await eventually {
        try await registry("agents", "--live", "--json").json(EntryList<AgentEntry>.self).total == 0
      }
      #expect(isGivenBack)
    }
  }

  /// TLS in front of the sandbox's Exchange, with a certificate that vouches for itself.
  private func tls(to exchange: String) async throws -> (Child, port: Int) {
    let openssl = try #require(Programs.found("openssl"))
    let made = try await Child.finished(
      openssl,
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost", "-keyout", folder("key.pem"), "-out",
        folder("authority.pem"),
      ]
    )
    #expect(made.status == 0, "\(made.errors)")
    let inner = try #require(exchange.firstMatch(of: /:(\d+)\//)).1
    let child = try Child(
      try #require(Programs.found("python3")),
      ["-u", "-c", Self.relay, folder("authority.pem"), folder("key.pem"), String(inner)]
    )
    let port = try #require(await child.line().flatMap { Int($0) })
    return (child, port)
  }

  private static let relay = """
    import socket, ssl, sys, threading
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
    def serve(raw):
        try:
            outer = context.wrap_socket(raw, server_side=True)
        except OSError:
            return
        inner = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
        threading.Thread(target=pump, args=(inner, outer), daemon=True).start()
        pump(outer, inner)
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
    """
}
