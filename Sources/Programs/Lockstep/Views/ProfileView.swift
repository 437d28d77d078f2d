import Console
import RegistryAPI
import Settings

/// The person's switches, and what the settings make of them.
struct ProfileView: View {
  struct Switch: Encodable {
    let key: String
    let own: String?
    let policy: String
    let effective: String
  }

  let file: String
  let switches: [Switch]

  init(file: String, own: UserProfile, policy: SyncSwitches) {
    self.file = file
    let effective = policy.narrowed(by: own)
    switches = ProfileKey.allCases.map { key in
      Switch(
        key: key.rawValue,
        own: own.text(of: key),
        policy: policy.text(of: key),
        effective: effective.text(of: key)
      )
    }
  }

  var description: String {
    let width = switches.map(\.key.count).max() ?? 0
    let lines = switches.map { line in
      let reason =
        switch line.own {
        case nil: ""
        case line.effective?: "  (your choice)"
        case let own?: "  (you chose \(own), the settings allow no more)"
        }
      return "  \(Columns.left(line.key, width))  \(line.effective)\(reason)"
    }
    return lines.joined(separator: "\n")
  }
}
