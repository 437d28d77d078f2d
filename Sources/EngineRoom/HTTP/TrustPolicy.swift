internal import CCurl

/// Whom a client believes: the only place that touches TLS options.
///
/// There is no off switch. Always: TLS 1.2 or newer, the whole chain checked, the host's name checked, OpenSSL security
/// level 2 (no SHA-1 signatures, RSA of 2048 bits or more).
///
/// A pin is checked in addition to all that and replaces none of it. So a self-signed server is
/// not accepted for its pin; name its own certificate as the authority file, which then is the
/// whole list of who may vouch.
package struct TrustPolicy: Sendable, Hashable {
  /// The authorities that the system trusts.
  package static let system = TrustPolicy(certificateAuthorityFile: nil, pinnedKey: nil)

  /// A PEM file of authorities that replaces the system's, or `nil`.
  package let certificateAuthorityFile: String?
  /// In curl's form: `sha256//` and base64, several joined by `;`.
  private let pins: String?

  /// - Parameters:
  ///   - certificateAuthorityFile: path of a PEM file; `nil` for the system's authorities.
  ///   - pinnedKey: SHA-256 of the server's public key (SubjectPublicKeyInfo, DER) in base64, with
  ///     or without the prefix `sha256//`; several are separated by `;` or spaces and one of them
  ///     must match. A text that is no digest matches nothing.
  package init(certificateAuthorityFile: String?, pinnedKey: String?) {
    self.certificateAuthorityFile = certificateAuthorityFile
    pins = pinnedKey.map { text in
      let keys = text.split { $0 == ";" || $0.isWhitespace }.map { key in
        key.hasPrefix("sha256//") ? String(key) : "sha256//\(key)"
      }
      return keys.isEmpty ? "sha256//" : keys.joined(separator: ";")
    }
  }

  func apply(to easy: EasyHandle) {
    easy.set(CURLOPT_SSL_VERIFYPEER, 1)
    easy.set(CURLOPT_SSL_VERIFYHOST, 2)
    easy.set(CURLOPT_SSLVERSION, curl_tls_1_2)
    easy.set(CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=2")
    easy.set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
    easy.set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
    easy.set(CURLOPT_PROXY_SSLVERSION, curl_tls_1_2)
    if let certificateAuthorityFile {
      easy.set(CURLOPT_CAINFO, certificateAuthorityFile)
      easy.clear(CURLOPT_CAPATH)
    }
    if let pins { easy.set(CURLOPT_PINNEDPUBLICKEY, pins) }
  }

  /// The refusal that ended a transfer, or `nil` when TLS was not the reason.
  ///
  /// Read right after the transfer, from curl's result, OpenSSL's verdict and, where neither
  /// tells causes apart, the text that curl left.
  func refusal(_ result: CURLcode, of easy: EasyHandle) -> TLSRefusal? {
    switch result {
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: .pinMismatch
    case CURLE_SSL_CACERT_BADFILE:
      .authorityFileUnreadable(path: certificateAuthorityFile ?? "of the system")
    case CURLE_SSL_CLIENTCERT: .clientCertificateWanted
    case CURLE_PEER_FAILED_VERIFICATION:
      verdict(easy.long(CURLINFO_SSL_VERIFYRESULT), easy.errorText)
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER: handshakeRefusal(easy.errorText)
    // in TLS 1.3 the server complains only after the handshake
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      easy.errorText.contains("certificate required") ? .clientCertificateWanted : nil
    case CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
      .other(reason: EasyHandle.meaning(of: result))
    default: nil
    }
  }

  /// Numbers of `X509_V_ERR_…` in openssl/x509_vfy.h.
  private func verdict(_ number: Int, _ text: String) -> TLSRefusal {
    switch number {
    // curl compares the name itself once the chain is good, before it notes OpenSSL's verdict
    case 0, 1: text.contains("host name") ? .wrongHost : .other(reason: "no reason was given")
    case 62: .wrongHost
    case 9: .notYetValid
    case 10: .expired
    case 18: .selfSigned
    case 2, 19, 20, 21, 27: .unknownAuthority
    case 23: .revoked
    case 66, 67, 68: .weak
    case 25, 26, 28, 32, 79: .wrongUsage
    default: .other(reason: "OpenSSL's verdict on its certificate is number \(number)")
    }
  }

  private func handshakeRefusal(_ text: String) -> TLSRefusal? {
    func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
    if says("alert protocol version", "unsupported protocol", "version too low") {
      return .oldProtocol
    }
    if says("too weak", "too small") { return .weak }
    if says("wrong version number", "packet length too long", "http request") { return .notTLS }
    if says("certificate required", "bad certificate") { return .clientCertificateWanted }
    if says("handshake failure", "no shared cipher", "no ciphers available") {
      return .noCommonCipher
    }
    // A connection that merely broke during the handshake is no verdict on the server.
    if says("SSL_ERROR_SYSCALL", "unexpected eof", "Connection reset") { return nil }
    return .other(reason: EasyHandle.meaning(of: CURLE_SSL_CONNECT_ERROR))
  }
}
