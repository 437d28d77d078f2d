package import HTTP
package import SyncEngine
package import SyncModel
package import ZoneData

/// One person's calendar over Exchange Web Services.
///
/// Reads are in this file, look-ups and writes beside it. An instance may live for many runs; what it
/// keeps between calls is the server's version, the pause the server asked for, the person's zone and,
/// from one `open()` to the next, the list of calendar folders.
package actor EWSMailbox {
  let account: EWSAccount
  let session: EWSSession
  private let zones: ZoneMapping
  private var personsZone: ZoneName?
  var knownFolders: [CalendarPlace]?
  /// The same for contacts, from one `contactsPlace` to the next.
  var knownContactFolders: [CalendarPlace]?

  /// `zone` stands in where Exchange knows no zone of the person's (`rules.md` 6); `timeout` is for
  /// one whole request.
  package init(
    account: EWSAccount,
    client: HTTPClient,
    zones: ZoneDatabase,
    zone: ZoneName? = nil,
    timeout: Duration = .seconds(120),
    pace: Pace = .real()
  ) {
    self.account = account
    self.zones = ZoneMapping(zones: zones)
    personsZone = zone
    session = EWSSession(account: account, client: client, pace: pace, timeout: timeout)
  }

  var mapping: CalendarItemMapping {
    CalendarItemMapping(zones: zones, mailboxZone: personsZone)
  }

  func distinguished(_ name: String) -> WireFolderID {
    .distinguished(name, mailbox: account.mailbox)
  }
}

extension EWSMailbox: ExchangeMailbox {
  package func open() async throws -> CalendarFolder {
    knownFolders = nil
    let message = try await only(session.ask(GetFolder(folder: distinguished("calendar"))))
    guard message.responseClass != .error else {
      throw EWSError(code: message.code, text: message.text, details: message.details)
    }
    guard let folder = message.content.folders.first, !folder.id.isEmpty else {
      throw EWSError.unreadableReply("it names no calendar folder")
    }
    return CalendarFolder(
      mailbox: MailboxID(account.mailbox.lowercased()),
      id: FolderID(folder.id),
      itemCount: folder.totalCount ?? 0,
      canWrite: folder.canCreate && folder.canModify,
      mark: folder.mark.flatMap { FolderMark($0) },
      server: await session.server?.description ?? "Exchange"
    )
  }

  package func personalZone() async throws -> ZoneName? {
    let message = try await only(
      session.ask(GetUserConfiguration(folder: distinguished("root")))
    )
    if message.responseClass == .error {
      // Absent for people who never used Outlook on the web.
      if message.code.cause == .gone { return nil }
      throw EWSError(code: message.code, text: message.text, details: message.details)
    }
    guard let zone = zones.zone(of: message.content.entries["timezone"]) else { return nil }
    personsZone = zone
    return zone
  }

  package func changes(
    since state: SyncState?,
    in folder: FolderID
  ) async throws -> ExchangeChangesAnswer {
    let operation = SyncFolderItems(folder: .id(folder.rawValue), syncState: state?.rawValue)
    let message: ResponseMessage<SyncFolderItemsContent>
    do throws(EWSError) {
      message = try await only(session.ask(operation))
    } catch {
      guard case .folderGone(let code) = error, code == ResponseCode.invalidSyncState.rawValue
      else { throw error }
      return .stateRefused
    }
    if message.responseClass == .error {
      if message.code == .invalidSyncState { return .stateRefused }
      throw EWSError(code: message.code, text: message.text, details: message.details)
    }
    let content = message.content
    guard !content.syncState.isEmpty, let isLast = content.includesLast else {
      throw EWSError.unreadableReply("it has no sync state")
    }
    guard isLast || content.syncState != state?.rawValue else {
      throw EWSError.unreadableReply("its pages do not go on")
    }
    // An id that comes twice is as its last line says.
    var last: [String: Int] = [:]
    for (place, change) in content.changes.enumerated() { last[change.item.id] = place }
    let changes = content.changes.enumerated().filter { last[$1.item.id] == $0 }.map(\.element)
    return .page(
      ExchangeChanges(
        present: changes.filter { $0.kind == .present }.map {
          ExchangeChanges.Moved(
            id: ExchangeItemID($0.item.id),
            changeKey: ChangeKey($0.item.changeKey)
          )
        },
        gone: changes.filter { $0.kind == .gone }.map { ExchangeItemID($0.item.id) },
        next: SyncState(content.syncState),
        isLast: isLast
      )
    )
  }

  package func items(
    _ ids: [ExchangeItemID],
    in folder: FolderID
  ) async throws -> [ItemReading] {
    try await ItemReader(session: session, mapping: mapping, folder: folder).read(ids)
  }

  package var requests: Int {
    get async { await session.requests }
  }

  func only<Content>(
    _ messages: [ResponseMessage<Content>]
  ) throws(EWSError) -> ResponseMessage<Content> {
    guard let message = messages.first else { throw .unreadableReply("it is empty") }
    return message
  }
}
