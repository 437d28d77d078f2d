import ArgumentParser
import Console
import FoundationEssentials
import RegistryAPI
import RegistryStore
import SyncModel

struct ResourcesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resources",
    abstract: "Lists the people of the PSA with their last synchronization, or takes a list over.",
    discussion: """
      $ lockstep-registry resources --state failing
      $ lockstep-registry resources --stale 2h --csv
      $ lockstep-registry resources import people.csv

      A list to import has a line for each person: number, name, mail address; a first line with \
      these words may head it.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions
  @OptionGroup var pages: PageOptions
  @OptionGroup var filter: FilterOptions

  @Option(
    help: """
      By name, number, state, last-attempt, last-success, next-due, reason, held or version.
      """
  )
  var sort: ResourceFilter.Sort = .name

  @Flag(help: "From the greatest to the least.")
  var descending = false

  @Flag(help: "All of them as comma-separated values.")
  var csv = false

  @Flag(help: "With import: whoever is not in the file becomes inactive.")
  var whole = false

  @Argument(help: ArgumentHelp("`import` and a file.", valueName: "import file"))
  var words: [String] = []

  func validate() throws {
    guard words.isEmpty || (words.count == 2 && words[0] == "import") else {
      throw ValidationError("Write: lockstep-registry resources [import FILE.csv]")
    }
    guard !(csv && view.json) else { throw ValidationError("Either --csv or --json.") }
  }

  func run() async throws {
    try await conclude(common) { house in
      if let file = words.dropFirst().first { return try await take(file, house) }
      let now = house.now
      var wanted = filter.filter(now: now)
      (wanted.sort, wanted.isDescending) = (sort, descending)
      if csv {
        try await printAll(wanted, house, now)
        return .done
      }
      wanted.page = Page(pages.page - 1, size: pages.size)
      let found = try await house.store.resources(wanted, now: now)
      try view.output.show(
        ListView(
          list: EntryList(
            entries: found.rows.map(\.entry),
            total: found.total,
            page: wanted.page.number,
            size: wanted.page.size
          ),
          columns: ["RESOURCE", "NAME", "STATE", "LAST ATTEMPT", "", "LAST SUCCESS", "REASON"],
          row: { resource in
            [
              "\(resource.number)", resource.name, ResourcesCommand.coloured(resource.state),
              shown(resource.lastAttempt), ago(resource.lastAttempt, now),
              shown(resource.lastSuccess), resource.reason ?? "",
            ]
          },
          emptiness: "No resource is like that. 'lockstep-registry resources import FILE.csv' "
            + "brings people in."
        )
      )
      return .done
    }
  }

  private static func coloured(_ state: String) -> String {
    switch ResourceState(rawValue: state) {
    case .overdue, .failing: Terminal.coloured(state, .red)
    case .waiting, .withErrors: Terminal.coloured(state, .yellow)
    case .inStep: Terminal.coloured(state, .green)
    case .never, .disabled, nil: state
    }
  }

  // MARK: Comma-separated values

  private func printAll(_ filter: ResourceFilter, _ house: House, _ now: Instant) async throws {
    Terminal.write(
      CSV.line([
        "number", "name", "mail", "enabled", "state", "last_attempt", "last_success", "outcome",
        "reason", "next_due", "held", "version",
      ]),
      to: 1
    )
    var filter = filter
    var number = 0
    while true {
      filter.page = Page(number, size: Page.sizes.upperBound)
      let rows = try await house.store.resources(filter, now: now).rows
      let lines = rows.map(\.entry).map { row in
        CSV.line([
          "\(row.number)", row.name, row.mail, "\(row.isEnabled)", row.state,
          row.lastAttempt?.description ?? "", row.lastSuccess?.description ?? "",
          row.outcome ?? "", row.reason ?? "", row.nextDue?.description ?? "", "\(row.held)",
          row.version ?? "",
        ])
      }
      Terminal.write(lines.joined(), to: 1)
      guard rows.count == filter.page.size else { return }
      number += 1
    }
  }

  private func take(_ file: String, _ house: House) async throws -> Ending {
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
    } catch {
      throw Refusal("\(file) could not be read as text in UTF-8.")
    }
    var rows = try CSV.rows(of: text)
    if rows.first?.first.map({ Int64($0.trimmed) == nil }) ?? false { rows.removeFirst() }
    var people: [ResourceRow] = []
    for (line, row) in rows.enumerated() {
      guard (2...3).contains(row.count), let number = Int64(row[0].trimmed), number > 0,
        (1...200).contains(row[1].trimmed.count)
      else {
        throw Refusal(
          "Person \(line + 1) of \(file) is not number, name, mail address. Nothing was taken over."
        )
      }
      let mail = row.count > 2 ? row[2].trimmed : ""
      guard mail.isEmpty || isMailAddress(mail) else {
        throw Refusal("“\(mail)” in \(file) is no mail address. Nothing was taken over.")
      }
      people.append(
        ResourceRow(
          number: ResourceID(number),
          name: row[1].trimmed,
          mail: mail,
          isActive: true
        )
      )
    }
    guard !people.isEmpty else { throw Refusal("\(file) names nobody. Nothing was taken over.") }
    try await house.store.keepResources(
      people,
      isWhole: whole,
      by: house.admin,
      now: house.now
    )
    try view.output.show(
      DoneView(
        result: ["taken": people.count],
        description: "\(counted(people.count, "person", "people")) taken over; new ones are not "
          + "enabled yet."
          + (whole ? " Who is not named is inactive now, and their agents stop." : "")
      )
    )
    return .done
  }
}

/// Which resources are meant.
struct FilterOptions: ParsableArguments {
  @Option(help: "In name, mail or number; case does not count.")
  var search: String?

  @Option(help: "overdue, failing, waiting, with-errors, never, in-step or disabled.")
  var state: ResourceState?

  @Option(
    help: ArgumentHelp("Without a success for so long, such as 90m, 2h or 3d.", valueName: "age")
  )
  var stale: Age?

  @Option(help: "With exactly this reason.")
  var reason: String?

  func filter(now: Instant) -> ResourceFilter {
    var filter = ResourceFilter()
    filter.search = search ?? ""
    filter.state = state
    filter.olderThan = stale.map { now.advanced(bySeconds: -$0.seconds) }
    filter.reason = reason
    return filter
  }

  var isEmpty: Bool { search == nil && state == nil && stale == nil && reason == nil }
}

extension ResourceState: ExpressibleByArgument {}
extension ResourceFilter.Sort: ExpressibleByArgument {}

/// A stretch of time as people write it.
struct Age: ExpressibleByArgument {
  let seconds: Int64

  init?(argument: String) {
    let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400]
    guard let last = argument.last, let unit = units[last],
      let number = Int64(argument.dropLast()), (1...100_000).contains(number)
    else { return nil }
    seconds = number * unit
  }
}
