package import HTTP
package import RegistryAPI

/// Looks at the servers that an admin's settings name (`design.md` section 5, "Saving validates").
///
/// Writes nothing anywhere. Each item is answered; what lies behind a failed one is unchecked.
package struct SettingsCheck: Sendable {
  private let settings: AdminSettings
  private let trust: TrustPolicy
  private let probe: (any AccountProbe)?
  private let mailbox: String?
  private let patience: Duration

  /// - Parameters:
  ///   - trust: whom to believe of the Exchange server.
  ///   - probe: signs in with the account; nil where there is no account or no password.
  ///   - mailbox: an enabled resource's mail address, for the impersonation; nil where there is none.
  ///   - patience: for each request.
  package init(
    _ settings: AdminSettings,
    trust: TrustPolicy,
    probe: (any AccountProbe)?,
    mailbox: String?,
    patience: Duration = .seconds(15)
  ) {
    self.settings = settings
    self.trust = trust
    self.probe = probe
    self.mailbox = mailbox
    self.patience = patience
  }

  /// One finding for each item that these settings use, in the order of `SettingCheck.Item`.
  package func findings() async -> [SettingCheck] {
    var findings = await server()
    let answers = findings.allSatisfy { $0.item == .outlookOnTheWeb || $0.finding == .works }
    findings.append(await account(answers))
    let isSignedIn = findings.last?.finding == .works
    if settings.usesAccountForEverybody { findings.append(await impersonation(isSignedIn)) }
    if settings.publishesContacts { findings.append(await publicFolder(isSignedIn)) }
    if settings.usesGraph {
      findings.append(
        SettingCheck(
          .graph,
          .unchecked,
          "MS Graph is not in this version. Agents go on only where EWS answers."
        )
      )
    }
    return findings
  }

  // MARK: The server

  private var place: String {
    settings.serverPort == 443
      ? settings.serverAddress : "\(settings.serverAddress):\(settings.serverPort)"
  }

  private func url(_ path: String) -> String { "https://\(place)/\(path)" }

  private func server() async -> [SettingCheck] {
    let client = HTTPClient(trust: trust, userAgent: "Lockstep")
    let ews = await answer(at: settings.webServicesPath, client)
    var findings: [SettingCheck] = []
    switch ews {
    case .failure(let error):
      findings = stopped(by: error)
    case .success(let status):
      findings = [
        SettingCheck(.name, .works, "\(settings.serverAddress) is found."),
        SettingCheck(.port, .works, "Port \(settings.serverPort) answers."),
        SettingCheck(.certificate, .works, "It is valid, and made out to this name."),
        webServices(status),
      ]
      findings.append(outlook(await answer(at: "owa/", client)))
    }
    await client.close()
    return findings
  }

  private func answer(at path: String, _ client: HTTPClient) async -> Result<Int, HTTPError> {
    do throws(HTTPError) {
      let request = HTTPRequest(
        method: "GET",
        url: url(path),
        timeout: patience,
        connectTimeout: patience,
        maximumBody: 1 << 20
      )
      return .success(try await client.send(request).status)
    } catch .redirectRefused {
      // It answers, and sends on to a place of its own for signing in.
      return .success(302)
    } catch .tooManyRedirects {
      return .success(302)
    } catch {
      return .failure(error)
    }
  }

  /// The items from the name to the pages, where no answer came.
  private func stopped(by error: HTTPError) -> [SettingCheck] {
    let path: [SettingCheck.Item] = [
      .name, .port, .certificate, .exchangeWebServices, .outlookOnTheWeb,
    ]
    let culprit: SettingCheck.Item =
      switch error {
      case .nameNotFound, .badURL, .badRequest, .plainHTTP: .name
      case .connectionRefused, .connectionFailed, .timedOut(_, .connecting): .port
      case .tls(_, .notTLS): .port
      case .tls: .certificate
      case .timedOut, .connectionLost, .cutOff, .malformedAnswer, .redirectRefused,
        .tooManyRedirects, .tooLarge, .cancelled, .consumer, .unexpected:
        .exchangeWebServices
      }
    var isBehind = false
    return path.map { item in
      if item == culprit {
        isBehind = true
        return SettingCheck(item, .fails, "\(error)")
      }
      return isBehind
        ? SettingCheck(item, .unchecked, "\(culprit.label) has to work first.")
        : SettingCheck(item, .works, "It was reached.")
    }
  }

  private func webServices(_ status: Int) -> SettingCheck {
    let path = "/" + settings.webServicesPath
    switch status {
    case 200..<300, 302, 401, 405, 440, 500:
      return SettingCheck(.exchangeWebServices, .works, "\(path) answers.")
    case 404:
      return SettingCheck(
        .exchangeWebServices,
        .fails,
        "There is nothing at \(path) (404). Check the virtual directory."
      )
    case 403:
      return SettingCheck(
        .exchangeWebServices,
        .fails,
        "The server forbids \(path) to this machine (403). Its administrator has to allow it."
      )
    default:
      return SettingCheck(
        .exchangeWebServices,
        .unchecked,
        "\(path) answers \(status), which says neither yes nor no. Look again later."
      )
    }
  }

  private func outlook(_ answer: Result<Int, HTTPError>) -> SettingCheck {
    switch answer {
    case .success(200..<400), .success(401), .success(440):
      SettingCheck(.outlookOnTheWeb, .works, "/owa answers.")
    case .success(let status):
      SettingCheck(
        .outlookOnTheWeb,
        .fails,
        "/owa answers \(status). Lockstep does not need it, but people cannot look there."
      )
    case .failure(let error):
      SettingCheck(.outlookOnTheWeb, .unchecked, "\(error)")
    }
  }

  // MARK: The account

  private func account(_ serverAnswers: Bool) async -> SettingCheck {
    guard !settings.accountUser.isEmpty else {
      return SettingCheck(
        .account,
        .unchecked,
        "There is none: each agent signs in as its own user, and says itself whether that works."
      )
    }
    guard serverAnswers else {
      return SettingCheck(.account, .unchecked, "The server has to answer first.")
    }
    guard let probe else {
      return SettingCheck(.account, .unchecked, "Its password is not set yet.")
    }
    do {
      return SettingCheck(
        .account,
        .works,
        "It signs in; the server is \(try await probe.signIn())."
      )
    } catch {
      return SettingCheck(.account, .fails, "\(error)")
    }
  }

  private func impersonation(_ isSignedIn: Bool) async -> SettingCheck {
    guard isSignedIn, let probe else {
      return SettingCheck(.impersonation, .unchecked, "The account has to sign in first.")
    }
    guard let mailbox else {
      return SettingCheck(
        .impersonation,
        .unchecked,
        "No resource is enabled yet, so there is no mailbox to try it on."
      )
    }
    do {
      try await probe.impersonate(mailbox)
      return SettingCheck(.impersonation, .works, "The account opened \(mailbox).")
    } catch {
      return SettingCheck(
        .impersonation,
        .fails,
        "\(error) The account needs the role ApplicationImpersonation for \(mailbox)."
      )
    }
  }

  private func publicFolder(_ isSignedIn: Bool) async -> SettingCheck {
    guard isSignedIn, let probe else {
      return SettingCheck(.publicFolder, .unchecked, "The account has to sign in first.")
    }
    do {
      return try await probe.mayMakePublicFolders()
        ? SettingCheck(.publicFolder, .works, "The account may make folders there.")
        : SettingCheck(
          .publicFolder,
          .fails,
          "The account may read the public folders but make none. Give it the right to create "
            + "subfolders at their root."
        )
    } catch {
      return SettingCheck(.publicFolder, .fails, "\(error)")
    }
  }
}
