import Cryptography
import SyncEngine
import SyncModel
import Testing

/// What the engine would write, made for a test.
enum Draft {
  static let berlin = ZoneName("Europe/Berlin")
  static let fingerprinter = Fingerprinter(digest: SHA256.digest)

  /// The stamp of an appointment of the PSA.
  static func stamp(_ number: Int64, uid: String) -> Stamp {
    Stamp(
      kind: .appointment,
      id: PSAID(number),
      tenant: TenantID(123_456),
      resource: ResourceID(29_682_885),
      uid: uid,
      fingerprinter
    )
  }

  static func uid(_ number: Int64) -> String { "lockstep-\(number)@example.com" }

  static func exchange(
    _ number: Int64 = 1,
    when: When = Draft.hour(),
    zone: ZoneName? = Draft.berlin,
    title: String = "On site",
    text: String = "",
    place: String = ""
  ) -> ExchangeDraft {
    ExchangeDraft(
      stamp: stamp(number, uid: uid(number)),
      uid: uid(number),
      when: when,
      zone: zone,
      title: title,
      text: text,
      place: place
    )
  }

  static func psa(
    _ title: String = "Planning",
    text: String = "",
    start: Int64 = Grounds.monday + 5 * Grounds.hour,
    length: Int64 = Grounds.hour,
    resource: Int64 = 29_682_885
  ) -> PSADraft {
    PSADraft(
      kind: .appointment,
      resource: ResourceID(resource),
      title: title,
      text: text,
      span: span(start, length)
    )
  }

  /// So many hours after the Monday's beginning, an hour long.
  static func hour(_ hours: Int64 = 5) -> When {
    .timed(
      start: Instant(seconds: Grounds.monday + hours * Grounds.hour),
      end: Instant(seconds: Grounds.monday + (hours + 1) * Grounds.hour),
      zone: nil
    )
  }

  static func days(_ first: String, _ afterLast: String) throws -> When {
    .allDay(
      first: try #require(LocalDate(iso8601: first)),
      afterLast: try #require(LocalDate(iso8601: afterLast))
    )
  }

  static func span(_ start: Int64, _ length: Int64 = Grounds.hour) -> Span {
    Span(start: Instant(seconds: start), end: Instant(seconds: start + length))
  }
}

// MARK: - Reading what came back

/// The failure that the body ends with; an issue where it ends well or with another error.
func caught(
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async -> (any SyncFailure)? {
  do {
    try await body()
    Issue.record("No failure was thrown.", sourceLocation: sourceLocation)
  } catch let failure as any SyncFailure {
    return failure
  } catch {
    Issue.record("\(error) is no SyncFailure.", sourceLocation: sourceLocation)
  }
  return nil
}

extension ExchangeWriteResult {
  /// The item's id where it was written.
  var id: ExchangeItemID? { if case .done(let id, _) = self { id } else { nil } }

  var changeKey: ChangeKey? { if case .done(_, let key) = self { key } else { nil } }

  var isRefused: Bool { if case .refused = self { true } else { false } }
}

extension PSAWriteResult {
  var id: PSAID? { if case .done(let id) = self { id } else { nil } }

  var isRefused: Bool { if case .refused = self { true } else { false } }
}

extension ItemReading {
  var item: ExchangeItem? { if case .found(let item) = self { item } else { nil } }
}

extension Collection {
  /// The element of a collection of one.
  var only: Element? { count == 1 ? first : nil }
}

extension ExchangeMailbox {
  /// The one item with this id; records an issue where it is not found.
  func item(_ id: ExchangeItemID) async throws -> ExchangeItem {
    let folder = try await open().id
    return try #require(try await items([id], in: folder).only?.item)
  }

  /// Every page since a state, as one.
  func allChanges(since state: SyncState?, in folder: FolderID) async throws -> Listed {
    var listed = Listed()
    var state = state
    while true {
      guard case .page(let page) = try await changes(since: state, in: folder) else {
        throw StopFailure("The state was refused.")
      }
      listed.pages.append(page)
      state = page.next
      if page.isLast { return listed }
      if listed.pages.count > 50 { throw StopFailure("The pages do not end.") }
    }
  }
}

/// The pages of one pass over a folder.
struct Listed: Sendable {
  var pages: [ExchangeChanges] = []

  var present: [ExchangeItemID] { pages.flatMap { $0.present.map(\.id) } }
  var gone: [ExchangeItemID] { pages.flatMap(\.gone) }
  /// Where the next pass begins.
  var next: SyncState? { pages.last?.next }

  /// The version that was reported last.
  func changeKey(of id: ExchangeItemID) -> ChangeKey? {
    pages.flatMap(\.present).last { $0.id == id }?.changeKey
  }
}

extension PSAService {
  /// Every page of a query, as pages.
  func pages(of query: PSAQuery) async throws -> [PSAPage] {
    var pages: [PSAPage] = []
    var token: PageToken?
    repeat {
      let page = try await page(of: query, continuing: token)
      pages.append(page)
      token = page.next
      if pages.count > 50 { throw StopFailure("The pages do not end.") }
    } while token != nil
    return pages
  }

  func item(_ id: PSAID, of kind: Kind = .appointment) async throws -> PSAItem {
    let items = try await items([id], of: kind)
    let item = items.only ?? nil
    return try #require(item)
  }
}
