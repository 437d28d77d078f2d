package import SyncEngine
package import SyncModel

/// The world's mailbox behind the engine's ports, without a wire between.
package struct WorldMailbox: ExchangeMailbox, ExchangeWriting {
  /// The named properties in PublicStrings that carry what Lockstep leaves in the mailbox.
  package struct Names: Sendable {
    package var stamp = "x-lockstep-stamp"
    package var mark = "x-lockstep-folder"

    package init() {}
  }

  let world: World
  let zones: WorldZones
  let stamp: Mailbox.ExtendedPath
  let mark: Mailbox.ExtendedPath
  private let counter = RequestCounter()

  package init(_ world: World, zones: WorldZones, names: Names = Names()) {
    self.world = world
    self.zones = zones
    stamp = .publicString(names.stamp)
    mark = .publicString(names.mark)
  }

  package var requests: Int {
    get async { await counter.count }
  }

  package func open() async throws -> CalendarFolder {
    try await visit { mailbox, _ in
      let folder = try mailbox.folder(mailbox.folderID(.calendar))
      return CalendarFolder(
        mailbox: MailboxID(mailbox.owner.address.lowercased()),
        id: SyncModel.FolderID(mailbox.text(of: folder.id)),
        itemCount: folder.itemCount,
        canWrite: true,
        mark: folder.extended(mark)?.first.flatMap { FolderMark($0) },
        server: "Exchange in memory"
      )
    }
  }

  package func personalZone() async throws -> ZoneName? {
    try await visit { mailbox, _ in
      mailbox.timeZone.flatMap { zones.iana($0) }.map { ZoneName($0) }
    }
  }

  package func changes(
    since state: SyncState?,
    in folder: SyncModel.FolderID
  ) async throws -> ExchangeChangesAnswer {
    try await visit { mailbox, _ in
      let page: Mailbox.SyncPage
      do {
        page = try mailbox.sync(
          mailbox.folderID(folder.rawValue),
          since: state?.rawValue,
          maximum: 512
        )
      } catch let refusal as Mailbox.Refusal
        where refusal.code == .errorInvalidSyncStateData
      {
        return .stateRefused
      }
      var present: [ExchangeChanges.Moved] = []
      var gone: [ExchangeItemID] = []
      for change in page.changes {
        switch change {
        case .create(let item), .update(let item):
          present.append(
            ExchangeChanges.Moved(
              id: ExchangeItemID(mailbox.text(of: item.id)),
              changeKey: ChangeKey(mailbox.changeKey(of: item))
            )
          )
        case .delete(let id, _): gone.append(ExchangeItemID(mailbox.text(of: id)))
        }
      }
      return .page(
        ExchangeChanges(
          present: present,
          gone: gone,
          next: SyncState(page.state),
          isLast: page.includesLast
        )
      )
    }
  }

  package func items(
    _ ids: [ExchangeItemID],
    in folder: SyncModel.FolderID
  ) async throws -> [ItemReading] {
    try await visit { mailbox, _ in
      ids.map { id in
        do {
          let item = try mailbox.item(mailbox.itemID(id.rawValue), zones.offsets)
          guard item.isAppointment else { return .foreign(itemClass: item.itemClass) }
          return .found(reading(item, in: mailbox))
        } catch {
          return .missing
        }
      }
    }
  }

  package func traces(
    of mark: ItemMark,
    calendar: SyncModel.FolderID
  ) async throws -> [ItemTrace] {
    try await visit { mailbox, _ in
      let items: [Mailbox.Item]
      switch mark {
      case .stamp(let stamp): items = mailbox.items(with: self.stamp, stamp.description)
      case .uid(let uid):
        let identity = Mailbox.GlobalObjectID(uid: uid.rawValue)
        items = mailbox.items(with: .cleanGlobalObjectID, Base64.text(identity.bytes))
      case .madeFrom(let kind, let id, let tenant):
        let head = Stamp.beginning(kind: kind, id: id, tenant: tenant)
        items = mailbox.allItems.filter {
          $0.appointment.extended(self.stamp)?.first?.hasPrefix(head) ?? false
        }
      }
      return items.compactMap { item in
        place(of: item, calendar: calendar, in: mailbox).map { place in
          ItemTrace(
            id: ExchangeItemID(mailbox.text(of: item.id)),
            changeKey: ChangeKey(mailbox.changeKey(of: item)),
            place: place
          )
        }
      }
    }
  }

  private func place(
    of item: Mailbox.Item,
    calendar: SyncModel.FolderID,
    in mailbox: Mailbox
  ) -> ItemPlace? {
    if mailbox.text(of: item.id.folder) == calendar.rawValue { return .calendar }
    let deleted = mailbox.folderID(.deleteditems)
    if item.id.folder == deleted { return .deleted }
    // In other folders nobody looks: the inbox, what is recoverable only, and so on.
    guard mailbox.folders[item.id.folder.number]?.isCalendar == true else { return nil }
    return mailbox.isFolder(item.id.folder, below: deleted) ? .deleted : .otherCalendar
  }

  /// One request: what the mailbox refuses comes out as a failure with a remedy.
  func visit<T: Sendable>(
    _ body: @Sendable (inout Mailbox, Int64) throws -> T
  ) async throws -> T {
    await counter.add()
    do {
      return try await world.mailbox(body)
    } catch let refusal as Mailbox.Refusal {
      throw WorldMailboxFailure(refusal)
    }
  }
}

/// What the mailbox refused to the engine.
package struct WorldMailboxFailure: SyncFailure {
  package let refusal: Mailbox.Refusal

  init(_ refusal: Mailbox.Refusal) { self.refusal = refusal }

  package var remedy: Remedy { .stop }
  package var description: String { "\(refusal.code.rawValue): \(refusal.message)" }
}

private actor RequestCounter {
  private(set) var count = 0
  func add() { count += 1 }
}
