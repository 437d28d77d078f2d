/// An item of either side as the sandbox shows it.
package struct ListedItem: Hashable, Sendable {
  package let id: String
  /// `appointment`; in Exchange also `series`, `declined` and `cancelled`, which are never written
  /// to the PSA as they are.
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
}

extension ListedItem {
  var json: JSONValue {
    [
      "id": .string(id), "kind": .string(kind), "title": .string(title),
      "start": .string(WireTime.text(start)), "end": .string(WireTime.text(end)),
      "allDay": .bool(isAllDay), "sensitivity": .string(sensitivity), "showAs": .string(showAs),
      "location": .string(location), "text": .string(text),
    ]
  }
}

extension World {
  /// The technician's items in the calendar folder, by start, then title.
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
          return ListedItem(
            id: mailbox.text(of: item.id),
            kind: kind,
            title: appointment.subject,
            start: appointment.start,
            end: appointment.end,
            isAllDay: appointment.isAllDay,
            sensitivity: appointment.sensitivity.rawValue,
            showAs: appointment.showAs.rawValue,
            location: appointment.location,
            text: appointment.body.content
          )
        }
        .sorted { ($0.start, $0.title, $0.id) < ($1.start, $1.title, $1.id) }
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

  /// Both sides as JSON: arrays `exchange` and `psa`, and `mails`, how often the mailbox sent mail.
  package func dump() -> JSONValue {
    let mails = mailbox { mailbox, _ in mailbox.mailsSent }
    return [
      "exchange": .array(exchangeListing().map(\.json)),
      "psa": .array(psaListing().map(\.json) + officeListing().map(\.json)),
      "mails": .int(Int64(mails)),
    ]
  }
}
