internal import CCrypto

/// Bytes that nobody can guess, from libcrypto's generator seeded by the kernel.
package enum RandomBytes {
  /// `count` random bytes (none when `count` is not positive).
  ///
  /// Throws `CryptoError.noRandomness` when the generator could not be seeded.
  package static func bytes(_ count: Int) throws -> [UInt8] {
    guard count > 0 else { return [] }
    guard count <= Int(Int32.max) else { throw CryptoError.noRandomness }
    return try [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      guard RAND_bytes(bytes.baseAddress, Int32(count)) == 1 else {
        throw CryptoError.noRandomness
      }
      filled = count
    }
  }
}
