import RegistryAPI
import RegistryStore
import SyncModel
import TestGround
import Testing

/// Each field of the two tabs, set by real clicks and read back from the store.
@Suite(.serialized) struct SettingsPageTests {
  @Test func `each field of General is set, kept, and shown again`() async throws {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          open("/general")
          found["explained"] = len(many(".field .hint")) == len(many(".field"))
          found["Graph is hidden"] = not one("[data-field=use_ms_graph]").is_displayed()
          found["for everybody is off"] = not one("#use_account_for_everybody").is_enabled()
          fill("profile_name", "Firm & Söhne"); fill("server_address", "mail.example.org")
          fill("server_port", "2610"); fill("virtual_directory", "EWS/Other.asmx")
          fill("interval", "30"); tick("hosted_by_third_party")
          tick("on_premises", False)
          found["Graph is shown"] = one("[data-field=use_ms_graph]").is_displayed()
          tick("use_ms_graph")
          fill("account_user", "sync@example.org"); fill("account_password", "canary secret")
          fill("account_domain", "FIRM")
          tick("use_account_for_everybody")
          fill("notification_addresses", "a@example.org; b@example.org")
          tick("enabled", False)
          click("Save")
          found["notice"] = text(".notice")
          found["checks"] = texts(".checks li")
          found["no password is shown"] = "canary" not in driver.page_source
          open("/general")
          found["shown"] = [one("#" + each).get_attribute("value") for each in
            ("profile_name", "server_address", "server_port", "interval", "account_password")]
          found["saved by"] = text("form.card .acts .hint")
          """
      )
      guard let found else { return }
      #expect(found["explained"] == true)
      #expect(found["Graph is hidden"] == true && found["Graph is shown"] == true)
      #expect(found["for everybody is off"] == true)
      #expect(found["notice"]?.text.hasPrefix("Saved as version 2.") == true)
      #expect(
        found["checks"]?.texts == ["Server address: fails. No such name. Ask who runs the DNS."]
      )
      #expect(found["no password is shown"] == true)
      #expect(found["shown"] == ["Firm & Söhne", "mail.example.org", "2610", "30", ""])
      #expect(found["saved by"] == "Version 2, by dispatcher")
      #expect(found["complaints"] == [])
      var wanted = TestRegistry.settings
      (wanted.profileName, wanted.serverAddress) = ("Firm & Söhne", "mail.example.org")
      (wanted.serverPort, wanted.virtualDirectory) = (2_610, "EWS/Other.asmx")
      (wanted.interval, wanted.isHostedByThirdParty) = (30, true)
      (wanted.isOnPremises, wanted.usesGraph, wanted.isEnabled) = (false, true, false)
      (wanted.accountUser, wanted.accountDomain) = ("sync@example.org", "FIRM")
      wanted.usesAccountForEverybody = true
      wanted.notificationAddresses = ["a@example.org", "b@example.org"]
      let saved = try await registry.store.settings().settings
      #expect(saved.differences(from: wanted) == [])
      #expect(try await registry.store.accountPassword() == "canary secret")
    }
  }

  @Test
  func `each field of Synchronization is set, and free time is off where nothing is imported`()
    async throws
  {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          click("Synchronization")
          for name in ("allow_appointments", "allow_contacts", "allow_service_calls", "allow_to_dos"):
              tick(name, False)
          tick("send_free_time", False)
          fill("past_days", "30"); fill("recurring_days", "1")
          choose("import_detail", "off")
          found["free time is off"] = not one("#send_free_time").is_enabled()
          choose("import_detail", "none")
          found["free time is on"] = one("#send_free_time").is_enabled()
          click("Save")
          found["notice"] = text(".notice")
          found["warning"] = text("[data-field=public_folder] .hint")
          """
      )
      guard let found else { return }
      #expect(found["free time is off"] == true && found["free time is on"] == true)
      #expect(found["notice"]?.text.hasPrefix("Saved as version 2.") == true)
      #expect(found["warning"]?.text.contains("Everybody with a mailbox can read") == true)
      var wanted = TestRegistry.settings
      (wanted.allowsAppointments, wanted.allowsContacts) = (false, false)
      (wanted.allowsServiceCalls, wanted.allowsToDos, wanted.sendsFreeTime) = (false, false, false)
      (wanted.importDetail, wanted.pastDays, wanted.recurringDays) = (.none, 30, 1)
      let saved = try await registry.store.settings().settings
      #expect(saved.differences(from: wanted) == [])
    }
  }

  @Test func `what the registry does itself says how it stands`() async throws {
    try await TestRegistry.with { registry in
      var settings = TestRegistry.settings
      (settings.publishesContacts, settings.accountUser) = (true, "service")
      _ = try await registry.store.save(
        settings,
        expecting: 1,
        by: TestRegistry.admin,
        now: TestRegistry.now
      )
      var folder = try await registry.store.publicFolder()
      folder.lookedAt = TestRegistry.now.advanced(bySeconds: -600)
      folder.complaint = "The synchronization account may not write there."
      try await registry.store.keep(folder)
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          found["before"] = len(many(".checks li"))
          click("Synchronization")
          found["folder"] = text(".checks li")
          """
      )
      guard let found else { return }
      // A registry that is no gateway says nothing of one.
      #expect(found["before"]?.number == 0)
      let folderLine = found["folder"]?.text ?? ""
      #expect(folderLine.contains("Public folder: fails."), "\(folderLine)")
      #expect(folderLine.contains("looked 10 minutes ago"), "\(folderLine)")
      #expect(folderLine.contains("may not write there"), "\(folderLine)")
    }
  }

  @Test func `what is out of range is refused beside its field, and nothing is saved`() async throws
  {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          open("/general")
          driver.execute_script("for (const f of document.forms) f.noValidate = true")
          fill("interval", "9"); fill("server_address", "192.0.2.7"); fill("profile_name", "")
          fill("notification_addresses", "nobody")
          click("Save")
          found["refusal"] = text("p.problem")
          found["fields"] = texts(".field p.problem")
          found["typed"] = one("#interval").get_attribute("value")
          open("/synchronization")
          driver.execute_script("for (const f of document.forms) f.noValidate = true")
          fill("past_days", "31"); fill("recurring_days", "0")
          click("Save")
          found["days"] = texts(".field p.problem")
          """
      )
      guard let found else { return }
      #expect(found["refusal"] == "Nothing was saved. Look at what is marked.")
      #expect(
        found["fields"]?.texts == [
          "interval must be a whole number from 10 to 1440.",
          "“nobody” in notification_addresses is no mail address.",
        ]
      )
      #expect(found["typed"] == "9")
      #expect(found["days"]?.texts.count == 2)
      let saved = try await registry.store.settings()
      #expect(saved.version == 1 && saved.settings == TestRegistry.settings)
    }
  }

  @Test func `a form that another admin was faster than is refused, and says so`() async throws {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          open("/general"); first = driver.current_window_handle
          driver.switch_to.new_window("tab"); open("/general")
          fill("interval", "20"); click("Save")
          driver.switch_to.window(first)
          fill("interval", "40"); click("Save")
          found["refusal"] = text("main > p.problem")
          """
      )
      guard let found else { return }
      #expect(found["refusal"]?.text.isEmpty == false)
      #expect(try await registry.store.settings().settings.interval == 20)
    }
  }
}

extension AdminSettings {
  /// Each field that says something else, with both words.
  fileprivate func differences(from other: AdminSettings) -> [String] {
    SettingKey.allCases.compactMap { key in
      let (own, others) = (text(of: key), other.text(of: key))
      return own == others ? nil : "\(key.rawValue): \(own ?? "") instead of \(others ?? "")"
    }
  }
}
