internal import SyncModel

extension AdminSettings {
  /// The value as people read and type it; nil for the password, which is never told.
  package func text(of key: SettingKey) -> String? {
    switch key.field {
    case .flag(let path): String(self[keyPath: path])
    case .text(let path, _): self[keyPath: path]
    case .number(let path, _): String(self[keyPath: path])
    case .detail(let path): self[keyPath: path].rawValue
    case .addresses(let path): self[keyPath: path].joined(separator: "; ")
    case .secret: nil
    }
  }

  /// Takes a value as people type it; blanks around it do not count.
  ///
  /// The password is not taken here: whoever keeps it seals it.
  package mutating func set(_ key: SettingKey, to typed: String) throws(SettingRefusal) {
    let text = typed.trimmed
    switch key.field {
    case .flag(let path):
      guard let flag = ["true": true, "false": false][text] else {
        throw SettingRefusal(key, "\(key.rawValue) must be true or false.")
      }
      self[keyPath: path] = flag
    case .text(let path, let limit):
      guard text.count <= limit, !text.contains(where: \.isNewline) else {
        throw SettingRefusal(key, "\(key.rawValue) must be one line of up to \(limit) characters.")
      }
      self[keyPath: path] = text
    case .number(let path, let range):
      guard let number = Int(text), range.contains(number) else {
        throw SettingRefusal(
          key,
          "\(key.rawValue) must be a whole number from \(range.lowerBound) to \(range.upperBound)."
        )
      }
      self[keyPath: path] = number
    case .detail(let path):
      guard let detail = SyncRules.Detail(rawValue: text) else {
        throw SettingRefusal(key, "\(key.rawValue) must be all, none or off.")
      }
      self[keyPath: path] = detail
    case .addresses(let path):
      let addresses = text.split(separator: ";").map { String($0).trimmed }.filter { !$0.isEmpty }
      for address in addresses where !isMailAddress(address) {
        throw SettingRefusal(key, "“\(address)” in \(key.rawValue) is no mail address.")
      }
      self[keyPath: path] = addresses
    case .secret:
      throw SettingRefusal(key, "\(key.rawValue) is set apart from the rest.")
    }
  }

  /// What does not go together; nothing is saved while there is any.
  package var problems: [SettingRefusal] {
    var problems: [SettingRefusal] = []
    if profileName.isEmpty {
      problems.append(SettingRefusal(.profileName, "Give the settings a profile name."))
    }
    if serverAddress.isEmpty {
      problems.append(SettingRefusal(.serverAddress, "Give the name of the Exchange server."))
    } else if isNumeric(serverAddress) {
      problems.append(
        SettingRefusal(
          .serverAddress,
          "“\(serverAddress)” is an IP address. Give the server's name: its certificate is made "
            + "out to that."
        )
      )
    } else if !isHostName(serverAddress) {
      problems.append(
        SettingRefusal(.serverAddress, "“\(serverAddress)” is no name such as mail.example.com.")
      )
    }
    if virtualDirectory.contains(where: { " ?#\\".contains($0) })
      || virtualDirectory.contains("//") || virtualDirectory.contains("..")
    {
      problems.append(
        SettingRefusal(.virtualDirectory, "“\(virtualDirectory)” is no path on a server.")
      )
    }
    let silent: [SettingKey: Bool] = [
      .publicFolder: publishesContacts, .useAccountForEverybody: usesAccountForEverybody,
      .useMSGraph: usesGraph,
    ]
    for key in SettingKey.allCases where silent[key] == true {
      if let why = key.silenced(in: self) {
        problems.append(SettingRefusal(key, "\(key.label): \(why)"))
      }
    }
    if publishesContacts, accountUser.isEmpty {
      problems.append(
        SettingRefusal(.publicFolder, "The public folder needs a synchronization account.")
      )
    }
    return problems
  }
}

/// The shape of an address; whether it exists is the mail server's to say.
package func isMailAddress(_ text: String) -> Bool {
  let parts = text.split(separator: "@", omittingEmptySubsequences: false)
  return parts.count == 2 && !parts[0].isEmpty && isHostName(String(parts[1]))
    && !text.contains { $0.isWhitespace || "<>,;\"".contains($0) }
}

/// Letters, digits and dashes between dots, as a server's name is written.
package func isHostName(_ text: String) -> Bool {
  let labels = text.split(separator: ".", omittingEmptySubsequences: false)
  return text.utf8.count <= 253 && !isNumeric(text)
    && labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
        && label.utf8.allSatisfy {
          (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            || $0 == 0x2D
        }
    }
}

private func isNumeric(_ text: String) -> Bool {
  text.contains(":")
    || (!text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E })
}

extension String {
  /// Without the blanks around it.
  package var trimmed: String {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
