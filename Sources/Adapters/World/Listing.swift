/// An item of either side as the sandbox shows it.
package struct ListedItem: Hashable, Sendable {
  package let id: String
  /// `appointment` and `contact`; in Exchange also `series`, `declined` and `cancelled`, which are
  /// never written to the PSA as they are, and `occurrence`.
  package let kind: String
  package let title: String
  /// Seconds since 1970 UTC.
  package let start: Int64
  package let end: Int64
  package let isAllDay: Bool
  package let sensitivity: String
  package let showAs: String
  package let location: String
  package let text: String
  /// Of an occurrence: the id of its series, and its date by the pattern.
  package var series: String?
  package var originalDate: String?
}

extension ListedItem {
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .string(id)), .init("kind", .string(kind)), .init("title", .string(title)),
      .init("start", .string(WireTime.text(start))), .init("end", .string(WireTime.text(end))),
      .init("allDay", .bool(isAllDay)), .init("sensitivity", .string(sensitivity)),
      .init("showAs", .string(showAs)), .init("location", .string(location)),
      .init("text", .string(text)),
    ]
    if let series { members.append(.init("series", .string(series))) }
    if let originalDate { members.append(.init("originalDate", .string(originalDate))) }
    return .object(members)
  }

  fileprivate init(_ item: Mailbox.Item, kind: String, in mailbox: Mailbox) {
    let appointment = item.appointment
    // A contact has no time: it is shown when it was made.
    let isTimed = item.contact == nil
    id = mailbox.text(of: item.id)
    self.kind = kind
    title = appointment.subject
    start = isTimed ? appointment.start : item.createdTime
    end = isTimed ? appointment.end : item.createdTime
    isAllDay = appointment.isAllDay
    sensitivity = appointment.sensitivity.rawValue
    showAs = appointment.showAs.rawValue
    location = appointment.location
    text = appointment.body.content
    series = item.occurrence.map { _ in mailbox.text(of: item.id.master) }
    originalDate = item.occurrence.map { Timestamp.date($0.day) }
  }
}

extension World {
  /// The technician's items in the calendar folder, by start, then title; a series is one item.
  package func exchangeListing() -> [ListedItem] {
    mailbox { mailbox, _ in
      mailbox.items(in: mailbox.folderID(.calendar))
        .filter(\.isAppointment)
        .map { item in
          let appointment = item.appointment
          let kind =
            appointment.recurrence != nil
            ? "series"
            : appointment.isCancelled
              ? "cancelled" : item.myResponse == .decline ? "declined" : "appointment"
          return ListedItem(item, kind: kind, in: mailbox)
        }
        .sorted { ($0.start, $0.title, $0.id) < ($1.start, $1.title, $1.id) }
    }
  }

  /// The dates of the technician's series from today on, for thirty-one days.
  package func occurrenceListing(zones: ZoneOffsets) -> [ListedItem] {
    mailbox { mailbox, now in
      let today = Timestamp.floorDivide(zones.wallClock(now, in: Seeding.zone), 86_400)
      func midnight(_ day: Int64) -> Int64 {
        zones.instant(wallClock: day * 86_400, in: Seeding.zone)
      }
      return mailbox.items(in: mailbox.folderID(.calendar))
        .compactMap { Mailbox.Series($0, zones) }
        .flatMap { $0.occurrences(from: midnight(today), to: midnight(today + 31)) }
        .map { ListedItem($0, kind: "occurrence", in: mailbox) }
        .sorted { ($0.start, $0.title, $0.id) < ($1.start, $1.title, $1.id) }
    }
  }

  /// The technician's contacts in all their folders, by name.
  package func contactListing() -> [ListedItem] {
    mailbox { mailbox, _ in
      mailbox.folders(below: mailbox.folderID(.msgfolderroot), deep: true)
        .filter(\.isContacts)
        .flatMap { mailbox.items(in: $0.id) }
        .filter { $0.contact != nil }
        .map { ListedItem($0, kind: "contact", in: mailbox) }
        .sorted { ($0.title, $0.id) < ($1.title, $1.id) }
    }
  }

  /// The technician's appointments in the PSA, by start, then title.
  package func psaListing() -> [ListedItem] {
    tenant { tenant, _ in
      guard let entity = Schema.entity("Appointments"), let owner = entity.column("resourceID"),
        let title = entity.column("title"), let text = entity.column("description"),
        let start = entity.column("startDateTime"), let end = entity.column("endDateTime")
      else { return [] }
      return (tenant.tables[entity.name]?.rows ?? [])
        .filter { $0.cells[owner] == .int(Seeding.technician) }
        .map { row in
          ListedItem(
            id: String(row.id),
            kind: "appointment",
            title: row.cells[title].text ?? "",
            start: row.cells[start].integer ?? 0,
            end: row.cells[end].integer ?? 0,
            isAllDay: false,
            sensitivity: "Normal",
            showAs: "Busy",
            location: "",
            text: row.cells[text].text ?? ""
          )
        }
        .sorted { ($0.start, $0.title, $0.id) < ($1.start, $1.title, $1.id) }
    }
  }

  /// The active contacts of the PSA that are the technician's, by name.
  package func psaContactListing() -> [ListedItem] {
    tenant { tenant, _ in
      tenant.contacts(of: Seeding.technician).map { row in
        // A contact has no time: it is shown when it was made.
        let made = row.integer("createDate") ?? 0
        return ListedItem(
          id: String(row.id),
          kind: "contact",
          title: "\(row.text("firstName")) \(row.text("lastName"))",
          start: made,
          end: made,
          isAllDay: false,
          sensitivity: "Normal",
          showAs: "Busy",
          location: "",
          text: row.text("note")
        )
      }
      .sorted { ($0.title, $0.id) < ($1.title, $1.id) }
    }
  }

  /// Both sides as JSON: arrays `exchange` and `psa`, `mails`, how often the mailbox sent mail, and
  /// `loud`, how many writes of appointments did not ask for silence.
  package func dump(zones: ZoneOffsets) -> JSONValue {
    let (mails, loud) = mailbox { mailbox, _ in (mailbox.mailsSent, mailbox.loudWrites) }
    let exchange = exchangeListing() + occurrenceListing(zones: zones) + contactListing()
    return [
      "exchange": .array(exchange.map(\.json)),
      "psa": .array(
        psaListing().map(\.json) + officeListing().map(\.json) + psaContactListing().map(\.json)
      ),
      "mails": .int(Int64(mails)),
      "loud": .int(Int64(loud)),
    ]
  }
}
