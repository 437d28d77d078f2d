import Cryptography
import Testing

@Suite struct SecretTests {
  /// RFC 7914 section 12.
  @Test(arguments: [
    (
      "", "", Scrypt(logarithm: 4, blockSize: 1, parallelism: 1),
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
    ),
    (
      "password", "NaCl", Scrypt(logarithm: 10, blockSize: 8, parallelism: 16),
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    ),
    (
      "pleaseletmein", "SodiumChloride", Scrypt(logarithm: 14, blockSize: 8, parallelism: 1),
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    ),
  ])
  func `passwords become keys by scrypt`(
    password: String,
    salt: String,
    cost: Scrypt,
    key: String
  ) throws {
    let made = try cost.key(from: Array(password.utf8), salt: Array(salt.utf8), count: 64)
    #expect(made == bytes(key))
  }

  @Test func `the standard cost of scrypt fits its memory`() throws {
    #expect(try Scrypt.standard.key(from: [1], salt: [2]).count == 32)
    #expect(throws: CryptoError.self) {
      try Scrypt(logarithm: 0, blockSize: 8, parallelism: 1).key(from: [1], salt: [2])
    }
  }

  /// Test cases 13, 14 and 16 of the GCM specification (McGrew and Viega).
  @Test(arguments: [
    (
      String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "",
      "530f8afbc74536b9a963b4f1c4cb738b"
    ),
    (
      String(repeating: "0", count: 64), String(repeating: "0", count: 24),
      String(repeating: "0", count: 32), "",
      "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
    ),
    (
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbaddecaf888",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        + "76fc6ece0f4e1768cddf8853bb2d551b"
    ),
  ])
  func `boxes are sealed by AES-256-GCM`(
    key: String,
    nonce: String,
    plain: String,
    label: String,
    sealed: String
  ) throws {
    let (key, nonce, label) = (bytes(key), bytes(nonce), bytes(label))
    let box = try SealedBox.seal(bytes(plain), key: key, nonce: nonce, label: label)
    #expect(box == bytes(sealed))
    #expect(try SealedBox.open(box, key: key, nonce: nonce, label: label) == bytes(plain))
  }

  @Test func `a box that was changed, or of another key, nonce or label, does not open`() throws {
    let key = [UInt8](repeating: 7, count: SealedBox.keyLength)
    let nonce = [UInt8](repeating: 9, count: SealedBox.nonceLength)
    let box = try SealedBox.seal(Array("secret".utf8), key: key, nonce: nonce, label: [1])
    for place in box.indices {
      var changed = box
      changed[place] ^= 1
      #expect(throws: CryptoError.notAuthentic) {
        try SealedBox.open(changed, key: key, nonce: nonce, label: [1])
      }
    }
    #expect(throws: CryptoError.notAuthentic) {
      try SealedBox.open(box, key: key.map { $0 ^ 1 }, nonce: nonce, label: [1])
    }
    #expect(throws: CryptoError.notAuthentic) {
      try SealedBox.open(box, key: key, nonce: nonce.map { $0 ^ 1 }, label: [1])
    }
    #expect(throws: CryptoError.notAuthentic) {
      try SealedBox.open(box, key: key, nonce: nonce, label: [])
    }
    #expect(throws: CryptoError.notAuthentic) {
      try SealedBox.open([1, 2], key: key, nonce: nonce, label: [1])
    }
    #expect(throws: CryptoError.self) {
      try SealedBox.seal([1], key: [1], nonce: nonce, label: [])
    }
  }

  /// RFC 4231 test cases 1, 2 and 6; the empty one is libcrypto's own.
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ])
  func `codes are HMAC-SHA-256`(key: [UInt8], text: String, code: String) throws {
    #expect(try HMAC.code(of: Array(text.utf8), key: key) == bytes(code))
  }

  @Test func `secrets are equal only when all of them is`() {
    #expect(ConstantTime.areEqual([], []))
    #expect(ConstantTime.areEqual([1, 2, 3], [1, 2, 3]))
    #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2, 4]))
    #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2]))
  }

  private func bytes(_ digits: String) -> [UInt8] {
    let digits = Array(digits)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
  }
}
