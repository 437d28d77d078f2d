package import SyncModel

/// What the admin sets for everybody (`design.md` section 5), without the account's password, which
/// lies sealed beside it.
package struct AdminSettings: Hashable, Sendable, Codable {
  // General
  package var isEnabled = true
  package var profileName = ""
  package var isHostedByThirdParty = false
  /// A name, never an address of numbers.
  package var serverAddress = ""
  package var serverPort = 443
  /// Blank is `EWS/Exchange.asmx`.
  package var virtualDirectory = ""
  package var usesGraph = false
  /// Minutes, 10 to 1440.
  package var interval = 15
  package var isOnPremises = true
  package var accountUser = ""
  package var accountDomain = ""
  package var usesAccountForEverybody = false
  package var notificationAddresses: [String] = []

  // Synchronization
  package var allowsAppointments = true
  package var allowsContacts = true
  package var allowsServiceCalls = true
  package var allowsToDos = true
  package var publishesContacts = false
  package var importDetail = SyncRules.Detail.all
  package var sendsFreeTime = true
  package var pastDays = 7
  package var recurringDays = 30

  package init() {}

  /// The switches that agents get of it; their user's profile narrows them further.
  package var switches: SyncSwitches {
    SyncSwitches(
      isEnabled: isEnabled,
      appointmentsToExchange: allowsAppointments,
      appointmentsToAutotask: importDetail != .off,
      toDos: allowsToDos,
      serviceCalls: allowsServiceCalls,
      contacts: allowsContacts,
      importDetail: importDetail,
      sendsFreeTime: sendsFreeTime,
      pastDays: pastDays,
      recurringDays: recurringDays
    )
  }

  /// Where Exchange Web Services lie on the server, without the leading slash.
  package var webServicesPath: String {
    let path = virtualDirectory.drop { $0 == "/" }
    return path.isEmpty ? "EWS/Exchange.asmx" : String(path)
  }

  /// As the account signs in: its name with the domain that it lacks.
  package var accountLogin: String {
    let isWhole =
      accountUser.contains("@") || accountUser.contains("\\") || accountDomain.isEmpty
    return isWhole ? accountUser : accountDomain + "\\" + accountUser
  }

  /// Everything has to be read again under `new` (`rules.md` 9).
  package func needsFullReading(under new: AdminSettings) -> Bool {
    (serverAddress, serverPort, virtualDirectory, accountDomain)
      != (new.serverAddress, new.serverPort, new.virtualDirectory, new.accountDomain)
  }
}
