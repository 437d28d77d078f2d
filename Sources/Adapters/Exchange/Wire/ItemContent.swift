internal import XML

/// The item of one GetItem message, read from its events.
struct ItemContent: WireContent {
  /// Nil when the message carried none.
  var item: WireItem? { depth > 0 ? read : nil }

  private var read = WireItem()
  /// How many elements are open around the item's fields; zero before the item.
  private var depth = 0
  private var wanted: ExtendedField?

  init() {}

  mutating func start(_ word: Word, _ element: WireElement, in path: [Word]) {
    if depth == 0 {
      guard path.last == .items else { return }
      read.element = element.name.local
      depth = path.count + 1
      return
    }
    if path.count > depth, let zone = zone(path[depth]) {
      read[keyPath: zone]?.start(word, element, in: path[(depth + 1)...])
      return
    }
    switch (word, path.last) {
    case (.itemID, _) where path.count == depth: read.itemID = WireItemID(element.attributes)
    case (.parentFolderID, _): read.parentFolderID = element.attributes["Id"]
    case (.body, _) where path.count == depth:
      read.isTruncated = element.attributes["IsTruncated"] == "true"
    case (.extendedFieldURI, .extendedProperty):
      wanted = [.stamp, .cleanGlobalObjectID].first { $0.isNamed(by: element.attributes) }
    case (.startTimeZone, _) where path.count == depth:
      read.startTimeZone = WireTimeZone(id: element.attributes["Id"] ?? "")
    case (.endTimeZone, _) where path.count == depth:
      read.endTimeZone = WireTimeZone(id: element.attributes["Id"] ?? "")
    case (.attendee, .requiredAttendees): read.requiredAttendees.append(WireAttendee())
    case (.attendee, .optionalAttendees): read.optionalAttendees.append(WireAttendee())
    case (.attendee, .resources): read.resources.append(WireAttendee())
    case (.mailbox, .organizer): read.organizer = WireMailbox()
    case (.recurrence, _) where path.count == depth: read.recurrence = WireRecurrence()
    case (_, .recurrence) where path.count == depth + 1: startRange(word)
    case (.occurrence, .modifiedOccurrences): read.modifiedOccurrences.append(WireOccurrence())
    case (.itemID, .occurrence):
      read.modifiedOccurrences.changeLast { $0.itemID = WireItemID(element.attributes) }
    default: break
    }
  }

  mutating func end(_ word: Word, _ text: WireText, in path: [Word]) {
    guard depth > 0 else { return }
    if path.count == depth {
      endField(word, text)
    } else if path.count > depth, let zone = zone(path[depth]) {
      read[keyPath: zone]?.end(word, text, in: path[(depth + 1)...])
    } else {
      endNested(word, text, path)
    }
  }
}

extension ItemContent {
  /// The zone whose definition is inside this element.
  private func zone(_ word: Word) -> WritableKeyPath<WireItem, WireTimeZone?>? {
    switch word {
    case .startTimeZone: \.startTimeZone
    case .endTimeZone: \.endTimeZone
    default: nil
    }
  }

  private mutating func startRange(_ word: Word) {
    switch word {
    case .noEndRecurrence, .endDateRecurrence, .numberedRecurrence: read.recurrence?.range = word
    default: read.recurrence?.pattern = word
    }
  }

  private mutating func endField(_ word: Word, _ text: WireText) {
    switch word {
    case .itemClass: read.itemClass = text.token
    case .subject: read.subject = text.string
    case .sensitivity: read.sensitivity = text.token
    case .body: read.body = text.string
    case .reminderIsSet: read.reminderIsSet = text.boolean
    case .reminderMinutesBeforeStart: read.reminderMinutesBeforeStart = text.number
    case .dateTimeCreated: read.dateTimeCreated = text.token
    case .lastModifiedTime: read.lastModifiedTime = text.token
    case .uid: read.uid = text.string
    case .start: read.start = text.token
    case .end: read.end = text.token
    case .originalStart: read.originalStart = text.token
    case .isAllDayEvent: read.isAllDayEvent = text.boolean
    case .legacyFreeBusyStatus: read.legacyFreeBusyStatus = text.token
    case .location: read.location = text.string
    case .isMeeting: read.isMeeting = text.boolean
    case .isCancelled: read.isCancelled = text.boolean
    case .calendarItemType: read.calendarItemType = text.token
    case .myResponseType: read.myResponseType = text.token
    default: break
    }
  }

  private mutating func endNested(_ word: Word, _ text: WireText, _ path: [Word]) {
    let parent = path.last
    switch (word, parent) {
    case (.string, .categories): read.categories.append(text.string)
    case (.value, .extendedProperty):
      if wanted == .stamp { read.stamp = text.token }
      if wanted == .cleanGlobalObjectID { read.cleanGlobalObjectID = text.token }
    case (.name, .mailbox): changeMailbox(path) { $0.name = text.string }
    case (.emailAddress, .mailbox): changeMailbox(path) { $0.emailAddress = text.token }
    case (.routingType, .mailbox): changeMailbox(path) { $0.routingType = text.token }
    case (.responseType, .attendee): changeAttendee(path) { $0.responseType = text.token }
    case (.start, .occurrence): read.modifiedOccurrences.changeLast { $0.start = text.token }
    case (.end, .occurrence): read.modifiedOccurrences.changeLast { $0.end = text.token }
    case (.originalStart, .occurrence):
      read.modifiedOccurrences.changeLast { $0.originalStart = text.token }
    case (.start, .deletedOccurrence): read.deletedOccurrences.append(text.token)
    default:
      if path.count == depth + 2, path[depth] == .recurrence { endRecurrence(word, text) }
    }
  }

  private mutating func endRecurrence(_ word: Word, _ text: WireText) {
    switch word {
    case .interval: read.recurrence?.interval = text.number
    case .daysOfWeek: read.recurrence?.daysOfWeek = text.token
    case .firstDayOfWeek: read.recurrence?.firstDayOfWeek = text.token
    case .dayOfMonth: read.recurrence?.dayOfMonth = text.number
    case .dayOfWeekIndex: read.recurrence?.dayOfWeekIndex = text.token
    case .month: read.recurrence?.month = text.token
    case .startDate: read.recurrence?.startDate = text.token
    case .endDate: read.recurrence?.endDate = text.token
    case .numberOfOccurrences: read.recurrence?.numberOfOccurrences = text.number
    default: break
    }
  }

  private mutating func changeMailbox(_ path: [Word], _ change: (inout WireMailbox) -> Void) {
    if path.dropLast().last == .organizer {
      var mailbox = read.organizer ?? WireMailbox()
      change(&mailbox)
      read.organizer = mailbox
    } else {
      changeAttendee(path.dropLast()) { change(&$0.mailbox) }
    }
  }

  /// Changes the attendee that is being read; `path` ends in `Attendee`.
  private mutating func changeAttendee(
    _ path: some BidirectionalCollection<Word>,
    _ change: (inout WireAttendee) -> Void
  ) {
    guard path.last == .attendee else { return }
    switch path.dropLast().last {
    case .requiredAttendees: read.requiredAttendees.changeLast(change)
    case .optionalAttendees: read.optionalAttendees.changeLast(change)
    case .resources: read.resources.changeLast(change)
    default: break
    }
  }
}

extension Array {
  fileprivate mutating func changeLast(_ change: (inout Element) -> Void) {
    if !isEmpty { change(&self[count - 1]) }
  }
}
