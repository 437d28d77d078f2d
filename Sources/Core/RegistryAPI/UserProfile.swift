package import SyncModel

/// A person's own switches; nil where the person chose nothing.
///
/// They lie in `profile.toml` beside the settings, and tighten them only.
package struct UserProfile: Hashable, Sendable {
  package var isEnabled: Bool?
  package var appointmentsToExchange: Bool?
  package var appointmentsToAutotask: Bool?
  package var toDos: Bool?
  package var serviceCalls: Bool?
  package var contacts: Bool?
  package var importDetail: SyncRules.Detail?
  package var sendsFreeTime: Bool?
  package var pastDays: Int?
  package var recurringDays: Int?

  /// Nothing chosen.
  package init() {}
}

/// A switch of the profile, by the name that settings, `profile set` and the profile file share.
package enum ProfileKey: String, Hashable, Sendable, CaseIterable {
  case enabled
  case appointmentsToExchange = "sync_appointments_to_exchange"
  case appointmentsToAutotask = "sync_appointments_to_autotask"
  case toDos = "sync_to_dos"
  case serviceCalls = "sync_service_calls"
  case contacts = "sync_contacts"
  case importDetail = "import_detail"
  case sendFreeTime = "send_free_time"
  case pastDays = "past_days"
  case recurringDays = "recurring_days"

  /// What the key takes, for people.
  package var allowed: String {
    switch field {
    case .flag: "true or false"
    case .detail: "all, none or off"
    case .days: "a whole number from 1 to 30"
    }
  }

  package enum Field {
    case flag(WritableKeyPath<SyncSwitches, Bool>, WritableKeyPath<UserProfile, Bool?>)
    case detail(
      WritableKeyPath<SyncSwitches, SyncRules.Detail>,
      WritableKeyPath<UserProfile, SyncRules.Detail?>
    )
    case days(WritableKeyPath<SyncSwitches, Int>, WritableKeyPath<UserProfile, Int?>)
  }

  package var field: Field {
    switch self {
    case .enabled: .flag(\.isEnabled, \.isEnabled)
    case .appointmentsToExchange: .flag(\.appointmentsToExchange, \.appointmentsToExchange)
    case .appointmentsToAutotask: .flag(\.appointmentsToAutotask, \.appointmentsToAutotask)
    case .toDos: .flag(\.toDos, \.toDos)
    case .serviceCalls: .flag(\.serviceCalls, \.serviceCalls)
    case .contacts: .flag(\.contacts, \.contacts)
    case .importDetail: .detail(\.importDetail, \.importDetail)
    case .sendFreeTime: .flag(\.sendsFreeTime, \.sendsFreeTime)
    case .pastDays: .days(\.pastDays, \.pastDays)
    case .recurringDays: .days(\.recurringDays, \.recurringDays)
    }
  }
}

/// An assignment that `profile set` does not take.
package struct ProfileRefusal: SyncFailure, Hashable {
  package let description: String
  package var remedy: Remedy { .stop }
}

extension UserProfile {
  /// Takes one `KEY=VALUE`; an empty value takes the person's choice back.
  package mutating func set(_ assignment: String) throws(ProfileRefusal) {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw ProfileRefusal(description: "“\(assignment)” is no KEY=VALUE.")
    }
    guard let key = ProfileKey(rawValue: String(parts[0])) else {
      let names = ProfileKey.allCases.map(\.rawValue).joined(separator: ", ")
      throw ProfileRefusal(description: "The profile has no switch “\(parts[0])”; it has \(names).")
    }
    let text = String(parts[1])
    let refusal = ProfileRefusal(description: "\(key.rawValue) must be \(key.allowed).")
    switch key.field {
    case .flag(_, let own):
      guard text.isEmpty || text == "true" || text == "false" else { throw refusal }
      self[keyPath: own] = text.isEmpty ? nil : text == "true"
    case .detail(_, let own):
      let detail = SyncRules.Detail(rawValue: text)
      guard text.isEmpty || detail != nil else { throw refusal }
      self[keyPath: own] = detail
    case .days(_, let own):
      let days = Int(text).flatMap { SyncRules.daysAllowed.contains($0) ? $0 : nil }
      guard text.isEmpty || days != nil else { throw refusal }
      self[keyPath: own] = days
    }
  }

  /// The person's choice as it is written; nil where there is none.
  package func text(of key: ProfileKey) -> String? {
    switch key.field {
    case .flag(_, let own): self[keyPath: own].map(String.init)
    case .detail(_, let own): self[keyPath: own]?.rawValue
    case .days(_, let own): self[keyPath: own].map(String.init)
    }
  }
}

extension SyncSwitches {
  /// The value as it is written in settings.
  package func text(of key: ProfileKey) -> String {
    switch key.field {
    case .flag(let policy, _): String(self[keyPath: policy])
    case .detail(let policy, _): self[keyPath: policy].rawValue
    case .days(let policy, _): String(self[keyPath: policy])
    }
  }
}
