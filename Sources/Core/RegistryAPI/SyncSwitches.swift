package import SyncModel

/// What is kept in step: the switches of `facts/autotask.md` section 2, by policy and by person.
package struct SyncSwitches: Hashable, Sendable {
  package var isEnabled: Bool
  package var appointmentsToExchange: Bool
  package var appointmentsToAutotask: Bool
  package var toDos: Bool
  package var serviceCalls: Bool
  package var contacts: Bool
  package var importDetail: SyncRules.Detail
  package var sendsFreeTime: Bool
  /// 1 to 30.
  package var pastDays: Int
  /// 1 to 30.
  package var recurringDays: Int

  /// What holds where nobody chose.
  package static let standard = SyncSwitches(
    isEnabled: true,
    appointmentsToExchange: true,
    appointmentsToAutotask: true,
    toDos: true,
    serviceCalls: true,
    contacts: false,
    importDetail: .all,
    sendsFreeTime: true,
    pastDays: 7,
    recurringDays: 30
  )

  /// The switches with a person's own wishes, as far as they are stricter (`rules.md` 9).
  package func narrowed(by profile: UserProfile) -> SyncSwitches {
    func both(_ policy: Bool, _ own: Bool?) -> Bool { policy && own ?? true }
    return SyncSwitches(
      isEnabled: both(isEnabled, profile.isEnabled),
      appointmentsToExchange: both(appointmentsToExchange, profile.appointmentsToExchange),
      appointmentsToAutotask: both(appointmentsToAutotask, profile.appointmentsToAutotask),
      toDos: both(toDos, profile.toDos),
      serviceCalls: both(serviceCalls, profile.serviceCalls),
      contacts: both(contacts, profile.contacts),
      importDetail: importDetail.stricter(profile.importDetail ?? importDetail),
      sendsFreeTime: both(sendsFreeTime, profile.sendsFreeTime),
      pastDays: min(pastDays, profile.pastDays ?? pastDays),
      recurringDays: min(recurringDays, profile.recurringDays ?? recurringDays)
    )
  }
}

extension SyncRules.Detail {
  func stricter(_ other: SyncRules.Detail) -> SyncRules.Detail {
    switch (self, other) {
    case (.off, _), (_, .off): .off
    case (.none, _), (_, .none): .none
    case (.all, .all): .all
    }
  }
}
