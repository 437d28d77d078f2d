package import HTTP
internal import RegistryAPI
package import SyncModel

/// How the agent reaches the person's mailbox.
package struct ExchangeSettings: Hashable, Sendable {
  /// How the agent signs in (`ews.md` 1.7).
  package enum Authentication: String, Sendable { case basic, ntlm, negotiate, bearer }

  /// Exchange Web Services.
  package let address: ServerAddress
  /// The primary address in lower case.
  package let mailbox: MailboxID
  /// Empty where the kind of authentication needs none.
  package let user: String
  package let authentication: Authentication
  /// The password, or the token for `bearer`.
  package let password: SecretSource
  package let trust: TrustPolicy
  /// The user who signs in acts in the name of the mailbox's person (`ews.md` 1.4): only where the
  /// registry serves the mailboxes itself.
  package let impersonates: Bool

  /// What requests sign in with; fetches the password from where it lies.
  package func credential() async throws(SecretFailure) -> Credential {
    switch authentication {
    case .basic: .basic(user: user, password: try await password.secret())
    case .ntlm: .ntlm(user: user, password: try await password.secret())
    case .negotiate: .negotiate
    case .bearer: .bearer(try await password.secret())
    }
  }
}

extension SettingsReader {
  mutating func exchange(_ files: SettingsPaths) -> ExchangeSettings? {
    let address = exchangeAddress()
    let authentication = authentication()
    let needsUser = authentication == .basic || authentication == .ntlm
    let user = needsUser ? required("exchange.user") : string("exchange.user")
    let mailbox = string("exchange.mailbox") ?? user.flatMap { $0.contains("@") ? $0 : nil }
    if let given = mailbox, !isMailAddress(given) {
      complain("exchange.mailbox", "exchange.mailbox must be a mail address.")
    } else if mailbox == nil, !has("exchange.mailbox"), !needsUser || user != nil {
      complain(
        "exchange.mailbox",
        "exchange.mailbox is missing; it has no default, for exchange.user is no mail address."
      )
    }
    let password = secretSource(
      "exchange.password",
      for: authentication == .bearer ? "the token for Exchange" : "the password for Exchange",
      files
    )
    if authentication != .negotiate, password.places.isEmpty {
      complain(
        "exchange.password_command",
        "exchange says nowhere where its password comes from; give password_command, "
          + "password_keyring, password_credential or password_file."
      )
    }
    let trust = trust("exchange", files)
    let impersonates = flag("exchange.impersonate") ?? false
    guard let address, let mailbox else { return nil }
    return ExchangeSettings(
      address: address,
      mailbox: MailboxID(mailbox.lowercased()),
      user: user ?? "",
      authentication: authentication,
      password: password,
      trust: trust,
      impersonates: impersonates
    )
  }

  mutating func authentication() -> ExchangeSettings.Authentication {
    choice(
      "exchange.authentication",
      [
        "ntlm": ExchangeSettings.Authentication.ntlm, "negotiate": .negotiate, "basic": .basic,
        "bearer": .bearer,
      ]
    ) ?? .ntlm
  }

  private mutating func exchangeAddress() -> ServerAddress? {
    let port = integer("exchange.port", 1...65_535)
    let path = string("exchange.virtual_directory")
    if has("exchange.url") {
      for other in ["exchange.server", "exchange.port", "exchange.virtual_directory"]
      where has(other) {
        complain(other, "\(other) and exchange.url say the same thing; give one of them.")
      }
      return address("exchange.url")
    }
    guard let server = required("exchange.server") else { return nil }
    do {
      return try ServerAddress(
        host: server,
        port: port ?? 443,
        path: path ?? "EWS/Exchange.asmx"
      )
    } catch {
      complain("exchange.server", "exchange.server \(error.reason).")
      return nil
    }
  }

  mutating func address(_ key: String, standard: String? = nil) -> ServerAddress? {
    guard let text = has(key) ? string(key) : standard else { return nil }
    do {
      return try ServerAddress(url: text)
    } catch {
      complain(key, "\(key) \(error.reason).")
      return nil
    }
  }

  /// Whom to believe for the server of a table.
  mutating func trust(_ table: String, _ files: SettingsPaths) -> TrustPolicy {
    TrustPolicy(
      certificateAuthorityFile: string("\(table).ca_file").map(files.absolute),
      pinnedKey: pinnedKey("\(table).pinned_key")
    )
  }

  /// SHA-256 of public keys in base64, several joined by `;`.
  private mutating func pinnedKey(_ key: String) -> String? {
    guard let text = string(key) else { return nil }
    let isDigest = text.split(separator: ";", omittingEmptySubsequences: false).allSatisfy { pin in
      let digits = pin.hasPrefix("sha256//") ? pin.dropFirst(8) : pin
      return digits.utf8.count == 44 && digits.hasSuffix("=")
        && digits.dropLast().utf8.allSatisfy {
          (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            || $0 == 0x2B || $0 == 0x2F
        }
    }
    if !isDigest {
      complain(key, "\(key) must be sha256// and 44 characters of base64, such as curl takes.")
    }
    return isDigest ? text : nil
  }
}
