import Foundation

/// A Kerberos realm of one person and one web server, on loopback and in a folder of its own.
struct KerberosRealm: Sendable {
  static let name = "LOCKSTEP.TEST"
  static let person = "technician@LOCKSTEP.TEST"

  /// Python as Debian has it: its modules come as Debian packages.
  static let python = Program(path: "/usr/bin/python3")

  let folder: URL

  /// Runs the key distribution centre while the body runs; `missing` says what is not here.
  static func serving<Result>(
    missing: (String) -> Void,
    _ body: (KerberosRealm) async throws -> Result
  ) async throws -> Result? {
    for tool in ["kdb5_util", "kadmin.local", "krb5kdc", "kinit"] where find(tool) == nil {
      missing("\(tool) is not installed (Debian: krb5-kdc, krb5-admin-server, krb5-user)")
      return nil
    }
    guard try await python.run(["-c", "import gssapi"]).status == 0 else {
      missing("Python's gssapi is not installed (Debian: python3-gssapi)")
      return nil
    }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "lockstep-realm-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let realm = KerberosRealm(folder: folder)
    try await realm.found()
    let centre = try await realm.open()
    let result: Result
    do {
      result = try await body(realm)
    } catch {
      centre.end()
      await centre.ended()
      throw error
    }
    centre.end()
    await centre.ended()
    return result
  }

  /// What makes a program a member of the realm; `tickets` is its cache.
  func environment(tickets: String = "tickets") -> [String: String] {
    [
      "KRB5_CONFIG": path("krb5.conf"), "KRB5_KDC_PROFILE": path("kdc.conf"),
      "KRB5_KTNAME": "FILE:" + path("http.keytab"), "KRB5CCNAME": "FILE:" + path(tickets),
    ]
  }

  /// Signs the person in, as a desktop does in the morning.
  func signIn() async throws {
    try await run("kinit", "-k", "-t", path("person.keytab"), Self.person)
  }

  struct Unready: Error { let words: String }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private static func find(_ tool: String) -> Program? {
    let place = "/usr/sbin/" + tool
    return Program.found(tool)
      ?? (FileManager.default.isExecutableFile(atPath: place) ? Program(path: place) : nil)
  }

  private func program(_ tool: String) throws -> Program {
    guard var program = Self.find(tool) else { throw Unready(words: "no \(tool)") }
    program.environment = environment()
    return program
  }

  private func run(_ tool: String, _ arguments: String...) async throws {
    let finished = try await program(tool).run(arguments)
    guard finished.status == 0 else {
      throw Unready(words: "\(tool): \(finished.output)\(finished.errors)")
    }
  }

  /// Makes the realm with its two principals and their keys.
  private func found() async throws {
    try configure(port: 88)
    try await run("kdb5_util", "create", "-s", "-r", Self.name, "-P", "master")
    for (principal, keytab) in [("technician", "person"), ("HTTP/localhost", "http")] {
      try await run("kadmin.local", "-q", "addprinc -randkey \(principal)")
      try await run("kadmin.local", "-q", "ktadd -k \(path("\(keytab).keytab")) \(principal)")
    }
  }

  /// Starts the centre on a port that nobody uses; somebody may take it meanwhile, so more than once.
  private func open() async throws -> RunningProgram {
    var words = ""
    for _ in 0..<5 {
      let port = try await Self.freePort()
      try configure(port: port)
      let output = folder.appending(path: "centre.out")
      let errors = folder.appending(path: "centre.err")
      let centre = try program("krb5kdc").start(["-n"], output: output, errors: errors)
      _ = try await eventually {
        words = try [output, errors].map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        return words.contains("starting...") || !centre.isRunning
      }
      if centre.isRunning { return centre }
    }
    throw Unready(words: words)
  }

  private static func freePort() async throws -> Int {
    let script = """
      import socket
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      s.bind(('127.0.0.1', 0))
      print(s.getsockname()[1])
      """
    let words = try await python.run(["-c", script]).output
    guard let port = Int(words.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw Unready(words: "no port: \(words)")
    }
    return port
  }

  private func configure(port: Int) throws {
    try write(
      "krb5.conf",
      """
      [libdefaults]
        default_realm = \(Self.name)
        dns_lookup_kdc = false
        dns_lookup_realm = false
        dns_canonicalize_hostname = false
        rdns = false
      [realms]
        \(Self.name) = {
          kdc = 127.0.0.1:\(port)
        }
      [domain_realm]
        localhost = \(Self.name)
      """
    )
    try write(
      "kdc.conf",
      """
      [kdcdefaults]
        kdc_listen = 127.0.0.1:\(port)
        kdc_tcp_listen = 127.0.0.1:\(port)
      [logging]
        default = FILE:\(path("realm.log"))
        kdc = FILE:\(path("centre.log"))
      [realms]
        \(Self.name) = {
          database_name = \(path("principal"))
          key_stash_file = \(path("stash"))
          acl_file = \(path("acl"))
        }
      """
    )
  }

  private func write(_ name: String, _ text: String) throws {
    try Data((text + "\n").utf8).write(to: folder.appending(path: name))
  }
}
