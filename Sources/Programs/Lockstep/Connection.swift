import HTTP

/// A side with the client that reaches it.
struct Connection<Port> {
  let port: Port
  let client: HTTPClient

  /// Runs `body` with the side and closes its connections, also when `body` fails.
  func use<Result>(_ body: (Port) async throws -> Result) async throws -> Result {
    let result: Result
    do {
      result = try await body(port)
    } catch {
      await client.close()
      throw error
    }
    await client.close()
    return result
  }
}
