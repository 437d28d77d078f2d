package import SyncModel

/// An item of the mailbox wherever it lies, as the world itself knows it: what judges look at.
package struct SeenExchangeItem: Hashable, Sendable {
  package enum Place: String, Hashable, Sendable {
    case calendar, otherCalendar, deleted, elsewhere
  }

  /// Stays through moves; a copy has its own.
  package let born: Int
  package let id: String
  package let place: Place
  package let appointment: Mailbox.Appointment
  package let isContact: Bool
  /// The value of the named property, whoever wrote it.
  package let stamp: String?
  package let uid: String?
  package let response: Mailbox.Response
  /// Of a series: its dates in the stretch that was asked for, by their day in the pattern.
  package let dates: [SeenDate]
}

/// One date of a series.
package struct SeenDate: Hashable, Sendable {
  /// By the pattern, counted since 1970 in the zone of the series.
  package let day: Int64
  package let isException: Bool
  package let appointment: Mailbox.Appointment
}

/// A row of the PSA in a calendar or among its contacts, as the world itself knows it.
package struct SeenPSARow: Hashable, Sendable {
  package let kind: Kind
  package let id: Int64
  /// Of a contact its whole name.
  package let title: String
  package let text: String
  /// Seconds since 1970 UTC; of a contact 0.
  package let start: Int64
  package let end: Int64
  package let creator: Int64
  /// True where it is the technician's.
  package let isOwn: Bool
  package let isCancelled: Bool
}

extension World {
  /// All appointments and contacts of the mailbox, by when they were made.
  ///
  /// `stamp` is the name of the property; `dates` is the stretch in which series are laid out.
  package func seenInExchange(
    stamp: String,
    dates: (from: Int64, until: Int64),
    zones: ZoneOffsets
  ) -> [SeenExchangeItem] {
    mailbox { mailbox, _ in
      let path = Mailbox.ExtendedPath.publicString(stamp)
      return mailbox.items.values.compactMap { item in
        guard item.isAppointment || item.contact != nil, let born = item.born else { return nil }
        let series = Mailbox.Series(item, zones)
        return SeenExchangeItem(
          born: born,
          id: mailbox.text(of: item.id),
          place: mailbox.place(for: item),
          appointment: item.appointment,
          isContact: item.contact != nil,
          stamp: item.appointment.extended(path)?.first,
          uid: item.uid,
          response: item.myResponse,
          dates: (series?.occurrences(from: dates.from, to: dates.until) ?? [])
            .compactMap { date in
              date.occurrence.map {
                SeenDate(
                  day: $0.day,
                  isException: $0.isException,
                  appointment: date.appointment
                )
              }
            }
            .sorted { $0.day < $1.day }
        )
      }
      .sorted { $0.born < $1.born }
    }
  }

  /// All rows of the PSA that may be the technician's, by kind and number.
  package func seenInPSA() -> [SeenPSARow] {
    tenant { tenant, _ in
      let calls = tenant.callsNaming(Seeding.technician)
      let contacts = Set(tenant.contacts(of: Seeding.technician).map(\.id))
      var rows: [SeenPSARow] = []
      for row in tenant.all("Appointments") {
        rows.append(
          SeenPSARow(
            row,
            .appointment,
            title: row.text("title"),
            text: row.text("description"),
            isOwn: row.integer("resourceID") == Seeding.technician
          )
        )
      }
      for row in tenant.all("CompanyToDos") {
        rows.append(
          SeenPSARow(
            row,
            .toDo,
            title: "",
            text: row.text("activityDescription"),
            isOwn: row.integer("assignedToResourceID") == Seeding.technician
          )
        )
      }
      for row in tenant.all("ServiceCalls") {
        rows.append(
          SeenPSARow(
            row,
            .serviceCall,
            title: "",
            text: row.text("description"),
            isOwn: calls.contains(PSAID(row.id))
          )
        )
      }
      for row in tenant.all("Contacts") {
        rows.append(
          SeenPSARow(
            row,
            .contact,
            title: "\(row.text("firstName")) \(row.text("lastName"))",
            text: row.text("note"),
            isOwn: contacts.contains(row.id)
          )
        )
      }
      return rows
    }
  }
}

extension SeenPSARow {
  fileprivate init(
    _ row: RowCells,
    _ kind: Kind,
    title: String,
    text: String,
    isOwn: Bool
  ) {
    self.init(
      kind: kind,
      id: row.id,
      title: title,
      text: text,
      start: row.integer("startDateTime") ?? 0,
      end: row.integer("endDateTime") ?? 0,
      creator: row.integer("creatorResourceID") ?? 0,
      isOwn: isOwn,
      isCancelled: row.integer("canceledDateTime") != nil
    )
  }
}

extension Mailbox {
  fileprivate func place(for item: Item) -> SeenExchangeItem.Place {
    let home = item.id.folder
    let deleted = folderID(.deleteditems)
    if home == folderID(.calendar) || home == folderID(.contacts) { return .calendar }
    if home == deleted || isFolder(home, below: deleted) { return .deleted }
    guard let folder = folders[home.number], folder.isCalendar || folder.isContacts else {
      return .elsewhere
    }
    return .otherCalendar
  }
}
