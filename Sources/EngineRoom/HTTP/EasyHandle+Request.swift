internal import CCurl
import Glibc

/// A request's facts, put into curl's options.
extension EasyHandle {
  /// Sends what arrives to `transfer`, which the engine keeps alive until the leg is over.
  func listen(with transfer: Transfer) {
    let context = Unmanaged.passUnretained(transfer).toOpaque()
    set(CURLOPT_HEADERFUNCTION) { line, size, count, context in
      let bytes = UnsafeRawBufferPointer(start: line, count: size * count)
      return Transfer.at(context)?.receive(headerLine: bytes) == true
        ? bytes.count : curl_writer_refuses
    }
    set(CURLOPT_HEADERDATA, pointer: context)
    set(CURLOPT_WRITEFUNCTION) { piece, size, count, context in
      let bytes = UnsafeRawBufferPointer(start: piece, count: size * count)
      return Transfer.at(context)?.receive(piece: bytes) == true
        ? bytes.count : curl_writer_refuses
    }
    set(CURLOPT_WRITEDATA, pointer: context)
    set(
      gate: { context, _, _, _, _ in
        Transfer.at(context)?.mayGoOut() == true ? curl_gate_open : curl_gate_shut
      },
      context
    )
  }

  func aim(at address: WebAddress, timeout: Duration, connectTimeout: Duration) {
    set(CURLOPT_URL, address.text)
    set(CURLOPT_PROTOCOLS_STR, "https,http")
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_HTTP_VERSION, curl_http_1_1)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_BUFFERSIZE, 64 << 10)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    // a command that is started for a password must not inherit a signed-in connection
    set(socketWatch: { _, socket, _ in
      _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
      return curl_socket_fine
    })
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    // curl takes 0 for "for ever"
    set(CURLOPT_TIMEOUT_MS, max(1, timeout.milliseconds))
    set(CURLOPT_CONNECTTIMEOUT_MS, max(1, connectTimeout.milliseconds))
    if address.isLoopback { set(CURLOPT_PROXY, "") }
  }

  func load(_ request: HTTPRequest, userAgent: String) throws(HTTPError) {
    set(CURLOPT_USERAGENT, userAgent)
    set(headerLines: try lines(of: request))
    if !request.names("Accept-Encoding") { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
    switch (request.method, request.body) {
    case ("GET", nil): set(CURLOPT_HTTPGET, 1)
    case ("HEAD", nil): set(CURLOPT_NOBODY, 1)
    case ("DELETE", nil): set(CURLOPT_CUSTOMREQUEST, "DELETE")
    case (let method, let body):
      set(CURLOPT_POST, 1)
      set(body: body ?? [])
      if method != "POST" { set(CURLOPT_CUSTOMREQUEST, method) }
    }
    try sign(request.credential)
  }

  /// Exactly one method, so that curl neither asks nor falls back.
  private func sign(_ credential: Credential) throws(HTTPError) {
    switch credential {
    case .none:
      break
    case .basic(let user, let password):
      set(CURLOPT_HTTPAUTH, curl_auth_basic)
      set(CURLOPT_USERNAME, bytes: try user.credentialBytes)
      set(CURLOPT_PASSWORD, bytes: try password.reveal().credentialBytes)
    case .ntlm(let user, let password):
      set(CURLOPT_HTTPAUTH, curl_auth_ntlm)
      set(CURLOPT_USERNAME, bytes: try user.ntlmBytes)
      set(CURLOPT_PASSWORD, bytes: try password.reveal().ntlmBytes)
    case .negotiate:
      set(CURLOPT_HTTPAUTH, curl_auth_negotiate)
      set(CURLOPT_USERNAME, "")
      set(CURLOPT_PASSWORD, "")
    case .bearer(let token):
      set(CURLOPT_HTTPAUTH, curl_auth_bearer)
      set(CURLOPT_XOAUTH2_BEARER, bytes: try token.reveal().credentialBytes)
    }
  }

  private func lines(of request: HTTPRequest) throws(HTTPError) -> [String] {
    var lines = ["Expect:"]
    guard request.method.isHeaderName else {
      throw .badRequest(reason: "its method is not a word")
    }
    for header in request.headers {
      guard header.name.isHeaderName else {
        throw .badRequest(reason: "the name of a header has characters that headers cannot carry")
      }
      guard !header.value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else {
        throw .badRequest(reason: "the header \(header.name) has a line break or control character")
      }
      lines.append(
        header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
      )
    }
    // curl would call any body a web form
    if request.body != nil, !request.names("Content-Type") { lines.append("Content-Type:") }
    return lines
  }

  func connectFailure(host: String) -> HTTPError {
    let number = Int32(long(CURLINFO_OS_ERRNO))
    switch number {
    case ECONNREFUSED: return .connectionRefused(host: host)
    case 0: return .connectionFailed(host: host, reason: "the network does not say why")
    default:
      return .connectionFailed(host: host, reason: String(cString: strerror(number)))
    }
  }
}

extension Transfer {
  fileprivate static func at(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }
}

extension HTTPRequest {
  fileprivate func names(_ header: String) -> Bool {
    headers.contains { $0.name.isSameHeader(as: header) }
  }
}

extension Duration {
  fileprivate var milliseconds: Int {
    let (seconds, attoseconds) = components
    let whole = min(seconds, 1_000_000)
    return Int(whole) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}

extension String {
  /// A token of RFC 9110 section 5.6.2.
  fileprivate var isHeaderName: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }

  fileprivate var credentialBytes: [UInt8] {
    get throws(HTTPError) {
      guard !utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw .badRequest(reason: "the user name, password or token has a control character")
      }
      return Array(utf8)
    }
  }

  /// curl widens each byte to one UTF-16 unit for NTLM, so Latin-1 is the most it can say.
  fileprivate var ntlmBytes: [UInt8] {
    get throws(HTTPError) {
      _ = try credentialBytes
      let latin = unicodeScalars.compactMap { UInt8(exactly: $0.value) }
      guard latin.count == unicodeScalars.count else {
        throw .badRequest(
          reason: """
            with NTLM a user name and password can have only Western European characters; \
            use Negotiate or Basic
            """
        )
      }
      return latin
    }
  }
}
