internal import HTTPTypes
internal import RegistryAPI
internal import RegistryPages
internal import RegistryStore
internal import SyncModel

/// Whom the registry serves: lists, switches, profiles, codes and approvals.
struct ResourceEndpoints: Sendable {
  private static let codeLifetime: Int64 = 7 * 86_400

  let store: RegistryStore
  let acts: RegistryPages.Acts

  var all: [Endpoint] { lists + switches + profiles + others }

  private var lists: [Endpoint] {
    [
      Endpoint(.get, "/v1/resources", .admin) { call in
        let filter = try filter(call)
        let found = try await store.resources(filter, now: call.now)
        return try .json(found.list(filter.page, \.entry))
      },
      Endpoint(.post, "/v1/resources", .admin, longestBody: 8 << 20) { try await keep($0) },
      Endpoint(.get, "/v1/resources/{number}", .admin) { call in
        try call.allow()
        return try .json(try await store.resource(try call.resource, now: call.now).entry)
      },
    ]
  }

  private func filter(_ call: APICall) throws -> ResourceFilter {
    try call.allow(
      "search",
      "state",
      "stale_minutes",
      "reason",
      "enabled",
      "sort",
      "descending",
      "page",
      "size"
    )
    var filter = ResourceFilter()
    filter.search = call.query["search"] ?? ""
    filter.state = try call.word("state")
    filter.olderThan = try call.whole("stale_minutes", in: 1...525_600).map {
      call.now.advanced(bySeconds: -Int64($0) * 60)
    }
    filter.reason = call.query["reason"]
    filter.isEnabled = try call.flag("enabled")
    filter.sort = try call.word("sort") ?? .name
    filter.isDescending = try call.flag("descending") ?? false
    filter.page = try call.page
    return filter
  }

  private func keep(_ call: APICall) async throws -> APIAnswer {
    let list: ResourceImport = try call.decoded()
    for person in list.resources {
      let isWell =
        person.number > 0 && (1...200).contains(person.name.count)
        && !person.name.contains(where: \.isNewline)
        && (person.mail.map { $0.isEmpty || isMailAddress($0) } ?? true)
      guard isWell else {
        throw RegistryProblem(
          .invalid,
          "Resource \(person.number) needs a number above 0, a name of one line and, if any, a mail "
            + "address that can be one. Nothing was taken over."
        )
      }
    }
    guard !list.resources.isEmpty else {
      throw RegistryProblem(.invalid, "The list names nobody. Nothing was taken over.")
    }
    try await store.keepResources(
      list.resources.map {
        ResourceRow(
          number: ResourceID($0.number),
          name: $0.name,
          mail: $0.mail ?? "",
          isActive: $0.isActive ?? true
        )
      },
      isWhole: list.isWhole ?? false,
      by: try call.admin,
      now: call.now
    )
    return .nothing
  }

  // MARK: Switches

  private var switches: [Endpoint] {
    [
      Endpoint(.post, "/v1/resources/enable", .admin) { try await turn(true, $0) },
      Endpoint(.post, "/v1/resources/disable", .admin) { try await turn(false, $0) },
    ]
  }

  private func turn(_ isEnabled: Bool, _ call: APICall) async throws -> APIAnswer {
    let request: SwitchRequest = try call.decoded()
    guard (1...SwitchRequest.limit).contains(request.resources.count) else {
      throw RegistryProblem(
        .invalid,
        "Name 1 to \(SwitchRequest.limit) resources at a time; nothing was switched."
      )
    }
    var statuses: [ResourceStatus] = []
    for number in Set(request.resources).sorted() {
      statuses.append(try await store.resource(ResourceID(number), now: call.now))
    }
    var switched = statuses.filter { $0.isEnabled != isEnabled }
    var newcomers = Set(isEnabled ? switched.map(\.number) : [])
    if request.isPreview != true {
      let new = try await acts.setEnabled(
        statuses.map(\.number),
        isEnabled,
        try call.admin,
        call.now
      )
      // Somebody else may have switched some of them meanwhile.
      newcomers = Set(new)
      if isEnabled { switched = switched.filter { newcomers.contains($0.number) } }
    }
    let invited = switched.filter { newcomers.contains($0.number) && $0.agent == nil }
    return try .json(
      SwitchAnswer(
        switched: switched.map(\.number.rawValue),
        mailed: invited.filter { !$0.mail.isEmpty }.map(\.number.rawValue),
        withoutAddress: invited.filter { $0.mail.isEmpty }.map(\.number.rawValue)
      )
    )
  }

  // MARK: One resource

  private var profiles: [Endpoint] {
    [
      Endpoint(.get, "/v1/resources/{number}/profile", .admin) { call in
        let document = try await store.profile(of: try call.resource)
        return try .json(document, etag: String(document.version))
      },
      Endpoint(.put, "/v1/resources/{number}/profile", .admin) { call in
        let document: ProfileDocument = try call.decoded()
        let saved = try await store.setProfile(
          of: try call.resource,
          to: document.choices,
          expecting: try call.expectedVersion,
          by: try call.admin,
          now: call.now
        )
        return try .json(saved, etag: String(saved.version))
      },
    ]
  }

  private var others: [Endpoint] {
    [
      Endpoint(.post, "/v1/resources/{number}/codes", .admin) { call in
        let request: CodeRequest =
          call.body.isEmpty ? CodeRequest(takesOver: nil) : try call.decoded()
        let resource = try call.resource
        let code = try await store.makeCode(
          for: resource,
          takeOver: request.takesOver ?? false,
          by: try call.admin,
          now: call.now,
          lifetime: Self.codeLifetime
        )
        let made = MadeCode(
          code: EnrolmentCode.shown(code),
          resource: resource.rawValue,
          expires: WireTime(call.now.advanced(bySeconds: Self.codeLifetime))
        )
        return try .json(made, status: .created)
      },
      Endpoint(.get, "/v1/resources/{number}/holds", .admin) { call in
        let resource = try call.resource
        _ = try await store.resource(resource, now: call.now)
        return try .json(try await store.holds(of: resource).map(\.entry))
      },
      Endpoint(.post, "/v1/resources/{number}/approvals", .admin) { call in
        let request: ApprovalRequest = try call.decoded()
        try await store.approve(
          request.digest,
          of: try call.resource,
          by: try call.admin,
          now: call.now
        )
        return .nothing
      },
    ]
  }
}

extension Listed {
  /// The part of the list as it travels.
  func list<Entry: Codable & Sendable>(
    _ page: Page,
    _ entry: (Row) -> Entry
  ) -> EntryList<Entry> {
    EntryList(entries: rows.map(entry), total: total, page: page.number, size: page.size)
  }
}
