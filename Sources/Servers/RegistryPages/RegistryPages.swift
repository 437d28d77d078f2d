package import RegistryAPI
package import RegistryStore
package import SyncModel

/// The pages of the registry: what each shows and what its forms do.
///
/// Who calls has checked the session, and for forms the CSRF token. Errors that a person can do
/// something about come back as pages; others are thrown.
package struct RegistryPages: Sendable {
  /// What happens elsewhere when something is saved.
  package struct Acts: Sendable {
    /// Looks at the servers that settings name.
    package let check: @Sendable (AdminSettings) async throws -> [SettingCheck]
    /// Switches resources on or off, and writes to those that are new; gives the new ones.
    package let setEnabled:
      @Sendable ([ResourceID], Bool, AdminName, Instant) async throws -> [ResourceID]

    package init(
      check: @escaping @Sendable (AdminSettings) async throws -> [SettingCheck],
      setEnabled:
        @escaping @Sendable ([ResourceID], Bool, AdminName, Instant) async throws -> [ResourceID]
    ) {
      self.check = check
      self.setEnabled = setEnabled
    }
  }

  let store: RegistryStore
  let templates: PageTemplates
  let acts: Acts

  package init(store: RegistryStore, templates: PageTemplates, acts: Acts) {
    self.store = store
    self.templates = templates
    self.acts = acts
  }

  func page(_ name: String, _ view: some Sendable, status: Int = 200) throws -> PageAnswer {
    .page(html: try templates.page(name, view), status: status)
  }

  private struct SignInView: Sendable {
    var frame: Frame
    let name: String
    let to: String
  }

  /// Before anybody is known; `to` is the page that was wanted.
  package func signIn(name: String = "", to: String = "", problem: RegistryProblem? = nil) throws
    -> PageAnswer
  {
    var frame = Frame("Sign in", in: nil, for: nil)
    frame.problem = problem?.message
    let view = SignInView(frame: frame, name: name, to: RegistryPages.ownPath(to))
    return try page("sign-in", view, status: problem?.status ?? 200)
  }

  /// A path of this registry and nothing else: what a form sends may come from anywhere.
  package static func ownPath(_ text: String) -> String {
    let isOwn =
      text.hasPrefix("/") && !text.hasPrefix("//")
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }
    return isOwn ? text : "/resources"
  }

  /// Where to sign in, to see `wanted` afterwards.
  package static func signInPath(then wanted: String) -> String {
    let isHome = wanted.isEmpty || ownPath(wanted) == ResourceListing.path
    return address("/sign-in", isHome ? [] : [("to", ownPath(wanted))])
  }

  private struct ProblemView: Sendable {
    let frame: Frame
    let text: String
    let back: String
  }

  /// What went wrong, as a page.
  package func problem(_ problem: RegistryProblem, for session: AdminSession?, back: String) throws
    -> PageAnswer
  {
    let title = problem.code == .notFound ? "Not found" : "That did not work"
    let view = ProblemView(
      frame: Frame(title, in: nil, for: session),
      text: problem.message,
      back: RegistryPages.ownPath(back)
    )
    return try page("problem", view, status: problem.status)
  }
}
