internal import HTTPTypes
internal import RegistryAPI
internal import RegistryGateway
internal import RegistryStore
internal import SyncEngine
internal import SyncModel

/// The PSA for agents that have no API user of their own; each reaches its own resource's items.
struct GatewayEndpoints: Sendable {
  let store: RegistryStore
  /// Nil where the registry's settings say nothing of the PSA.
  let gateway: Gateway?

  var all: [Endpoint] {
    [
      Endpoint(.get, "/v1/psa/changes", .agent) { call in
        try call.allow("kinds", "since", "whole")
        let isWhole = try call.flag("whole") ?? false
        let since = try call.whole("since", in: 0...Int.max) ?? 0
        let kinds = try kinds(of: call)
        return try await answered(call) { gateway, resource in
          try await gateway.changes(
            of: resource,
            kinds: kinds,
            since: Int64(since),
            isWhole: isWhole
          )
        }
      },
      Endpoint(.post, "/v1/psa/items", .agent) { call in
        let question: ItemQuestion = try call.decoded()
        guard question.ids.count <= PSAQuery.longestList else {
          throw RegistryProblem(.tooLarge, "At most \(PSAQuery.longestList) ids at a time.")
        }
        return try await answered(call) { try await $0.items(question, of: $1) }
      },
      Endpoint(.post, "/v1/psa/query", .agent) { call in
        let question: ListQuestion = try call.decoded()
        return try await answered(call) { try await $0.list(question, of: $1) }
      },
      Endpoint(.post, "/v1/psa/writes", .agent, longestBody: 4 << 20) { call in
        let orders: WriteOrders = try call.decoded()
        return try await answered(call) { try await $0.write(orders, of: $1) }
      },
      Endpoint(.get, "/v1/gateway", .admin) { call in
        try call.allow()
        guard gateway != nil else { return try .json(GatewayStatus(isSet: false)) }
        return try .json(try await store.gatewayStatus())
      },
    ]
  }

  private func kinds(of call: APICall) throws -> [Kind] {
    let words = (call.query["kinds"] ?? "").split(separator: ",").map(String.init)
    let kinds = words.compactMap { Kind(rawValue: $0) }
    guard !kinds.isEmpty, kinds.count == words.count else {
      let allowed = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw RegistryProblem(
        .invalid,
        "kinds must be some of \(allowed), with commas between them.",
        fields: ["kinds": "must be some of \(allowed)"]
      )
    }
    return kinds
  }

  private func answered<Answer: Encodable>(
    _ call: APICall,
    _ work: (Gateway, ResourceID) async throws -> Answer
  ) async throws -> APIAnswer {
    let resource = try call.agent.resource
    guard let gateway else {
      throw RegistryProblem(
        .notFound,
        "This registry is no gateway to the PSA: [psa] is not in its settings."
      )
    }
    do {
      return try .json(try await work(gateway, resource))
    } catch let failure as RegistryStoreFailure {
      throw failure
    } catch let failure as any SyncFailure {
      // The gateway's own trouble with the PSA, in its own words; none of them is a secret.
      let problem = RegistryProblem(.psa, "\(failure)")
      var answer = APIAnswer.problem(problem)
      if case .retry(let pause) = failure.remedy {
        answer.headers[.retryAfter] = String(max(1, pause.components.seconds))
      }
      return answer
    }
  }
}
