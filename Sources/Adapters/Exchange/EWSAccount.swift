package import HTTP

/// Whose mailbox, where, and how to sign in.
package struct EWSAccount: Sendable {
  /// Such as `https://mail.example.com/EWS/Exchange.asmx`.
  package let url: String
  /// The primary SMTP address of the mailbox.
  package let mailbox: String
  package let credential: Credential
  /// Whether somebody else signs in and acts as the mailbox's person (`ews.md` 1.4).
  package let impersonates: Bool

  package init(
    url: String,
    mailbox: String,
    credential: Credential,
    impersonates: Bool = false
  ) {
    self.url = url
    self.mailbox = mailbox
    self.credential = credential
    self.impersonates = impersonates
  }
}
