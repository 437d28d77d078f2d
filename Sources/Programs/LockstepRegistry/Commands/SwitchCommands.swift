import ArgumentParser
import Console
import Glibc
import RegistryAPI
import RegistryDuties
import RegistryStore
import Settings
import SyncModel

struct EnableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable",
    abstract: "Switches resources on; those without an agent get a mail with a code.",
    discussion: """
      $ lockstep-registry enable 29682885
      $ lockstep-registry enable --search example.com --yes

      It says who gets mail and asks first.
      """
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions
  @OptionGroup var choice: ChoiceOptions

  func run() async throws { try await choice.turn(true, common, view) }
}

struct DisableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable",
    abstract: "Switches resources off; both calendars stay as they are."
  )

  @OptionGroup var common: CommonOptions
  @OptionGroup var view: ViewOptions
  @OptionGroup var choice: ChoiceOptions

  func run() async throws { try await choice.turn(false, common, view) }
}

/// Whom a switch is for.
struct ChoiceOptions: ParsableArguments {
  @Argument(help: "The numbers of resources.")
  var numbers: [Int64] = []

  @OptionGroup var filter: FilterOptions

  @Flag(help: "Everybody in the list.")
  var all = false

  @Flag(help: "Do not ask.")
  var yes = false

  func validate() throws {
    let ways = [!numbers.isEmpty, !filter.isEmpty, all].filter { $0 }.count
    guard ways == 1 else {
      throw ValidationError("Name numbers, or say whom with --search, --state, … or --all.")
    }
  }

  func turn(_ isEnabled: Bool, _ common: CommonOptions, _ view: ViewOptions) async throws {
    try await conclude(common) { house in
      let now = house.now
      let chosen = try await chosen(house, now)
      let switched = chosen.filter { $0.isEnabled != isEnabled }
      let invited = isEnabled ? switched.filter { $0.agent == nil } : []
      let answer = SwitchAnswer(
        switched: switched.map(\.number.rawValue),
        mailed: invited.filter { !$0.mail.isEmpty }.map(\.number.rawValue),
        withoutAddress: invited.filter { $0.mail.isEmpty }.map(\.number.rawValue)
      )
      let preview = words(isEnabled, chosen.count, switched, invited)
      if !switched.isEmpty {
        if !yes {
          Terminal.say(preview)
          guard try isAgreed() else {
            Terminal.say("Nothing was switched.")
            return .failed
          }
        }
        let invitations = Invitations(
          store: house.store,
          address: house.settings.address ?? "http://127.0.0.1"
        )
        _ = try await invitations.setEnabled(
          switched.map(\.number),
          isEnabled,
          by: house.admin,
          now: now
        )
      }
      let done = isEnabled ? "enabled" : "disabled"
      try view.output.show(
        DoneView(
          result: answer,
          description: "\(counted(switched.count, "resource")) \(done)"
            + (answer.mailed.isEmpty
              ? "."
              : house.settings.mail == nil
                ? "; no mail server is set, and \(counted(answer.mailed.count, "mail")) with a code "
                  + "cannot go: 'lockstep-registry codes add' makes one to hand over."
                : "; mails with a code on their way: \(answer.mailed.count).")
        )
      )
      return .done
    }
  }

  private func words(
    _ isEnabled: Bool,
    _ chosen: Int,
    _ switched: [ResourceStatus],
    _ invited: [ResourceStatus]
  ) -> String {
    var lines = ["\(counted(switched.count, "resource")) to be \(isEnabled ? "en" : "dis")abled:"]
    lines += switched.prefix(20).map { "  \($0.number)  \($0.name)" }
    if switched.count > 20 { lines.append("  … and \(switched.count - 20) more") }
    let rest = chosen - switched.count
    if rest > 0 { lines.append("\(rest) already \(rest == 1 ? "is" : "are").") }
    let mailed = invited.filter { !$0.mail.isEmpty }
    if !mailed.isEmpty {
      lines.append("Mail with a code goes to:")
      lines += mailed.prefix(20).map { "  \($0.mail)" }
      if mailed.count > 20 { lines.append("  … and \(mailed.count - 20) more") }
    }
    let mailless = invited.count - mailed.count
    if mailless > 0 {
      lines.append("\(mailless) without a mail address: make a code by hand with `codes add`.")
    }
    return lines.joined(separator: "\n")
  }

  private func isAgreed() throws -> Bool {
    guard isatty(STDIN_FILENO) == 1 else {
      throw ValidationError("There is no terminal to ask at. Add --yes to do it.")
    }
    Terminal.write("Do it? [y/N] ", to: STDERR_FILENO)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }

  private func chosen(_ house: House, _ now: Instant) async throws -> [ResourceStatus] {
    if !numbers.isEmpty {
      var chosen: [ResourceStatus] = []
      for number in Set(numbers).sorted() {
        chosen.append(try await house.store.resource(ResourceID(number), now: now))
      }
      return chosen
    }
    var wanted = filter.filter(now: now)
    var chosen: [ResourceStatus] = []
    var number = 0
    while true {
      wanted.page = Page(number, size: Page.sizes.upperBound)
      let rows = try await house.store.resources(wanted, now: now).rows
      chosen += rows
      guard rows.count == wanted.page.size else { return chosen }
      number += 1
    }
  }
}
