internal import Cryptography
internal import HTTPTypes
internal import Hummingbird
internal import Platform
internal import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// Who calls, by the token in `Authorization`, and how often anybody may.
struct APIDoor: Sendable {
  let store: RegistryStore
  let clock: @Sendable () -> Instant
  let limits = Limits()

  struct Limits: Sendable {
    /// An agent makes a handful of calls each run; a script of an admin's may make many.
    let agent = RateLimit(burst: 60, perMinute: 60)
    let admin = RateLimit(burst: 300, perMinute: 600)
    /// A first run writes hundreds of items.
    let gateway = RateLimit(burst: 300, perMinute: 600)
    /// What costs the PSA a question each time; none of many agents may use up its hour.
    let lookUps = RateLimit(burst: 300, perMinute: 20)
    /// All that come without a token: behind a proxy nobody can tell them apart.
    let strangers = RateLimit(burst: 120, perMinute: 240)
  }

  /// Throws `.unknownToken`, `.revoked`, `.expired`, `.forbidden`, or `TooOften`.
  func caller(_ request: Request, at endpoint: Endpoint) async throws -> APICall.Caller {
    let now = clock()
    switch endpoint.door {
    case .open:
      // Whether the service is up may be asked as often as anybody likes.
      if endpoint.path.hasPrefix("/v1/") { try limits.strangers.count("", now) }
      return .nobody
    case .agent:
      let agent = try await store.agent(token: try token(request, now), now: now)
      let limit =
        switch endpoint.path {
        case "/v1/psa/items", "/v1/psa/query": limits.lookUps
        case let path where path.hasPrefix("/v1/psa/"): limits.gateway
        default: limits.agent
        }
      try limit.count(agent.agent.rawValue, now)
      return .agent(agent)
    case .admin:
      let admin = try await store.admin(token: try token(request, now), now: now)
      try limits.admin.count(admin.rawValue, now)
      return .admin(admin)
    }
  }

  private func token(_ request: Request, _ now: Instant) throws -> String {
    guard let header = request.headers[.authorization] else {
      try limits.strangers.count("", now)
      throw RegistryProblem(.unknownToken, "Send a token: Authorization: Bearer …")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= 512 else {
      try limits.strangers.count("", now)
      throw RegistryProblem(.unknownToken, "Only Authorization: Bearer … is taken here.")
    }
    return String(parts[1])
  }
}

/// A caller that came too often.
struct TooOften: Error {
  let seconds: Int

  var problem: RegistryProblem {
    RegistryProblem(.tooMany, "Too many calls. Come again in \(seconds) s.")
  }
}

/// Buckets that fill up with time: each call takes one from its caller's.
final class RateLimit: Sendable {
  private struct Bucket {
    var left: Double
    var at: Instant
  }

  /// So many callers are remembered; full buckets are forgotten first.
  private static let memory = 50_000

  private let burst: Double
  private let perSecond: Double
  private let buckets = Locked<[String: Bucket]>([:])

  init(burst: Int, perMinute: Int) {
    self.burst = Double(burst)
    perSecond = Double(perMinute) / 60
  }

  /// Throws `TooOften`.
  func count(_ caller: String, _ now: Instant) throws(TooOften) {
    let left = buckets.withLock { buckets -> Double in
      if buckets.count >= Self.memory, buckets[caller] == nil {
        buckets = buckets.filter { filled($0.value, now) < burst }
        if buckets.count >= Self.memory { buckets.removeAll() }
      }
      var bucket = buckets[caller] ?? Bucket(left: burst, at: now)
      bucket = Bucket(left: filled(bucket, now), at: now)
      if bucket.left >= 1 {
        bucket.left -= 1
        buckets[caller] = bucket
        return 1
      }
      buckets[caller] = bucket
      return bucket.left - 1
    }
    if left < 0 { throw TooOften(seconds: max(1, Int((-left / perSecond).rounded(.up)))) }
  }

  private func filled(_ bucket: Bucket, _ now: Instant) -> Double {
    min(burst, bucket.left + Double(max(0, now.seconds - bucket.at.seconds)) * perSecond)
  }
}
