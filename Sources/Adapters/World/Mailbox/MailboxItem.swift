extension Mailbox {
  package struct Person: Hashable, Codable, Sendable {
    package var name: String
    package var address: String

    package init(name: String, address: String) {
      self.name = name
      self.address = address
    }
  }

  package struct Attendee: Hashable, Codable, Sendable {
    package var person: Person
    package var response: Response?

    package init(_ person: Person, response: Response? = nil) {
      self.person = person
      self.response = response
    }
  }

  package enum Response: String, Codable, Sendable {
    case unknown = "Unknown"
    case organizer = "Organizer"
    case tentative = "Tentative"
    case accept = "Accept"
    case decline = "Decline"
    case noResponseReceived = "NoResponseReceived"
  }

  package enum Sensitivity: String, Codable, Sendable, CaseIterable {
    case normal = "Normal"
    case personal = "Personal"
    case `private` = "Private"
    case confidential = "Confidential"
  }

  package enum Importance: String, Codable, Sendable {
    case low = "Low"
    case normal = "Normal"
    case high = "High"
  }

  /// `LegacyFreeBusyStatus`.
  package enum ShowAs: String, Codable, Sendable, CaseIterable {
    case free = "Free"
    case tentative = "Tentative"
    case busy = "Busy"
    case away = "OOF"
    case workingElsewhere = "WorkingElsewhere"
    case noData = "NoData"
  }

  package struct Body: Hashable, Codable, Sendable {
    package enum Format: String, Codable, Sendable {
      case text = "Text"
      case html = "HTML"
    }
    package var format: Format
    package var content: String

    package init(_ content: String, as format: Format = .text) {
      self.content = content
      self.format = format
    }
  }

  package enum ItemType: String, Codable, Sendable {
    case single = "Single"
    case occurrence = "Occurrence"
    case exception = "Exception"
    case recurringMaster = "RecurringMaster"
  }

  /// What people and programs can put into a calendar item.
  package struct Appointment: Hashable, Codable, Sendable {
    /// Kept as Exchange keeps it: at most 255 UTF-16 units, no blanks at its ends.
    package var subject: String
    package var body = Body("")
    package var sensitivity = Sensitivity.normal
    package var importance = Importance.normal
    package var categories: [String] = []
    package var reminderIsSet = false
    package var reminderMinutes = 15
    package var extended: [ExtendedProperty] = []
    /// The UID asked for at create; nil lets the server make one.
    package var uid: String?
    /// Seconds since 1970 UTC; `end` is exclusive.
    package var start: Int64
    package var end: Int64
    package var isAllDay = false
    /// Windows ids; nil on items that some programs wrote without a zone.
    package var startZone: String?
    package var endZone: String?
    /// The rules of a zone that the item brings itself, under whatever name.
    package var startRules: ZoneRules?
    package var endRules: ZoneRules?
    package var showAs = ShowAs.busy
    package var location = ""
    /// nil: the mailbox's owner.
    package var organizer: Person?
    package var required: [Attendee] = []
    package var optional: [Attendee] = []
    package var resources: [Attendee] = []
    package var isCancelled = false
    /// nil: what follows from the organizer.
    package var myResponse: Response?
    package var isResponseRequested = true
    package var allowsNewTimeProposal = true
    package var recurrence: Recurrence?

    package init(_ subject: String, start: Int64, end: Int64) {
      self.subject = subject
      self.start = start
      self.end = end
    }

    /// True when anybody but the mailbox's owner is asked to come, or asked the owner to come.
    package var isMeeting: Bool {
      organizer != nil || !(required.isEmpty && optional.isEmpty && resources.isEmpty)
    }

    package var hasAttendees: Bool {
      !(required.isEmpty && optional.isEmpty && resources.isEmpty)
    }

    package func extended(_ path: ExtendedPath) -> [String]? {
      extended.first { $0.path == path }?.values
    }
  }

  /// An item as the mailbox keeps it, or an occurrence as a series yields it.
  package struct Item: Hashable, Codable, Sendable {
    package internal(set) var id: ItemID
    /// The number it was made under: it stays through moves, and a copy has its own; nil on items
    /// that were stored before this was kept.
    package internal(set) var born: Int?
    package internal(set) var itemClass = "IPM.Appointment"
    /// What every item has; the times of what is no appointment mean nothing.
    package internal(set) var appointment: Appointment
    /// What a contact has beyond that.
    package internal(set) var contact: Contact?
    /// nil on items that came from an import without one.
    package internal(set) var globalObjectID: GlobalObjectID?
    /// Seconds since 1970 UTC.
    package internal(set) var createdTime: Int64
    package internal(set) var lastModifiedTime: Int64
    /// The change number at which the item came into its folder.
    var created: Int
    var change: Int
    /// The change number of each field's last change after the create.
    var fieldChanges: [String: Int] = [:]
    /// What a master keeps of its dates; nil on everything else.
    var series: SeriesState?
    /// Set on what a series yields, never on what is stored.
    package internal(set) var occurrence: OccurrenceState?

    package var isAppointment: Bool {
      itemClass == "IPM.Appointment" || itemClass.hasPrefix("IPM.Appointment.")
    }

    var changeKeyKind: ChangeKeyKind {
      if isAppointment { return .calendarItem }
      return contact == nil ? .message : .contact
    }

    package var type: ItemType {
      if let occurrence { return occurrence.isException ? .exception : .occurrence }
      return appointment.recurrence == nil ? .single : .recurringMaster
    }

    /// What `calendar:UID` shows.
    package var uid: String? { globalObjectID?.uid }

    /// True when the mailbox's owner called the meeting, or it is nobody's.
    package var isOrganizer: Bool { appointment.organizer == nil }

    package var myResponse: Response {
      if let response = appointment.myResponse { return response }
      if appointment.organizer != nil { return .noResponseReceived }
      return appointment.isMeeting ? .organizer : .unknown
    }

    /// The values of an extended property, those that Exchange computes included.
    package func extended(_ path: ExtendedPath) -> [String]? {
      switch path {
      case .cleanGlobalObjectID:
        globalObjectID.map { [Base64.text($0.bytes)] }
      case .globalObjectID:
        globalObjectID.map { [Base64.text($0.bytes(on: occurrence?.day))] }
      case .lastModificationTime: [Timestamp.text(lastModifiedTime)]
      case .creationTime: [Timestamp.text(createdTime)]
      case .subject: appointment.subject.isEmpty ? nil : [appointment.subject]
      default:
        contact?.addressProperties.first { $0.path == path }?.values ?? appointment.extended(path)
      }
    }
  }
}
