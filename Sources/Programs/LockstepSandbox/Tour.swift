import ArgumentParser
import Foundation
import Sandbox
import World

/// `tour`: a narrated run in a temporary folder; nothing is left running.
struct Tour: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a working fortnight being kept in step, in a temporary folder.",
    discussion: "Runs the lockstep that lies beside this program."
  )

  @Option(help: ArgumentHelp("Where everything is put (default: a new one).", valueName: "folder"))
  var dir: String?

  func run() async throws {
    let agent = try AgentProgram.besideThisOne()
    let folder = try folder()
    Narrator.say("A sandbox starts in \(folder): an Exchange, a PSA and a technician's calendar.")
    let house = try SandboxHouse(folder, SandboxHouse.Seeds(), isQuiet: true)
    try await house.running(on: Sandbox.Ports(), faults: Faults()) { ready in
      let guide = Guide(
        agent: agent,
        config: ready.config,
        door: try SandboxDoor(folder: folder),
        zones: Zones.offsets
      )
      try await guide.walk()
      await guide.door.close()
    }
    Narrator.say("That was the tour; both servers have ended. What is left lies in \(folder):")
    print(
      """
        settings.toml  the agent's settings: lockstep --config \(folder)/settings.toml status
        cache          the agent's cache, its history in it
        world.plist    the sandbox's world: lockstep-sandbox serve --dir \(folder)
        calendar.ics   the calendar as it was exported
      """
    )
  }

  private func folder() throws -> String {
    if let dir { return dir }
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "lockstep-tour-\(try RandomText.make(8))",
      directoryHint: .isDirectory
    )
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.standardizedFileURL.path
  }
}

/// Leads through the sandbox, one stop after the other.
private struct Guide {
  let agent: AgentProgram
  let config: String
  let door: SandboxDoor
  let zones: ZoneOffsets

  func walk() async throws {
    Narrator.say(
      "The next fourteen days on both sides, in \(AgentProgram.zone), before anything has run:"
    )
    try await showFortnight()

    Narrator.say("The agent signs in on both sides and writes nothing yet.")
    try await lockstep("init", "--settings", config)

    Narrator.say("The first run brings each side what only the other one had.")
    try await lockstep("sync")
    Narrator.say(
      """
      The same fourteen days. A private item is nothing but "Appointment" in the PSA, and each date \
      of a series is an appointment of its own there. To-dos and service calls of the PSA are in \
      Exchange too.
      """
    )
    try await showFortnight()
    Narrator.say("What was written, and why:")
    try await lockstep("history", "1", lines: 12)

    let moved = try await moveInExchange()
    let retitled = try await retitleInPSA()
    Narrator.say(
      """
      People work on. In Exchange "\(moved)" begins an hour later; in the PSA \
      "\(retitled.before)" is now called "\(retitled.after)".
      """
    )
    try await lockstep("sync")
    try await lockstep("history", "2", lines: 12)

    Narrator.say("A third run finds both sides in step and writes nothing.")
    try await lockstep("sync")

    Narrator.say("The calendar, as any calendar program reads it:")
    let calendar = URL(filePath: config).deletingLastPathComponent().appending(path: "calendar.ics")
    try await lockstep("export", "-o", calendar.path)
    let text = try String(contentsOf: calendar, encoding: .utf8)
    Narrator.quote(text, lines: 14)
  }

  private func lockstep(_ arguments: String..., lines: Int? = nil) async throws {
    let folder = URL(filePath: config).deletingLastPathComponent().path + "/"
    print("$ lockstep \(arguments.joined(separator: " ").replacing(folder, with: ""))")
    let all = ["--config", config] + arguments
    if let lines {
      Narrator.quote(try await agent.output(of: all), lines: lines)
    } else {
      try await agent.run(all)
    }
    print()
  }

