import HTTP
import RegistryAPI
import RegistryServer
import RegistryStore
import SyncModel
import Testing

/// What admins' scripts call, and what they are told where it does not work.
@Suite(.timeLimit(.minutes(5))) struct AdminCallTests {
  @Test func `settings are read, changed field by field, and refused with a sentence for each`()
    async throws
  {
    try await ServedRegistry.with { registry in
      func patch(_ body: String, version: Int = 1) async throws -> ServedRegistry.Answer {
        try await registry.call(
          "PATCH",
          "/v1/settings",
          as: registry.admin,
          headers: [HTTPHeader("If-Match", "\"\(version)\"")],
          body: body
        )
      }
      let read = try await registry.call("GET", "/v1/settings", as: registry.admin)
      #expect(read.header("ETag") == "\"1\"")
      let document = try read.json(SettingsDocument.self)
      #expect(document.values["server_address"] == "mail.example.com")
      #expect(
        Set(document.values.keys)
          == Set(SettingKey.allCases.map(\.rawValue)).subtracting(["account_password"])
      )
      let refused = try await patch(
        #"{"values":{"interval":"5","server_address":"192.0.2.1","colour":"red"}}"#
      )
      #expect(refused.status == 422)
      let fields = try #require(try refused.problem.fields)
      #expect(fields["interval"] == "interval must be a whole number from 10 to 1440.")
      #expect(fields["colour"] == "There is no setting of this name.")
      let address = try await patch(#"{"values":{"server_address":"192.0.2.1"}}"#)
      #expect(try address.problem.fields?["server_address"]?.contains("IP address") == true)
      let saved = try await patch(
        #"{"values":{"account_user":"sync@example.com"},"accountPassword":"Canary-Secret"}"#
      )
      #expect(saved.status == 200, "\(saved.body)")
      #expect(!saved.body.contains("Canary-Secret"))
      let after = try saved.json(SettingsDocument.self)
      #expect(after.version == 2 && after.hasAccountPassword)
      #expect(after.checks?.map(\.finding) == [.works])
      #expect(try await registry.store.accountPassword() == "Canary-Secret")
      #expect(try await patch(#"{"values":{"interval":"30"}}"#).status == 412)
      let audit = try await registry.call("GET", "/v1/audit", as: registry.admin)
      #expect(!audit.body.contains("Canary-Secret"))
    }
  }

  @Test func `settings are tried without being saved`() async throws {
    try await ServedRegistry.with { registry in
      let tried = try await registry.call(
        "POST",
        "/v1/settings/check",
        as: registry.admin,
        body: #"{"values":{"server_address":"other.example.com"}}"#
      )
      #expect(
        try tried.json([SettingCheck].self).map(\.says) == ["other.example.com has an address."]
      )
      #expect(try await registry.store.settings().version == 1)
    }
  }

  @Test func `resources are listed by what a query asks for, and a misspelt query lists nothing`()
    async throws
  {
    try await ServedRegistry.with { registry in
      func list(_ query: String) async throws -> [String] {
        let answer = try await registry.call("GET", "/v1/resources?\(query)", as: registry.admin)
        return try answer.json(EntryList<ResourceEntry>.self).entries.map(\.name)
      }
      #expect(try await list("").count == 3)
      #expect(try await list("search=BRANDT") == ["Bert Brandt"])
      #expect(try await list("enabled=false") == ["Clara Conrad"])
      #expect(try await list("state=never&sort=number&descending=true").first == "Bert Brandt")
      #expect(try await list("size=1&page=2") == ["Clara Conrad"])
      for query in ["serch=x", "state=fine", "size=0", "enabled=yes", "page=-1"] {
        let answer = try await registry.call("GET", "/v1/resources?\(query)", as: registry.admin)
        #expect(answer.status == 422, "\(query): \(answer.body)")
      }
    }
  }

  @Test func `switching says who gets mail, first as a preview that changes nothing`() async throws
  {
    try await ServedRegistry.with { registry in
      func enable(_ body: String) async throws -> ServedRegistry.Answer {
        try await registry.call("POST", "/v1/resources/enable", as: registry.admin, body: body)
      }
      let wanted = SwitchAnswer(switched: [103], mailed: [103], withoutAddress: [])
      let preview = try await enable(#"{"resources":[101,103],"isPreview":true}"#)
      #expect(try preview.json(SwitchAnswer.self) == wanted)
      #expect(
        try await registry.store.resource(ServedRegistry.clara, now: registry.now).isEnabled
          == false
      )
      let done = try await enable(#"{"resources":[101,103]}"#)
      #expect(try done.json(SwitchAnswer.self) == wanted)
      #expect(try await registry.store.resource(ServedRegistry.clara, now: registry.now).isEnabled)
      #expect(try await enable(#"{"resources":[101,999]}"#).status == 404)
      #expect(try await enable(#"{"resources":[]}"#).status == 422)
      let off = try await registry.call(
        "POST",
        "/v1/resources/disable",
        as: registry.admin,
        body: #"{"resources":[103]}"#
      )
      #expect(try off.json(SwitchAnswer.self).switched == [103])
    }
  }

  @Test func `a list of people is taken over whole or not at all`() async throws {
    try await ServedRegistry.with { registry in
      func take(_ body: String) async throws -> Int {
        try await registry.call("POST", "/v1/resources", as: registry.admin, body: body).status
      }
      #expect(
        try await take(#"{"resources":[{"number":104,"name":"Dora"},{"number":105,"name":""}]}"#)
          == 422
      )
      #expect(
        try await take(#"{"resources":[{"number":104,"name":"Dora","mail":"no address"}]}"#) == 422
      )
      #expect(
        try await take(#"{"resources":[{"number":104,"name":"Dora Dietz"}],"isWhole":true}"#) == 204
      )
      let rows = try await registry.store.resources(now: registry.now).rows
      #expect(rows.filter(\.isActive).map(\.name) == ["Dora Dietz"])
    }
  }

  @Test func `each act is in the audit, under the token's name`() async throws {
    try await ServedRegistry.with { registry in
      let calls: [(String, String, String?)] = [
        ("POST", "/v1/resources/103/codes", nil), ("DELETE", "/v1/codes/3", nil),
        ("POST", "/v1/tokens", #"{"name":"other"}"#), ("DELETE", "/v1/tokens/2", nil),
        ("DELETE", "/v1/agents/agent-102", nil),
        ("POST", "/v1/resources/disable", #"{"resources":[102]}"#),
      ]
      for (method, path, body) in calls {
        let answer = try await registry.call(method, path, as: registry.admin, body: body)
        #expect((200...204).contains(answer.status), "\(path): \(answer.body)")
      }
      let saved = try await registry.call(
        "PUT",
        "/v1/resources/101/profile",
        as: registry.admin,
        headers: [HTTPHeader("If-Match", "0")],
        body: #"{"version":0,"choices":{"past_days":"2"}}"#
      )
      #expect(saved.status == 200, "\(saved.body)")
      let audit = try await registry.call("GET", "/v1/audit?size=7", as: registry.admin)
      let entries = try audit.json(EntryList<AuditEntry>.self).entries
      #expect(
        entries.map(\.act).reversed() == [
          "make-code", "withdraw-code", "make-token", "revoke-token", "revoke-agent", "disable",
          "set-profile",
        ]
      )
      #expect(Set(entries.map(\.by)) == ["token script"])
    }
  }

  // MARK: What cannot be

  @Test func `what is no call, no JSON or too long is told in a sentence`() async throws {
    try await ServedRegistry.with { registry in
      let admin = registry.admin
      let unknown = try await registry.call("GET", "/v1/nothing", as: admin)
      #expect(unknown.status == 404)
      #expect(try unknown.problem.code == .notFound)
      let wrong = try await registry.call("DELETE", "/v1/settings", as: admin)
      #expect(wrong.status == 405 && wrong.header("Allow") == "GET, PATCH")
      let broken = try await registry.call("POST", "/v1/tokens", as: admin, body: #"{"name": "#)
      #expect(try broken.problem.message == "The body is no JSON.")
      let missing = try await registry.call("POST", "/v1/tokens", as: admin, body: "{}")
      #expect(try missing.problem.message == "“name” in the body is missing.")
      let long = String(repeating: "x", count: 70_000)
      let body = #"{"name":"\#(long)"}"#
      let heavy = try await registry.call("POST", "/v1/tokens", as: admin, body: body)
      #expect(heavy.status == 413)
      let batch = try await registry.call(
        "POST",
        "/v1/agent/attempts",
        as: registry.first,
        body: String(repeating: " ", count: 1_100_000)
      )
      #expect(batch.status == 413)
    }
  }

  @Test func `who comes too often is told when to come again, and others are not held up`()
    async throws
  {
    try await ServedRegistry.with { registry in
      var statuses: [Int] = []
      var last: ServedRegistry.Answer?
      for _ in 0..<70 {
        let answer = try await registry.call("GET", "/v1/agent/profile", as: registry.first)
        statuses.append(answer.status)
        last = answer
      }
      #expect(statuses.prefix(60).allSatisfy { $0 == 200 })
      #expect(statuses.suffix(10).allSatisfy { $0 == 429 })
      #expect(last?.header("Retry-After") == "1")
      let other = try await registry.call("GET", "/v1/agent/profile", as: registry.second)
      #expect(other.status == 200)
      registry.pass(seconds: 1)
      let again = try await registry.call("GET", "/v1/agent/profile", as: registry.first)
      #expect(again.status == 200)
    }
  }

  @Test func `those who watch get figures and no names`() async throws {
    try await ServedRegistry.with { registry in
      #expect(try await registry.call("GET", "/healthz").body == "up\n")
      #expect(try await registry.call("GET", "/readyz").body == "ready\n")
      let metrics = try await registry.call("GET", "/metrics")
      #expect(metrics.body.contains("lockstep_resources{state=\"never\"} 2\n"))
      #expect(metrics.body.contains("\nlockstep_agents 2\n"))
      #expect(!metrics.body.contains("Anna"))
    }
  }

  @Test(arguments: ["0.0.0.0", "::", "192.0.2.7", "registry.example.com"])
  func `an address that others reach in the clear is refused`(host: String) {
    #expect(throws: RegistryServer.OpenAddress.self) {
      try RegistryServer.check(.tcp(host: host, port: 443))
    }
  }
}
