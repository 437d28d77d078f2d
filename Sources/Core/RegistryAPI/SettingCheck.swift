/// What a look at the real servers says of settings that are being saved (`design.md` section 5).
///
/// A check that fails refuses no save: a server may be down while its settings are right.
package struct SettingCheck: Hashable, Sendable, Codable {
  package enum Item: String, Hashable, Sendable, Codable, CaseIterable {
    case name
    case port
    case certificate
    case exchangeWebServices = "ews"
    case outlookOnTheWeb = "owa"
    case account
    case impersonation
    case publicFolder = "public_folder"
    case graph = "ms_graph"

    /// Beside the finding, for people.
    package var label: String {
      switch self {
      case .name: "Server address"
      case .port: "Port"
      case .certificate: "Certificate"
      case .exchangeWebServices: "Exchange Web Services"
      case .outlookOnTheWeb: "Outlook on the web"
      case .account: "Synchronization account"
      case .impersonation: "Other people's mailboxes"
      case .publicFolder: "Public folder"
      case .graph: "MS Graph"
      }
    }
  }

  package enum Finding: String, Hashable, Sendable, Codable {
    case works
    case fails
    /// It could not be looked at; `says` tells why.
    case unchecked
  }

  package let item: Item
  package let finding: Finding
  /// One or two sentences: what was seen, and for a failure what to do.
  package let says: String

  package init(_ item: Item, _ finding: Finding, _ says: String) {
    self.item = item
    self.finding = finding
    self.says = says
  }
}
