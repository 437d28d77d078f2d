/// Why no answer came, by cause.
///
/// An answer of any status is not an error. `host` is the name as people wrote it, with the port where it is not the usual one.
package enum HTTPError: Error, Sendable {
  /// The URL cannot be read, or names a scheme other than `https` and `http`.
  case badURL(reason: String)
  /// The request cannot be sent as it stands (a line break in a header, say).
  case badRequest(reason: String)
  /// Plain `http` to a host that is not this machine.
  case plainHTTP(host: String)
  case nameNotFound(host: String)
  case connectionRefused(host: String)
  /// No connection for another reason, such as no route.
  case connectionFailed(host: String, reason: String)
  case timedOut(host: String, phase: Phase)
  /// The connection ended before any answer; whether the request was acted on is unknown.
  case connectionLost(host: String)
  /// The connection ended in the middle of the answer.
  case cutOff(host: String)
  case tls(host: String, refusal: TLSRefusal)
  /// A redirect to another scheme, host or port, which is never followed.
  case redirectRefused(host: String, target: String)
  case tooManyRedirects(host: String)
  /// More than `limit` bytes after decompression.
  case tooLarge(host: String, limit: Int)
  /// What came is not HTTP, or its compression is broken.
  case malformedAnswer(host: String, reason: String)
  case cancelled
  /// The `BodyConsumer` threw.
  case consumer(any Error)
  /// libcurl failed in a way that has no name here.
  case unexpected(host: String, reason: String)

  /// What was under way when the time was up.
  package enum Phase: Sendable, Hashable {
    case connecting, waitingForAnswer
  }

  /// Whether the same request may succeed later without anybody changing anything.
  package var isTransient: Bool {
    switch self {
    case .nameNotFound, .connectionRefused, .connectionFailed, .timedOut, .connectionLost, .cutOff,
      .malformedAnswer, .unexpected:
      true
    case .badURL, .badRequest, .plainHTTP, .tls, .redirectRefused, .tooManyRedirects, .tooLarge,
      .cancelled, .consumer:
      false
    }
  }

  /// Whether the server may have acted on the request although no whole answer came.
  package var mayHaveBeenActedOn: Bool {
    switch self {
    case .timedOut(_, .waitingForAnswer), .connectionLost, .cutOff, .tooLarge, .malformedAnswer,
      .cancelled, .consumer, .unexpected:
      true
    case .timedOut(_, .connecting), .nameNotFound, .connectionRefused, .connectionFailed, .badURL,
      .badRequest, .plainHTTP, .tls, .redirectRefused, .tooManyRedirects:
      false
    }
  }
}

extension HTTPError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badURL(let reason):
      "The URL cannot be used: \(reason)."
    case .badRequest(let reason):
      "The request cannot be sent: \(reason)."
    case .plainHTTP(let host):
      "\(host) would be asked over plain http, which anyone on the way can read. Use https."
    case .nameNotFound(let host):
      "The name \(host) was not found. Check its spelling and this machine's network."
    case .connectionRefused(let host):
      "\(host) refused the connection: nothing listens there, or a firewall turned it away."
    case .connectionFailed(let host, let reason):
      "No connection to \(host): \(reason)."
    case .timedOut(let host, .connecting):
      "\(host) did not accept a connection in time."
    case .timedOut(let host, .waitingForAnswer):
      "\(host) did not finish its answer in time."
    case .connectionLost(let host):
      "\(host) closed the connection without an answer."
    case .cutOff(let host):
      "The answer of \(host) was cut off in the middle."
    case .tls(let host, let refusal):
      refusal.sentence(host: host)
    case .redirectRefused(let host, let target):
      "\(host) points to \(target), which is another server. If that is right, use that address."
    case .tooManyRedirects(let host):
      "\(host) redirects in a circle."
    case .tooLarge(let host, let limit):
      "The answer of \(host) is larger than \(limit) bytes, which no honest answer is."
    case .malformedAnswer(let host, let reason):
      "\(host) sent an answer that cannot be read: \(reason)."
    case .cancelled:
      "The request was cancelled."
    case .consumer(let error):
      "The answer was not accepted: \(error)"
    case .unexpected(let host, let reason):
      "The request to \(host) failed: \(reason)."
    }
  }
}
