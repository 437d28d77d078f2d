internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import RegistryAPI
internal import RegistryPages
internal import RegistryStore
internal import SyncModel

/// The API: lets callers in, reads what they send, and answers in JSON whatever happens.
struct APIController<Context: RequestContext>: Sendable {
  let endpoints: [Endpoint]
  let door: APIDoor

  func addRoutes(to router: some RouterMethods<Context>) {
    for endpoint in endpoints {
      router.on(RouterPath(endpoint.path), method: endpoint.method) { request, context in
        await APIController.answered(request, context) {
          try await answer(of: endpoint, to: request, context)
        }
      }
    }
  }

  private func answer(
    of endpoint: Endpoint,
    to request: Request,
    _ context: Context
  ) async throws -> APIAnswer {
    let caller = try await door.caller(request, at: endpoint)
    var parameters: [String: String] = [:]
    for (name, value) in context.parameters { parameters[String(name)] = String(value) }
    var query: [String: String] = [:]
    for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
    return try await endpoint.act(
      APICall(
        caller: caller,
        parameters: parameters,
        query: query,
        headers: request.headers,
        body: try await body(request, upTo: endpoint.longestBody),
        now: door.clock()
      )
    )
  }

  private func body(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
    do {
      return Array(buffer: try await request.body.collect(upTo: limit))
    } catch is NIOTooManyBytesError {
      throw RegistryProblem(.tooLarge, "A body of this call may have up to \(limit) bytes.")
    }
  }

  /// Every failure as a body that the client can read.
  static func answered(
    _ request: Request,
    _ context: Context,
    _ body: () async throws -> APIAnswer
  ) async -> Response {
    let answer: APIAnswer
    do {
      answer = try await body()
    } catch let limit as TooOften {
      var refused = APIAnswer.problem(limit.problem)
      refused.headers[.retryAfter] = String(limit.seconds)
      answer = refused
    } catch let problem as RegistryProblem {
      answer = .problem(problem)
    } catch {
      context.logger.error("\(request.method) \(request.uri.path): \(error)")
      answer = .problem(
        RegistryProblem(
          .broken,
          "The registry could not do that. Its log says why; try again later."
        )
      )
    }
    var headers = answer.headers
    headers[.cacheControl] = "no-store"
    if answer.status == .unauthorized { headers[.wwwAuthenticate] = "Bearer realm=\"lockstep\"" }
    return Response(
      status: answer.status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
    )
  }
}

/// Addresses below `/v1` that no endpoint has are told as JSON too.
struct UnknownAddresses<Context: RequestContext>: RouterMiddleware {
  let endpoints: [Endpoint]

  func handle(
    _ request: Request,
    context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound && isOurs(request.uri.path) {
      let others = endpoints.filter { matches($0.path, request.uri.path) }.map(\.method.rawValue)
      guard !others.isEmpty else {
        return await APIController.answered(request, context) {
          throw RegistryProblem(.notFound, "There is nothing under this address.")
        }
      }
      var response = await APIController.answered(request, context) {
        throw RegistryProblem(
          .notFound,
          "This address does not take \(request.method.rawValue); it takes "
            + others.joined(separator: ", ") + "."
        )
      }
      response.status = .methodNotAllowed
      response.headers[.allow] = others.joined(separator: ", ")
      return response
    }
  }

  private func isOurs(_ path: String) -> Bool {
    path == "/v1" || path.hasPrefix("/v1/") || endpoints.contains { $0.path == path }
  }

  private func matches(_ pattern: String, _ path: String) -> Bool {
    let (wanted, given) = (pattern.split(separator: "/"), path.split(separator: "/"))
    return wanted.count == given.count
      && zip(wanted, given).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && $0.hasSuffix("}")) }
  }
}
