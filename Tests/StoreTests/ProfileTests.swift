import Foundation
import Store
import SyncModel
import Testing

@Suite struct ProfileLockTests {
  private let folder: TemporaryFolder
  private let noon = Instant(seconds: 1_770_000_000)

  init() throws { folder = try TemporaryFolder() }

  @Test func `a second agent hears who holds the profile and since when`() throws {
    let lock = try ProfileLock(folder: folder("profile"), now: noon)
    let error = try #require(throws: StoreFailure.self) {
      try ProfileLock(folder: folder("profile"), now: noon.advanced(bySeconds: 60))
    }
    #expect(
      error
        == .locked(
          folder: folder("profile"),
          process: String(getpid()),
          since: noon.description
        )
    )
    #expect(error.remedy == .stop)
    let holder = try ProfileLock.holder(of: folder("profile"))
    #expect(holder?.process == getpid())
    #expect(holder?.since == noon)
    #expect(try folder.mode("profile/lock") == 0o600)
    lock.release()
  }

  @Test func `a profile that was given back can be taken`() throws {
    #expect(try ProfileLock.holder(of: folder("profile")) == nil)
    let first = try ProfileLock(folder: folder("profile"), now: noon)
    first.release()
    first.release()
    #expect(try ProfileLock.holder(of: folder("profile")) == nil)
    let second = try ProfileLock(folder: folder("profile"), now: noon)
    #expect(try ProfileLock.holder(of: folder("profile")) != nil)
    second.release()
  }

  @Test func `who asked first goes first`() async throws {
    let first = try ProfileLock(folder: folder("profile"), now: noon)
    let order = Order()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...4 {
        group.addTask { [path = folder("profile")] in
          let lock = try await inTurn(path) { #expect($0.process == getpid()) }
          await order.append(number)
          lock.release()
        }
        // The next one comes when this one stands in the queue.
        try await queue(is: number)
      }
      first.release()
      try await group.waitForAll()
    }
    #expect(await order.numbers == [1, 2, 3, 4])
    #expect(try ProfileLock.holder(of: folder("profile")) == nil)
  }

  @Test func `whose patience ends hears who is at work, and keeps nothing`() async throws {
    let holder = try ProfileLock(folder: folder("profile"), now: noon)
    let error = await #expect(throws: StoreFailure.self) {
      try await inTurn(folder("profile"), patience: .milliseconds(20))
    }
    #expect(error?.description.contains("process \(getpid())") == true)
    holder.release()
    // The turn that came too late is given back.
    try await queue(is: 0)
    try await inTurn(folder("profile")).release()
  }

  @Test func `waiting ends when it is cancelled`() async throws {
    let holder = try ProfileLock(folder: folder("profile"), now: noon)
    let waiting = Task { [path = folder("profile")] in try await inTurn(path) }
    try await queue(is: 1)
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    holder.release()
  }

  @discardableResult
  private func inTurn(
    _ path: String,
    patience: Duration = .seconds(3_600),
    _ waiting: (ProfileLock.Holder) -> Void = { _ in }
  ) async throws -> ProfileLock {
    try await ProfileLock.inTurn(
      folder: path,
      patience: patience,
      now: { Instant(seconds: 1_770_000_000) },
      waiting: waiting
    )
  }

  /// Waits until so many stand in the queue.
  private func queue(is length: Int) async throws {
    while try queueLength(of: folder("profile/lock")) != length { await Task.yield() }
  }

  /// How many wait for the lock, by the kernel's own list.
  private func queueLength(of file: String) throws -> Int {
    var facts = stat()
    guard stat(file, &facts) == 0 else { return 0 }
    let list = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
    return list.split(separator: "\n")
      .filter { $0.contains("-> FLOCK") && $0.contains(":\(facts.st_ino) ") }.count
  }

  private actor Order {
    private(set) var numbers: [Int] = []
    func append(_ number: Int) { numbers.append(number) }
  }

  @Test func `a killed agent holds nothing`() async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
      let lock = try ProfileLock(folder: path, now: Instant(seconds: 1_770_000_000))
      kill(getpid(), SIGKILL)
      lock.release()
    }
    #expect(try ProfileLock.holder(of: folder.path) == nil)
    try ProfileLock(folder: folder.path, now: noon).release()
  }
}

@Suite struct AgentIdentityTests {
  private let folder: TemporaryFolder
  private var file: String { folder("settings/agent") }

  init() throws { folder = try TemporaryFolder() }

  @Test func `an installation keeps the name that it was given once`() throws {
    #expect(try AgentIdentity.kept(in: file) == nil)
    let agent = try AgentIdentity.agent(in: file) { Array(0xA0...0xAF) }
    #expect(agent == AgentID("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"))
    let again = try AgentIdentity.agent(in: file) {
      Issue.record("no new name is made")
      return []
    }
    #expect(again == agent)
    #expect(try AgentIdentity.kept(in: file) == agent)
    #expect(try folder.mode("settings/agent") == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder("settings")) == ["agent"])
  }

  @Test(arguments: ["", "short\n", "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF\n"])
  func `a file that holds something else is not overwritten`(text: String) throws {
    let file = folder("agent")
    try Data(text.utf8).write(to: URL(filePath: file))
    #expect(throws: StoreFailure.malformed(file: file)) {
      try AgentIdentity.agent(in: file) { Array(0...15) }
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
  }
}
