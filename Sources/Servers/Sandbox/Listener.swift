import Glibc
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// One server of the sandbox on a loopback port.
struct Listener: Sendable {
  let server: any WireServer
  let port: Int
  let logger: Logger

  /// Serves until the task is cancelled; `ready` gets the port when it is bound.
  func run(ready: @escaping @Sendable (Int) -> Void) async throws {
    var quiet = logger
    // Ending by cancellation is no error worth a line.
    quiet.logLevel = .critical
    let application = Application(
      responder: ListenerResponder(server: server, logger: logger),
      configuration: ApplicationConfiguration(
        address: .hostname("127.0.0.1", port: port),
        serverName: nil
      ),
      onServerRunning: { channel in ready(channel.localAddress?.port ?? 0) },
      logger: quiet
    )
    do { try await application.run() } catch let error as IOError
      where error.errnoCode == EADDRINUSE
    {
      throw PortTaken(port: port)
    }
  }
}

/// Another program listens where a server of the sandbox was to listen.
package struct PortTaken: Error, Hashable, Sendable, CustomStringConvertible {
  package let port: Int

  package var description: String {
    "Port \(port) of 127.0.0.1 is taken by another program. Name another one, or 0 for any."
  }
}

/// A request's context that knows its connection, so that a fault can close it.
private struct ListenerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}

private struct ListenerResponder: HTTPResponder {
  let server: any WireServer
  let logger: Logger

  func respond(to request: Request, context: ListenerContext) async throws -> Response {
    let body = try await request.body.collect(upTo: 64 << 20)
    var headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
    if let host = request.head.authority { headers.append((name: "Host", value: host)) }
    let call = WireCall(
      method: request.method.rawValue,
      path: request.uri.path,
      query: request.uri.query,
      headers: headers,
      body: Array(body.readableBytesView)
    )
    let answer = await server.answer(call)
    let note = answer.ending == .whole ? "" : ", \(answer.ending)"
    logger.debug("\(call.method) \(call.path) \(answer.status)\(note)")
    var fields = HTTPFields()
    for header in answer.headers {
      if let name = HTTPField.Name(header.name) {
        fields.append(HTTPField(name: name, value: header.value))
      }
    }
    let status = HTTPResponse.Status(code: answer.status)
    switch answer.ending {
    case .whole:
      return Response(
        status: status,
        headers: fields,
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
      )
    case .cut:
      let channel = context.channel
      let half = ByteBuffer(bytes: answer.body.prefix(answer.body.count / 2))
      let body = ResponseBody(contentLength: answer.body.count) { writer in
        try await writer.write(half)
        // The head and the half must be on the wire before the connection goes.
        try await channel.close()
      }
      return Response(status: status, headers: fields, body: body)
    case .dropped:
      try await context.channel.close()
      return Response(status: status)
    }
  }
}
