import ArgumentParser
import Console
import RegistryAPI
import RegistryStore
import SyncModel

struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Shows or sets a person's own switches; they only narrow what the settings allow.",
    discussion: """
      $ lockstep-registry profile 29682885
      $ lockstep-registry profile 29682885 set import_detail=none

      An empty value takes a choice back.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions

  @Argument(help: "The number of the resource.")
  var number: Int64

  @Argument(
    help: ArgumentHelp("`set`, then KEY=VALUE as often as you like.", valueName: "set key=value")
  )
  var words: [String] = []

  func validate() throws {
    guard words.isEmpty || (words[0] == "set" && words.count > 1) else {
      throw ValidationError("Write: lockstep-registry profile NUMBER [set KEY=VALUE …]")
    }
  }

  func run() async throws {
    try await conclude(common) { house in
      let resource = ResourceID(number)
      var document = try await house.store.profile(of: resource)
      if !words.isEmpty {
        var own = try document.profile()
        do {
          for word in words.dropFirst() { try own.set(word) }
        } catch let refusal as ProfileRefusal {
          throw RegistryProblem(.invalid, refusal.description)
        }
        document = try await house.store.setProfile(
          of: resource,
          to: ProfileDocument(version: document.version, own).choices,
          expecting: document.version,
          by: house.admin,
          now: house.now
        )
      }
      let policy = try await house.store.settings().settings.switches
      try view.output.show(
        ProfileView(document: document, policy: policy, own: try document.profile())
      )
      return .done
    }
  }
}

/// A person's switches, and what the settings make of them.
struct ProfileView: View {
  let document: ProfileDocument
  let policy: SyncSwitches
  let own: UserProfile

  func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }

  var description: String {
    let effective = policy.narrowed(by: own)
    let rows = ProfileKey.allCases.map { key in
      [key.rawValue, own.text(of: key) ?? "–", policy.text(of: key), effective.text(of: key)]
    }
    return Columns.list([["SWITCH", "CHOICE", "SETTINGS", "IN FORCE"]] + rows)
  }
}
