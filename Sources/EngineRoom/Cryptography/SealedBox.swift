internal import CCrypto

/// AES-256-GCM (NIST SP 800-38D): what is sealed can neither be read nor changed without the key.
package enum SealedBox {
  package static let keyLength = 32
  /// A nonce must never be used twice with one key.
  package static let nonceLength = 12
  private static let tagLength = 16

  /// The cipher text with its tag at the end; `label` is not kept, but has to be the same again.
  package static func seal(
    _ plain: [UInt8],
    key: [UInt8],
    nonce: [UInt8],
    label: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    let context = try Context()
    try context.begin(key: key, nonce: nonce, isSealing: true)
    try context.take(label: label)
    let cipher = try context.turn(plain)
    return cipher + (try context.tag(tagLength))
  }

  /// Throws `.notAuthentic` for another key, nonce, label or text.
  package static func open(
    _ sealed: [UInt8],
    key: [UInt8],
    nonce: [UInt8],
    label: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    guard sealed.count >= tagLength else { throw .notAuthentic }
    let context = try Context()
    try context.begin(key: key, nonce: nonce, isSealing: false)
    try context.take(label: label)
    let plain = try context.turn(Array(sealed.dropLast(tagLength)))
    try context.check(tag: Array(sealed.suffix(tagLength)))
    return plain
  }

  private struct Context: ~Copyable {
    private let context: OpaquePointer

    init() throws(CryptoError) {
      guard let context = EVP_CIPHER_CTX_new() else { throw .refused("AES-256-GCM") }
      self.context = context
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    func begin(key: [UInt8], nonce: [UInt8], isSealing: Bool) throws(CryptoError) {
      guard key.count == keyLength, nonce.count == nonceLength else {
        throw .refused("a key or nonce of this length")
      }
      guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce, isSealing ? 1 : 0) == 1
      else { throw .refused("AES-256-GCM") }
    }

    func take(label: [UInt8]) throws(CryptoError) {
      var count: Int32 = 0
      guard !label.isEmpty else { return }
      guard EVP_CipherUpdate(context, nil, &count, label, try length(label)) == 1 else {
        throw .refused("AES-256-GCM")
      }
    }

    func turn(_ text: [UInt8]) throws(CryptoError) -> [UInt8] {
      var count: Int32 = 0
      guard !text.isEmpty else { return [] }
      var turned = [UInt8](repeating: 0, count: text.count)
      guard EVP_CipherUpdate(context, &turned, &count, text, try length(text)) == 1,
        count == text.count
      else { throw .refused("AES-256-GCM") }
      return turned
    }

    func tag(_ length: Int) throws(CryptoError) -> [UInt8] {
      var tag = [UInt8](repeating: 0, count: length)
      guard end(), EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(length), &tag) == 1
      else { throw .refused("AES-256-GCM") }
      return tag
    }

    func check(tag: [UInt8]) throws(CryptoError) {
      var tag = tag
      guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1 else {
        throw .refused("AES-256-GCM")
      }
      guard end() else { throw .notAuthentic }
    }

    private func end() -> Bool {
      var rest = [UInt8](repeating: 0, count: 16)
      var count: Int32 = 0
      return EVP_CipherFinal_ex(context, &rest, &count) == 1
    }

    private func length(_ bytes: [UInt8]) throws(CryptoError) -> Int32 {
      guard let length = Int32(exactly: bytes.count) else { throw .refused("a text this long") }
      return length
    }
  }
}
