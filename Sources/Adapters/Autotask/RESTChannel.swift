import HTTP
import SyncModel

/// The way to the tenant's zone: knows the zone, keeps the limits, counts the requests.
actor RESTChannel {
  private let account: AutotaskAccount
  private let http: HTTPClient
  private let sleep: @Sendable (Duration) async throws -> Void
  private let now: @Sendable () -> Duration
  private var watch = AllowanceWatch()
  private var spent: ThresholdInformation?
  private var known: ZoneInformation?
  private var lanes = EndpointLanes()
  /// Requests sent so far, the zone information's included.
  private(set) var requests = 0

  /// Pauses before the next try when the PSA is full for moments only.
  private static let pauses: [Duration] = [
    .milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2),
  ]

  /// A longer pause ends the run, and a later one goes on.
  private static let longestPause = Duration.seconds(5)

  init(
    account: AutotaskAccount,
    http: HTTPClient,
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    now: @escaping @Sendable () -> Duration
  ) {
    self.account = account
    self.http = http
    self.sleep = sleep
    self.now = now
  }

  /// The tenant's zone, read once and kept.
  func zone() async throws(AutotaskError) -> ZoneInformation {
    if let known { return known }
    // One asks, the others wait for what it finds.
    if !lanes.take(ZoneInformation.entity, of: 1) {
      await withCheckedContinuation { lanes.queue($0, at: ZoneInformation.entity) }
    }
    defer { lanes.leave(ZoneInformation.entity) }
    if let known { return known }
    let read = try await readZone()
    known = read
    return read
  }

  /// The JSON body that answers the call.
  ///
  /// After a 401 the zone is read again, and the call repeated once where the tenant moved to.
  func answer(to call: RESTCall) async throws(AutotaskError) -> [UInt8] {
    let zone = try await zone()
    do throws(AutotaskError) {
      return try await patientAnswer(to: call, in: zone)
    } catch .unauthorized(let subject, let words) {
      let current = try await zoneReadAgain(after: zone)
      guard current.root != zone.root else { throw .unauthorized(subject, words: words) }
      guard case .path = call.target else {
        throw .zoneMoved(server: current.root.origin.server)
      }
      return try await patientAnswer(to: call, in: current)
    }
  }

  /// How much of the tenant's allowance is used; one request.
  func threshold() async throws(AutotaskError) -> ThresholdInformation {
    let entity = ThresholdInformation.entity
    let call = RESTCall(verb: .get, entity: entity, target: .path(entity), isReading: true)
    let body = try await answer(to: call)
    do throws(JSONReader.Fault) {
      return try ThresholdInformation(body)
    } catch {
      throw .malformed(try await subject(entity), reason: error.description)
    }
  }

  /// Throws while three quarters of the allowance are used; asks only where that may be so.
  func leaveRestToPeople() async throws(AutotaskError) {
    guard watch.isSlow else {
      spent = nil
      return
    }
    if watch.isDue {
      watch.noteQuestion()
      spent = try await spentThreshold()
    }
    if let spent { throw .leftToPeople(try await subject(ThresholdInformation.entity), spent) }
  }

  func subject(_ entity: String, _ id: Int64? = nil) async throws(AutotaskError) -> Subject {
    Subject(entity: entity, id: id, server: try await zone().root.origin.server)
  }
}

extension RESTChannel {
  private func spentThreshold() async throws(AutotaskError) -> ThresholdInformation? {
    do throws(AutotaskError) {
      let threshold = try await threshold()
      return threshold.isSlowed ? threshold : nil
    } catch {
      switch error {
      // Who may not ask, or gets no sense, still has the PSA's own limit (429).
      case .forbidden, .refused, .noSuchCall, .malformed: return nil
      default: throw error
      }
    }
  }

  private func zoneReadAgain(after old: ZoneInformation) async throws(AutotaskError)
    -> ZoneInformation
  {
    if let known, known != old { return known }
    let read = try await readZone()
    guard read.tenant == old.tenant else {
      throw .otherTenant(was: old.tenant, now: read.tenant)
    }
    known = read
    return read
  }

  private func readZone() async throws(AutotaskError) -> ZoneInformation {
    let written: String
    let isFixed: Bool
    switch account.address {
    case .entryPoint(let address): (written, isFixed) = (address, false)
    case .zone(let address): (written, isFixed) = (address, true)
    }
    guard let entry = RESTRoot(written) else { throw .badAddress(written) }
    let subject = Subject(
      entity: ZoneInformation.entity,
      id: nil,
      server: entry.origin.server
    )
    let request = ZoneInformation.request(at: entry, user: account.user)
    let response = try await response(to: request, about: subject)
    var zone = try ZoneInformation(
      Answer(response: response, subject: subject, hidden: secrets),
      entry: entry
    )
    if isFixed { zone.root = entry }
    return zone
  }

  /// Tries again for a while where moments help.
  private func patientAnswer(
    to call: RESTCall,
    in zone: ZoneInformation
  ) async throws(AutotaskError) -> [UInt8] {
    for pause in RESTChannel.pauses {
      do throws(AutotaskError) {
        return try await onlyAnswer(to: call, in: zone)
      } catch {
        guard let pause = patience(with: error, reading: call.isReading, pause) else { throw error }
        do { try await sleep(pause) } catch {
          throw .unreachable(subject(of: call, in: zone), .cancelled)
        }
      }
    }
    return try await onlyAnswer(to: call, in: zone)
  }

  /// How long to wait before the same call is sent again; nil where that helps nobody.
  private func patience(
    with error: AutotaskError,
    reading: Bool,
    _ pause: Duration
  ) -> Duration? {
    switch error {
    case .tooManyAtOnce:
      return pause
    case .throttled(_, let wanted):
      return wanted <= RESTChannel.longestPause ? max(pause, wanted) : nil
    case .unreachable(_, .connectionLost), .unreachable(_, .cutOff):
      // A write may have been done: it is looked up, never repeated.
      return reading ? pause : nil
    default:
      return nil
    }
  }

  private func subject(of call: RESTCall, in zone: ZoneInformation) -> Subject {
    Subject(entity: call.entity, id: call.id, server: zone.root.origin.server)
  }

  private func onlyAnswer(
    to call: RESTCall,
    in zone: ZoneInformation
  ) async throws(AutotaskError) -> [UInt8] {
    let subject = subject(of: call, in: zone)
    let url: String
    switch call.target {
    case .path(let path): url = zone.root.url(path)
    case .page(let page):
      guard Origin(page) == zone.root.origin else { throw .foreignPage(subject) }
      url = page
    }
    let request = HTTPRequest(
      method: call.verb.rawValue,
      url: url,
      headers: Headers.all(of: account, withBody: call.body != nil),
      body: call.body,
      timeout: .seconds(120),
      maximumBody: 32 << 20,
      isRepeatable: call.isReading
    )
    if !lanes.take(call.entity) {
      await withCheckedContinuation {
        lanes.queue($0, at: call.entity, isUrgent: call.verb == .patch)
      }
    }
    defer { lanes.leave(call.entity) }
    let start = now()
    let response = try await response(to: request, about: subject)
    watch.noteAnswer(after: now() - start)
    return try Answer(response: response, subject: subject, hidden: secrets + call.hidden).body()
  }

  private func response(
    to request: HTTPRequest,
    about subject: Subject
  ) async throws(AutotaskError) -> HTTPResponse {
    requests += 1
    do throws(HTTPError) {
      return try await http.send(request)
    } catch {
      throw .unreachable(subject, error)
    }
  }

  private var secrets: [String] {
    [account.secret.reveal(), account.integrationCode.reveal()]
  }
}
