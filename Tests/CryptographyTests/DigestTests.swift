import Cryptography
import Testing

@Suite struct DigestTests {
  /// FIPS 180-4 examples; the last is the million letters.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `the digest is SHA-256`(text: String, expected: String) {
    #expect(SHA256.hexadecimal(of: Array(text.utf8)) == expected)
    #expect(SHA256.digest(Array(text.utf8)).count == SHA256.length)
  }

  @Test func `a long text has its known digest`() {
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(
      SHA256.hexadecimal(of: million)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    )
  }

  @Test func `random bytes have the length asked for and do not repeat`() throws {
    #expect(try RandomBytes.bytes(0).isEmpty)
    #expect(try RandomBytes.bytes(-1).isEmpty)
    let draws = try (0..<100).map { _ in try RandomBytes.bytes(16) }
    #expect(draws.allSatisfy { $0.count == 16 })
    #expect(Set(draws).count == 100)
  }
}
