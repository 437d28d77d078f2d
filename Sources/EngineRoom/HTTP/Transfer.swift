internal import CCurl

/// One request under way: what was asked, what has come, and who waits for the end.
///
/// `@unchecked Sendable`: `isCancelled` and `wasSubmitted` are guarded by the engine's inbox;
/// all else is touched before submission or on the engine's thread only.
final class Transfer: @unchecked Sendable {
  /// As asked, or what a 303 made of it.
  private(set) var request: HTTPRequest
  private let consumer: (any BodyConsumer)?
  private let finish: @Sendable (Result<HTTPResponse, HTTPError>) -> Void

  var isCancelled = false
  var wasSubmitted = false

  /// Where the present leg goes.
  private(set) var address: WebAddress
  private var redirects = 0
  private var deadline: ContinuousClock.Instant?

  private var head = AnswerHead()
  private var body: [UInt8] = []
  private var bodyCount = 0
  private var hasBegun = false
  /// A leg went out and nothing of its answer has come.
  private var awaitsAnswer = false
  private var wasConnected = false
  private var failure: HTTPError?

  static let maximumRedirects = 5

  init(
    _ request: HTTPRequest,
    to address: WebAddress,
    into consumer: (any BodyConsumer)?,
    finish: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void
  ) {
    self.request = request
    self.address = address
    self.consumer = consumer
    self.finish = finish
  }

  /// Fills `easy` for the next leg.
  func prepare(_ easy: EasyHandle, trust: TrustPolicy, userAgent: String) throws(HTTPError) {
    head = AnswerHead()
    bodyCount = 0
    awaitsAnswer = false
    wasConnected = false
    let now = ContinuousClock.now
    let end = deadline ?? now + request.timeout
    deadline = end
    easy.reset()
    trust.apply(to: easy)
    easy.listen(with: self)
    easy.aim(at: address, timeout: end - now, connectTimeout: request.connectTimeout)
    try easy.load(request, userAgent: userAgent)
    if let refused = easy.takeRefusedOption() {
      throw .unexpected(host: address.place, reason: EasyHandle.meaning(of: refused))
    }
  }

  /// What is to be done when curl is through with a leg.
  enum Verdict {
    case done(Result<HTTPResponse, HTTPError>)
    case again
  }

  func verdict(_ result: CURLcode, of easy: EasyHandle, trust: TrustPolicy) -> Verdict {
    if let failure { return .done(.failure(failure)) }
    guard result == CURLE_OK else {
      return .done(.failure(cause(of: result, easy, trust)))
    }
    do throws(HTTPError) {
      if let target = head.redirectTarget {
        try turn(to: target)
        return .again
      }
      try begin()
      try hand { consumer throws in try consumer.end() }
      return .done(.success(HTTPResponse(head: head.whole, body: body)))
    } catch {
      return .done(.failure(error))
    }
  }

  func end(_ result: Result<HTTPResponse, HTTPError>) {
    finish(result)
  }

  /// 303 asks for another page; the others mean "the same, over there", and the server that
  /// redirects has not acted, so that a POST may go again.
  private func turn(to target: String) throws(HTTPError) {
    let next: WebAddress
    do throws(HTTPError) {
      next = try address.resolving(target)
    } catch .plainHTTP(let host) {
      let named = request.concealed(in: "http://\(host)")
      throw .redirectRefused(host: address.place, target: named)
    } catch {
      throw .malformedAnswer(host: address.place, reason: "it redirects to what is no URL")
    }
    guard next.origin == address.origin else {
      let named = request.concealed(in: next.withoutQuery)
      throw .redirectRefused(host: address.place, target: named)
    }
    redirects += 1
    guard redirects <= Self.maximumRedirects else {
      throw .tooManyRedirects(host: address.place)
    }
    address = next
    if head.status == 303, request.method != "HEAD" {
      request.method = "GET"
      request.body = nil
    }
  }
}

// What curl calls while it works.
extension Transfer {
  /// Before each leg goes out, on a new or kept connection.
  ///
  /// curl sends again by itself when a kept connection dies before any answer. For a request
  /// that writes this is where the second copy is stopped.
  func mayGoOut() -> Bool {
    wasConnected = true
    guard !awaitsAnswer || request.isRepeatable else {
      failure = .connectionLost(host: address.place)
      return false
    }
    awaitsAnswer = true
    return true
  }

  func receive(headerLine: UnsafeRawBufferPointer) -> Bool {
    awaitsAnswer = false
    guard head.take(headerLine) else {
      failure = .tooLarge(host: address.place, limit: AnswerHead.maximumBytes)
      return false
    }
    return true
  }

  func receive(piece: UnsafeRawBufferPointer) -> Bool {
    do throws(HTTPError) {
      bodyCount += piece.count
      guard bodyCount <= request.maximumBody else {
        throw .tooLarge(host: address.place, limit: request.maximumBody)
      }
      if head.redirectTarget != nil { return true }
      try begin()
      if consumer == nil {
        body.append(contentsOf: piece)
      } else {
        try hand { consumer throws in try consumer.receive(piece) }
      }
      return true
    } catch {
      failure = error
      return false
    }
  }

  private func begin() throws(HTTPError) {
    guard !hasBegun else { return }
    hasBegun = true
    guard consumer == nil else {
      try hand { [head] consumer throws in try consumer.begin(head.whole) }
      return
    }
    // A length that was only claimed must not cost much memory.
    let claimed = head.whole.value(of: "Content-Length").flatMap { Int($0) } ?? 0
    body.reserveCapacity(max(0, min(claimed, request.maximumBody, 4 << 20)))
  }

  private func hand(_ step: (any BodyConsumer) throws -> Void) throws(HTTPError) {
    guard let consumer else { return }
    do {
      try step(consumer)
    } catch {
      throw .consumer(error)
    }
  }

  private func cause(of result: CURLcode, _ easy: EasyHandle, _ trust: TrustPolicy) -> HTTPError {
    let host = address.place
    if let refusal = trust.refusal(result, of: easy) { return .tls(host: host, refusal: refusal) }
    switch result {
    case CURLE_COULDNT_RESOLVE_HOST: return .nameNotFound(host: host)
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY:
      return .connectionFailed(host: host, reason: "the proxy of the environment did not answer")
    case CURLE_COULDNT_CONNECT: return easy.connectFailure(host: host)
    case CURLE_OPERATION_TIMEDOUT:
      return .timedOut(host: host, phase: wasConnected ? .waitingForAnswer : .connecting)
    case CURLE_PARTIAL_FILE: return .cutOff(host: host)
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SSL_CONNECT_ERROR:
      return head.status == 0 ? .connectionLost(host: host) : .cutOff(host: host)
    case CURLE_BAD_CONTENT_ENCODING:
      return .malformedAnswer(host: host, reason: "its compression is broken")
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2:
      return .malformedAnswer(host: host, reason: "it is not HTTP")
    case CURLE_FILESIZE_EXCEEDED: return .tooLarge(host: host, limit: request.maximumBody)
    case CURLE_ABORTED_BY_CALLBACK: return .cancelled
    default: return .unexpected(host: host, reason: EasyHandle.meaning(of: result))
    }
  }
}
