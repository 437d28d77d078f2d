package import HTTP
internal import Mail
package import RegistryStore
package import SyncModel

/// Sends what is queued; what a mail server does not take waits and is tried again, at longer and
/// longer intervals, for a week.
package struct MailRound: Sendable {
  private let store: RegistryStore
  private let server: MailServer
  private let sender: String

  /// - Parameter sender: the address that mails come from.
  package init(store: RegistryStore, server: MailServer, sender: String) {
    self.store = store
    self.server = server
    self.sender = sender
  }

  package struct Result: Hashable, Sendable {
    package var sent = 0
    /// Why mails were not taken, each reason once.
    package var complaints: [String] = []
  }

  package func run(now: Instant) async throws -> Result {
    var result = Result()
    while true {
      let mails = try await store.dueMails(now: now)
      if mails.isEmpty { return result }
      for queued in mails {
        try Task.checkCancellation()
        let message = MailMessage(
          from: sender,
          to: [queued.mail.to],
          subject: queued.mail.subject,
          text: queued.mail.body,
          id: "lockstep-\(queued.number)-\(queued.queued.seconds)",
          date: queued.queued
        )
        do {
          try await server.submit(message.bytes, from: sender, to: [queued.mail.to])
          try await store.markSent(queued.number, now: now)
          result.sent += 1
        } catch let failure as MailFailure {
          try await store.markFailed(queued.number, failure.description, now: now)
          if !result.complaints.contains(failure.description) {
            result.complaints.append(failure.description)
          }
        }
      }
    }
  }
}
