import HTTP
import RegistryAPI
import SettingsChecks
import TestGround
import Testing

/// Each validated item: seen to work, to fail, and not to be checkable (`design.md` section 5).
@Suite struct SettingsChecksTests {
  private struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  private struct Probe: AccountProbe {
    var refusesSignIn = false
    var refusesPerson = false
    var mayMakeFolders: Bool?

    func signIn() async throws -> String {
      if refusesSignIn { throw Refusal(description: "Exchange refused the sign-in.") }
      return "Exchange 2019"
    }

    func impersonate(_ mailbox: String) async throws {
      if refusesPerson { throw Refusal(description: "Not for \(mailbox).") }
    }

    func mayMakePublicFolders() async throws -> Bool {
      guard let mayMakeFolders else { throw Refusal(description: "There are none.") }
      return mayMakeFolders
    }
  }

  private func settings(_ port: Int, _ change: (inout AdminSettings) -> Void = { _ in })
    -> AdminSettings
  {
    var settings = AdminSettings()
    settings.profileName = "Firm"
    settings.serverAddress = "localhost"
    settings.serverPort = port
    change(&settings)
    return settings
  }

  private func found(
    _ settings: AdminSettings,
    authority: String? = nil,
    _ probe: Probe? = nil,
    mailbox: String? = nil
  ) async -> [SettingCheck.Item: SettingCheck] {
    let check = SettingsCheck(
      settings,
      trust: TrustPolicy(certificateAuthorityFile: authority, pinnedKey: nil),
      probe: probe,
      mailbox: mailbox
    )
    return Dictionary(uniqueKeysWithValues: await check.findings().map { ($0.item, $0) })
  }

  @Test func `name, port, certificate, web services and Outlook on the web are seen to work`()
    async throws
  {
    let host = try await WebHost(["/EWS/Exchange.asmx": 401, "/owa/": 302])
    let found = await found(settings(host.port), authority: host.authority)
    for item in [
      SettingCheck.Item.name, .port, .certificate, .exchangeWebServices, .outlookOnTheWeb,
    ] {
      #expect(found[item]?.finding == .works, "\(item)")
    }
    #expect(found[.account]?.finding == .unchecked)
    #expect(found[.account]?.says.contains("each agent signs in as its own user") == true)
    #expect(found[.impersonation] == nil && found[.publicFolder] == nil && found[.graph] == nil)
  }

  @Test func `a name that is not found fails, and what lies behind it is not checked`() async {
    let found = await found(
      settings(443) { $0.serverAddress = "no-such-host.invalid" },
      Probe()
    )
    #expect(found[.name]?.finding == .fails)
    #expect(found[.name]?.says.contains("was not found") == true)
    for item in [SettingCheck.Item.port, .certificate, .exchangeWebServices, .outlookOnTheWeb] {
      #expect(found[item]?.finding == .unchecked)
    }
  }

  @Test func `a port where nothing listens fails, and one without TLS too`() async throws {
    let web = try LoopbackServer(connection: { peer in
      _ = peer.reply("400 Bad Request", [], body: [])
    })
    let plain = await found(settings(web.port))
    withExtendedLifetime(web) {}
    #expect(plain[.name]?.finding == .works)
    #expect(plain[.port]?.finding == .fails)
    #expect(plain[.port]?.says.contains("does not speak TLS") == true)
    let held = try Listener(backlog: nil)
    let nobody = await found(settings(held.port))
    withExtendedLifetime(held) {}
    #expect(nobody[.port]?.finding == .fails)
    #expect(nobody[.certificate]?.finding == .unchecked)
  }

  @Test func `a certificate of nobody's fails`() async throws {
    let host = try await WebHost(["/EWS/Exchange.asmx": 401])
    let found = await found(settings(host.port))
    #expect(found[.port]?.finding == .works)
    #expect(found[.certificate]?.finding == .fails)
    #expect(found[.certificate]?.says.contains("self-signed") == true)
    #expect(found[.exchangeWebServices]?.finding == .unchecked)
  }

  @Test(arguments: [
    (404, SettingCheck.Finding.fails, "virtual directory"), (403, .fails, "forbids"),
    (503, .unchecked, "neither yes nor no"), (401, .works, "answers"),
  ])
  func `web services are judged by their status`(
    status: Int,
    finding: SettingCheck.Finding,
    says: String
  ) async throws {
    let host = try await WebHost(["/other/ews.asmx": status])
    let found = await found(
      settings(host.port) { $0.virtualDirectory = "/other/ews.asmx" },
      authority: host.authority
    )
    #expect(found[.exchangeWebServices]?.finding == finding)
    #expect(found[.exchangeWebServices]?.says.contains(says) == true)
    #expect(found[.outlookOnTheWeb]?.finding == .fails)
  }

  @Test func `the account is tried, and what it may do for others`() async throws {
    let host = try await WebHost(["/EWS/Exchange.asmx": 401, "/owa/": 200])
    let all = settings(host.port) {
      $0.accountUser = "FIRM\\service"
      $0.usesAccountForEverybody = true
      $0.publishesContacts = true
    }
    let good = await found(
      all,
      authority: host.authority,
      Probe(mayMakeFolders: true),
      mailbox: "a.technician@example.com"
    )
    for item in [SettingCheck.Item.account, .impersonation, .publicFolder] {
      #expect(good[item]?.finding == .works)
    }
    let nobodyYet = await found(all, authority: host.authority, Probe(mayMakeFolders: false))
    #expect(nobodyYet[.impersonation]?.finding == .unchecked)
    #expect(nobodyYet[.publicFolder]?.finding == .fails)
    let denied = await found(
      all,
      authority: host.authority,
      Probe(refusesPerson: true),
      mailbox: "a.technician@example.com"
    )
    #expect(denied[.impersonation]?.finding == .fails)
    #expect(denied[.impersonation]?.says.contains("ApplicationImpersonation") == true)
    #expect(denied[.publicFolder]?.finding == .fails)
    let refused = await found(all, authority: host.authority, Probe(refusesSignIn: true))
    #expect(refused[.account]?.finding == .fails)
    #expect(refused[.impersonation]?.finding == .unchecked)
    #expect(refused[.publicFolder]?.finding == .unchecked)
    let unset = await found(all, authority: host.authority)
    #expect(unset[.account]?.finding == .unchecked)
    #expect(unset[.account]?.says.contains("password") == true)
  }

  @Test func `MS Graph is said to be not in this version`() async throws {
    let found = await found(
      settings(443) {
        $0.serverAddress = "no-such-host.invalid"
        $0.isOnPremises = false
        $0.usesGraph = true
      }
    )
    #expect(found[.graph]?.finding == .unchecked)
    #expect(found[.graph]?.says.contains("not in this version") == true)
  }
}
