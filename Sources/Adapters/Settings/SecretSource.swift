package import HTTP

/// Where one secret lies: places in the order of `design.md` 8, the first that has it counts.
///
/// Secrets never come from the command line or the environment.
package struct SecretSource: Hashable, Sendable {
  /// One place.
  package enum Place: Hashable, Sendable {
    /// Words of a command that prints the secret.
    case command([String])
    /// Attributes of an entry of the desktop's keyring, sorted by name.
    case keyring([KeyringAttribute])
    /// The path of a credential that systemd laid down; nil where this is no such unit.
    case credential(name: String, path: String?)
    /// The path of a file that only its owner may read.
    case file(String)
  }

  /// A name and a value that find an entry of the keyring.
  package struct KeyringAttribute: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What it is, for people: "the password for Exchange".
  package let purpose: String
  package let places: [Place]
  /// The program that reads the keyring.
  package let keyringTool: String
  /// How long a command or a keyring may take, a person's typing included.
  package let patience: Duration

  package init(
    purpose: String,
    places: [Place],
    keyringTool: String = "secret-tool",
    patience: Duration = .seconds(60)
  ) {
    self.purpose = purpose
    self.places = places
    self.keyringTool = keyringTool
    self.patience = patience
  }

  /// The secret, fetched anew; without the line end that closes it.
  ///
  /// A place that has nothing passes to the next; a place that fails ends the search. May take as
  /// long as a person needs to unlock the keyring.
  package func secret() async throws(SecretFailure) -> Secret {
    for place in places {
      if let bytes = try await bytes(of: place) { return try secret(bytes) }
    }
    throw SecretFailure(.absent, of: purpose, in: places)
  }

  private func bytes(of place: Place) async throws(SecretFailure) -> [UInt8]? {
    switch place {
    case .command(let words):
      let answer = try await run(words)
      guard answer.status == 0 else { throw failure(.commandFailed(status: answer.status)) }
      return answer.output
    case .keyring(let attributes):
      return try await keyring(attributes)
    case .credential(_, let path):
      guard let path else { return nil }
      return try content(of: path, isPrivate: false)
    case .file(let path):
      return try content(of: path, isPrivate: true)
    }
  }

  /// `secret-tool lookup` says nothing of an entry that is locked; `search` lists it nevertheless.
  private func keyring(_ attributes: [KeyringAttribute]) async throws(SecretFailure) -> [UInt8]? {
    let words = attributes.flatMap { [$0.name, $0.value] }
    let found = try await run([keyringTool, "lookup"] + words)
    if found.status == 0, !found.output.isEmpty { return found.output }
    guard found.status != SecretCommand.missingProgram else {
      throw failure(.keyringToolMissing(keyringTool))
    }
    let search = try await run([keyringTool, "search"] + words)
    if !search.output.isEmpty { throw failure(.keyringLocked) }
    if found.complained || search.complained { throw failure(.keyringAway) }
    return nil
  }

  private func run(_ words: [String]) async throws(SecretFailure) -> SecretCommand.Answer {
    guard let answer = await SecretCommand(words: words, patience: patience).answer() else {
      throw failure(.tookTooLong)
    }
    return answer
  }

  private func content(of path: String, isPrivate: Bool) throws(SecretFailure) -> [UInt8] {
    let content: FileContent
    do {
      content = try FileContent(of: path, limit: 65_536)
    } catch {
      throw failure(.unreadable(path, error.sentence))
    }
    if isPrivate {
      guard content.isOwn else { throw failure(.foreignFile(path)) }
      guard content.mode & 0o177 == 0 else { throw failure(.openFile(path)) }
    }
    return content.bytes
  }

  private func secret(_ bytes: [UInt8]) throws(SecretFailure) -> Secret {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw failure(.noText) }
    let lineEnds = text.unicodeScalars.reversed().prefix { $0 == "\n" || $0 == "\r" }.count
    let line = String(text.unicodeScalars.dropLast(lineEnds))
    guard !line.isEmpty else { throw failure(.empty) }
    guard !line.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw failure(.noText)
    }
    return Secret(line)
  }

  private func failure(_ cause: SecretFailure.Cause) -> SecretFailure {
    SecretFailure(cause, of: purpose, in: places)
  }
}

extension SettingsReader {
  /// The places that `<key>_command`, `_keyring`, `_credential` and `_file` name, in this order.
  mutating func secretSource(
    _ key: String,
    for purpose: String,
    _ files: SettingsPaths
  ) -> SecretSource {
    var places: [SecretSource.Place] = []
    if let words = command(key + "_command") { places.append(.command(words)) }
    if let pairs = attributes(key + "_keyring") {
      places.append(
        .keyring(pairs.map { SecretSource.KeyringAttribute(name: $0.name, value: $0.value) })
      )
    }
    if let name = string(key + "_credential") {
      if name.contains("/") || name.hasPrefix(".") || name.utf8.count > 255 {
        complain(key + "_credential", "\(key)_credential must be a name without slashes.")
      } else {
        let path = files.places.credentials.map { "\($0)/\(name)" }
        places.append(.credential(name: name, path: path))
      }
    }
    if let path = string(key + "_file") { places.append(.file(files.absolute(path))) }
    return SecretSource(purpose: purpose, places: places)
  }
}
