internal import Cryptography
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import RegistryAPI
internal import RegistryPages
internal import RegistryStore
internal import SyncModel

/// Who may see the pages: an admin with a session, whose forms carry its token.
struct PageDoor: Sendable {
  private static let longestForm = 64 << 10

  let store: RegistryStore
  let clock: @Sendable () -> Instant
  /// Browsers reach the registry by HTTPS; the cookie never travels otherwise then.
  let isSecure: Bool

  private var cookieName: String { isSecure ? "__Host-lockstep" : "lockstep" }

  /// Throws `.unknownToken` or `.expired` where nobody is signed in.
  func session(_ request: Request) async throws -> AdminSession {
    guard let token = request.cookies[cookieName]?.value else {
      throw RegistryProblem(.unknownToken, "Sign in first.")
    }
    return try await store.session(token: token, now: clock())
  }

  /// Nil where nobody is signed in: a page about a problem is shown to everybody.
  func admin(_ request: Request) async -> AdminSession? {
    do { return try await session(request) } catch { return nil }
  }

  /// A page that is only read.
  func reading(_ request: Request) async throws -> PageCall {
    PageCall(query: request.uri.query ?? "", session: try await session(request), now: clock())
  }

  /// A form that changes something; throws `.forbidden` where another site's page sent it.
  func form(_ request: Request) async throws -> PageCall {
    let session = try await session(request)
    let body = try await body(request)
    let sent = PageCall.form(body)["csrf"]?.last ?? ""
    guard ConstantTime.areEqual(Array(sent.utf8), Array(session.csrf.utf8)) else {
      throw RegistryProblem(
        .forbidden,
        "The form is from an earlier session. Load the page again; nothing was changed."
      )
    }
    return PageCall(query: request.uri.query ?? "", form: body, session: session, now: clock())
  }

  // MARK: Signing in and out

  struct Credentials {
    let name: String
    let password: String
    /// The page that was wanted.
    let to: String
  }

  /// There is no session yet that a token could belong to: the browser says where the form is from.
  func credentials(_ request: Request) async throws -> Credentials {
    let site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
    guard site.map({ ["same-origin", "none"].contains($0) }) ?? true else {
      throw RegistryProblem(.forbidden, "Sign in on the registry's own page.")
    }
    let form = PageCall.form(try await body(request))
    func value(_ name: String) -> String { form[name]?.last ?? "" }
    return Credentials(name: value("name").trimmed, password: value("password"), to: value("to"))
  }

  func signIn(_ credentials: Credentials) async throws -> Cookie {
    let token = try await store.signIn(
      AdminName(rawValue: credentials.name),
      password: credentials.password,
      now: clock()
    )
    return cookie(token, maxAge: nil)
  }

  func signOut(_ request: Request) async throws -> Cookie {
    if let token = request.cookies[cookieName]?.value { try await store.signOut(token: token) }
    return cookie("", maxAge: 0)
  }

  /// Lax, so that a link in a mail opens its page; forms of other sites come without it all the same.
  private func cookie(_ value: String, maxAge: Int?) -> Cookie {
    Cookie(
      name: cookieName,
      value: value,
      maxAge: maxAge,
      path: "/",
      secure: isSecure,
      httpOnly: true,
      sameSite: .lax
    )
  }

  private func body(_ request: Request) async throws -> String {
    do {
      return String(buffer: try await request.body.collect(upTo: PageDoor.longestForm))
    } catch is NIOTooManyBytesError {
      throw RegistryProblem(.tooLarge, "That is more than a form may hold. Choose fewer at a time.")
    }
  }
}
