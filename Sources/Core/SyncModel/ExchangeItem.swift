/// How visible an Exchange item is to others.
package enum Sensitivity: String, Sendable, Codable {
  case normal, personal, `private`, confidential

  /// The one that shows less: an occurrence is as private as its series (`rules.md` 3).
  package func stricter(_ other: Sensitivity) -> Sensitivity {
    func rank(_ one: Sensitivity) -> Int {
      switch one {
      case .normal: 0
      case .personal: 1
      case .private: 2
      case .confidential: 3
      }
    }
    return rank(other) > rank(self) ? other : self
  }
}

/// How an Exchange item shows its time.
package enum ShowAs: String, Sendable, Codable {
  case free, tentative, busy, away, workingElsewhere = "working-elsewhere", noData = "no-data"
}

/// What the mailbox's person answered to a meeting.
package enum MeetingResponse: String, Sendable, Codable {
  case unknown, organizer, tentative, accepted, declined, notReceived = "not-received"
}

/// Where a calendar item stands in a series.
package enum SeriesRole: String, Sendable, Codable {
  case single, occurrence, exception, master
}

/// Somebody named in an item.
package struct Person: Hashable, Sendable, Codable {
  package let name: String
  /// An SMTP address; empty where Exchange gives none that can be read.
  package let address: String

  package init(name: String, address: String) {
    self.name = name
    self.address = address
  }
}

/// Somebody invited.
package struct Attendee: Hashable, Sendable, Codable {
  package enum Role: String, Sendable, Codable { case required, optional, resource }
  package let person: Person
  package let role: Role
  package let response: MeetingResponse

  package init(person: Person, role: Role, response: MeetingResponse) {
    self.person = person
    self.role = role
    self.response = response
  }
}

/// An item of an Exchange calendar as it was last read.
package struct ExchangeItem: Hashable, Sendable, Codable {
  package var id: ExchangeItemID
  package var changeKey: ChangeKey
  package var folder: FolderID
  /// Such as `IPM.Appointment`.
  package var itemClass: String
  package var role: SeriesRole
  /// `calendar:UID` as text; nil where the item has none (`ews.md` 6.7).
  package var uid: String?
  package var cleanUID: CleanUID?
  /// Whole days are already dates, read in the item's own zone (`ews.md` 3.4).
  package var when: When
  /// The zone id as Exchange spells it, kept for export and for series.
  package var windowsZone: String?
  package var title: String
  /// The body as plain text.
  package var text: String
  /// False when the body could not be converted or was cut by the server.
  package var isTextWhole: Bool
  package var place: String
  package var sensitivity: Sensitivity
  package var showAs: ShowAs
  package var isMeeting: Bool
  package var isCancelled: Bool
  package var response: MeetingResponse
  package var organizer: Person?
  package var attendees: [Attendee]
  package var categories: [String]
  /// Minutes before the start; nil without a reminder.
  package var reminderMinutes: Int?
  package var created: Instant
  package var modified: Instant
  /// The raw value of Lockstep's stamp, if the item has one (`rules.md` 7).
  package var stamp: String?
  /// Only a master has one.
  package var recurrence: RecurrencePattern?
  package var exceptions: [SeriesException]
  package var deletedOccurrences: [Instant]
  /// Of an occurrence or exception: its start by the pattern.
  package var originalStart: Instant?
  /// Of an occurrence or exception: its series.
  package var master: ExchangeItemID?

  package init(
    id: ExchangeItemID,
    changeKey: ChangeKey,
    folder: FolderID,
    itemClass: String = "IPM.Appointment",
    role: SeriesRole = .single,
    uid: String? = nil,
    cleanUID: CleanUID? = nil,
    when: When,
    windowsZone: String? = nil,
    title: String = "",
    text: String = "",
    isTextWhole: Bool = true,
    place: String = "",
    sensitivity: Sensitivity = .normal,
    showAs: ShowAs = .busy,
    isMeeting: Bool = false,
    isCancelled: Bool = false,
    response: MeetingResponse = .unknown,
    organizer: Person? = nil,
    attendees: [Attendee] = [],
    categories: [String] = [],
    reminderMinutes: Int? = nil,
    created: Instant,
    modified: Instant,
    stamp: String? = nil,
    recurrence: RecurrencePattern? = nil,
    exceptions: [SeriesException] = [],
    deletedOccurrences: [Instant] = [],
    originalStart: Instant? = nil,
    master: ExchangeItemID? = nil
  ) {
    self.id = id
    self.changeKey = changeKey
    self.folder = folder
    self.itemClass = itemClass
    self.role = role
    self.uid = uid
    self.cleanUID = cleanUID
    self.when = when
    self.windowsZone = windowsZone
    self.title = title
    self.text = text
    self.isTextWhole = isTextWhole
    self.place = place
    self.sensitivity = sensitivity
    self.showAs = showAs
    self.isMeeting = isMeeting
    self.isCancelled = isCancelled
    self.response = response
    self.organizer = organizer
    self.attendees = attendees
    self.categories = categories
    self.reminderMinutes = reminderMinutes
    self.created = created
    self.modified = modified
    self.stamp = stamp
    self.recurrence = recurrence
    self.exceptions = exceptions
    self.deletedOccurrences = deletedOccurrences
    self.originalStart = originalStart
    self.master = master
  }
}
