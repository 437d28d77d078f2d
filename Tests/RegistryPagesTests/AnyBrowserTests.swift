import Foundation
import RegistryAPI
import RegistryStore
import SyncModel
import TestGround
import Testing

/// What every page owes everybody: no script needed, keys suffice, each field is named, it fits.
@Suite(.serialized) struct AnyBrowserTests {
  @Test func `all of it can be read and used without scripts`() async throws {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        scripts: false,
        Browser.signedIn + """
          fill("search", "brandt"); click("Filter")
          found["count"] = text(".count")
          click("Synchronization"); fill("past_days", "9"); click("Save")
          found["notice"] = text(".notice")
          open("/resources?search=Technician+07"); tick("all"); click("Enable…")
          click("Enable 1 resource")
          found["enabled"] = text(".notice")
          """
      )
      guard let found else { return }
      #expect(found["count"] == "1 resource")
      #expect(found["notice"]?.text.hasPrefix("Saved as version 2.") == true)
      #expect(found["enabled"]?.text.hasPrefix("Enabled: 1.") == true)
      #expect(try await registry.store.settings().settings.pastDays == 9)
    }
  }

  @Test func `every field has a name that is read aloud, and every button can be reached by keys`()
    async throws
  {
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        Browser.signedIn + """
          nameless = []
          for page in ("/general", "/synchronization", "/resources", "/resources/104", "/attempts"):
              open(page)
              nameless += driver.execute_script('''
                return [...document.querySelectorAll("input:not([type=hidden]), select, button, a")]
                  .filter(e => !(e.labels && e.labels.length) && !e.getAttribute("aria-label")
                    && !e.textContent.trim() && !e.title).map(e => e.outerHTML)''')
              nameless += driver.execute_script('''
                return [...document.querySelectorAll("[tabindex]")].map(e => e.outerHTML)''')
          found["nameless"] = nameless
          open("/sign-in")
          open("/resources")
          body = one("body"); reached = []
          for _ in range(60):
              driver.switch_to.active_element.send_keys(Keys.TAB)
              here = driver.switch_to.active_element
              reached.append((here.get_attribute("name") or here.text or here.tag_name))
          found["reached"] = [each for each in ("search", "state", "stale", "all", "Filter", "Audit")
                              if each in reached]
          found["outlined"] = driver.execute_script(
              "return getComputedStyle(document.activeElement).outlineStyle")
          """
      )
      guard let found else { return }
      #expect(found["nameless"] == [])
      #expect(found["reached"] == ["search", "state", "stale", "all", "Filter", "Audit"])
      #expect(found["outlined"] == "solid")
    }
  }

  /// `LOCKSTEP_SHOTS` names the folder where the pictures stay, to be looked at.
  @Test func `each page fits 1280 and 390 pixels, light and dark, and has its picture taken`()
    async throws
  {
    let shots = ProcessInfo.processInfo.environment["LOCKSTEP_SHOTS"]
    try await TestRegistry.with { registry in
      let found = try await Browser.visit(
        registry,
        shots: shots,
        """
        pages = {"general": "/general", "synchronization": "/synchronization",
                 "resources": "/resources", "resource": "/resources/104",
                 "attempts": "/attempts", "audit": "/audit", "attempt": "/attempts/agent-103/20"}
        too_wide, small = [], []
        def look(name):
            for width in (1280, 390):
                size(width)
                for tone in (False, True):
                    dark(tone)
                    full = "%s-%d%s" % (name, width, "-dark" if tone else "")
                    if shot(full) < 4000: small.append(full)
                if overflow() > 0: too_wide.append("%s at %d: %d" % (name, width, overflow()))
            size(1280); dark(False)
        open("/sign-in"); look("sign-in")

        """ + Browser.signedIn + """
          for name, path in pages.items():
              open(path); look(name)
          open("/resources?search=Technician+0"); tick("all"); click("Enable…"); look("preview")
          open("/general")
          driver.execute_script("for (const f of document.forms) f.noValidate = true")
          fill("interval", "9"); click("Save"); look("refusal")
          open("/general"); click("Save"); look("checks")
          open("/resources?search=nobody"); look("empty")
          open("/resources/999999"); look("missing")
          found["too wide"] = too_wide
          found["small"] = small
          """
      )
      guard let found else { return }
      #expect(found["too wide"] == [])
      #expect(found["small"] == [])
    }
  }
}
