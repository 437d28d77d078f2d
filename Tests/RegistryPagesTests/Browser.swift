import Foundation
import TestGround
import Testing

/// Debian's chromium without a window, driven by Selenium.
enum Browser {
  /// Runs a script of Python in which `open(path)`, `click(text)`, `fill(name, value)` and the others
  /// of `preface` are there; gives what it printed as JSON, or nil, said aloud, where there is no
  /// browser.
  static func visit(
    _ registry: TestRegistry,
    scripts: Bool = true,
    shots: String? = nil,
    _ script: String
  ) async throws -> [String: JSON]? {
    guard let driver = Programs.found("chromedriver"), let chromium = Programs.found("chromium")
    else {
      print("SKIPPED: chromium and chromium-driver are not here; share/setup brings them")
      return nil
    }
    let folder = try TemporaryFolder()
    let environment = [
      "REGISTRY": registry.address, "DRIVER": driver, "CHROMIUM": chromium,
      "PROFILE": folder("profile"), "SCRIPTS": scripts ? "1" : "0", "SHOTS": shots ?? folder.path,
      "HOME": folder.path, "XDG_CONFIG_HOME": folder.path, "XDG_CACHE_HOME": folder.path,
      // Selenium must neither fetch a driver nor tell anybody that it runs.
      "SE_OFFLINE": "true", "SE_AVOID_STATS": "true",
    ]
    let answer = try await PythonJudge.answer(
      to: preface + script + "\ndone()\n",
      importing: "selenium.webdriver",
      environment: environment
    )
    guard let answer else { return nil }
    return try JSONDecoder().decode([String: JSON].self, from: Data(answer.utf8))
  }

  /// Signs in and goes to the Resources page.
  static let signedIn = """
    open("/")
    fill("name", "dispatcher"); fill("password", "correct horse battery")
    click("Sign in")

    """

  private static let preface = """
    import json, os, base64
    from selenium import webdriver
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select, WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = os.environ["CHROMIUM"]
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--no-first-run", "--disable-extensions", "--disable-background-networking",
                 "--lang=en-GB", "--window-size=1280,900",
                 "--user-data-dir=" + os.environ["PROFILE"]):
        options.add_argument(word)
    if os.environ["SCRIPTS"] == "0":
        options.add_experimental_option("prefs", {
            "profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service(os.environ["DRIVER"]), options=options)
    driver.set_page_load_timeout(60)
    found = {}

    def open(path): driver.get(os.environ["REGISTRY"] + path)
    def path(): return driver.current_url[len(os.environ["REGISTRY"]):]
    def one(css): return driver.find_element(By.CSS_SELECTOR, css)
    def many(css): return driver.find_elements(By.CSS_SELECTOR, css)
    def text(css): return one(css).text
    def texts(css): return [each.text for each in many(css)]
    # What is read while a list is replaced may be gone: it is read again.
    def until(what): return WebDriverWait(
        driver, 60, 0.02, [StaleElementReferenceException, NoSuchElementException]
    ).until(lambda _: what())
    def fill(name, value):
        field = one('[name="%s"]' % name); field.clear(); field.send_keys(value)
    def choose(name, value): Select(one('[name="%s"]' % name)).select_by_value(value)
    def tick(name, on=True):
        box = one('input[type=checkbox][name="%s"]' % name)
        if box.is_selected() != on: box.click()
    def away(act):
        # The page that follows is there when the old one is gone.
        old = one("html"); act()
        def gone():
            try: old.is_enabled(); return False
            except Exception: return True
        until(gone)
        until(lambda: driver.execute_script("return document.readyState") == "complete"
              if os.environ["SCRIPTS"] == "1" else True)
    def click(words):
        for each in many("button, a"):
            if each.text.strip() == words and each.is_displayed():
                return away(each.click)
        raise Exception("no button or link “%s” on %s" % (words, path()))
    def size(width, height=900):
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700})
    def dark(on):
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if on else "light"}]})
    def shot(name):
        image = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        file = os.path.join(os.environ["SHOTS"], name + ".png")
        with __builtins__.open(file, "wb") as out: out.write(base64.b64decode(image["data"]))
        return os.path.getsize(file)
    def overflow():
        return driver.execute_script(
            "const d = document.documentElement; return d.scrollWidth - d.clientWidth")
    def done():
        complaints = [each["message"] for each in driver.get_log("browser")
                      if each["level"] == "SEVERE"]
        found["complaints"] = complaints
        driver.quit()
        print(json.dumps(found))

    import atexit
    atexit.register(driver.quit)

    """
}

/// What a script found.
enum JSON: Decodable, Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByNilLiteral
{
  case null
  case flag(Bool)
  case number(Int)
  case text(String)
  case list([JSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .list(try container.decode([JSON].self))
    }
  }

  init(nilLiteral: ()) { self = .null }
  init(booleanLiteral value: Bool) { self = .flag(value) }
  init(integerLiteral value: Int) { self = .number(value) }
  init(stringLiteral value: String) { self = .text(value) }
  init(arrayLiteral elements: JSON...) { self = .list(elements) }

  var text: String { if case .text(let text) = self { text } else { "\(self)" } }
  var number: Int? { if case .number(let number) = self { number } else { nil } }
  var texts: [String] { if case .list(let list) = self { list.map(\.text) } else { [] } }
}
