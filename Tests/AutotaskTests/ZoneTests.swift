import HTTP
import SyncEngine
import SyncModel
import Testing

@testable import Autotask

/// `autotask.md` 4.1 and 4.2.
@Suite struct ZoneTests {
  @Test func `the zone is asked without credentials, everything else with them`() async throws {
    let psa = try ScriptedPSA(Office.zone, Office.person)
    let desk = try await Office.service(at: psa).open()
    #expect(desk.tenant == TenantID(123_456))
    #expect(desk.resource == Office.resource)
    #expect(desk.server == "127.0.0.1:\(psa.port)")
    #expect(
      psa.lines == [
        "GET /ATServicesRest/v1.0/zoneInformation?user=api%2Bagent%40example.com",
        "GET /ATServicesRest/v1.0/Resources/29682885",
      ]
    )
    for name in ["secret", "username", "apiintegrationcode", "authorization"] {
      #expect(psa.requests[0].headers[name] == nil)
    }
    #expect(psa.requests[1].headers["apiintegrationcode"] == Office.code)
    #expect(psa.requests[1].headers["username"] == "api+agent@example.com")
    #expect(psa.requests[1].headers["secret"] == Office.secret)
    #expect(psa.requests[1].headers["authorization"] == nil)
    #expect(psa.requests[1].headers["content-type"] == nil)
    #expect(psa.requests[1].headers["impersonationresourceid"] == nil)
  }

  @Test func `zone and resource are read once`() async throws {
    let psa = try ScriptedPSA(Office.zone, Office.person, Office.noRows)
    let service = Office.service(at: psa)
    _ = try await service.open()
    _ = try await service.open()
    _ = try await service.page(of: PSAQuery(kind: .appointment), continuing: nil)
    #expect(psa.lines.last == "POST /ATServicesRest/v1.0/Appointments/query")
    #expect(await service.requests == 3)
  }

  @Test(arguments: [
    "{root}/ATServicesRest/", "{root}/ATServicesRest", "{root}/ATServicesRest/v1.0",
    "{root}/ATServicesRest/V1.0/", "{root}/ATServicesRest/1.0/", "{root}", "{root}/",
  ])
  func `the zone's url is joined with or without slash and version`(url: String) async throws {
    let zone = Reply.json(#"{"zoneName":"A","url":"\#(url)","webUrl":null,"ci":"123456"}"#)
    let psa = try ScriptedPSA(zone, Office.person)
    let desk = try await Office.service(at: psa).open()
    #expect(desk.tenant == TenantID(123_456))
    #expect(psa.lines.last == "GET /ATServicesRest/v1.0/Resources/29682885")
  }

  @Test(arguments: [
    ("webservices2.autotask.net", "https://webservices2.autotask.net/ATServicesRest/v1.0/x"),
    (
      " https://webservices.autotask.net/ ",
      "https://webservices.autotask.net/ATServicesRest/v1.0/x"
    ),
    (
      "https://WebServices5.autotask.net:443/atservicesrest/V1.0",
      "https://webservices5.autotask.net/atservicesrest/v1.0/x"
    ),
    (
      "https://webservices.autotask.net/atservicesrest/v1.0/zoneInformation?user=a",
      "https://webservices.autotask.net/atservicesrest/v1.0/x"
    ),
    ("http://127.0.0.1:8080/ATServicesRest", "http://127.0.0.1:8080/ATServicesRest/v1.0/x"),
    ("http://[::1]:8080", "http://[::1]:8080/ATServicesRest/v1.0/x"),
  ])
  func `an entry point may be written in many ways`(written: String, url: String) {
    #expect(RESTRoot(written)?.url("x") == url)
  }

  @Test(arguments: [
    "", "ftp://webservices.autotask.net", "https://", "https://a b", "https://me@host/",
    "https://good.example\\@bad.example/", "https://host:0/", "https://host:99999/",
  ])
  func `what could be read in two ways is no address`(written: String) async throws {
    #expect(RESTRoot(written) == nil)
    let service = AutotaskService(
      account: Office.account(at: written),
      http: HTTPClient(trust: .system)
    )
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("https://webservices.autotask.net"))
  }

  @Test(arguments: [
    Reply.errors(500, "Zone information could not be determined"),
    Reply(status: 500, headers: [], body: ""),
    Reply(status: 500, body: "{}"),
  ])
  func `a wrong user is a 500 of the zone information and means signing in`(
    reply: Reply
  ) async throws {
    let psa = try ScriptedPSA(reply)
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .signIn)
    #expect(error.description.contains("API user's name"))
  }

  @Test func `a wrong tracking identifier means signing in`() async throws {
    let psa = try ScriptedPSA(Office.zone, .errors(500, "IntegrationCode is invalid"), Office.zone)
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .signIn)
    #expect(error.description.contains("tracking identifier"))
  }

  @Test func `after a 401 the zone is read again once`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      .errors(401, "The API user is locked."),
      Office.zone
    )
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .signIn)
    #expect(error.description.contains("The API user is locked."))
    #expect(psa.requests.count == 3)
  }

  @Test func `a tenant that moved is followed to its new zone`() async throws {
    let newHome = try ScriptedPSA(Office.person)
    let there = newHome.url
    let moved = Reply.json(#"{"zoneName":"B","url":"\#(there)/ATServicesRest","ci":123456}"#)
    let psa = try ScriptedPSA(Office.zone, Reply(status: 401, headers: [], body: ""), moved)
    let desk = try await Office.service(at: psa).open()
    #expect(desk.server == "127.0.0.1:\(newHome.port)")
    #expect(newHome.lines == ["GET /ATServicesRest/v1.0/Resources/29682885"])
  }

  @Test func `another tenant behind the same user stops`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      Reply(status: 401, headers: [], body: ""),
      .json(#"{"url":"{root}/ATServicesRest","ci":777}"#)
    )
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("777"))
  }

  @Test(arguments: [
    #"{"url":null,"ci":1}"#, #"{"url":"https://webservices5.autotask.net/"}"#, "[]", #"{"url":"#,
  ])
  func `a zone that says too little is not used`(body: String) async throws {
    let psa = try ScriptedPSA(.json(body))
    let service = Office.service(at: psa)
    let error = try await failure { _ = try await service.open() }
    #expect(error.remedy == .stop)
    #expect(error.description.contains("ZoneInformation"))
  }

  @Test func `a zone that a person set is kept`() async throws {
    let psa = try ScriptedPSA(
      .json(#"{"url":"https://webservices5.autotask.net/ATServicesRest/","ci":123456}"#),
      Office.person
    )
    let service = AutotaskService(
      account: AutotaskAccount(
        address: .zone("\(psa.url)/ATServicesRest/"),
        user: "api@example.com",
        secret: Secret(Office.secret),
        integrationCode: Secret(Office.code),
        resource: .id(Office.resource)
      ),
      http: HTTPClient(trust: .system)
    )
    #expect(try await service.open().server == "127.0.0.1:\(psa.port)")
    #expect(psa.requests.count == 2)
  }

  @Test func `how much of the allowance is used can be asked`() async throws {
    let psa = try ScriptedPSA(
      Office.zone,
      .json(
        """
        {"externalRequestThreshold":10000,"requestThresholdTimeframe":60,\
        "currentTimeframeRequestCount":7500}
        """
      )
    )
    let threshold = try await Office.service(at: psa).threshold()
    #expect(threshold.limit == 10_000)
    #expect(threshold.minutes == 60)
    #expect(threshold.used == 7_500)
    #expect(threshold.isSlowed)
    #expect(psa.lines.last == "GET /ATServicesRest/v1.0/ThresholdInformation")
  }
}
