package import HTTP
package import SyncModel

/// Why Exchange did not do what was asked, by cause.
package enum EWSError: SyncFailure {
  /// The server asks to be left alone for a while.
  case throttled(after: Duration)
  /// The server is there and could not get to it (`code` is Exchange's own).
  case unavailable(code: String, text: String)
  /// The mailbox is being moved, or another server has it now.
  case mailboxMoved(code: String)
  /// Name or password or ticket were not accepted, or the account is locked or refused (HTTP 401).
  case signInRefused(byTicket: Bool)
  /// Exchange names a reason that the account cannot be used.
  case accountUnusable(code: String, text: String)
  /// The account may not do this.
  case notAllowed(code: String, text: String)
  /// The folder is not there any more.
  case folderGone(code: String)
  /// The server says that the request is wrong.
  case requestRefused(code: String, text: String, detail: String)
  /// No version of the protocol that we speak is understood.
  case versionRefused
  /// An HTTP status that is no answer of EWS.
  case status(Int, retryAfter: Duration?)
  /// Something answered that is not EWS, such as a web page.
  case notExchange(String)
  /// The same where EWS answered earlier in this run.
  case outage(String)
  /// The answer was empty, cut, garbled, or not what was asked for.
  case unreadableReply(String)
  case transport(HTTPError)

  package var remedy: Remedy {
    switch self {
    case .throttled(let pause): .retry(after: pause)
    case .unavailable: .retry(after: .seconds(60))
    case .mailboxMoved, .outage: .retry(after: .seconds(300))
    case .signInRefused, .accountUnusable: .signIn
    case .notAllowed, .requestRefused, .versionRefused, .notExchange: .stop
    case .folderGone: .retry(after: .seconds(60))
    case .status(let status, let pause): Self.remedy(ofStatus: status, retryAfter: pause)
    case .unreadableReply: .retry(after: .seconds(60))
    case .transport(.cancelled): .retry(after: .seconds(60))
    case .transport(let error): error.isTransient ? .retry(after: .seconds(60)) : .stop
    }
  }

  /// The same, and another try at once would be harmless where nothing was written.
  var isPassing: Bool {
    switch self {
    case .unavailable, .unreadableReply: true
    case .transport(let error): error.isTransient
    case .status(let status, _): [500, 502, 504].contains(status)
    case .throttled, .mailboxMoved, .signInRefused, .accountUnusable, .notAllowed, .folderGone,
      .requestRefused, .versionRefused, .notExchange, .outage:
      false
    }
  }

  private static func remedy(ofStatus status: Int, retryAfter pause: Duration?) -> Remedy {
    switch status {
    case 401, 440, 449, 456, 457: .signIn
    case 408, 429, 500, 502, 503, 504: .retry(after: pause ?? .seconds(60))
    case 507: .retry(after: pause ?? .seconds(3_600))
    default: .stop
    }
  }
}

