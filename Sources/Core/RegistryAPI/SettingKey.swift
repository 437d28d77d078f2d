package import SyncModel

/// A field of the admin's settings, by the name that the pages and the command line share.
package enum SettingKey: String, Hashable, Sendable, CaseIterable {
  case enabled
  case profileName = "profile_name"
  case hostedByThirdParty = "hosted_by_third_party"
  case serverAddress = "server_address"
  case serverPort = "server_port"
  case virtualDirectory = "virtual_directory"
  case useMSGraph = "use_ms_graph"
  case interval
  case onPremises = "on_premises"
  case accountUser = "account_user"
  case accountPassword = "account_password"
  case accountDomain = "account_domain"
  case useAccountForEverybody = "use_account_for_everybody"
  case notificationAddresses = "notification_addresses"

  case allowAppointments = "allow_appointments"
  case allowContacts = "allow_contacts"
  case allowServiceCalls = "allow_service_calls"
  case allowToDos = "allow_to_dos"
  case publicFolder = "public_folder"
  case importDetail = "import_detail"
  case sendFreeTime = "send_free_time"
  case pastDays = "past_days"
  case recurringDays = "recurring_days"

  package enum Tab: String, Hashable, Sendable, CaseIterable {
    case general = "General"
    case synchronization = "Synchronization"
  }

  package enum Field {
    case flag(WritableKeyPath<AdminSettings, Bool>)
    case text(WritableKeyPath<AdminSettings, String>, limit: Int)
    case number(WritableKeyPath<AdminSettings, Int>, ClosedRange<Int>)
    case detail(WritableKeyPath<AdminSettings, SyncRules.Detail>)
    case addresses(WritableKeyPath<AdminSettings, [String]>)
    /// Kept sealed, never shown; up to this many characters.
    case secret(limit: Int)
  }

  package var tab: Tab {
    switch self {
    case .enabled, .profileName, .hostedByThirdParty, .serverAddress, .serverPort,
      .virtualDirectory, .useMSGraph, .interval, .onPremises, .accountUser, .accountPassword,
      .accountDomain, .useAccountForEverybody, .notificationAddresses:
      .general
    case .allowAppointments, .allowContacts, .allowServiceCalls, .allowToDos, .publicFolder,
      .importDetail, .sendFreeTime, .pastDays, .recurringDays:
      .synchronization
    }
  }

  package var field: Field {
    switch self {
    case .enabled: .flag(\.isEnabled)
    case .profileName: .text(\.profileName, limit: 64)
    case .hostedByThirdParty: .flag(\.isHostedByThirdParty)
    case .serverAddress: .text(\.serverAddress, limit: 253)
    case .serverPort: .number(\.serverPort, 1...65_535)
    case .virtualDirectory: .text(\.virtualDirectory, limit: 255)
    case .useMSGraph: .flag(\.usesGraph)
    case .interval: .number(\.interval, 10...1_440)
    case .onPremises: .flag(\.isOnPremises)
    case .accountUser: .text(\.accountUser, limit: 128)
    case .accountPassword: .secret(limit: 128)
    case .accountDomain: .text(\.accountDomain, limit: 128)
    case .useAccountForEverybody: .flag(\.usesAccountForEverybody)
    case .notificationAddresses: .addresses(\.notificationAddresses)
    case .allowAppointments: .flag(\.allowsAppointments)
    case .allowContacts: .flag(\.allowsContacts)
    case .allowServiceCalls: .flag(\.allowsServiceCalls)
    case .allowToDos: .flag(\.allowsToDos)
    case .publicFolder: .flag(\.publishesContacts)
    case .importDetail: .detail(\.importDetail)
    case .sendFreeTime: .flag(\.sendsFreeTime)
    case .pastDays: .number(\.pastDays, SyncRules.daysAllowed)
    case .recurringDays: .number(\.recurringDays, SyncRules.daysAllowed)
    }
  }

  /// Beside the field, for people.
  package var label: String {
    switch self {
    case .enabled: "Enable synchronization"
    case .profileName: "Profile name"
    case .hostedByThirdParty: "Exchange is hosted by a third party"
    case .serverAddress: "Server address"
    case .serverPort: "Port"
    case .virtualDirectory: "Virtual directory"
    case .useMSGraph: "Use MS Graph"
    case .interval: "Request synchronization every (minutes)"
    case .onPremises: "On-premises setup"
    case .accountUser: "Synchronization account: user name"
    case .accountPassword: "Synchronization account: password"
    case .accountDomain: "Synchronization account: domain"
    case .useAccountForEverybody:
      "Use these credentials for synchronizing individual user accounts"
    case .notificationAddresses: "Notification addresses"
    case .allowAppointments: "Allow appointments"
    case .allowContacts: "Allow contacts"
    case .allowServiceCalls: "Allow service calls"
    case .allowToDos: "Allow to-dos"
    case .publicFolder: "Public folder of all contacts"
    case .importDetail: "Import Exchange appointments"
    case .sendFreeTime: "Send free time appointments"
    case .pastDays: "Past calendar items (days)"
    case .recurringDays: "Recurring calendar items (days ahead)"
    }
  }

  /// What the field does and takes, in one or two sentences.
  package var explanation: String {
    switch self {
    case .enabled: "Clear it to stop every agent; both sides stay as they are."
    case .profileName: "How this set of settings is called, up to 64 characters. Required."
    case .hostedByThirdParty: "Somebody else runs the Exchange server."
    case .serverAddress:
      "The name under which Exchange is reached, such as mail.example.com; never an IP address. "
        + "Required. Another name means that everything is read again."
    case .serverPort: "443, or another one that speaks TLS, such as 80 or 2610."
    case .virtualDirectory: "The path of Exchange Web Services; blank is EWS/Exchange.asmx."
    case .useMSGraph: "Not in this version: agents go on only where EWS answers."
    case .interval: "From the start of one run to the next: 10 to 1440 minutes."
    case .onPremises: "Exchange runs on servers of your own."
    case .accountUser:
      "Signs in to test the connection and to write the public folder; DOMAIN\\name or "
        + "name@domain."
    case .accountPassword: "Up to 128 characters. It is kept encrypted and never shown."
    case .accountDomain: "Not needed when the user name has it."
    case .useAccountForEverybody:
      "The registry then serves the mailboxes itself, by impersonation, and users' own agents "
        + "refuse to run."
    case .notificationAddresses: "Who is mailed when something breaks; separate them by semicolons."
    case .allowAppointments: "Appointments of the PSA are written into Exchange."
    case .allowContacts: "Contacts of the PSA are written into Exchange."
    case .allowServiceCalls: "Service calls are written into Exchange."
    case .allowToDos: "To-dos are written into Exchange."
    case .publicFolder:
      "Everybody with a mailbox can read this folder, whether they use Lockstep or not. Only with "
        + "EWS, and only with a synchronization account that may create public folders."
    case .importDetail:
      "“all” brings texts and participants into the PSA, “none” only start and end, “off” nothing."
    case .sendFreeTime: "Items that are shown as free are imported too."
    case .pastDays: "How far back items are kept in step: 1 to 30 days."
    case .recurringDays: "How far ahead dates of series are kept in step: 1 to 30 days."
    }
  }

  /// Why the field has no say under these settings; nil where it has.
  package func silenced(in settings: AdminSettings) -> String? {
    switch self {
    case .useMSGraph where settings.isOnPremises: "MS Graph is not for an on-premises setup."
    case .sendFreeTime where settings.importDetail == .off:
      "Nothing is imported, so there is no free time to send."
    case .publicFolder where settings.usesGraph: "The public folder needs EWS."
    case .useAccountForEverybody where settings.accountUser.isEmpty:
      "There is no synchronization account."
    default: nil
    }
  }
}

/// A value that a field does not take, or settings that do not go together.
package struct SettingRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let key: SettingKey?
  package let description: String

  package init(_ key: SettingKey?, _ description: String) {
    self.key = key
    self.description = description
  }
}
