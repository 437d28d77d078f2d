internal import HTTPTypes
internal import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// What the house keeps beside its resources: attempts, holds, agents, codes, tokens, the audit.
enum HouseEndpoints {
  static func all(_ store: RegistryStore) -> [Endpoint] {
    attempts(store) + doors(store) + publicFolder(store)
  }

  private static func publicFolder(_ store: RegistryStore) -> [Endpoint] {
    @Sendable func status() async throws -> APIAnswer {
      let settings = try await store.settings().settings
      return try .json(
        try await store.publicFolderStatus(isWanted: settings.publishesContacts)
      )
    }
    return [
      Endpoint(.get, "/v1/public-folder", .admin) { call in
        try call.allow()
        return try await status()
      },
      Endpoint(.post, "/v1/public-folder/approval", .admin) { call in
        let approval: PublicFolderApproval = try call.decoded()
        try await store.approvePublicFolder(
          approval.digest,
          by: try call.admin,
          now: call.now
        )
        return try await status()
      },
    ]
  }

  private static func attempts(_ store: RegistryStore) -> [Endpoint] {
    [
      Endpoint(.get, "/v1/attempts", .admin) { call in
        try call.allow("resource", "outcome", "since", "before", "page", "size")
        let filter = AttemptFilter(
          resource: try call.whole("resource", in: 1...Int.max).map { ResourceID(Int64($0)) },
          outcome: try call.word("outcome"),
          before: try call.instant("before"),
          since: try call.instant("since")
        )
        let page = try call.page
        return try .json(try await store.attempts(filter, page: page).list(page, \.entry))
      },
      Endpoint(.get, "/v1/attempts/{agent}/{run}", .admin) { call in
        try .json(
          try await store.attempt(RunID(try call.number("run")), of: call.agentID).entry
        )
      },
      Endpoint(.get, "/v1/holds", .admin) { call in
        try call.allow()
        return try .json(try await store.holds().map(\.entry))
      },
      Endpoint(.get, "/v1/audit", .admin) { call in
        try call.allow("page", "size")
        let page = try call.page
        return try .json(try await store.audit(page).list(page, \.entry))
      },
    ]
  }

  private static func doors(_ store: RegistryStore) -> [Endpoint] {
    [
      Endpoint(.get, "/v1/agents", .admin) { call in
        try call.allow("live", "page", "size")
        let page = try call.page
        let found = try await store.agents(page, onlyLive: try call.flag("live") ?? false)
        return try .json(found.list(page, \.entry))
      },
      Endpoint(.delete, "/v1/agents/{agent}", .admin) { call in
        try await store.revoke(call.agentID, by: try call.admin, now: call.now)
        return .nothing
      },
      Endpoint(.get, "/v1/codes", .admin) { call in
        try call.allow()
        return try .json(try await store.codes().map(\.entry))
      },
      Endpoint(.delete, "/v1/codes/{number}", .admin) { call in
        try await store.withdrawCode(try call.number("number"), by: try call.admin, now: call.now)
        return .nothing
      },
      Endpoint(.get, "/v1/tokens", .admin) { call in
        try call.allow()
        return try .json(try await store.tokens().map(\.entry))
      },
      Endpoint(.post, "/v1/tokens", .admin) { call in
        let request: TokenRequest = try call.decoded()
        let token = try await store.makeToken(request.name, by: try call.admin, now: call.now)
        return try .json(MadeToken(token: token, name: request.name), status: .created)
      },
      Endpoint(.delete, "/v1/tokens/{number}", .admin) { call in
        try await store.revokeToken(try call.number("number"), by: try call.admin, now: call.now)
        return .nothing
      },
    ]
  }
}
