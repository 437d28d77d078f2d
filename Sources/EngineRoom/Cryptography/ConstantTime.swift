internal import CCrypto

/// Comparing secrets without telling by the time it takes where they differ.
package enum ConstantTime {
  /// The lengths are no secret.
  package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }
}
