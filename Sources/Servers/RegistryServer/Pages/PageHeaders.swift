internal import HTTPTypes
internal import Hummingbird

/// What browsers are told about each answer: run nothing that is not ours, show it in no frame, keep
/// no copy.
struct PageHeaders<Context: RequestContext>: RouterMiddleware {
  /// Browsers reach the registry by HTTPS.
  let isSecure: Bool

  private static var policy: String {
    [
      "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'",
      "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")
  }

  func handle(
    _ request: Request,
    context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    var headers: [(String, String)] = [
      ("Content-Security-Policy", PageHeaders.policy),
      ("X-Content-Type-Options", "nosniff"),
      ("X-Frame-Options", "DENY"),
      ("Referrer-Policy", "same-origin"),
      ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    if isSecure { headers.append(("Strict-Transport-Security", "max-age=31536000")) }
    for (name, value) in headers {
      if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }
}
