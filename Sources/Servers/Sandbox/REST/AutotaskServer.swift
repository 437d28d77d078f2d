package import World

/// Autotask's REST API over the tenant of a world (`facts/autotask.md` sections 4, 5 and 8).
package struct AutotaskServer: WireServer {
  private let world: World
  private let faults: Faults
  private let threads: ThreadLimit

  package init(_ world: World, faults: Faults, threadsPerEndpoint: Int = 3) {
    self.world = world
    self.faults = faults
    threads = ThreadLimit(threadsPerEndpoint)
  }

  package func answer(_ call: WireCall) async -> WireAnswer {
    let route: AutotaskRoute
    do { route = try AutotaskRoute(call) } catch { return Self.refusal(error) }
    switch route.target {
    case .versions: return Self.json(Tenant.versionInformation)
    case .zone:
      let base = call.autotaskBase
      let user = call.parameter("user")
      return await world.tenant { tenant, _ in
        do throws(Refusal) {
          return Self.json(try tenant.zoneInformation(user: user, base: base))
        } catch { return Self.refusal(error) }
      }
    default: return await authenticated(call, route)
    }
  }

  private func authenticated(_ call: WireCall, _ route: AutotaskRoute) async -> WireAnswer {
    let admission = await world.tenant { tenant, now -> Result<Int, Refusal> in
      let isKnown = tenant.authenticates(
        userName: call.header("UserName"),
        secret: call.header("Secret"),
        tracking: call.header("ApiIntegrationCode")
      )
      guard isKnown else { return .failure(.unauthorized) }
      do throws(Refusal) { return .success(try tenant.threshold.admit(at: now)) } catch {
        return .failure(error)
      }
    }
    let added: Int
    switch admission {
    case .success(let milliseconds): added = milliseconds
    case .failure(let refusal): return Self.refusal(refusal)
    }
    guard await threads.enter(route.endpoint) else { return Self.refusal(.threads) }
    await faults.pause(adding: .milliseconds(added))
    let answer = await faulty(call, route)
    await threads.leave(route.endpoint)
    return answer
  }

  private func faulty(_ call: WireCall, _ route: AutotaskRoute) async -> WireAnswer {
    var kinds: Set<FaultKind> = [.busy, .lostAnswer, .cutBody]
    if route.isListing { kinds.insert(.truncatedListing) }
    let fault = await faults.draw(from: kinds)
    if fault == .busy {
      let busy = Refusal(429, ["The request threshold was exceeded."], retryAfter: 0)
      return Self.refusal(await faults.coin() ? busy : .threads)
    }
    let desk = AutotaskDesk(call: call, route: route, isTruncated: fault == .truncatedListing)
    var answer = await world.tenant { tenant, now in
      do throws(Refusal) { return Self.json(try desk.reply(&tenant, at: now)) } catch {
        return Self.refusal(error)
      }
    }
    switch fault {
    case .lostAnswer: answer.ending = .dropped
    case .cutBody: answer.ending = .cut
    case .busy, .truncatedListing, .expiredState, nil: break
    }
    return answer
  }

  static func json(_ value: JSONValue, status: Int = 200) -> WireAnswer {
    WireAnswer(
      status: status,
      headers: [(name: "Content-Type", value: "application/json; charset=utf-8")],
      body: value.bytes
    )
  }

  static func refusal(_ refusal: Refusal) -> WireAnswer {
    var answer = json(
      ["errors": .array(refusal.errors.map(JSONValue.string))],
      status: refusal.status
    )
    if let seconds = refusal.retryAfter {
      answer.headers.append((name: "Retry-After", value: String(seconds)))
    }
    return answer
  }
}

extension WireCall {
  /// The URL up to and with `ATServicesRest/`, as the caller reached it (a TLS proxy says so).
  var autotaskBase: String {
    let scheme = header("X-Forwarded-Proto") ?? "http"
    return "\(scheme)://\(header("Host") ?? "127.0.0.1")/ATServicesRest/"
  }
}
