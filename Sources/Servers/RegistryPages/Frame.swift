internal import RegistryStore

/// What is around every page.
struct Frame: Sendable {
  enum Tab: String, CaseIterable {
    case general = "General"
    case synchronization = "Synchronization"
    case resources = "Resources"
    case attempts = "Attempts"
    case audit = "Audit"

    var path: String { "/" + rawValue.lowercased() }
  }

  struct Link: Sendable {
    let label: String
    let path: String
    let isHere: Bool
  }

  let title: String
  var lead: String?
  var notice: String?
  var problem: String?
  let tabs: [Link]
  /// Nil where nobody is signed in.
  let admin: String?
  let csrf: String

  init(_ title: String, in tab: Tab?, for session: AdminSession?) {
    self.title = title
    tabs = Tab.allCases.map { Link(label: $0.rawValue, path: $0.path, isHere: $0 == tab) }
    admin = session?.name.rawValue
    csrf = session?.csrf ?? ""
  }
}

/// One entry of a choice.
struct Choice: Sendable {
  let value: String
  let label: String
  let isChosen: Bool

  init(_ value: String, _ label: String, chosen: String) {
    self.value = value
    self.label = label
    isChosen = value == chosen
  }
}

/// Where a list's other pages are.
struct Pager: Sendable {
  let words: String
  let before: String?
  let after: String?

  /// Nil where there is one page only.
  init?(_ page: Page, total: Int, _ path: String, _ query: [(String, String)]) {
    guard total > page.size else { return nil }
    let last = (total - 1) / page.size
    func at(_ number: Int) -> String { address(path, query + [("page", String(number + 1))]) }
    words = "Page \(page.number + 1) of \(last + 1)"
    before = page.number > 0 ? at(min(page.number, last + 1) - 1) : nil
    after = page.number < last ? at(page.number + 1) : nil
  }
}
