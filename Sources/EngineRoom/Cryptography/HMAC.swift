internal import CCrypto

/// HMAC-SHA-256 (RFC 2104): who knows the key made it.
package enum HMAC {
  package static func code(of bytes: [UInt8], key: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard let keyLength = Int32(exactly: key.count) else { throw .refused("a key this long") }
    var code = [UInt8](repeating: 0, count: SHA256.length)
    var length: UInt32 = 0
    // An empty key needs an address too: without one, libcrypto means the key of the call before.
    let made = CCrypto.HMAC(
      EVP_sha256(),
      key.isEmpty ? [0] : key,
      keyLength,
      bytes,
      bytes.count,
      &code,
      &length
    )
    guard made != nil, Int(length) == code.count else { throw .refused("HMAC-SHA-256") }
    return code
  }
}
