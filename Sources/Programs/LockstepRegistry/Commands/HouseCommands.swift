import ArgumentParser
import Console
import RegistryAPI
import RegistryStore
import Settings
import SyncModel

struct AttemptsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attempts",
    abstract: "Lists runs of agents, the newest first."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions
  @OptionGroup var pages: PageOptions

  @Option(help: "Of this resource.")
  var resource: Int64?

  @Option(help: "success, success-with-errors, failed, interrupted or running.")
  var outcome: Outcome?

  func run() async throws {
    try await conclude(common) { house in
      let page = Page(pages.page - 1, size: pages.size)
      let filter = AttemptFilter(resource: resource.map { ResourceID($0) }, outcome: outcome)
      let found = try await house.store.attempts(filter, page: page)
      try view.output.show(
        ListView(
          list: EntryList(
            entries: found.rows.map(\.entry),
            total: found.total,
            page: page.number,
            size: page.size
          ),
          columns: ["STARTED", "RESOURCE", "NAME", "RUN", "OUTCOME", "WRITTEN", "NOTE"],
          row: { attempt in
            let report = attempt.report
            let sides = [report.exchange, report.psa]
            let written = sides.map { $0.created + $0.updated + $0.deleted }.reduce(0, +)
            return [
              shown(report.started), "\(attempt.resource)", attempt.resourceName, "\(report.run)",
              report.outcome.rawValue, "\(written)", report.notes.first ?? "",
            ]
          },
          emptiness: "No run was reported yet."
        )
      )
      return .done
    }
  }
}

extension Outcome: ExpressibleByArgument {}

struct HoldsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holds",
    abstract: "Lists what waits for a person, without names of items."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  func run() async throws {
    try await conclude(common) { house in
      try view.output.show(
        ListView(
          list: EntryList(all: try await house.store.holds().map(\.entry)),
          columns: ["RESOURCE", "NAME", "DIGEST", "APPROVED", "WHAT"],
          row: { held in
            [
              "\(held.resource)", held.resourceName, held.hold.digest.rawValue,
              held.hold.needsApproval ? held.approvedBy ?? "waits" : "not needed",
              held.hold.reason,
            ]
          },
          emptiness: "Nothing waits."
        )
      )
      return .done
    }
  }
}

struct ApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Lets a resource's next run do what it holds under a digest.",
    discussion: "$ lockstep-registry approve 29682885 0123456789abcdef"
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The number of the resource.")
  var number: Int64

  @Argument(help: "The digest, as `holds` shows it.")
  var digest: String

  func run() async throws {
    try await conclude(common) { house in
      try await house.store.approve(
        PlanDigest(rawValue: digest),
        of: ResourceID(number),
        by: house.admin,
        now: house.now
      )
      try view.output.show(
        DoneView(
          result: ["approved": digest],
          description:
            "Approved: the next run of resource \(number) does it, if it still plans the "
            + "same."
        )
      )
      return .done
    }
  }
}

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Lists what admins did, the newest first."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions
  @OptionGroup var pages: PageOptions

  func run() async throws {
    try await conclude(common) { house in
      let page = Page(pages.page - 1, size: pages.size)
      let found = try await house.store.audit(page)
      try view.output.show(
        ListView(
          list: EntryList(
            entries: found.rows.map(\.entry),
            total: found.total,
            page: page.number,
            size: page.size
          ),
          columns: ["AT", "BY", "ACT", "SUBJECT", "DETAILS"],
          row: { [shown($0.at), $0.by, $0.act, $0.subject, $0.details] },
          emptiness: "Nobody did anything yet."
        )
      )
      return .done
    }
  }
}

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies the database into a new file while others read and write.",
    discussion: """
      SQLite only; of PostgreSQL `pg_dump` makes copies. Keep the key file too, but elsewhere: what \
      is sealed opens with both. To go back, stop the service and put the copy in the place of the \
      database.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The new file.")
  var file: String

  func run() async throws {
    try await conclude(common) { house in
      try await house.store.backup(to: file)
      try view.output.show(
        DoneView(
          result: ["file": file],
          description: "The copy is \(file). The key \(house.settings.keyFile) is not in it."
        )
      )
      return .done
    }
  }
}
