internal import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// The Resources tab: who is in step, and who is switched on.
extension RegistryPages {
  private struct ListView: Sendable {
    var frame: Frame
    let search: String
    let states: [Choice]
    let ages: [Choice]
    let reasons: [Choice]
    let sort: String
    let filter: String
    let count: String
    let total: Int
    let hasRows: Bool
    let emptiness: String
    let columns: [ResourceListing.Column]
    let rows: [ResourceLine]
    let pager: Pager?
  }

  package func resources(_ call: PageCall) async throws -> PageAnswer {
    let listing = ResourceListing(call.query)
    let page = Page(call.page)
    let found = try await store.resources(listing.filter(page, now: call.now), now: call.now)
    let strips = try await store.strip(found.rows.map(\.number), now: call.now)
    let reasons = try await store.reasons()
    let isFiltered = listing.query.contains { $0.0 != "sort" && !$0.1.isEmpty }
    var frame = Frame("Resources", in: .resources, for: call.session)
    frame.notice = notice(call.query)
    let view = ListView(
      frame: frame,
      search: listing.search,
      states: [Choice("", "any", chosen: listing.state)]
        + ResourceState.allCases.map {
          Choice($0.rawValue, $0.label, chosen: listing.state)
        },
      ages: ResourceListing.ages.map { Choice($0.0, $0.1, chosen: listing.stale) },
      reasons: [Choice("", "any", chosen: listing.reason)]
        + reasons.map { Choice($0.reason, "\($0.reason) (\($0.count))", chosen: listing.reason) },
      sort: listing.sort,
      filter: listing.encoded,
      count: found.total == 1 ? "1 resource" : "\(found.total) resources",
      total: found.total,
      hasRows: !found.rows.isEmpty,
      emptiness: isFiltered
        ? "No resource is like that. “Clear” shows them all."
        : "There are no resources yet. 'lockstep-registry import FILE.csv' brings them in.",
      columns: listing.columns,
      rows: found.rows.map { ResourceLine($0, strips[$0.number], now: call.now) },
      pager: Pager(page, total: found.total, ResourceListing.path, listing.query)
    )
    return try self.page("resources", view)
  }

  /// What a redirect leaves to be said; from numbers only, for an address may come from anywhere.
  private func notice(_ query: [String: String]) -> String? {
    func number(_ name: String) -> Int? { query[name].flatMap { Int($0) } }
    if let enabled = number("enabled") {
      let mailed = number("mailed") ?? 0
      return "Enabled: \(enabled). Mails with a code on their way: \(mailed)."
    }
    return number("disabled").map {
      "Disabled: \($0). Their agents stop with the next run; both calendars stay as they are."
    }
  }

  // MARK: Switching on and off

  private struct PreviewView: Sendable {
    let frame: Frame
    let act: String
    let button: String
    let effect: String
    let all: Bool
    let filter: String
    let numbers: [String]
    let mailTitle: String
    let mails: [ResourceLine]
    let hasMails: Bool
    let moreMails: String?
    let mailless: [ResourceLine]
    let hasMailless: Bool
  }

  private static let shownNames = 100

  /// Says who would be switched, and who would get mail; changes nothing.
  package func preview(_ call: PageCall) async throws -> PageAnswer {
    let turnsOn = call.value("act") == "enable"
    let chosen = try await chosen(call)
    guard !chosen.isEmpty else { return .redirect(to: ResourceListing.path) }
    let switched = chosen.filter { $0.isEnabled != turnsOn }
    let lines = switched.map { ResourceLine($0, nil, now: call.now) }
    let (mailed, mailless) =
      turnsOn
      ? (
        zip(switched, lines).filter { !$0.0.mail.isEmpty && $0.0.agent == nil }.map(\.1),
        zip(switched, lines).filter { $0.0.mail.isEmpty && $0.0.agent == nil }.map(\.1)
      ) : ([], [])
    let number = switched.count == 1 ? "1 resource" : "\(switched.count) resources"
    let rest = chosen.count - switched.count
    let already = rest == 0 ? "" : " (\(rest) already \(turnsOn ? "are" : "are not"))"
    let view = PreviewView(
      frame: Frame(
        turnsOn ? "Enable \(number)" : "Disable \(number)",
        in: .resources,
        for: call.session
      ),
      act: turnsOn ? "enable" : "disable",
      button: turnsOn ? "Enable \(number)" : "Disable \(number)",
      effect: turnsOn
        ? "\(number) will be kept in step\(already). Nothing happens until each person enrols."
        : "\(number) will no longer be kept in step\(already). Both calendars stay as they are.",
      all: call.isTicked("all"),
      filter: call.value("filter"),
      numbers: chosen.map(\.number.description),
      mailTitle: mailed.count == 1
        ? "1 person gets mail with a code" : "\(mailed.count) people get mail with a code",
      mails: Array(mailed.prefix(RegistryPages.shownNames)),
      hasMails: !mailed.isEmpty,
      moreMails: mailed.count > RegistryPages.shownNames
        ? "and \(mailed.count - RegistryPages.shownNames) more" : nil,
      mailless: Array(mailless.prefix(RegistryPages.shownNames)),
      hasMailless: !mailless.isEmpty
    )
    return try page("preview", view)
  }

  package func setEnabled(_ isEnabled: Bool, _ call: PageCall) async throws -> PageAnswer {
    let chosen = try await chosen(call)
    let switched = chosen.filter { $0.isEnabled != isEnabled }
    let new = try await acts.setEnabled(
      switched.map(\.number),
      isEnabled,
      call.session.name,
      call.now
    )
    guard isEnabled else {
      return .redirect(to: address(ResourceListing.path, [("disabled", String(switched.count))]))
    }
    let newcomers = Set(new)
    let mailed = switched.count {
      newcomers.contains($0.number) && !$0.mail.isEmpty && $0.agent == nil
    }
    return .redirect(
      to: address(
        ResourceListing.path,
        [("enabled", String(switched.count)), ("mailed", String(mailed))]
      )
    )
  }

  /// The ticked resources, or all that answer the list's filter.
  private func chosen(_ call: PageCall) async throws -> [ResourceStatus] {
    guard call.isTicked("all") else {
      var chosen: [ResourceStatus] = []
      for text in call.form["resource"] ?? [] {
        guard let number = Int64(text) else { continue }
        chosen.append(try await store.resource(ResourceID(number), now: call.now))
      }
      return chosen
    }
    let listing = ResourceListing(pairs(call.value("filter")))
    var chosen: [ResourceStatus] = []
    var number = 0
    while true {
      let page = Page(number, size: Page.sizes.upperBound)
      let found = try await store.resources(listing.filter(page, now: call.now), now: call.now)
      chosen += found.rows
      guard found.rows.count == page.size else { return chosen }
      number += 1
    }
  }
}
