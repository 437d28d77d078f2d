package import HTTP

/// Whose mailbox, where, and how to sign in.
package struct EWSAccount: Sendable {
  /// Such as `https://mail.example.com/EWS/Exchange.asmx`.
  package let url: String
  /// The primary SMTP address of the mailbox.
  package let mailbox: String
  package let credential: Credential

  package init(url: String, mailbox: String, credential: Credential) {
    self.url = url
    self.mailbox = mailbox
    self.credential = credential
  }
}
