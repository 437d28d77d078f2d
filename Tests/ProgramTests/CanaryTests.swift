import Foundation
import TestGround
import Testing

/// `promises.md` I14: no password or API secret in cache, logs, arguments, environments, errors or
/// what a crash leaves, in any form; and no file that others could read.
@Suite(.timeLimit(.minutes(10))) struct CanaryTests {
  /// The sandbox's own: the world and its keys.
  private static let own: Set<String> = [
    "world/password", "world/sandbox.json", "world/world.plist", "serve.out",
  ]

  @Test func `the password that opens both sides is nowhere but where it was laid`() async throws {
    try await Sandbox.serving(["--items", "20", "--latency", "30"]) { sandbox in
      let canary = Canary(sandbox.ready.password, user: sandbox.ready.user)
      var said: [String] = []
      func run(_ arguments: String...) async throws -> Finished {
        let run = try await sandbox.agent.run(["--config", sandbox.ready.config] + arguments)
        said += canary.forms(in: run.output + run.errors).map { "\(arguments) says it \($0)" }
        return run
      }
      let begun = try await sandbox.agent.run(["init", "--settings", sandbox.ready.config])
      said += canary.forms(in: begun.output + begun.errors).map { "init says it \($0)" }
      #expect(begun.status == 0)
      for arguments in [["plan", "--json"], ["plan"], ["doctor"], ["doctor", "--json"]] {
        _ = try await sandbox.agent.run(["--config", sandbox.ready.config] + arguments)
      }
      // While it works, others see its arguments and environment, and those of its children.
      let slow = try sandbox.settings(
        "command.toml",
        replacing: "\npassword_file = ",
        with: "\npassword_command = \"sleep 0.3; cat '\(sandbox.folder.path)/world/password'\" # "
      )
      let (working, _) = try sandbox.started("working", "sync", "--config", slow)
      var seen: [String] = []
      while working.isRunning {
        seen += canary.places(inProcess: working.processIdentifier)
        await Task.yield()
      }
      #expect(seen.isEmpty, "\(Set(seen).sorted())")
      for signal in [SIGKILL, SIGABRT, SIGSEGV] {
        try await sandbox.edit(
          "--side",
          "psa",
          "--create",
          "Item \(signal)",
          Stamp.from(now: 30),
          Stamp.from(now: 31)
        )
        let (run, errors) = try sandbox.started("signal-\(signal)", "sync", "--full")
        #expect(
          try await eventually {
            try String(contentsOf: errors, encoding: .utf8).contains("Reading the")
              || !run.isRunning
          }
        )
        kill(run.processIdentifier, signal)
        await run.ended()
      }
      for arguments in [["sync"], ["status", "--json"], ["history"], ["profile"]] {
        _ = try await sandbox.agent.run(["--config", sandbox.ready.config] + arguments)
      }
      _ = try await run("export", "-o", sandbox.folder.appending(path: "all.ics").path)
      _ = try await run("status")
      #expect(said.isEmpty, "\(said)")
      let places = try canary.places(in: sandbox.folder, leavingOut: Self.own)
      #expect(places.isEmpty, "\(places)")
      #expect(try open(in: sandbox.folder.appending(path: "world")).isEmpty)
    }
  }

  @Test func `a wrong secret is as secret, and a server that repeats it is not believed`()
    async throws
  {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let secret = "kAnari-/vogel+77=x"
      let canary = Canary(secret, user: sandbox.ready.user)
      let wrong = sandbox.folder.appending(path: "wrong")
      try Data("\(secret)\n".utf8).write(to: wrong)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: wrong.path)
      let parrot = try LoopbackServer { request, peer in Self.repeated(request, to: peer) }
      let own = try String(contentsOfFile: sandbox.ready.config, encoding: .utf8)
        .replacing("\npassword_file = ", with: "\npassword_file = \"../wrong\" # ")
        .replacing("\nsecret_file = ", with: "\nsecret_file = \"../wrong\" # ")
      let servers = [
        (sandbox.ready.exchange, sandbox.ready.psa),
        (parrot.url + "/EWS/Exchange.asmx", sandbox.ready.psa),
        (sandbox.ready.exchange, parrot.url + "/ATServicesRest/"),
      ]
      for (number, (exchange, psa)) in servers.enumerated() {
        for place in number == 0 ? ["none"] : ["page", "fault", "redirect", "type"] {
          var text = own.replacing(sandbox.ready.exchange, with: exchange)
            .replacing(sandbox.ready.psa, with: psa)
          if number == 2 {
            // Exchange's own password, so that the PSA is asked at all.
            text = text.replacing("password_file = \"../wrong\" # ", with: "password_file = ")
          }
          text = text.replacing(parrot.url, with: "\(parrot.url)/\(place)")
          let settings = sandbox.folder.appending(path: "world/parrot-\(number)-\(place).toml")
          try Data(text.utf8).write(to: settings)
          try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: settings.path
          )
          for arguments in [["sync", "--json"], ["plan"], ["doctor"]] {
            let run = try await sandbox.agent.run(["--config", settings.path] + arguments)
            #expect(canary.forms(in: run.output + run.errors).isEmpty, "\(arguments), \(place)")
            #expect(run.status != 0)
          }
        }
      }
      #expect(parrot.requests.contains { $0.value(of: "Authorization") != nil })
      #expect(parrot.requests.contains { $0.value(of: "Secret") != nil })
      let places = try canary.places(in: sandbox.folder, leavingOut: ["wrong"])
      #expect(places.isEmpty, "\(places)")
    }
  }

  @Test func `whatever the umask, what is written is its owner's alone`() async throws {
    try await Sandbox.serving(["--items", "5"]) { sandbox in
      let world = sandbox.folder.appending(path: "world")
      let shell = try #require(Program.found("sh"))
      let lockstep = try sandbox.agent
      var open = shell
      open.environment = lockstep.environment
      let config = sandbox.ready.config
      let script = """
        umask 0
        "$0" init --settings "$1"; "$0" --config "$1" sync; "$0" --config "$1" profile set past_days=5
        "$0" --config "$1" run & sleep 2; kill $!; wait
        """
      let run = try await open.run(["-c", script, lockstep.path, config])
      #expect(run.errors.contains("Serving the profile"), "\(run.errors)")
      #expect(FileManager.default.fileExists(atPath: world.appending(path: "profile.toml").path))
      #expect(try self.open(in: world).isEmpty)
    }
  }

  /// What anybody but its owner may read, write or enter.
  private func open(in folder: URL) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().filter { path in
      let facts = try FileManager.default.attributesOfItem(
        atPath: folder.appending(path: path).path
      )
      return (facts[.posixPermissions] as? Int ?? 0) & 0o077 != 0
    }
  }

  /// A page of an error that shows the request, as proxies and frameworks in development do.
  private static func repeated(_ request: Request, to peer: Peer) -> Bool {
    let sent = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: " ")
    let line = "You sent \(sent)".replacing("\"", with: "'").replacing("<", with: "(")
    let isREST = request.path.contains("ATServicesRest")
    if isREST, request.path.contains("zoneInformation") {
      let place = request.path.split(separator: "/").first ?? ""
      let url = "http://127.0.0.1:\(peer.port)/\(place)/ATServicesRest/"
      return peer.reply(
        "200 OK",
        ["Content-Type: application/json"],
        body: Array("{\"url\":\"\(url)\",\"ci\":1}".utf8)
      )
    }
    switch request.path.split(separator: "/").first {
    case "page": return peer.reply("403 No", ["Content-Type: text/html"], body: Array(line.utf8))
    case "redirect":
      let all = request.headersByName
      let secrets = [all["authorization"], all["secret"]].compactMap { $0 }.joined(separator: "/")
      let path = secrets.replacing(" ", with: "/")
      return peer.reply("302 Found", ["Location: https://other.example/\(path)"])
    case "type": return peer.reply("200 OK", ["Content-Type: text/\(line)"], body: [1])
    default:
      if isREST {
        let body = "{\"errors\":[\"\(line)\"]}"
        return peer.reply("500 No", ["Content-Type: application/json"], body: Array(body.utf8))
      }
      let fault = """
        <s:Envelope xmlns:s="urn:s"><s:Body><s:Fault><faultcode>ErrorAccessDenied</faultcode>\
        <faultstring>\(line)</faultstring></s:Fault></s:Body></s:Envelope>
        """
      return peer.reply("500 No", ["Content-Type: text/xml"], body: Array(fault.utf8))
    }
  }
}
