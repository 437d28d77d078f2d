internal import CCurl
internal import Foundation

/// A mail server that takes messages for others (RFC 6409).
package struct MailServer: Hashable, Sendable {
  package enum Encryption: String, Hashable, Sendable {
    /// From the first byte on, usually at port 465.
    case tls
    /// After a greeting in the clear, usually at port 587; without it nothing is sent.
    case startTLS = "starttls"
    /// Only to a server on this machine.
    case none
  }

  package let host: String
  package let port: Int
  package let encryption: Encryption
  package let trust: TrustPolicy
  /// Empty where the server asks nobody to sign in.
  package let user: String
  package let password: Secret?

  package init(
    host: String,
    port: Int,
    encryption: Encryption,
    trust: TrustPolicy = .system,
    user: String = "",
    password: Secret? = nil
  ) {
    self.host = host
    self.port = port
    self.encryption = encryption
    self.trust = trust
    self.user = user
    self.password = password
  }

  /// Hands one message over; it is the server's once this returns.
  ///
  /// - Parameters:
  ///   - message: headers and body as RFC 5322 wants them, lines ending in CR LF.
  ///   - sender: the address that gets what cannot be delivered.
  ///   - recipients: bare addresses; when the server refuses one of them nobody gets the message.
  ///
  /// Blocks a thread of its own, for at most `timeout`.
  package func submit(
    _ message: [UInt8],
    from sender: String,
    to recipients: [String],
    timeout: Duration = .seconds(60)
  ) async throws(MailFailure) {
    for address in recipients + [sender] where !address.isBareAddress {
      throw MailFailure(.refused, "“\(address)” is no mail address, and nothing was sent.")
    }
    if encryption == .none, !["127.0.0.1", "::1", "localhost"].contains(host) {
      throw MailFailure(
        .refused,
        "Mail to \(host) would go out in the clear. Use tls or starttls; none is for a server on "
          + "this machine."
      )
    }
    let result: Result<Void, MailFailure> = await withCheckedContinuation { waiting in
      Thread.detachNewThread {
        waiting.resume(
          returning: Result { () throws(MailFailure) in
            try transfer(message, from: sender, to: recipients, timeout)
          }
        )
      }
    }
    try result.get()
  }

  private func transfer(
    _ message: [UInt8],
    from sender: String,
    to recipients: [String],
    _ timeout: Duration
  ) throws(MailFailure) {
    guard TransferEngine.isReady, let easy = EasyHandle() else {
      throw MailFailure(.later, "libcurl could not start; this machine may be out of memory.")
    }
    easy.reset()
    let upload = Upload(message)
    let scheme = encryption == .tls ? "smtps" : "smtp"
    let name = host.contains(":") ? "[\(host)]" : host
    easy.set(CURLOPT_URL, "\(scheme)://\(name):\(port)")
    easy.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    easy.set(CURLOPT_NOSIGNAL, 1)
    easy.set(CURLOPT_PROXY, "")
    easy.set(CURLOPT_TIMEOUT_MS, max(1, Int(timeout.components.seconds) * 1_000))
    trust.apply(to: easy)
    if encryption == .startTLS { easy.set(CURLOPT_USE_SSL, curl_encrypts_all) }
    if !user.isEmpty, let password {
      easy.set(CURLOPT_USERNAME, user)
      easy.set(CURLOPT_PASSWORD, password.reveal())
    }
    easy.set(CURLOPT_MAIL_FROM, "<\(sender)>")
    easy.set(recipients: recipients.map { "<\($0)>" })
    easy.set(CURLOPT_UPLOAD, 1)
    easy.set(
      reader: { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        return Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue()
          .read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
      },
      Unmanaged.passUnretained(upload).toOpaque()
    )
    let result = withExtendedLifetime(upload) {
      easy.takeRefusedOption() ?? curl_easy_perform(easy.pointer)
    }
    guard result != CURLE_OK else { return }
    throw failure(result, of: easy)
  }

  private func failure(_ result: CURLcode, of easy: EasyHandle) -> MailFailure {
    if let refusal = trust.refusal(result, of: easy) {
      return MailFailure(.refused, HTTPError.tls(host: host, refusal: refusal).description)
    }
    let code = easy.long(CURLINFO_RESPONSE_CODE)
    switch result {
    case CURLE_COULDNT_RESOLVE_HOST:
      return MailFailure(.later, "The name \(host) of the mail server cannot be found.")
    case CURLE_COULDNT_CONNECT:
      return MailFailure(.later, "The mail server \(host) does not answer at port \(port).")
    case CURLE_OPERATION_TIMEDOUT:
      return MailFailure(.later, "The mail server \(host) did not answer in time.")
    case CURLE_LOGIN_DENIED:
      return MailFailure(
        .signIn,
        "The mail server \(host) refused the user “\(user)” (code \(code)). Check name and password."
      )
    case _ where (500..<600).contains(code):
      return MailFailure(.refused, "The mail server \(host) refused the message (code \(code)).")
    case _ where (400..<500).contains(code):
      return MailFailure(
        .later,
        "The mail server \(host) does not take the message now (code \(code))."
      )
    default:
      return MailFailure(
        .later,
        "The mail server \(host) took nothing: \(EasyHandle.meaning(of: result))."
      )
    }
  }

  /// What is still to be sent; touched by the one thread that sends it.
  private final class Upload {
    private var rest: ArraySlice<UInt8>

    init(_ message: [UInt8]) { rest = message[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
      let piece = rest.prefix(buffer.count)
      buffer.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
  }
}

/// Why a message was not taken.
package struct MailFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Remedy: Hashable, Sendable {
    /// The same message may be taken later.
    case later
    /// Nobody may sign in until a person mends the password.
    case signIn
    /// It will be refused again.
    case refused
  }

  package let remedy: Remedy
  package let description: String

  package init(_ remedy: Remedy, _ description: String) {
    self.remedy = remedy
    self.description = description
  }
}

extension String {
  /// One that cannot end the command in which it stands.
  fileprivate var isBareAddress: Bool {
    contains("@") && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3C && $0 != 0x3E }
  }
}
