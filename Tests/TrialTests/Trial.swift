import Foundation
import Glibc

/// The real programs on a world of their own, and a model of what people did in it.
final class Trial {
  private let folder: URL
  private let sandbox: Process
  private let config: String
  /// What both calendars must hold once everything is in step, by title.
  private(set) var model: [String: Entry] = [:]
  private var dice: SplitMix
  private var made = 0

  struct Entry: Hashable {
    let isFromExchange: Bool
    var start: Int64
  }

  struct Item: Decodable {
    let id: String
    let title: String
    let start: String
    let end: String
  }

  struct Dump: Decodable {
    let exchange: [Item]
    let psa: [Item]
    let mails: Int
  }

  struct Attempt: Decodable {
    struct Side: Decodable {
      let created: Int
      let updated: Int
      let deleted: Int
      let held: Int
      let requests: Int
      var writes: Int { created + updated + deleted }
    }
    let outcome: String
    let exchange: Side
    let psa: Side
  }

  private struct Ready: Decodable { let config: String }

  /// Starts a sandbox; `options` are those of `lockstep-sandbox serve`.
  init(seed: UInt64, items: Int = 0, _ options: [String] = []) throws {
    dice = SplitMix(state: seed)
    folder = FileManager.default.temporaryDirectory
      .appending(path: "lockstep-trial-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    sandbox = Process()
    sandbox.executableURL = Programs.url("lockstep-sandbox")
    sandbox.arguments =
      ["serve", "--dir", folder.path, "--items", "\(items)", "--seed", "\(seed)"] + options
    let output = Pipe()
    sandbox.standardOutput = output
    sandbox.standardError = FileHandle.nullDevice
    try sandbox.run()
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw TrialProblem("the sandbox did not start") }
      line += more
    }
    config = try JSONDecoder().decode(Ready.self, from: Data(line)).config
  }

  func end() {
    sandbox.terminate()
    sandbox.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  // MARK: The agent

  /// One whole run.
  func sync(_ options: [String] = []) throws -> Attempt {
    let output = try Programs.run("lockstep", ["--config", config, "sync", "--json"] + options)
      .output
    return try JSONDecoder().decode(Attempt.self, from: output)
  }

  /// A run that is killed without warning after so many milliseconds; true if it was still alive.
  func syncKilled(after milliseconds: Int) throws -> Bool {
    let process = Process()
    process.executableURL = Programs.url("lockstep")
    process.arguments = ["--config", config, "sync"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    usleep(UInt32(milliseconds) * 1_000)
    let wasAlive = process.isRunning
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return wasAlive
  }

  /// Runs until a run ends well and writes nothing; the number of runs that it took.
  func settle(atMost limit: Int) throws -> Int {
    for count in 1...limit {
      let attempt = try? sync()
      if let attempt, attempt.outcome == "success",
        attempt.exchange.writes + attempt.psa.writes == 0
      {
        return count
      }
    }
    throw TrialProblem("\(limit) runs did not settle it")
  }

  // MARK: People

  /// A few changes that people make on both sides, kept in the model.
  func peopleWork() throws {
    for isExchange in [true, false] {
      made += 1
      let title = "Visit \(made)"
      let start = Trial.origin + Int64(made) * 7_200
      try edit(isExchange, ["--create", title, text(start), text(start + 3_600)])
      model[title] = Entry(isFromExchange: isExchange, start: start)
    }
    let dump = try dump()
    if let title = pick(), var entry = model[title] {
      let isExchange = dice.next() % 2 == 0
      let side = isExchange ? dump.exchange : dump.psa
      // An item made a moment ago is not on the other side yet.
      if let id = side.first(where: { $0.title == title })?.id {
        entry.start += 60 * Int64(1 + dice.next() % 50)
        try edit(isExchange, ["--move", id, text(entry.start), text(entry.start + 3_600)])
        model[title] = entry
      }
    }
    if model.count > 6, let title = pick(), let entry = model[title] {
      let side = entry.isFromExchange ? dump.exchange : dump.psa
      if let id = side.first(where: { $0.title == title })?.id {
        try edit(entry.isFromExchange, ["--delete", id])
        model[title] = nil
      }
    }
  }

  /// What differs between the calendars and the model, as sentences; empty when all is well.
  func differences() throws -> [String] {
    let dump = try dump()
    var found: [String] = []
    for (name, items) in [("Exchange", dump.exchange), ("the PSA", dump.psa)] {
      let mine = items.filter { $0.title.hasPrefix("Visit ") }
      for (title, entry) in model {
        let same = mine.filter { $0.title == title }
        if same.count != 1 { found.append("\(title) is \(same.count) times in \(name)") }
        if let item = same.first, item.start != text(entry.start) {
          found.append("\(title) starts at \(item.start) in \(name), not at \(text(entry.start))")
        }
      }
      for item in mine where model[item.title] == nil {
        found.append("\(item.title) is still in \(name)")
      }
    }
    if dump.mails > 0 { found.append("\(dump.mails) mails were sent") }
    return found.sorted()
  }

  func roll(below limit: Int) -> Int { Int(dice.next() % UInt64(limit)) }

  private func pick() -> String? {
    let titles = model.keys.sorted()
    return titles.isEmpty ? nil : titles[roll(below: titles.count)]
  }

  private func dump() throws -> Dump {
    let result = try Programs.run("lockstep-sandbox", ["edit", "--dir", folder.path, "--dump"])
    return try JSONDecoder().decode(Dump.self, from: result.output)
  }

  private func edit(_ isExchange: Bool, _ verb: [String]) throws {
    let side = ["--side", isExchange ? "exchange" : "psa"]
    let result = try Programs.run("lockstep-sandbox", ["edit", "--dir", folder.path] + side + verb)
    guard result.code == 0 else { throw TrialProblem("an edit failed: \(verb)") }
  }

  /// The next full hour three days from now, so that everything lies inside the window.
  private static let origin = (Int64(time(nil)) / 3_600 + 72) * 3_600

  private func text(_ seconds: Int64) -> String {
    var parts = tm()
    var moment = time_t(seconds)
    gmtime_r(&moment, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}

/// Why a trial could not go on.
struct TrialProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A small generator whose numbers follow from its seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The programs of this package: built beside the tests, or the release build of the agent that
/// `LOCKSTEP_RELEASE` names, for that is what people run.
enum Programs {
  static func url(_ name: String) -> URL {
    let release = ProcessInfo.processInfo.environment["LOCKSTEP_RELEASE"]
    if name == "lockstep", let release { return URL(filePath: release) }
    let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appending(path: name)
  }

  static func run(_ name: String, _ arguments: [String]) throws -> (code: Int32, output: Data) {
    let process = Process()
    process.executableURL = url(name)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }
}
