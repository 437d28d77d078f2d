import ArgumentParser
import Console
import Logging
import RegistryAPI
import RegistryDuties
import RegistryStore
import SyncModel

struct PublicFolderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "public-folder",
    abstract: "Shows the public folder of all contacts, and what waits there for a person.",
    discussion: """
      The setting public_folder switches it on; serve keeps it once an hour.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Flag(help: "Look now, instead of within the hour.")
  var now = false

  @Option(help: "Let what waits under this digest be taken out with the next look.")
  var approve: String?

  func run() async throws {
    try await conclude(common) { house in
      if let approve {
        try await house.store.approvePublicFolder(
          PlanDigest(approve),
          by: house.admin,
          now: house.now
        )
      }
      if now {
        let duty = house.publicFolder(
          holder: try House.holder(),
          logger: Logger(label: "lockstep-registry") { _ in SwiftLogNoOpLogHandler() }
        )
        switch try await duty.look(now: true) {
        case .rested(.unwanted):
          throw Refusal(
            "The public folder is switched off: 'lockstep-registry settings set public_folder=true'."
          )
        case .rested(.busy):
          throw Refusal("Another process keeps the public folder at this moment. Try again later.")
        case .rested(.notDue): break
        case .looked(let result):
          Terminal.say(
            "\(result.created) made, \(result.updated) changed, \(result.removed) taken out."
          )
        }
      }
      let settings = try await house.store.settings().settings
      let status = try await house.store.publicFolderStatus(
        isWanted: settings.publishesContacts
      )
      try view.output.show(PublicFolderView(status: status, now: house.now))
      return .done
    }
  }
}

private struct PublicFolderView: View {
  let status: PublicFolderStatus
  let now: Instant

  var showsTimes: Bool { status.lookedAt != nil }

  func encode(to encoder: any Encoder) throws { try status.encode(to: encoder) }

  var description: String {
    var rows = [
      ["Switched", status.isWanted ? "on" : "off"],
      ["Looked", status.lookedAt.map { "\(ago($0, now)), \(shown($0))" } ?? "never"],
      ["Contacts", "\(status.contacts) active in the PSA, \(status.written) in the folder"],
    ]
    if status.suppressed > 0 {
      rows.append(["Left out", "\(status.suppressed), which somebody took out of the folder"])
    }
    if let digest = status.digest {
      rows.append(
        status.isApproved
          ? ["Approved", "\(status.held); carried out with the next look, or at once with --now"]
          : ["Waiting", "\(status.held) to be taken out or put back: --approve \(digest)"]
      )
    }
    if let complaint = status.complaint, !status.isApproved { rows.append(["Trouble", complaint]) }
    return Columns.list(rows)
  }
}