extension EWSError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .throttled(let pause):
      "Exchange is busy and asks for a pause of \(pause.components.seconds) s. It is kept."
    case .unavailable(let code, let text):
      "Exchange could not do it now (\(code)\(Self.tail(text))). It is tried again."
    case .mailboxMoved(let code):
      "The mailbox is being moved or is on another server now (\(code)). It is tried again."
    case .signInRefused(byTicket: false):
      "Exchange refused the sign-in. Check exchange.user, the password (exchange.password_…) and "
        + "whether the server takes this exchange.authentication; it may also be a locked account "
        + "or Extended Protection."
    case .signInRefused(byTicket: true):
      "Exchange refused the sign-in: there is no Kerberos ticket that it accepts. Get one with "
        + "kinit (klist shows it), or set another exchange.authentication; it may also be a locked "
        + "account or Extended Protection."
    case .accountUnusable(let code, let text):
      "Exchange says that the account cannot be used (\(code)\(Self.tail(text))). Mend it and "
        + "sign in again."
    case .notAllowed(let code, let text) where Self.namesNoMailbox(code):
      "Exchange has no mailbox of this address (\(code)\(Self.tail(text))). Check exchange.mailbox: "
        + "it has to be the person's primary mail address."
    case .notAllowed(let code, let text):
      "The account may not do this in Exchange (\(code)\(Self.tail(text))). Check exchange.mailbox; "
        + "if it is right, ask the administrator for the rights of an editor on its calendar."
    case .folderGone(let code):
      "Exchange does not find the folder (\(code)). It is looked up again."
    case .requestRefused(let code, let text, let detail):
      "Exchange refused a request as wrong (\(code)\(Self.tail(text))\(Self.tail(detail))). "
        + "Please report this."
    case .versionRefused:
      "The server understands none of the Exchange versions that Lockstep speaks (2010 SP2 to SE)."
    case .status(let status, _):
      Self.sentence(ofStatus: status)
    case .notExchange(let what):
      "What answers at the server address is not Exchange Web Services: \(what). Check the address."
    case .outage(let what):
      "A page came instead of Exchange's answer: \(what). It is tried again later."
    case .unreadableReply(let why):
      "Exchange's answer could not be read: \(why). It is tried again."
    case .transport(let error):
      "\(error)"
    }
  }

  /// The address is wrong, not the rights.
  package static func namesNoMailbox(_ code: String) -> Bool {
    ["ErrorNonExistentMailbox", "ErrorMissingEmailAddress"].contains(code)
  }

  private static func tail(_ text: String) -> String { text.isEmpty ? "" : ": \(text)" }

  private static func sentence(ofStatus status: Int) -> String {
    switch status {
    case 400: "Exchange found the request malformed (400); very long sign-in headers do that too."
    case 401: signInRefused(byTicket: false).description
    case 403:
      "Exchange forbids EWS here (403): for this mailbox, this program or this network. "
        + "Ask the administrator."
    case 404: "There is no EWS at the server address (404). Check the virtual directory."
    case 405, 411: "The server at this address does not take EWS requests (\(status))."
    case 407: "A proxy on the way asks for a sign-in (407)."
    case 413: "The server takes no request of this size (413)."
    case 440, 449: "The sign-in has run out (\(status)). Sign in again."
    case 456: "The account is blocked (456)."
    case 457: "The password has expired (457)."
    case 429, 502, 503, 504:
      "Exchange is not available at the moment (\(status)). It is tried again."
    case 507: "The server has no room left (507)."
    default: "Exchange answered with status \(status)."
    }
  }
}

extension EWSError {
  /// The error behind a code that a whole request, or one item's answer, failed with.
  ///
  /// `retryAfter` is the header's pause; of two that are named the longer one counts.
  init(
    code: ResponseCode,
    text: String,
    details: ErrorDetails,
    retryAfter: Duration? = nil
  ) {
    let header = details.real(code).isAboutLoad ? retryAfter : nil
    if let pause = [details.backOff, header].compactMap(\.self).max() {
      self = .throttled(after: pause)
      return
    }
    if code == .internalServerError, let inner = details.innerCode, inner != code {
      self.init(
        code: inner,
        text: details.values["InnerErrorMessageText"] ?? text,
        details: ErrorDetails()
      )
      return
    }
    let name = code.rawValue
    if code == .serverBusy {
      self = .throttled(after: BackOff.withoutHint)
      return
    }
    switch code.cause {
    case .transient, .batchStopped, .find:
      self = .unavailable(code: name, text: text)
    case .moved:
      self = .mailboxMoved(code: name)
    case .signIn:
      self = .accountUnusable(code: name, text: text)
    case .account:
      self = .notAllowed(code: name, text: text)
    case .gone, .syncState:
      self = .folderGone(code: name)
    case .version:
      self = .versionRefused
    case .request, .saveRejected, .calendarRule, .deleteRejected, .conflict, .unreadable,
      .notification, .none, .unknown:
      let detail = ["LineNumber", "LinePosition", "Line", "Position", "Violation"].compactMap {
        details.values[$0]
      }
      self = .requestRefused(code: name, text: text, detail: detail.joined(separator: " "))
    }
  }
}
