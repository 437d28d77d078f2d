internal import FoundationEssentials
internal import HTTP
internal import XML

/// The conversation with one mailbox: version, pauses, repeated tries, the number of requests.
///
/// Reads are tried again after passing trouble. Writes are tried again only where the server says
/// that it did not get to them, so that nothing is written twice.
actor EWSSession {
  private let account: EWSAccount
  private let client: HTTPClient
  private let pace: Pace
  private let timeout: Duration
  private let identity: @Sendable () -> String

  private var version = RequestServerVersion.exchange2013SP1
  private var backOff = BackOff()
  private var hasSignedIn = false
  private(set) var server: ServerVersion?
  private(set) var requests = 0

  init(
    account: EWSAccount,
    client: HTTPClient,
    pace: Pace,
    timeout: Duration,
    identity: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
  ) {
    self.account = account
    self.client = client
    self.pace = pace
    self.timeout = timeout
    self.identity = identity
  }

  /// Asks, and returns one message for each thing asked for, in that order.
  func ask<Operation: EWSOperation>(
    _ operation: Operation
  ) async throws(EWSError) -> [ResponseMessage<Operation.Content>] {
    var attempt = 0
    while true {
      attempt += 1
      try await passGate()
      let askedAs = version
      do throws(EWSError) {
        return try await send(operation)
      } catch .throttled(let pause) {
        backOff.close(for: pause, now: pace.now())
        if pause > BackOff.patience || attempt >= BackOff.attempts {
          throw .throttled(after: pause)
        }
      } catch .versionRefused {
        guard let lower = askedAs.lower else { throw .versionRefused }
        version = lower
        attempt = 0
      } catch .status(401, _) where hasSignedIn && attempt == 1 {
        // A loaded server answers 401 out of turn; more tries would lock the account.
        try await wait(.seconds(1))
      } catch .status(440, _) where attempt == 1 {
        // The log-in of a page has run out; without its cookie the request signs in anew.
        client.forgetCookies()
      } catch .status(401, _) {
        throw .signInRefused(byTicket: account.credential == .negotiate)
      } catch .status(let status, let wanted) {
        // These two turn a request away unread; behind the others it may have been done.
        let isUnread = status == 503 || status == 429
        let error = EWSError.status(status, retryAfter: wanted)
        guard isUnread || error.isPassing else { throw error }
        let own = BackOff.pause(beforeAttempt: attempt, dice: pace.dice())
        let pause = max(wanted ?? .zero, own)
        backOff.close(for: pause, now: pace.now())
        guard pause <= BackOff.patience else { throw error }
        guard attempt < BackOff.attempts, isUnread || operation.isRead else {
          throw .status(status, retryAfter: nil)
        }
      } catch {
        guard error.isPassing, attempt < BackOff.attempts, mayRepeat(operation, after: error)
        else { throw error }
        try await wait(BackOff.pause(beforeAttempt: attempt, dice: pace.dice()))
      }
    }
  }
}

extension EWSSession {
  /// Sends it once; throws `.throttled` for an answer of which no part was done.
  private func send<Operation: EWSOperation>(
    _ operation: Operation
  ) async throws(EWSError) -> [ResponseMessage<Operation.Content>] {
    let envelope = Envelope(account: account, version: version, clientRequestID: identity())
    let consumer = ReplyConsumer<Operation.Content>(hiding: account.credential)
    requests += 1
    do throws(HTTPError) {
      _ = try await client.send(envelope.request(operation, timeout: timeout), into: consumer)
    } catch .consumer(let error) {
      throw EWSError(reading: error, hiding: account.credential)
    } catch {
      throw .transport(error)
    }
    let outcome = try outcome(of: consumer)
    hasSignedIn = true
    server = outcome.version ?? server
    // The cookies lead to the server that the mailbox has left.
    if outcome.saysMoved { client.forgetCookies() }
    if let fault = outcome.fault {
      throw EWSError(
        code: fault.code,
        text: fault.text,
        details: fault.details,
        retryAfter: outcome.retryAfter
      )
    }
    guard outcome.messages.count == operation.messageCount else {
      throw EWSError.unreadableReply(
        "it has \(outcome.messages.count) parts where \(operation.messageCount) were asked for"
      )
    }
    if let pause = pauseWanted(by: outcome, of: operation) { throw .throttled(after: pause) }
    return outcome.messages
  }

  /// A page instead of an envelope is an outage where EWS answered before (`ews.md` 1.5).
  private func outcome<Content: WireContent>(
    of consumer: ReplyConsumer<Content>
  ) throws(EWSError) -> ReplyConsumer<Content>.Outcome {
    do throws(EWSError) {
      return try consumer.outcome()
    } catch .notExchange(let what) where hasSignedIn {
      throw .outage(what)
    }
  }

  /// The pause that an answer asks for although it came with status 200.
  ///
  /// Only where no part of it was done: what was done is worth keeping.
  private func pauseWanted<Operation: EWSOperation>(
    by outcome: ReplyConsumer<Operation.Content>.Outcome,
    of operation: Operation
  ) -> Duration? {
    let pauses = outcome.messages.compactMap { $0.pauseWanted(header: outcome.retryAfter) }
    guard let longest = pauses.max() else { return nil }
    backOff.close(for: longest, now: pace.now())
    return pauses.count == outcome.messages.count || operation.isRead ? longest : nil
  }

  /// Waits out a short pause, and refuses to knock during a long one.
  private func passGate() async throws(EWSError) {
    let rest = backOff.remaining(now: pace.now())
    guard rest > .zero else { return }
    guard rest <= BackOff.patience else { throw .throttled(after: rest) }
    try await wait(rest)
  }

  private func wait(_ pause: Duration) async throws(EWSError) {
    do {
      try await pace.sleep(pause)
    } catch {
      throw .transport(.cancelled)
    }
  }

  private func mayRepeat(_ operation: some EWSOperation, after error: EWSError) -> Bool {
    if operation.isRead { return true }
    if case .transport(let error) = error { return !error.mayHaveBeenActedOn }
    return false
  }
}

extension ResponseMessage {
  /// The pause that this part asks for, and with it the whole answer's header.
  fileprivate func pauseWanted(header: Duration?) -> Duration? {
    guard responseClass == .error else { return nil }
    guard details.backOff != nil || details.real(code) == .serverBusy else { return nil }
    return [details.backOff, header].compactMap(\.self).max() ?? BackOff.withoutHint
  }
}

extension EWSError {
  /// The error behind what stopped the reading of an answer.
  fileprivate init(reading error: any Error, hiding credential: Credential) {
    func said(_ words: String) -> String {
      credential.concealed(in: String(words.prefix(4_096))).asServersWords
    }
    switch error {
    case XMLError.handler(let inner):
      self.init(reading: inner, hiding: credential)
    case let reply as NotSOAPReply:
      self = .notExchange("its XML begins with \(said(reply.root))")
    default:
      self = .unreadableReply(said("\(error)"))
    }
  }
}
