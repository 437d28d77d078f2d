internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import RegistryAPI
internal import RegistryPages
internal import RegistryStore
internal import SyncModel

/// The web pages: which path shows what.
struct PagesController<Context: RequestContext>: Sendable {
  let pages: RegistryPages
  let door: PageDoor

  func addRoutes(to router: some RouterMethods<Context>) {
    for (path, file) in PageTemplates.files {
      router.get(RouterPath(path)) { _, _ in
        Response(
          status: .ok,
          headers: [.contentType: file.type, .cacheControl: "public, max-age=300"],
          body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes))
        )
      }
    }
    addSigningIn(to: router)
    router.get("/") { _, _ in redirect(to: "/resources") }
    addSettings(to: router)
    addResources(to: router)
    page("/attempts", on: router) { call, _ in try await pages.attempts(call) }
    page("/attempts/:agent/:run", on: router) { call, path in
      let run = RunID(try path.number("run"))
      let agent = AgentID(rawValue: path.get("agent") ?? "")
      return try await pages.attempt(run, of: agent, call)
    }
    page("/audit", on: router) { call, _ in try await pages.audit(call) }
  }

  private func addSettings(to router: some RouterMethods<Context>) {
    let tabs: [(path: String, tab: SettingKey.Tab)] = [
      ("/general", .general), ("/synchronization", .synchronization),
    ]
    for (path, tab) in tabs {
      page(path, on: router) { call, _ in try await pages.settings(tab, call) }
      form(path, on: router) { call, _ in try await pages.saveSettings(tab, call) }
    }
  }

  private func addResources(to router: some RouterMethods<Context>) {
    page("/resources", on: router) { call, _ in try await pages.resources(call) }
    form("/resources/preview", on: router) { call, _ in try await pages.preview(call) }
    form("/resources/enable", on: router) { call, _ in try await pages.setEnabled(true, call) }
    form("/resources/disable", on: router) { call, _ in try await pages.setEnabled(false, call) }
    page("/resources/:number", on: router) { call, path in
      try await pages.resource(ResourceID(try path.number("number")), call)
    }
    let forms: [(String, @Sendable (ResourceID, PageCall) async throws -> PageAnswer)] = [
      ("profile", { try await pages.saveProfile(of: $0, $1) }),
      ("approve", { try await pages.approve(of: $0, $1) }),
      ("code", { try await pages.makeCode(for: $0, $1) }),
      ("revoke", { try await pages.revoke(of: $0, $1) }),
    ]
    for (name, act) in forms {
      form("/resources/:number/\(name)", on: router) { call, path in
        try await act(ResourceID(try path.number("number")), call)
      }
    }
  }

  // MARK: Signing in and out

  private func addSigningIn(to router: some RouterMethods<Context>) {
    router.get("/sign-in") { request, _ in
      let wanted = PageCall.form(request.uri.query ?? "")["to"]?.last ?? ""
      return response(try pages.signIn(to: wanted))
    }
    router.post("/sign-in") { request, context in
      try await shown(request, context) {
        let credentials = try await door.credentials(request)
        do {
          let cookie = try await door.signIn(credentials)
          return redirect(to: RegistryPages.ownPath(credentials.to), cookie)
        } catch let refusal as RegistryProblem {
          return response(
            try pages.signIn(name: credentials.name, to: credentials.to, problem: refusal)
          )
        }
      }
    }
    router.post("/sign-out") { request, context in
      try await shown(request, context) {
        _ = try await door.form(request)
        return redirect(to: "/sign-in", try await door.signOut(request))
      }
    }
  }

  // MARK: Answers

  private typealias Shows = @Sendable (PageCall, Parameters) async throws -> PageAnswer

  private func page(
    _ path: String,
    on router: some RouterMethods<Context>,
    _ show: @escaping Shows
  ) {
    router.get(RouterPath(path)) { request, context in
      try await shown(request, context) {
        response(try await show(try await door.reading(request), context.parameters))
      }
    }
  }

  private func form(
    _ path: String,
    on router: some RouterMethods<Context>,
    _ act: @escaping Shows
  ) {
    router.post(RouterPath(path)) { request, context in
      try await shown(request, context) {
        response(try await act(try await door.form(request), context.parameters))
      }
    }
  }

  /// What went wrong comes as a page; who is not signed in is sent to do so.
  private func shown(
    _ request: Request,
    _ context: Context,
    _ body: () async throws -> Response
  ) async throws -> Response {
    let problem: RegistryProblem
    do {
      return try await body()
    } catch let refusal as RegistryProblem {
      problem = refusal
    } catch let failure as RegistryStoreFailure {
      context.logger.error("\(request.method) \(request.uri.path): \(failure)")
      problem = RegistryProblem(.broken, "The registry could not do that: \(failure)")
    }
    switch problem.code {
    case .unknownToken, .expired:
      let wanted = request.method == .get ? request.uri.string : ""
      return redirect(to: RegistryPages.signInPath(then: wanted))
    default:
      let back = request.method == .get ? "/resources" : request.uri.path
      return response(
        try pages.problem(problem, for: await door.admin(request), back: back)
      )
    }
  }

  private func response(_ answer: PageAnswer) -> Response {
    switch answer {
    case .redirect(let path): redirect(to: path)
    case .page(let html, let status):
      Response(
        status: HTTPResponse.Status(code: status),
        headers: [.contentType: "text/html; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: html))
      )
    }
  }

  private func redirect(to path: String, _ cookie: Cookie? = nil) -> Response {
    var response = Response(status: .seeOther, headers: [.location: path])
    if let cookie { response.setCookie(cookie) }
    return response
  }
}

extension Parameters {
  /// Throws `.notFound`: such an address belongs to nothing.
  fileprivate func number(_ name: String) throws(RegistryProblem) -> Int64 {
    guard let number = get(name).flatMap({ Int64($0) }) else {
      throw RegistryProblem(.notFound, "There is nothing under this address.")
    }
    return number
  }
}
