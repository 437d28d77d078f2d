internal import Cryptography
internal import HTTPTypes
internal import RegistryAPI
internal import RegistryStore
internal import SyncModel

/// What agents call; each reaches its own resource and nothing else, for no call names one.
enum AgentEndpoints {
  static func all(_ store: RegistryStore) -> [Endpoint] {
    [
      Endpoint(.post, "/v1/enrolments", .open) { call in
        let request: EnrolmentRequest = try call.decoded()
        guard request.agent.rawValue.isName, request.machine.isName, request.version.isName else {
          throw RegistryProblem(
            .invalid,
            "agent, machine and version are one line of up to 200 characters each."
          )
        }
        return try .json(try await store.enrol(request, now: call.now), status: .created)
      },
      Endpoint(.get, "/v1/agent/policy", .agent) { call in
        let policy = try await store.agentPolicy(for: try call.agent.resource)
        let etag = String(SHA256.hexadecimal(of: try JSON.bytes(of: policy)).prefix(32))
        if call.knows(etag: etag) {
          return APIAnswer(status: .notModified, headers: [.eTag: "\"\(etag)\""])
        }
        return try .json(policy, etag: etag)
      },
      Endpoint(.get, "/v1/agent/profile", .agent) { call in
        let document = try await store.profile(of: try call.agent.resource)
        return try .json(document, etag: String(document.version))
      },
      Endpoint(.put, "/v1/agent/profile", .agent) { call in
        let document: ProfileDocument = try call.decoded()
        let saved = try await store.setProfile(
          of: try call.agent.resource,
          to: document.choices,
          expecting: try call.expectedVersion,
          by: nil,
          now: call.now
        )
        return try .json(saved, etag: String(saved.version))
      },
      Endpoint(.post, "/v1/agent/attempts", .agent, longestBody: 1 << 20) { call in
        let batch: AttemptBatch = try call.decoded()
        return try .json(try await store.keep(batch, of: try call.agent, now: call.now))
      },
    ]
  }
}

extension String {
  /// One line that people can read.
  fileprivate var isName: Bool {
    (1...200).contains(count)
      && !contains { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } }
  }
}