  /// Moves the first open item of the coming days by an hour and answers its title.
  private func moveInExchange() async throws -> String {
    let (exchange, psa) = try await calendars()
    // A service call that a person moves would be put back.
    let calls = Set(psa.filter { $0["kind"] == "service-call" }.map { $0["title"]?.text })
    let soon = try future(exchange) {
      $0["sensitivity"] == "Normal" && $0["showAs"] == "Busy" && !calls.contains($0["title"]?.text)
    }
    let id = soon["id"]?.text ?? ""
    let (start, end) = span(soon)
    let edit = Edit(.exchange, .move(id: id, start: start + 3600, end: end + 3600))
    _ = try await door.post("edit", edit.json)
    return soon["title"]?.text ?? ""
  }

  private func retitleInPSA() async throws -> (before: String, after: String) {
    let (exchange, psa) = try await calendars()
    // One that was made in the PSA: a title of an Exchange item would not travel.
    let theirs = Set(exchange.filter { $0["location"]?.text?.isEmpty == false }.map(key))
    let own = try future(psa) {
      !theirs.contains(key($0)) && $0["title"]?.text?.contains(",") == true
    }
    let before = own["title"]?.text ?? ""
    let after = "\(before) (urgent)"
    let edit = Edit(.psa, .retitle(id: own["id"]?.text ?? "", title: after))
    _ = try await door.post("edit", edit.json)
    return (before, after)
  }

  private func future(
    _ items: [JSONValue],
    where isWanted: (JSONValue) -> Bool
  ) throws -> JSONValue {
    let now = Int64(time(nil))
    let item = items.first { item in
      item["kind"] == "appointment" && item["allDay"] == false && span(item).start > now
        && isWanted(item)
    }
    guard let item else { throw EditProblem("The calendar has nothing ahead to change.") }
    return item
  }

  private func calendars() async throws -> (exchange: [JSONValue], psa: [JSONValue]) {
    let dump = try JSONValue(parsing: Array(try await door.get("dump").utf8))
    return (dump["exchange"]?.elements ?? [], dump["psa"]?.elements ?? [])
  }

  private func showFortnight() async throws {
    let (exchange, psa) = try await calendars()
    let today = zones.wallClock(Int64(time(nil)), in: Seeding.zone) / 86_400
    var rows: [WeekTable.Row] = []
    for (items, isExchange) in [(exchange, true), (psa, false)] {
      let isShown = { (item: JSONValue) in
        item["kind"] != "series" && item["kind"] != "contact" && item["state"] != "cancelled"
      }
      for item in items where isShown(item) {
        let (start, end) = span(item)
        let from = zones.wallClock(start, in: Seeding.zone)
        guard (today..<today + 14).contains(from / 86_400) else { continue }
        var title = item["title"]?.text ?? ""
        if isExchange, item["sensitivity"] != "Normal" { title += " [private]" }
        if isExchange, item["showAs"] == "Free" { title += " [free]" }
        rows.append(
          WeekTable.Row(
            start: from,
            end: zones.wallClock(end, in: Seeding.zone),
            exchange: isExchange ? title : "",
            psa: isExchange ? "" : title
          )
        )
      }
    }
    print(WeekTable(rows).text)
  }

  private func key(_ item: JSONValue) -> String {
    "\(item["start"]?.text ?? "")|\(item["end"]?.text ?? "")"
  }

  private func span(_ item: JSONValue) -> (start: Int64, end: Int64) {
    func seconds(_ name: String) -> Int64 {
      item[name]?.text.flatMap { WireTime.seconds($0) } ?? 0
    }
    return (seconds("start"), seconds("end"))
  }
}

/// The tour's own voice, apart from the output of the programs that it runs.
private enum Narrator {
  static func say(_ text: String) {
    print("\n== \(text)\n")
    fflush(nil)
  }

  static func quote(_ text: String, lines: Int) {
    let all = text.split(whereSeparator: \.isNewline)
    for line in all.prefix(lines) { print("  \(line)") }
    if all.count > lines { print("  … and \(all.count - lines) more lines") }
  }
}
