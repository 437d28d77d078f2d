/// Why a server's identity or encryption was not accepted.
///
/// There is no way to accept it anyway.
package enum TLSRefusal: Sendable, Hashable {
  case expired
  case notYetValid
  case wrongHost
  case selfSigned
  case unknownAuthority
  case revoked
  /// SHA-1 signatures, RSA keys under 2048 bits and the like.
  case weak
  /// The certificate, or one that signed it, was not made for this use.
  case wrongUsage
  case pinMismatch
  /// Nothing newer than TLS 1.1.
  case oldProtocol
  case noCommonCipher
  case clientCertificateWanted
  /// What answers there does not speak TLS.
  case notTLS
  case authorityFileUnreadable(path: String)
  /// Another reason, in OpenSSL's words.
  case other(reason: String)

  func sentence(host: String) -> String {
    switch self {
    case .expired:
      "The certificate of \(host) has expired. Its administrator must renew it."
    case .notYetValid:
      "The certificate of \(host) is not valid yet. Check this machine's clock."
    case .wrongHost:
      "The certificate of \(host) was issued for another name. Use a name that it bears."
    case .selfSigned:
      """
      The certificate of \(host) is self-signed. If it is the right one, have it copied from the \
      server itself and name that copy as ca_file.
      """
    case .unknownAuthority:
      """
      The certificate of \(host) was issued by an authority that this machine does not know, or \
      the server leaves out a certificate in between. Name the authority's certificate as ca_file.
      """
    case .revoked:
      "The certificate of \(host) was revoked."
    case .weak:
      """
      The certificate of \(host) or of its issuer is too weak (SHA-1 signature or a short key). \
      Its administrator must replace it.
      """
    case .wrongUsage:
      "The certificate of \(host), or the one that signed it, was not made for a server's use."
    case .pinMismatch:
      """
      The key of \(host) is not the pinned one. If its administrator did not renew the key, \
      somebody may be in between.
      """
    case .oldProtocol:
      "\(host) offers only an old TLS version; 1.2 or newer is needed."
    case .noCommonCipher:
      "\(host) offers no encryption that this machine accepts, or wants a client certificate."
    case .clientCertificateWanted:
      "\(host) asks for a client certificate, which is not supported."
    case .notTLS:
      "What answers at \(host) does not speak TLS. Check the port."
    case .authorityFileUnreadable(let path):
      "The certificate authority file \(path) cannot be read, or holds no certificate."
    case .other(let reason):
      "The TLS connection to \(host) was refused: \(reason)."
    }
  }
}
