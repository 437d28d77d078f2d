import RegistryAPI
import RegistryStore
import SyncModel
import TestGround
import Testing

/// The Resources tab and a resource's own page, by real clicks.
@Suite(.serialized) struct ResourcesPageTests {
  @Test func `the list says who is in step, and searching narrows it while one types`() async throws
  {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          found["count"] = text(".count")
          found["pages"] = text(".pager span")
          page = one("html")
          one("[name=search]").send_keys("bran")
          until(lambda: text(".count") == "1 resource")
          found["no new page"] = page.is_enabled()
          found["address"] = path()
          found["row"] = text("tbody tr td:nth-child(2)")
          found["state"] = text("tbody .state")
          found["last"] = text('td[data-label="Last attempted synchronization"]')
          found["strip"] = one(".strip").get_attribute("aria-label")
          found["local time"] = one("tbody time").get_attribute("title") != ""
          away(one('td[data-label="Last attempted synchronization"] a').click)
          found["leads to"] = path()
          open("/resources?state=never")
          found["N/A"] = text('td[data-label="Last attempted synchronization"]')
          open("/resources")
          choose("state", "failing"); until(lambda: "state=failing" in path())
          until(lambda: text(".count") == "1 resource")
          found["failing"] = texts("tbody tr td:nth-child(2)")
          choose("state", ""); choose("stale", "2h"); until(lambda: "stale=2h" in path())
          until(lambda: text(".count") != "1 resource")
          found["stale"] = text(".count")
          click("Clear"); click("Next")
          found["second page"] = path()
          found["attack"] = [r for r in texts("tbody tr td:nth-child(2)") if "script" in r]
          open("/resources?search=script")
          found["attack"] = text("tbody tr td:nth-child(2) a")
          open("/resources?sort=-name")
          found["last name first"] = text("tbody tr td:nth-child(2) a")
          found["order"] = one("th[aria-sort]").get_attribute("aria-sort")
          """
      )
      guard let found else { return }
      #expect(found["count"] == "66 resources" && found["pages"] == "Page 1 of 2")
      #expect(found["no new page"] == true && found["address"] == "/resources?search=bran")
      #expect(found["row"]?.text.hasPrefix("Bert Brandt") == true)
      #expect(found["state"] == "failing")
      #expect(found["last"]?.text.contains("6 minutes ago") == true)
      #expect(found["last"]?.text.contains("UTC") == true)
      #expect(found["strip"]?.text.hasPrefix("Last 24 hours:") == true)
      #expect(found["local time"] == true)
      #expect(found["leads to"] == "/resources/102")
      #expect(found["N/A"] == "N/A")
      #expect(found["failing"]?.texts.first?.hasPrefix("Bert Brandt") == true)
      #expect(found["second page"] == "/resources?page=2")
      #expect(found["attack"] == "<script>alert('x')</script>")
      #expect(found["last name first"] == "Technician 60")
      #expect(found["order"] == "descending")
      #expect(found["complaints"] == [])
    }
  }

  @Test func `ticked resources are switched on after a look at who gets mail, and off again`()
    async throws
  {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          open("/resources?search=Technician+0")
          boxes = many("input[name=resource]")
          one("[data-all]").click()
          found["all ticked"] = all(box.is_selected() for box in boxes)
          boxes[0].click()
          found["not all"] = one("[data-all]").is_selected()
          click("Enable…")
          found["preview"] = text("h1")
          found["mails"] = len(many("form.card li"))
          found["says"] = text("form.card")
          click("Enable 8 resources")
          found["notice"] = text(".notice")
          open("/resources?search=Technician+0")
          tick("all")
          click("Disable…")
          found["off"] = text("h1")
          click("Disable 8 resources")
          found["off notice"] = text(".notice")
          """
      )
      guard let found else { return }
      #expect(found["all ticked"] == true && found["not all"] == false)
      #expect(found["preview"] == "Enable 8 resources" && found["mails"] == 8)
      #expect(found["says"]?.text.contains("8 people get mail with a code") == true)
      #expect(found["notice"] == "Enabled: 8. Mails with a code on their way: 8.")
      #expect(found["off"] == "Disable 8 resources")
      #expect(found["off notice"]?.text.hasPrefix("Disabled: 8.") == true)
      let enabled = try await registry.store.counts(now: TestRegistry.now).resources
      #expect(enabled[.disabled] == 61)
      let acts = try await registry.store.audit().rows.map { "\($0.act) by \($0.by)" }
      #expect(acts.contains { $0.hasPrefix("enable") && $0.hasSuffix("dispatcher") })
    }
  }

  @Test func `a resource's page shows what waits, and approves it, masked`() async throws {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          open("/resources/104")
          found["hold"] = text(".hold")
          click("Approve")
          found["notice"] = text(".notice")
          found["approved"] = text(".hold .notice")
          found["again"] = len(many(".hold button"))
          """
      )
      guard let found else { return }
      #expect(found["hold"]?.text.contains("24 × delete appointment in Exchange") == true)
      #expect(found["notice"] == "Approved; the agent does it in its next run.")
      #expect(found["approved"]?.text.hasPrefix("Approved by dispatcher") == true)
      #expect(found["again"] == 0)
      let policy = try await registry.store.agentPolicy(for: ResourceID(104))
      #expect(policy.approvals.map(\.rawValue) == ["0123456789abcdef"])
    }
  }

  @Test func `the profile is edited, a code is shown once, and an agent is revoked`() async throws {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          open("/resources/101")
          choose("sync_contacts", "false"); choose("past_days", "3"); choose("import_detail", "none")
          click("Save the profile")
          found["saved"] = text(".notice")
          found["kept"] = [one("#" + k).get_attribute("value")
                           for k in ("sync_contacts", "past_days", "import_detail")]
          click("Make a code")
          found["code"] = text(".code")
          open("/resources/101")
          found["once"] = len(many(".code"))
          click("Revoke the agent")
          found["revoked"] = text(".notice")
          found["agent"] = text("dl")
          """
      )
      guard let found else { return }
      #expect(found["saved"]?.text.hasPrefix("The profile is saved") == true)
      #expect(found["kept"] == ["false", "3", "none"])
      let code = found["code"]?.text.filter { $0 != "-" } ?? ""
      #expect(code.count == 16)
      #expect(found["once"] == 0)
      #expect(found["revoked"]?.text.hasPrefix("The agent is revoked") == true)
      #expect(found["agent"]?.text.contains("none yet") == true)
      let profile = try await registry.store.profile(of: ResourceID(101))
      #expect(
        profile.choices == ["sync_contacts": "false", "past_days": "3", "import_detail": "none"]
      )
    }
  }

  @Test func `attempts are filtered and opened, and the audit tells who did what`() async throws {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          click("Attempts")
          found["rows"] = len(many("tbody tr"))
          choose("outcome", "success-with-errors"); until(lambda: len(many("tbody tr")) == 1)
          away(one("tbody a").click)
          found["attempt"] = text("main")
          click("Audit")
          found["audit"] = text("tbody")
          open("/resources/999999")
          found["missing"] = text("main")
          """
      )
      guard let found else { return }
      #expect(found["rows"] == 50)
      #expect(found["attempt"]?.text.contains("the PSA refuses its title") == true)
      #expect(found["attempt"]?.text.contains("version 1") == true)
      #expect(found["audit"]?.text.contains("dispatcher") == true)
      #expect(found["missing"]?.text.contains("Not found") == true)
    }
  }
}
