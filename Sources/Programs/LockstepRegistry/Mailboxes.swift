import Console
import FoundationEssentials
import Glibc
import Logging
import RegistryAPI
import RegistryStore
import Settings
import SyncModel

/// Serves the mailboxes itself, with the synchronization account, where the admin wants that: the
/// agent's program for each enabled resource, a few at a time, each with its own cache.
struct Mailboxes: Sendable {
  private static let atATime = 4
  private static let lease: Int64 = 3_600
  private static let profile = "mailbox"
  private static let actor = AdminName(rawValue: "registry")

  let house: House
  /// Where agents of this machine reach the registry.
  let address: String
  let program: String
  let holder: String
  let logger: Logger

  private var store: RegistryStore { house.store }
  private var folder: String { house.mailboxFolder }

  /// Goes round twice a minute until the task is cancelled.
  func run() async throws {
    var complaint: String?
    while true {
      do {
        let new = try await round()
        if let new, new != complaint { logger.error("\(new)") }
        complaint = new
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        logger.error("The mailboxes are looked at again in half a minute: \(error)")
      }
      try await Task.sleep(for: .seconds(30))
    }
  }

  /// Gives what keeps it from serving, as a sentence.
  private func round() async throws -> String? {
    let settings = try await store.settings().settings
    guard settings.usesAccountForEverybody, settings.isEnabled else {
      try await handBack()
      return nil
    }
    guard let psa = house.settings.psaLines else {
      return "The mailboxes cannot be served: [psa] in \(house.settings.file) does not say how the "
        + "PSA is reached."
    }
    guard let password = try await store.accountPassword() else {
      return "The mailboxes cannot be served: the synchronization account has no password. Set it "
        + "with 'lockstep-registry settings set account_password'."
    }
    let due = try await due(every: Int64(settings.interval) * 60)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (place, resource) in due.enumerated() {
        if place >= Mailboxes.atATime { try await group.next() }
        group.addTask {
          try await serve(resource, settings, psa, password)
        }
      }
      try await group.waitForAll()
    }
    return nil
  }

  private func due(every interval: Int64) async throws -> [ResourceStatus] {
    let now = house.now
    var filter = ResourceFilter()
    (filter.isEnabled, filter.sort) = (true, .lastAttempt)
    var due: [ResourceStatus] = []
    var number = 0
    while true {
      filter.page = Page(number, size: Page.sizes.upperBound)
      let rows = try await store.resources(filter, now: now).rows
      due += rows.filter { resource in
        guard resource.isActive, !resource.mail.isEmpty else { return false }
        let isOurs = FileManager.default.fileExists(atPath: token(of: resource.number))
        // Somebody else's last attempt is no reason to wait.
        return !isOurs || resource.lastAttempt.map { $0.seconds + interval <= now.seconds } ?? true
      }
      guard rows.count == filter.page.size else { return due }
      number += 1
    }
  }

  // MARK: One mailbox

  private func serve(
    _ resource: ResourceStatus,
    _ settings: AdminSettings,
    _ psa: [String],
    _ password: String
  ) async throws {
    let name = "mailbox \(resource.number)"
    guard
      try await store.lease(name, holder: holder, seconds: Mailboxes.lease, now: house.now)
    else { return }
    let attempt = try await store.beginOwnAttempt("\(resource.name)'s mailbox", now: house.now)
    do {
      try await work(resource, settings, psa, password)
    } catch is CancellationError {
      // Asked to stop: the agent has ended at its next safe point.
    } catch {
      logger.error("\(resource.name)'s mailbox: \(error)")
    }
    // Also where this task is asked to stop: else nobody could save settings for a while.
    try await Task { [store, house, holder] in
      try await store.endOwnAttempt(attempt, now: house.now)
      try await store.releaseLease(name, holder: holder)
    }.value
  }

  private func work(
    _ resource: ResourceStatus,
    _ settings: AdminSettings,
    _ psa: [String],
    _ password: String
  ) async throws {
    let place = "\(folder)/\(resource.number)"
    try House.makeFolders(place)
    let file = place + "/settings.toml"
    try PrivateText.write(text(for: resource, settings, psa, place), to: file)
    let agent = AgentProcess(program: program, log: place + "/run.log")
    if !FileManager.default.fileExists(atPath: token(of: resource.number)) {
      let code = try await store.makeCode(
        for: resource.number,
        takeOver: true,
        by: Mailboxes.actor,
        now: house.now,
        lifetime: 600
      )
      let status = try await agent.run(
        ["init", "--settings", file, "--code", code, "--take-over"],
        secret: password
      )
      guard status == 0 else { throw Refusal(try PrivateText.end(of: agent.log)) }
    }
    // How it went is in the report that the agent makes.
    _ = try await agent.run(["--config", file, "sync"], secret: password)
  }

  private func text(
    for resource: ResourceStatus,
    _ settings: AdminSettings,
    _ psa: [String],
    _ place: String
  ) -> String {
    let own = house.settings.exchangeLines
    var lines = [
      "# Written by lockstep-registry, which serves this mailbox itself.",
      "profile = \(toml(Mailboxes.profile))", "cache_directory = \(toml(place + "/cache"))",
      "exchange.mailbox = \(toml(resource.mail))",
      "exchange.user = \(toml(settings.accountLogin))",
      "exchange.impersonate = true", "exchange.password_file = \(toml(AgentProcess.secretPath))",
      "psa.resource = \(resource.number)", "registry.url = \(toml(address))",
    ]
    if !own.contains(where: { $0.hasPrefix("exchange.url ") }) {
      lines += [
        "exchange.server = \(toml(settings.serverAddress))",
        "exchange.port = \(settings.serverPort)",
        "exchange.virtual_directory = \(toml(settings.webServicesPath))",
      ]
    }
    return (lines + own + psa).joined(separator: "\n") + "\n"
  }

  private func toml(_ text: String) -> String { HouseSettings.quoted(text) }

  private func token(of resource: ResourceID) -> String {
    "\(folder)/\(resource)/\(Mailboxes.profile).token"
  }

  // MARK: Giving back

  /// Where people's own agents serve again, the registry's own ones count no more.
  private func handBack() async throws {
    guard FileManager.default.fileExists(atPath: folder) else { return }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      guard let number = Int64(name) else { continue }
      let token = token(of: ResourceID(number))
      guard FileManager.default.fileExists(atPath: token) else { continue }
      let agent = "\(folder)/\(name)/\(Mailboxes.profile).agent"
      if let id = try PrivateText.line(of: agent) {
        do {
          try await store.revoke(
            AgentID(rawValue: id),
            by: Mailboxes.actor,
            now: house.now
          )
        } catch let problem as RegistryProblem where problem.code == .notFound {
          // Somebody took over meanwhile.
        }
      }
      try FileManager.default.removeItem(atPath: token)
    }
  }
}

/// Small files of text for their owner alone.
enum PrivateText {
  static func write(_ text: String, to path: String) throws {
    let draft = path + ".new"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw refusal(path) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { break }
    }
    close(file)
    guard rest.isEmpty, rename(draft, path) == 0 else { throw refusal(path) }
  }

  /// The first line; nil where there is no such file.
  static func line(of path: String) throws -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).first.map(String.init)
  }

  /// What a program said last.
  static func end(of log: String) throws -> String {
    let text = try String(contentsOf: URL(filePath: log), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).suffix(3).joined(separator: " ")
  }

  private static func refusal(_ path: String) -> Refusal {
    Refusal("\(path) could not be written: \(String(cString: strerror(errno))).")
  }
}
