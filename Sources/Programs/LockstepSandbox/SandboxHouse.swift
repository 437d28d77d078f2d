import Foundation
import Logging
import Sandbox
import World

/// The folder of one sandbox: its world, its secrets, and the settings that it writes for the agent.
struct SandboxHouse: Sendable {
  let folder: URL
  private let seeds: Seeds
  private let logger: Logger

  /// What a new world is made from.
  struct Seeds: Sendable {
    var items = 40
    var seed: UInt64 = 1
    var fillsLikeVendor = false
    /// A right that each run of the sandbox gives anew.
    var mayWritePublicFolders = true
  }

  init(_ path: String, _ seeds: Seeds, isQuiet: Bool = false) throws {
    folder = URL(filePath: path, directoryHint: .isDirectory).absoluteURL.standardizedFileURL
    self.seeds = seeds
    var logger = Logger(label: "sandbox") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = isQuiet ? .error : .debug
    self.logger = logger
    // The world holds a password: what is written here is the owner's alone.
    umask(0o077)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  var settings: URL { folder.appending(path: "settings.toml") }
  var control: URL { folder.appending(path: "sandbox.json") }

  /// Runs both servers, says where, and ends them after the body; the world is stored meanwhile and
  /// at the end.
  func running(
    on wanted: Sandbox.Ports,
    faults: Faults,
    _ body: @escaping @Sendable (Ready) async throws -> Void
  ) async throws {
    let lock = try FolderLock(folder)
    defer { lock.release() }
    let zones = Zones.offsets
    let before = Ready(readingFrom: control)
    let password = try secret()
    let world = try world(password: password, zones: zones)
    let mayWrite = seeds.mayWritePublicFolders
    await world.mailbox { mailbox, _ in mailbox.mayWritePublicFolders = mayWrite }
    let token = try RandomText.make(32)
    let psa = AdminServer(
      world,
      zones: zones,
      token: token,
      psa: AutotaskServer(world, faults: faults)
    )
    let exchange = ExchangeServer(
      world,
      faults: faults,
      user: Seeding.mailAddress,
      password: password,
      impersonator: ExchangeServer.Login(user: Ready.account, password: password),
      zones: ZoneCatalog(offsets: zones, ids: Zones.ids)
    )
    let sandbox = Sandbox(exchange: exchange, psa: psa, logger: logger)
    let file = WorldFile(worldPath)
    if !file.exists { try file.write(await world.snapshot()) }
    let keeper = Task { try await file.keep(world) }
    let result: Result<Void, any Error>
    do {
      let ports = LoopbackPort.settled(wanted, before: before)
      try await sandbox.running(on: ports) { ports in
        let ready = Ready(ports: ports, password: password, settings: settings.path, token: token)
        try write(settingsText(ready), to: settings)
        try write(ready.controlText, to: control)
        logger.notice("Serving \(folder.path)")
        try await body(ready)
      }
      result = .success(())
    } catch { result = .failure(error) }
    // The last word on the world comes after the last request.
    keeper.cancel()
    try await keeper.value
    logger.notice("The world is stored in \(worldPath)")
    try result.get()
  }

  private var worldPath: String { folder.appending(path: "world.plist").path }
  private var passwordFile: URL { folder.appending(path: "password") }

  private func world(password: String, zones: ZoneOffsets) throws -> World {
    let clock: @Sendable () -> Int64 = { Int64(time(nil)) }
    let file = WorldFile(worldPath)
    if file.exists {
      logger.notice("The world of \(worldPath) goes on; items and seed are its own.")
      let stored = try file.read()
      return World(mailbox: stored.mailbox, tenant: stored.tenant, clock: clock)
    }
    let seeding = Seeding(
      seed: seeds.seed,
      items: seeds.items,
      fillsLikeVendor: seeds.fillsLikeVendor,
      zones: zones,
      now: clock(),
      password: password
    )
    let sides = try seeding.sides()
    return World(mailbox: sides.mailbox, tenant: sides.tenant, clock: clock)
  }

  private func secret() throws -> String {
    if FileManager.default.fileExists(atPath: passwordFile.path) {
      return try String(contentsOf: passwordFile, encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let password = try RandomText.make(20)
    try write(password + "\n", to: passwordFile)
    return password
  }

  private func write(_ text: String, to file: URL) throws {
    try Data(text.utf8).write(to: file, options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
  }

  private func settingsText(_ ready: Ready) -> String {
    """
    # Written by lockstep-sandbox: an agent for the technician of this sandbox.
    profile = "sandbox"
    cache_directory = \(Self.quoted(folder.appending(path: "cache").path))

    [exchange]
    url = \(Self.quoted(ready.exchange))
    mailbox = \(Self.quoted(Seeding.mailAddress))
    user = \(Self.quoted(ready.user))
    authentication = "basic"
    password_file = \(Self.quoted(passwordFile.path))

    [psa]
    entry_point = \(Self.quoted(ready.psa))
    user = \(Self.quoted(ready.user))
    integration_code = \(Self.quoted(ready.integrationCode))
    secret_file = \(Self.quoted(passwordFile.path))
    resource = \(Self.quoted(Seeding.mailAddress))

    """
  }

  private static func quoted(_ text: String) -> String {
    String(decoding: JSONValue.string(text).bytes, as: UTF8.self)
  }
}
