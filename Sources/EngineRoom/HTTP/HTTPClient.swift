internal import Platform

/// Sends requests over libcurl: several at a time, over connections that are kept.
///
/// One client is one mailbox or tenant: its own thread (started by the first request), its own
/// connections, TLS sessions and cookies (held in memory, `ews.md` 1.4). Use one client for each
/// person, never share it.
package final class HTTPClient: Sendable {
  private let engine: TransferEngine

  /// - Parameters:
  ///   - trust: whom to believe; see `TrustPolicy`.
  ///   - userAgent: stable and the program's own (`ews.md` 1.4).
  ///   - maximumConnectionsPerHost: requests beyond it wait their turn, first come first served.
  package init(
    trust: TrustPolicy,
    userAgent: String = "Lockstep",
    maximumConnectionsPerHost: Int = 4
  ) {
    engine = TransferEngine(
      trust: trust,
      userAgent: userAgent,
      maximumConnectionsPerHost: max(1, maximumConnectionsPerHost)
    )
  }

  deinit {
    engine.stop(then: nil)
  }

  /// The whole answer in memory, whatever its status.
  ///
  /// Redirects are followed at most five times and only to the same scheme, host and port; 303
  /// turns into GET, all others repeat method and body. A task that is cancelled gets
  /// `.cancelled` at once.
  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try await deliver(request, into: nil)
  }

  /// The same, with the body handed on as it arrives; see `BodyConsumer` for who calls when.
  package func send(
    _ request: HTTPRequest,
    into consumer: some BodyConsumer
  ) async throws(HTTPError) -> ResponseHead {
    try await deliver(request, into: consumer).head
  }

  /// Requests sent so far, redirects included, legs of authentication not.
  package var requestCount: Int { engine.requestCount }

  /// Forgets all cookies, as Exchange asks for after a log-in time-out or a moved mailbox.
  package func forgetCookies() {
    engine.forgetCookies()
  }

  /// Ends what is under way as `.cancelled`, closes all connections and ends the thread.
  ///
  /// Later requests are `.cancelled` too. Closing twice does no harm.
  package func close() async {
    await withCheckedContinuation { waiting in
      engine.stop { waiting.resume() }
    }
  }

  private func deliver(
    _ request: HTTPRequest,
    into consumer: (any BodyConsumer)?
  ) async throws(HTTPError) -> HTTPResponse {
    let address = try WebAddress(request.url)
    let link = Locked<Transfer?>(nil)
    let result: Result<HTTPResponse, HTTPError> = await withTaskCancellationHandler {
      await withCheckedContinuation { waiting in
        let transfer = Transfer(request, to: address, into: consumer) {
          waiting.resume(returning: $0)
        }
        link.withLock { $0 = transfer }
        // a cancellation that came before the transfer existed found nothing to cancel
        if Task.isCancelled { engine.cancel(transfer) }
        engine.submit(transfer)
      }
    } onCancel: {
      if let transfer = link.withLock({ $0 }) { engine.cancel(transfer) }
    }
    return try result.get()
  }
}
