package import SyncModel

/// What Lockstep writes to people: subject and text, without titles or texts of anybody's items.
package struct MailText: Hashable, Sendable {
  package let subject: String
  package let text: String

  /// To somebody whose resource was just enabled.
  package static func invitation(
    name: String,
    code: String,
    registry: String,
    expires: Instant
  ) -> MailText {
    MailText(
      subject: "Lockstep: your calendar can now be kept in step",
      text: """
        Hello \(name),

        your calendar can now be kept in step with the PSA. Three steps, on your own computer:

        1. Install Lockstep, and write the registry's address into ~/.config/lockstep/settings.toml:
           [registry]
           url = "\(registry)"
        2. Run:  lockstep init --code \(code)
        3. Run:  lockstep plan    (shows what would be done and writes nothing)
           Then: systemctl --user enable --now lockstep

        The code works once, until \(expires.onTheDay). Nobody but you gets your password: it stays
        on your computer. If you did not expect this mail, ask your administrator; nothing happens
        without step 2.

        """
    )
  }

  /// One resource that cannot be served, as the notification addresses hear of it.
  package struct Trouble: Hashable, Sendable {
    package let name: String
    package let resource: Int64
    /// What the agent said.
    package let cause: String
    package let since: Instant
    package let lastSuccess: Instant?

    package init(
      name: String,
      resource: Int64,
      cause: String,
      since: Instant,
      lastSuccess: Instant?
    ) {
      self.name = name
      self.resource = resource
      self.cause = cause
      self.since = since
      self.lastSuccess = lastSuccess
    }

    fileprivate var block: String {
      let last = lastSuccess.map { "last in step \($0.onTheMinuteText)" } ?? "never in step so far"
      return """
        \(name) (resource \(resource)), since \(since.onTheMinuteText), \(last)
          Cause:  \(cause)
          Effect: Both calendars stay as they are; nothing is lost, changes wait.
          Next:   lockstep-registry attempts --resource \(resource)
        """
    }
  }

  /// Runs that fail, several resources in one mail.
  package static func failures(_ troubles: [Trouble], of profile: String) -> MailText {
    MailText(
      subject: "Lockstep (\(profile)): "
        + (troubles.count == 1
          ? "\(troubles[0].name) is not in step" : "\(troubles.count) resources are not in step"),
      text: """
        Synchronization fails for:

        \(troubles.map(\.block).joined(separator: "\n\n"))

        You get one mail when a trouble begins and one when it is over, not one for each attempt.

        """
    )
  }

  /// Agents from which nothing was heard for longer than they should be silent.
  package static func overdue(_ troubles: [Trouble], of profile: String) -> MailText {
    MailText(
      subject: "Lockstep (\(profile)): nothing heard from "
        + (troubles.count == 1 ? troubles[0].name : "\(troubles.count) agents"),
      text: """
        These agents should have reported by now and did not. The computer may be switched off.

        \(troubles.map(\.block).joined(separator: "\n\n"))

        """
    )
  }

  /// It goes again.
  package static func recovery(_ names: [String], of profile: String) -> MailText {
    MailText(
      subject: "Lockstep (\(profile)): "
        + (names.count == 1
          ? "\(names[0]) is in step again" : "\(names.count) resources are in step again"),
      text: """
        In step again, with all that waited:

        \(names.map { "- " + $0 }.joined(separator: "\n"))

        """
    )
  }
}

extension Instant {
  /// `2026-03-02` in UTC.
  fileprivate var onTheDay: String { String(description.prefix(10)) }

  /// `2026-03-02 08:00 UTC`.
  fileprivate var onTheMinuteText: String {
    description.prefix(10) + " " + description.dropFirst(11).prefix(5) + " UTC"
  }
}
