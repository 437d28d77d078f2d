import HTTP
import RegistryAPI
import Settings
import SyncModel
import Testing

@Suite struct SettingsTests {
  @Test func `what is left out has its default`() throws {
    let settings = try Sample.settings()
    #expect(settings.profile == "default")
    #expect(settings.interval == .seconds(900))
    #expect(settings.cacheDirectory == "/home/technician/.local/state/lockstep/default")
    #expect(settings.exchange.address.url == "https://mail.example.com/EWS/Exchange.asmx")
    #expect(settings.exchange.mailbox == MailboxID("technician@example.com"))
    #expect(settings.exchange.authentication == .ntlm)
    #expect(settings.exchange.trust == .system)
    #expect(settings.psa?.address.server.host == "webservices.autotask.net")
    #expect(settings.psa?.trust == .system)
    #expect(settings.psa?.resource == .mailAddress("technician@example.com"))
    #expect(settings.rules == SyncRules(toDos: true, serviceCalls: true))
    #expect(settings.switches == .standard)
  }

  @Test func `what is given counts`() throws {
    let settings = try Sample.settings(
      """
      profile = "second"
      interval = 10
      cache_directory = "~/cache"
      """,
      exchange: """
        [exchange]
        url = "http://127.0.0.1:8080/EWS/Exchange.asmx"
        mailbox = "dispatcher@example.com"
        authentication = "bearer"
        password_command = ["token", "--quiet"]
        ca_file = "ca.pem"
        """,
      psa: """
        [psa]
        url = "https://webservices5.autotask.net/atservicesrest/"
        user = "api"
        integration_code = "x"
        secret_command = "print-secret"
        resource = 29682885
        """,
      more: """
        [sync]
        import_detail = "none"
        send_free_time = false
        past_days = 30
        recurring_days = 1
        conflict = "exchange"
        meeting_times = "both"
        zone = "W. Europe Standard Time"
        sync_contacts = true
        contacts_folder = "Customers"
        [links]
        contact = "https://ww5.autotask.net/contact?id={id}"
        appointment = "https://ww5.autotask.net/open?id={id}"
        """
    )
    #expect(settings.profile == "second")
    #expect(settings.interval == .seconds(600))
    #expect(settings.cacheDirectory == "/home/technician/cache")
    #expect(settings.exchange.address.url == "http://127.0.0.1:8080/EWS/Exchange.asmx")
    #expect(settings.exchange.trust.certificateAuthorityFile == "/etc/lockstep/ca.pem")
    #expect(settings.psa?.trust == .system)
    #expect(settings.exchange.password.places == [.command(["token", "--quiet"])])
    #expect(settings.psa?.secret.places == [.command(["/bin/sh", "-c", "print-secret"])])
    #expect(settings.psa?.resource == .number(ResourceID(29_682_885)))
    #expect(settings.switches.contacts)
    #expect(
      settings.rules
        == SyncRules(
          importDetail: .none,
          sendsFreeTime: false,
          pastDays: 30,
          recurringDays: 1,
          conflict: .exchange,
          meetingTimes: .both,
          zone: ZoneName("Europe/Berlin"),
          appointmentLink: "https://ww5.autotask.net/open?id={id}",
          toDos: true,
          serviceCalls: true,
          contacts: ContactRules(
            folder: "Customers",
            link: "https://ww5.autotask.net/contact?id={id}"
          )
        )
    )
  }

  @Test func `a person's profile switches contacts off, with their folder`() throws {
    var own = UserProfile()
    try own.set("sync_contacts=false")
    let text =
      Sample.exchange + "\n" + Sample.psa
      + "\n[sync]\nsync_contacts = true\ncontacts_folder = 'PSA'"
    func rules(_ own: UserProfile) throws -> SyncRules {
      try LockstepSettings.parse(
        text,
        file: "/home/technician/.config/lockstep/settings.toml",
        own: own,
        places: Sample.places
      ).rules
    }
    #expect(try rules(own).contacts == nil)
    #expect(try rules(UserProfile()).contacts == ContactRules(folder: "PSA"))
  }

  @Test(arguments: ["''", "' '", "'a/b'", "'a\\b'", "\"a\\nb\"", "' PSA'"])
  func `a folder for contacts has a name that Exchange takes`(name: String) {
    #expect(throws: SettingsRefusal.self) {
      try Sample.settings(more: "[sync]\nsync_contacts = true\ncontacts_folder = \(name)")
    }
  }

  @Test func `places of secrets keep their order`() throws {
    let settings = try Sample.settings(
      exchange: """
        [exchange]
        server = "mail.example.com"
        user = "technician@example.com"
        password_file = "~/password"
        password_credential = "exchange"
        password_command = "print"
        [exchange.password_keyring]
        service = "lockstep"
        account = "exchange"
        """
    )
    #expect(settings.exchange.mailbox == MailboxID("technician@example.com"))
    #expect(
      settings.exchange.password.places == [
        .command(["/bin/sh", "-c", "print"]),
        .keyring([
          .init(name: "account", value: "exchange"), .init(name: "service", value: "lockstep"),
        ]),
        .credential(name: "exchange", path: nil), .file("/home/technician/password"),
      ]
    )
  }

  @Test(arguments: ["exchange", "psa"])
  func `each side has an authority file and a pinned key of its own`(side: String) throws {
    let pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    let lines = "\nca_file = '~/ca.pem'\npinned_key = '\(pin)'"
    let settings = try Sample.settings(
      exchange: Sample.exchange + (side == "exchange" ? lines : ""),
      psa: Sample.psa + (side == "psa" ? lines : "")
    )
    let given = TrustPolicy(
      certificateAuthorityFile: "/home/technician/ca.pem",
      pinnedKey: pin
    )
    #expect(settings.exchange.trust == (side == "exchange" ? given : .system))
    #expect(settings.psa?.trust == (side == "psa" ? given : .system))
  }

  @Test(arguments: ["exchange", "psa"])
  func `a pinned key that is no digest is refused`(side: String) {
    let problems = Sample.problems {
      let line = "\npinned_key = 'company-ca.pem'"
      return try Sample.settings(
        exchange: Sample.exchange + (side == "exchange" ? line : ""),
        psa: Sample.psa + (side == "psa" ? line : "")
      )
    }
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("\(side).pinned_key must be sha256//") == true)
  }

  @Test func `switching import off turns detail off`() throws {
    let settings = try Sample.settings(more: "[sync]\nsync_appointments_to_autotask = false")
    #expect(settings.rules.importDetail == .off)
  }

  @Test func `the canonical text tells settings apart that matter and only those`() throws {
    let plain = try Sample.settings().canonicalText
    #expect(try Sample.settings("interval = 60").canonicalText == plain)
    #expect(try Sample.settings("cache_directory = '/var/cache'").canonicalText == plain)
    let others = try [
      Sample.settings(more: "[sync]\npast_days = 8").canonicalText,
      Sample.settings(more: "[sync]\nsync_contacts = true").canonicalText,
      Sample.settings(more: "[sync]\nsync_contacts = true\ncontacts_folder = 'PSA'").canonicalText,
      Sample.settings(more: "[sync]\nzone = 'Europe/Berlin'").canonicalText,
      Sample.settings(exchange: Sample.exchange + "\nport = 444").canonicalText,
      Sample.settings(exchange: Sample.exchange + "\nvirtual_directory = 'x'").canonicalText,
      Sample.settings(psa: Sample.psa + "\nresource = 7").canonicalText,
    ]
    #expect(Set(others + [plain]).count == others.count + 1)
    #expect(!plain.contains("CODE-CANARY"))
  }

  @Test func `secrets and codes show in no description`() throws {
    let settings = try Sample.settings()
    var dumped = ""
    dump(settings, to: &dumped)
    #expect(!"\(settings)\(dumped)".contains("CODE-CANARY"))
  }
}
