/// The effective settings of one agent: the admin's policy narrowed by the user's profile.
///
/// `rules.md` 3, 4 and 9.
package struct SyncRules: Hashable, Sendable, Codable {
  package enum Detail: String, Sendable, Codable { case all, none, off }
  package enum Winner: String, Sendable, Codable { case psa, exchange }
  package enum MeetingTimes: String, Sendable, Codable { case exchange, both }

  /// The days that a window may be set to, either way (`rules.md` 4).
  package static let daysAllowed = 1...30

  /// Appointments of the PSA are written into Exchange.
  package var appointmentsToExchange: Bool
  /// Exchange items are written into the PSA, with what detail.
  package var importDetail: Detail
  package var sendsFreeTime: Bool
  /// Days back, of `daysAllowed`.
  package var pastDays: Int
  /// Days ahead for occurrences, of `daysAllowed`.
  package var recurringDays: Int
  /// Days ahead for single items.
  package var singleDays: Int
  package var conflict: Winner
  package var meetingTimes: MeetingTimes
  /// The mailbox's zone where the person's own setting says none.
  package var zone: ZoneName?
  /// URL with `{id}` that opens an appointment in the PSA; nil leaves the line out.
  package var appointmentLink: String?
  /// To-dos of the PSA are written into Exchange, and their times back.
  package var toDos: Bool
  /// Service calls of the PSA are written into Exchange.
  package var serviceCalls: Bool
  package var toDoLink: String?
  package var serviceCallLink: String?
  /// Contacts of the PSA are written into Exchange; nil where they are not.
  package var contacts: ContactRules?

  package init(
    appointmentsToExchange: Bool = true,
    importDetail: Detail = .all,
    sendsFreeTime: Bool = true,
    pastDays: Int = 7,
    recurringDays: Int = 30,
    singleDays: Int = 366,
    conflict: Winner = .psa,
    meetingTimes: MeetingTimes = .exchange,
    zone: ZoneName? = nil,
    appointmentLink: String? = nil,
    toDos: Bool = false,
    serviceCalls: Bool = false,
    toDoLink: String? = nil,
    serviceCallLink: String? = nil,
    contacts: ContactRules? = nil
  ) {
    self.appointmentsToExchange = appointmentsToExchange
    self.importDetail = importDetail
    self.sendsFreeTime = sendsFreeTime
    self.pastDays = pastDays
    self.recurringDays = recurringDays
    self.singleDays = singleDays
    self.conflict = conflict
    self.meetingTimes = meetingTimes
    self.zone = zone
    self.appointmentLink = appointmentLink
    self.contacts = contacts
    self.toDos = toDos
    self.serviceCalls = serviceCalls
    self.toDoLink = toDoLink
    self.serviceCallLink = serviceCallLink
  }

  /// True where the PSA's items of this kind are written into the calendar.
  package func exports(_ kind: Kind) -> Bool {
    switch kind {
    case .appointment: appointmentsToExchange
    case .toDo: toDos
    case .serviceCall: serviceCalls
    case .contact: contacts != nil
    }
  }

  /// The URL with `{id}` that opens an item of this kind in the PSA.
  package func link(to kind: Kind) -> String? {
    switch kind {
    case .appointment: appointmentLink
    case .toDo: toDoLink
    case .serviceCall: serviceCallLink
    case .contact: contacts?.link
    }
  }

  /// One line for each setting in a fixed order, for digests of settings.
  package var canonicalText: String {
    """
    appointmentsToExchange=\(appointmentsToExchange)
    importDetail=\(importDetail.rawValue)
    sendsFreeTime=\(sendsFreeTime)
    pastDays=\(pastDays)
    recurringDays=\(recurringDays)
    singleDays=\(singleDays)
    conflict=\(conflict.rawValue)
    meetingTimes=\(meetingTimes.rawValue)
    zone=\(zone?.rawValue ?? "")
    appointmentLink=\(appointmentLink ?? "")
    toDos=\(toDos)
    serviceCalls=\(serviceCalls)
    toDoLink=\(toDoLink ?? "")
    serviceCallLink=\(serviceCallLink ?? "")
    contacts=\(contacts?.canonicalText ?? "off")
    """
  }
}
