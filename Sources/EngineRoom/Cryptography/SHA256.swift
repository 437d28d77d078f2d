internal import CCrypto

/// SHA-256 (FIPS 180-4) by the system's libcrypto.
package enum SHA256 {
  /// The number of bytes of every digest.
  package static let length = 32

  /// The digest of `bytes`, always 32 bytes; it cannot fail.
  package static func digest(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { digest, count in
      bytes.withUnsafeBytes { crypto_sha256($0.baseAddress, $0.count, digest.baseAddress) }
      count = length
    }
  }

  /// The digest of `bytes` as 64 lower-case hexadecimal digits.
  package static func hexadecimal(of bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(length * 2)
    for byte in digest(bytes) {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
