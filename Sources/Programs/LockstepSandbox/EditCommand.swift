import ArgumentParser
import Foundation
import HTTP
import Sandbox
import World

/// `edit`: changes or shows the world of a running sandbox.
struct EditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Change or show the calendars and contacts of a running sandbox.",
    discussion: """
      Times are ISO 8601, such as 2026-03-02T09:00:00Z; without a zone they are UTC. What a \
      repetition may say is in lockstep-sandbox(1).
      """
  )

  @Option(help: ArgumentHelp("The folder given to serve.", valueName: "folder"))
  var dir: String

  @Option(help: "Where a single change is made: exchange or psa.")
  var side: Edit.Side?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Create an item.", valueName: "title start end")
  )
  var create: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Move an item.", valueName: "id start end")
  )
  var move: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Give an item another title.", valueName: "id title")
  )
  var retitle: [String] = []

  @Option(help: ArgumentHelp("Delete an item.", valueName: "id"))
  var delete: String?

  @OptionGroup var calendar: CalendarOptions

  @OptionGroup var office: OfficeOptions

  @Option(help: ArgumentHelp("Make so many plausible changes.", valueName: "number"))
  var random: Int?

  @Option(help: "What the random changes are made from.")
  var seed: UInt64 = 1

  @Flag(help: "Print both sides, and how many mails the mailbox sent, as JSON.")
  var dump = false

  /// How many changes are asked for, those of `office` left out.
  private var asked: Int {
    [!create.isEmpty, !move.isEmpty, !retitle.isEmpty, delete != nil].count { $0 } + calendar.asked
  }

  func validate() throws {
    guard asked + office.asked <= 1 else {
      throw ValidationError("Ask for one change at a time, such as --create, --move or --delete.")
    }
    try office.validate(side: side)
    guard asked == 0 || side != nil else { throw ValidationError("Name the --side.") }
    let needed = office.kind == .contact ? 1 : 3
    guard create.isEmpty || create.count == needed else {
      throw ValidationError(
        needed == 1
          ? "--create takes the name of a contact." : "--create takes a title, a start and an end."
      )
    }
    guard move.isEmpty || move.count == 3 else {
      throw ValidationError("--move takes an id, a start and an end.")
    }
    guard retitle.isEmpty || retitle.count == 2 else {
      throw ValidationError("--retitle takes an id and a title.")
    }
    guard asked > 0 || office.asked > 0 || random != nil || dump else {
      throw ValidationError("Say what to do: a change, --random or --dump.")
    }
  }

  func run() async throws {
    // What cannot be meant is said before anybody is asked.
    let change = try change()
    let door = try SandboxDoor(folder: dir)
    if let change { print(try await door.post("edit", change)) }
    if let random {
      let seed = JSONValue.int(Int64(bitPattern: seed))
      print(try await door.post("random", ["number": .int(Int64(random)), "seed": seed]))
    }
    if dump { print(try await door.get("dump")) }
    await door.close()
  }

  private func change() throws -> JSONValue? {
    guard let kind = office.kind else { return try edit()?.json }
    let change = office.change(
      of: kind,
      creating: create.first,
      try verb(),
      cancelling: calendar.cancel
    )
    guard change != nil || asked + office.asked == 0 else {
      throw ValidationError("That is no change of a \(kind.rawValue).")
    }
    return change
  }

  private func edit() throws -> Edit? {
    guard let side else { return nil }
    return try calendar.edit(side, try verb())
  }

  private func verb() throws -> Edit.Verb? {
    if create.count == 3 {
      return .create(
        title: create[0],
        start: try Self.time(create[1]),
        end: try Self.time(create[2])
      )
    }
    if move.count == 3 {
      return .move(
        id: move[0],
        start: try Self.time(move[1]),
        end: try Self.time(move[2])
      )
    }
    if retitle.count == 2 { return .retitle(id: retitle[0], title: retitle[1]) }
    return delete.map { .delete(id: $0) }
  }

  private static func time(_ text: String) throws -> Int64 {
    guard let seconds = WireTime.seconds(text) else {
      throw ValidationError("\(text) is no time in ISO 8601.")
    }
    return seconds
  }
}

extension Edit.Side: ExpressibleByArgument {}

/// The admin's door of a running sandbox.
struct SandboxDoor {
  private let base: String
  private let token: String
  private let client = HTTPClient(trust: .system, userAgent: "lockstep-sandbox")

  init(folder: String) throws {
    let control = URL(filePath: folder, directoryHint: .isDirectory).appending(path: "sandbox.json")
    guard let ready = Ready(readingFrom: control), kill(ready.pid, 0) == 0 else {
      throw EditProblem(
        "No sandbox is running in \(folder). Start one with lockstep-sandbox serve --dir \(folder)."
      )
    }
    base = "http://127.0.0.1:\(ready.ports.psa)/sandbox/"
    token = ready.token
  }

  func get(_ name: String) async throws -> String {
    try await send(HTTPRequest(method: "GET", url: base + name))
  }

  func post(_ name: String, _ json: JSONValue) async throws -> String {
    try await send(HTTPRequest(method: "POST", url: base + name, body: json.bytes))
  }

  func close() async { await client.close() }

  private func send(_ request: HTTPRequest) async throws -> String {
    var request = request
    request.headers = [
      HTTPHeader("Authorization", "Bearer \(token)"),
      HTTPHeader("Content-Type", "application/json"),
    ]
    let response = try await client.send(request)
    let text = String(decoding: response.body, as: UTF8.self)
    guard response.status == 200 else {
      let problem = try JSONValue(parsing: response.body)["error"]?.text
      throw EditProblem(problem ?? "The sandbox answered \(response.status).")
    }
    return text
  }
}
