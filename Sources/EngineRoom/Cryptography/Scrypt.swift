internal import CCrypto

/// scrypt (RFC 7914): makes guessing a password costly in time and memory.
package struct Scrypt: Hashable, Sendable {
  /// The cost is 2 to this power.
  package let logarithm: Int
  package let blockSize: Int
  package let parallelism: Int

  /// 32 MB and about a tenth of a second.
  package static let standard = Scrypt(logarithm: 15, blockSize: 8, parallelism: 1)

  package init(logarithm: Int, blockSize: Int, parallelism: Int) {
    self.logarithm = logarithm
    self.blockSize = blockSize
    self.parallelism = parallelism
  }

  /// `count` bytes that follow from password and salt.
  package func key(
    from password: [UInt8],
    salt: [UInt8],
    count: Int = 32
  ) throws(CryptoError) -> [UInt8] {
    guard (1...24).contains(logarithm), (1...64).contains(blockSize),
      (1...64).contains(parallelism), (1...1_024).contains(count)
    else { throw .refused("scrypt with these parameters") }
    let memory = 128 * blockSize * ((1 << logarithm) + parallelism + 2)
    var key = [UInt8](repeating: 0, count: count)
    let result = password.withUnsafeBytes { password in
      salt.withUnsafeBufferPointer { salt in
        EVP_PBE_scrypt(
          password.baseAddress?.assumingMemoryBound(to: CChar.self),
          password.count,
          salt.baseAddress,
          salt.count,
          1 << UInt64(logarithm),
          UInt64(blockSize),
          UInt64(parallelism),
          UInt64(memory) + (1 << 20),
          &key,
          count
        )
      }
    }
    guard result == 1 else { throw .refused("scrypt") }
    return key
  }
}
