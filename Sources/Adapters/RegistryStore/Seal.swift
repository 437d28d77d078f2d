internal import Cryptography
internal import FoundationEssentials

/// Seals what the registry has to read again, with a key that lies outside the database.
struct Seal: Sendable {
  /// What is sealed; a text of one sort does not open as another.
  enum Label: String { case accountPassword = "account-password", mail }

  let file: String
  let dice: RegistryStore.Dice

  func seal(_ text: String, as label: Label) throws -> String {
    let nonce = try dice(SealedBox.nonceLength)
    let box = try SealedBox.seal(
      Array(text.utf8),
      key: try ownKey(),
      nonce: nonce,
      label: Array(label.rawValue.utf8)
    )
    return Data(nonce + box).base64EncodedString()
  }

  func open(_ sealed: String, as label: Label) throws -> String {
    guard let key = try key() else { throw RegistryStoreFailure.noKey(file: file) }
    let bytes = Array(Data(base64Encoded: sealed) ?? Data())
    do {
      let text = try SealedBox.open(
        Array(bytes.dropFirst(SealedBox.nonceLength)),
        key: key,
        nonce: Array(bytes.prefix(SealedBox.nonceLength)),
        label: Array(label.rawValue.utf8)
      )
      return String(decoding: text, as: UTF8.self)
    } catch {
      throw RegistryStoreFailure.wrongKey(file: file)
    }
  }

  /// The key, made where there is none yet.
  private func ownKey() throws -> [UInt8] {
    if let key = try key() { return key }
    let line = Data(try dice(SealedBox.keyLength)).base64EncodedString() + "\n"
    // False where another process was faster: then that one's key counts.
    _ = try PrivateFile.make(file, holding: Array(line.utf8))
    guard let key = try key() else { throw RegistryStoreFailure.noKey(file: file) }
    return key
  }

  private func key() throws -> [UInt8]? {
    guard let bytes = try PrivateFile.bytes(of: file) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    guard let key = Data(base64Encoded: text), key.count == SealedBox.keyLength else {
      throw RegistryStoreFailure.badKey(file: file)
    }
    return Array(key)
  }
}

/// A secret that is shown once: random letters, of which only the digest is kept.
enum Token {
  static let agentPrefix = "lsa_"
  static let adminPrefix = "lsk_"
  static let sessionPrefix = "lss_"

  /// 32 random bytes as base64url.
  static func made(_ prefix: String, _ dice: RegistryStore.Dice) throws -> String {
    prefix + base64URL(try dice(32))
  }

  static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  static func digest(_ token: String) -> String { SHA256.hexadecimal(of: Array(token.utf8)) }
}
