package import World
import XML

/// Exchange Web Services over the mailbox of a world (`ews.md` sections 1, 2 and 9).
package struct ExchangeServer: WireServer {
  private let world: World
  private let faults: Faults
  private let zones: ZoneCatalog
  private let build: ExchangeBuild
  private let authorization: String
  private let trace: (@Sendable (_ request: [UInt8], _ reply: [UInt8]) -> Void)?
  private let counter = RequestNumbers()

  /// What every path is compared with, in lower case.
  package static let path = "/ews/exchange.asmx"

  /// `trace` gets each request and the reply to it as they were before any fault.
  package init(
    _ world: World,
    faults: Faults,
    user: String,
    password: String,
    zones: ZoneCatalog,
    build: ExchangeBuild = .subscriptionEdition,
    trace: (@Sendable (_ request: [UInt8], _ reply: [UInt8]) -> Void)? = nil
  ) {
    self.world = world
    self.faults = faults
    self.zones = zones
    self.build = build
    self.trace = trace
    authorization = "Basic " + Base64.text(Array("\(user):\(password)".utf8))
  }

  package func answer(_ call: WireCall) async -> WireAnswer {
    guard call.path.lowercased() == Self.path else {
      return WireAnswer(status: 404, headers: [("Content-Type", "text/html")])
    }
    guard isKnown(call.header("Authorization")) else {
      return WireAnswer(
        status: 401,
        headers: [("WWW-Authenticate", "Basic realm=\"127.0.0.1\"")]
      )
    }
    guard call.method == "POST" else {
      return WireAnswer(status: 405, headers: [("Allow", "POST")])
    }
    await faults.pause()
    var answer = await carriedOut(call)
    answer.headers += [
      ("Content-Type", "text/xml; charset=utf-8"),
      ("request-id", await counter.next()),
      ("X-FEServer", "SANDBOX"),
      ("X-DiagInfo", "SANDBOX"),
    ]
    return answer
  }

  private func isKnown(_ header: String?) -> Bool {
    guard let header else { return false }
    let parts = header.split(separator: " ", maxSplits: 1)
    return parts.count == 2 && parts[0].lowercased() == "basic"
      && authorization == "Basic \(parts[1])"
  }

  private func carriedOut(_ call: WireCall) async -> WireAnswer {
    do throws(EWSFault) {
      let request = try EWSRequest(call.body, build: build, zones: zones.offsets)
      let fault = await faults.draw(from: kinds(for: request))
      if fault == .busy { throw EWSFault.busy(milliseconds: 50) }
      let desk = EWSDesk(request: request, build: build, zones: zones, fault: fault)
      let reply = await world.mailbox { mailbox, now -> Result<[UInt8], EWSFault> in
        do throws(EWSFault) { return .success(try desk.reply(&mailbox, at: now)) } catch {
          return .failure(error)
        }
      }
      var answer = WireAnswer(body: try reply.get())
      trace?(call.body, answer.body)
      switch fault {
      case .lostAnswer: answer.ending = .dropped
      case .cutBody: answer.ending = .cut
      case .busy, .truncatedListing, .expiredState, nil: break
      }
      return answer
    } catch {
      let answer = WireAnswer(status: 500, body: EWSReply.fault(error))
      trace?(call.body, answer.body)
      return answer
    }
  }

  private func kinds(for request: EWSRequest) -> Set<FaultKind> {
    var kinds: Set<FaultKind> = [.busy, .lostAnswer, .cutBody]
    if request.name == "SyncFolderItems" {
      kinds.insert(.truncatedListing)
      if request.operation.child("SyncState")?.text.isEmpty == false { kinds.insert(.expiredState) }
    }
    return kinds
  }
}

/// Numbers requests, for the header that logs are compared by.
private actor RequestNumbers {
  private var last: UInt64 = 0

  func next() -> String {
    last += 1
    return Mailbox.GUID(high: 0, low: last).text
  }
}
