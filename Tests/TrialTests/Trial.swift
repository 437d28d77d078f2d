import Foundation
import TestGround

/// The real programs on a world of their own, and a model of what people did in it.
final class Trial {
  private let folder: TemporaryFolder
  private let sandbox: Child
  private let config: String
  /// What both calendars must hold once everything is in step, by title.
  private(set) var model: [String: Entry] = [:]
  /// What the PSA's contacts are called, and Exchange's once everything is in step.
  private var names: Set<String> = []
  /// Those that somebody wrote over or deleted in Exchange: once each, for what is undone time and
  /// again is held.
  private var undone: Set<String> = []
  private var dice: SplitMix
  private var made = 0

  struct Entry: Hashable {
    let isFromExchange: Bool
    var start: Int64
  }

  struct Item: Decodable {
    let id: String
    let kind: String
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
  init(seed: UInt64, items: Int = 0, _ options: [String] = []) async throws {
    dice = SplitMix(seed: seed)
    folder = try TemporaryFolder()
    sandbox = try Child(
      try Self.program("lockstep-sandbox"),
      ["serve", "--dir", folder.path, "--items", "\(items)", "--seed", "\(seed)"] + options
    )
    guard let line = await sandbox.line() else { throw TrialProblem("the sandbox did not start") }
    config = try JSONDecoder().decode(Ready.self, from: Data(line.utf8)).config
    let settings = try String(contentsOfFile: config, encoding: .utf8)
    try Data((settings + "\n[sync]\nsync_contacts = true\n").utf8).write(to: URL(filePath: config))
  }

  // MARK: The agent

  /// One whole run.
  func sync(_ options: [String] = []) async throws -> Attempt {
    let arguments = ["--config", config, "sync", "--json"] + options
    let run = try await Child.finished(try Self.program("lockstep"), arguments)
    return try JSONDecoder().decode(Attempt.self, from: Data(run.bytes))
  }

  /// A run that is killed without warning after so many milliseconds; true if it was still alive.
  ///
  /// Nothing is waited for here: the moment is the dice's, and any will do.
  func syncKilled(after milliseconds: Int, _ options: [String]) async throws -> Bool {
    let agent = try Child(
      try Self.program("lockstep"),
      ["--config", config, "sync"] + options,
      output: "/dev/null"
    )
    try await Task.sleep(for: .milliseconds(milliseconds))
    agent.end()
    return await agent.ended() < 0
  }

  /// Runs until a run ends well and writes nothing; the number of runs that it took.
  func settle(atMost limit: Int, _ options: [String] = []) async throws -> Int {
    for count in 1...limit {
      let attempt = try? await sync(options)
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
  func peopleWork() async throws {
    for isExchange in [true, false] {
      made += 1
      let title = "Visit \(made)"
      let start = Trial.origin + Int64(made) * 7_200
      try await edit(isExchange, ["--create", title, text(start), text(start + 3_600)])
      model[title] = Entry(isFromExchange: isExchange, start: start)
    }
    let dump = try await dump()
    if let title = pick(Set(model.keys)), var entry = model[title] {
      let isExchange = dice.next() % 2 == 0
      let side = isExchange ? dump.exchange : dump.psa
      // An item made a moment ago is not on the other side yet.
      if let id = side.first(where: { $0.title == title })?.id {
        entry.start += 60 * Int64(1 + dice.next() % 50)
        try await edit(isExchange, ["--move", id, text(entry.start), text(entry.start + 3_600)])
        model[title] = entry
      }
    }
    if model.count > 6, let title = pick(Set(model.keys)), let entry = model[title] {
      let side = entry.isFromExchange ? dump.exchange : dump.psa
      if let id = side.first(where: { $0.title == title })?.id {
        try await edit(entry.isFromExchange, ["--delete", id])
        model[title] = nil
      }
    }
    try await peopleMeet(dump)
  }

  /// Changes to contacts: the PSA's are kept in the model, what people do to Exchange's is undone.
  private func peopleMeet(_ dump: Dump) async throws {
    func id(of name: String, in items: [Item]) -> String? {
      items.first { $0.kind == "contact" && $0.title == name }?.id
    }
    func psa(_ verb: [String]) async throws { try await edit(false, ["--kind", "contact"] + verb) }
    let name = "Guest Number\(made)"
    try await psa(["--create", name])
    if let old = pick(names), let id = id(of: old, in: dump.psa) {
      if names.count > 6 {
        try await psa(["--delete", id])
      } else {
        try await psa(["--retitle", id, "\(old)b"])
        names.insert("\(old)b")
        if undone.contains(old) { undone.insert("\(old)b") }
      }
      names.remove(old)
    }
    names.insert(name)
    if let mine = pick(names.subtracting(undone)), let id = id(of: mine, in: dump.exchange) {
      undone.insert(mine)
      let isDeleted = dice.next() % 2 == 0
      try await edit(true, isDeleted ? ["--delete", id] : ["--retitle", id, "Guest Somebody"])
    }
  }

  /// What differs between the calendars and the model, as sentences; empty when all is well.
  func differences() async throws -> [String] {
    let dump = try await dump()
    var found = contactDifferences(dump)
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

  private func contactDifferences(_ dump: Dump) -> [String] {
    let sides = [("Exchange", dump.exchange), ("the PSA", dump.psa)].map { side, items in
      (side, contacts: items.filter { $0.kind == "contact" })
    }
    var found: [String] = []
    for (side, contacts) in sides {
      let own = contacts.map(\.title).filter { $0.hasPrefix("Guest ") }
      for name in names.union(own) {
        let count = own.count { $0 == name }
        if count != (names.contains(name) ? 1 : 0) {
          found.append("\(name) is \(count) times in \(side)")
        }
      }
    }
    // With those of the world, which each side calls otherwise.
    let counts = sides.map(\.contacts.count)
    if counts[0] != counts[1] {
      found.append("Exchange has \(counts[0]) contacts, the PSA \(counts[1])")
    }
    return found
  }

  func roll(below limit: Int) -> Int { Int(dice.next() % UInt64(limit)) }

  private func pick(_ all: Set<String>) -> String? {
    let titles = all.sorted()
    return titles.isEmpty ? nil : titles[roll(below: titles.count)]
  }

  private func dump() async throws -> Dump {
    try JSONDecoder().decode(Dump.self, from: Data(try await edited(["--dump"]).bytes))
  }

  private func edit(_ isExchange: Bool, _ verb: [String]) async throws {
    let result = try await edited(["--side", isExchange ? "exchange" : "psa"] + verb)
    guard result.status == 0 else { throw TrialProblem("an edit failed: \(verb)") }
  }

  private func edited(_ arguments: [String]) async throws -> Finished {
    let program = try Self.program("lockstep-sandbox")
    return try await Child.finished(program, ["edit", "--dir", folder.path] + arguments)
  }

  private static func program(_ name: String) throws -> String {
    guard let path = Programs.built(name) else { throw TrialProblem("\(name) is not built") }
    return path
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
