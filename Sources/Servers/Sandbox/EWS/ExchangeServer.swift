package import World
import XML

/// Exchange Web Services over the mailbox of a world (`ews.md` sections 1, 2 and 9).
package struct ExchangeServer: WireServer {
  private let world: World
  private let faults: Faults
  private let zones: ZoneCatalog
  private let build: ExchangeBuild
  private let authorization: String
  /// Of the account that may act as everybody; it has no mailbox itself.
  private let serviceAuthorization: String?
  private let trace: (@Sendable (_ request: [UInt8], _ reply: [UInt8]) -> Void)?
  private let counter = RequestNumbers()

  /// What every path is compared with, in lower case.
  package static let path = "/ews/exchange.asmx"

  /// A name and its password.
  package struct Login: Sendable {
    let header: String

    package init(user: String, password: String) {
      header = "Basic " + Base64.text(Array("\(user):\(password)".utf8))
    }
  }

  /// Serves the world to its person and to an account that acts in the person's name.
  ///
  /// The `impersonator` has no mailbox itself.
  /// `trace` gets each request and the reply to it as they were before any fault.
  package init(
    _ world: World,
    faults: Faults,
    user: String,
    password: String,
    impersonator: Login? = nil,
    zones: ZoneCatalog,
    build: ExchangeBuild = .subscriptionEdition,
    trace: (@Sendable (_ request: [UInt8], _ reply: [UInt8]) -> Void)? = nil
  ) {
    self.world = world
    self.faults = faults
    self.zones = zones
    self.build = build
    self.trace = trace
    authorization = Login(user: user, password: password).header
    serviceAuthorization = impersonator?.header
  }

  package func answer(_ call: WireCall) async -> WireAnswer {
    guard call.path.lowercased() == Self.path else {
      return WireAnswer(status: 404, headers: [("Content-Type", "text/html")])
    }
    guard let account = account(call.header("Authorization")) else {
      return WireAnswer(
        status: 401,
        headers: [("WWW-Authenticate", "Basic realm=\"127.0.0.1\"")]
      )
    }
    guard call.method == "POST" else {
      return WireAnswer(status: 405, headers: [("Allow", "POST")])
    }
    await faults.pause()
    var answer = await carriedOut(call, by: account)
    answer.headers += [
      ("Content-Type", "text/xml; charset=utf-8"),
      ("request-id", await counter.next()),
      ("X-FEServer", "SANDBOX"),
      ("X-DiagInfo", "SANDBOX"),
    ]
    return answer
  }

  private enum Account {
    case person, service
  }

  private func account(_ header: String?) -> Account? {
    guard let header else { return nil }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
    switch "Basic \(parts[1])" {
    case authorization: return .person
    case serviceAuthorization: return .service
    default: return nil
    }
  }

  /// Who may act as whom (`ews.md` 1.4).
  private func admit(_ account: Account, _ request: EWSRequest) async throws(EWSFault) {
    let (owner, isPublic) = await world.mailbox { mailbox, _ in
      (mailbox.owner.address.lowercased(), request.isPublic(in: mailbox))
    }
    switch (account, request.impersonated?.lowercased()) {
    case (.person, nil), (.service, owner):
      return
    case (.person, _):
      throw EWSFault(
        code: "ErrorImpersonateUserDenied",
        message: "The account does not have permission to impersonate the requested user."
      )
    case (.service, nil):
      if isPublic { return }
      throw EWSFault(
        code: "ErrorMissingEmailAddress",
        message: "When making a request as an account that does not have a mailbox, you must "
          + "specify the mailbox primary SMTP address for any distinguished folder Ids."
      )
    case (.service, _):
      throw EWSFault(
        code: "ErrorNonExistentMailbox",
        message: "The SMTP address has no mailbox associated with it."
      )
    }
  }

  private func carriedOut(_ call: WireCall, by account: Account) async -> WireAnswer {
    do throws(EWSFault) {
      let request = try EWSRequest(call.body, build: build, zones: zones.offsets)
      try await admit(account, request)
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

extension EWSRequest {
  /// Whether it asks for nothing outside the public folders, for which no mailbox is needed.
  ///
  /// What is not there counts as public: the desk says so itself.
  fileprivate func isPublic(in mailbox: Mailbox) -> Bool {
    operation.all.allSatisfy { element in
      do throws(Mailbox.Refusal) {
        switch element.name {
        case "DistinguishedFolderId": return element["Id"] == "publicfoldersroot"
        case "FolderId": return mailbox.isPublic(try mailbox.folderID(element["Id"] ?? ""))
        case "ItemId":
          return mailbox.isPublic(try mailbox.itemID(element["Id"] ?? "").folder)
        default: return true
        }
      } catch {
        return true
      }
    }
  }
}

extension XMLElement {
  /// The element and everything in it.
  fileprivate var all: [XMLElement] { [self] + children.flatMap(\.all) }
}
