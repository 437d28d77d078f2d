internal import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// The filter of the Resources page as it stands in an address.
struct ResourceListing {
  static let path = "/resources"
  static let ages = [
    ("", "any time"), ("2h", "2 hours"), ("1d", "1 day"), ("7d", "7 days"), ("30d", "30 days"),
  ]
  private static let seconds: [String: Int64] = [
    "2h": 7_200, "1d": 86_400, "7d": 604_800, "30d": 2_592_000,
  ]

  let search: String
  let state: String
  let stale: String
  let reason: String
  /// A column's name, with a dash before it where the last stands first.
  let sort: String

  init(_ query: [String: String]) {
    search = String((query["search"] ?? "").trimmed.prefix(100))
    state = query["state"].flatMap { ResourceState(rawValue: $0)?.rawValue } ?? ""
    stale = query["stale"].flatMap { ResourceListing.seconds[$0] == nil ? nil : $0 } ?? ""
    reason = query["reason"] ?? ""
    let wanted = query["sort"] ?? ""
    let column = wanted.hasPrefix("-") ? String(wanted.dropFirst()) : wanted
    sort = ResourceFilter.Sort(rawValue: column) == nil ? "" : wanted
  }

  /// As `address` takes it, without the page.
  var query: [(String, String)] {
    [
      ("search", search), ("state", state), ("stale", stale), ("reason", reason), ("sort", sort),
    ]
  }

  var encoded: String { String(address("", query).drop { $0 == "?" }) }

  func filter(_ page: Page, now: Instant) -> ResourceFilter {
    var filter = ResourceFilter()
    filter.search = search
    filter.state = ResourceState(rawValue: state)
    filter.olderThan = ResourceListing.seconds[stale].map { Instant(seconds: now.seconds - $0) }
    filter.reason = reason.unlessBlank
    filter.isDescending = sort.hasPrefix("-")
    let column = filter.isDescending ? String(sort.dropFirst()) : sort
    filter.sort = ResourceFilter.Sort(rawValue: column) ?? .name
    filter.page = page
    return filter
  }

  struct Column: Sendable {
    let label: String
    let path: String?
    let order: String?
  }

  var columns: [Column] {
    [
      ("Resource", ResourceFilter.Sort.name), ("State", .state),
      ("Last attempted synchronization", .lastAttempt), ("Last success", .lastSuccess),
      ("Last 24 hours", nil), ("Reason", .reason), ("Next due", .nextDue), ("Version", .version),
    ].map { label, column in
      guard let column else { return Column(label: label, path: nil, order: nil) }
      let isHere = sort.drop { $0 == "-" } == column.rawValue || (sort.isEmpty && column == .name)
      let isDescending = sort.hasPrefix("-")
      let next = isHere && !isDescending ? "-\(column.rawValue)" : column.rawValue
      let others = query.filter { $0.0 != "sort" }
      return Column(
        label: label,
        path: address(ResourceListing.path, others + [("sort", next)]),
        order: isHere ? (isDescending ? "descending" : "ascending") : nil
      )
    }
  }
}

extension ResourceState {
  /// For people.
  var label: String {
    switch self {
    case .disabled: "disabled"
    case .never: "never yet"
    case .overdue: "overdue"
    case .failing: "failing"
    case .waiting: "waiting for a decision"
    case .withErrors: "with errors"
    case .inStep: "in step"
    }
  }
}

/// A resource as pages show it.
struct ResourceLine: Sendable {
  let number: String
  let name: String
  let mail: String
  let state: String
  let stateLabel: String
  let isEnabled: Bool
  let lastAttempt: Moment?
  let lastSuccess: Moment?
  let nextDue: Moment?
  let reason: String?
  let held: String?
  let version: String
  let strip: Strip?

  init(_ status: ResourceStatus, _ hours: [Outcome?]?, now: Instant) {
    number = status.number.description
    name = status.name + (status.isActive ? "" : " (inactive in the PSA)")
    mail = status.mail.isEmpty ? "no mail address" : status.mail
    state = status.state.rawValue
    stateLabel = status.state.label
    isEnabled = status.isEnabled
    lastAttempt = status.lastAttempt.map { Moment($0, now: now) }
    lastSuccess = status.lastSuccess.map { Moment($0, now: now) }
    nextDue = status.nextDue.map { Moment($0, now: now) }
    reason = status.reason?.unlessBlank
    held = status.held == 0 ? nil : String(status.held)
    version = status.version ?? ""
    strip = hours.map { Strip($0) }
  }
}
