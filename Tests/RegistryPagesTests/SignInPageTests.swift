import RegistryStore
import SyncModel
import TestGround
import Testing

@Suite(.serialized) struct SignInPageTests {
  @Test func `a page that was wanted opens after signing in, and signing out ends the session`()
    async throws
  {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        """
        open("/audit")
        found["sent to"] = path()
        fill("name", "dispatcher"); fill("password", "wrong horse battery")
        click("Sign in")
        found["refusal"] = text("[role=alert]")
        found["name is kept"] = one("[name=name]").get_attribute("value")
        fill("password", "correct horse battery")
        click("Sign in")
        found["opened"] = path()
        cookies = driver.get_cookies()
        found["cookies"] = ["%s %s %s" % (c["name"], c["httpOnly"], c["sameSite"]) for c in cookies]
        found["who"] = text(".who span")
        click("Sign out")
        found["after"] = path()
        driver.add_cookie({"name": cookies[0]["name"], "value": cookies[0]["value"], "path": "/"})
        open("/resources")
        found["with the old cookie"] = path()
        """
      )
      guard let found else { return }
      #expect(found["sent to"] == "/sign-in?to=/audit")
      #expect(found["refusal"] == "The name or the password is not right.")
      #expect(found["name is kept"] == "dispatcher")
      #expect(found["opened"] == "/audit")
      #expect(found["cookies"] == ["lockstep True Lax"])
      #expect(found["who"] == "dispatcher")
      #expect(found["after"] == "/sign-in")
      #expect(found["with the old cookie"]?.text.hasPrefix("/sign-in") == true)
    }
  }

  @Test func `after five wrong passwords the name is locked, in words that say how long`()
    async throws
  {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        """
        open("/sign-in")
        for _ in range(6):
            fill("name", "dispatcher"); fill("password", "wrong horse battery"); click("Sign in")
        found["refusal"] = text("[role=alert]")
        """
      )
      guard let found else { return }
      #expect(found["refusal"]?.text.contains("Wait 15 minutes") == true)
    }
  }

  @Test func `nobody is sent to another site after signing in`() async throws {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        """
        open("/sign-in?to=//evil.example.com/x")
        fill("name", "dispatcher"); fill("password", "correct horse battery"); click("Sign in")
        found["opened"] = path()
        """
      )
      guard let found else { return }
      #expect(found["opened"] == "/resources")
    }
  }
}
