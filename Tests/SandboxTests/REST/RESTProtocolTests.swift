import Sandbox
import Testing
import World

/// The raw HTTP cases of `facts/autotask.md` section 8, points 1 to 7, 10 and 12.
@Suite struct RESTProtocolTests {
  @Test(arguments: [
    "/ATServicesRest/versioninformation", "/atservicesrest/VersionInformation/",
    "/atservicesrest/v1.0/zoneInformation?user=TECHNICIAN@example.com",
    "/atservicesrest/1.0/ZoneInformation/?User=technician%40example.com",
  ])
  func `versions and zone are open to everybody, in any case`(path: String) async throws {
    let reply = try await RESTSample().ask("GET", path, headers: [(name: "Host", value: "a:1")])
    #expect(reply.status == 200)
    if let ci = reply.json["ci"] {
      #expect(ci == 123_456)
      #expect(reply.json["url"] == "http://a:1/ATServicesRest/")
    } else {
      #expect(reply.json["apiVersions"] == ["1.0"])
    }
  }

  @Test(arguments: ["zoneInformation", "zoneInformation?user=", "zoneInformation?user=nobody"])
  func `the zone of an unknown user is a 500`(path: String) async throws {
    let reply = try await RESTSample().ask("GET", path, headers: [])
    #expect(reply.status == 500)
    #expect(reply.errors.contains("Zone information could not be determined"))
  }

  @Test(arguments: ["username", "secret", "apiintegrationcode"])
  func `each of the three headers is needed`(name: String) async throws {
    let sample = try RESTSample()
    let headers = RESTSample.headers.map {
      $0.name.lowercased() == name ? (name: $0.name, value: "wrong") : $0
    }
    for headers in [headers, headers.filter { $0.value != "wrong" }] {
      let reply = try await sample.ask("GET", "Appointments/1", headers: headers)
      #expect(reply.status == 401)
      #expect(!reply.errors.isEmpty)
    }
  }

  private static let places: [(method: String, path: String, body: JSONValue?, status: Int)] = [
    ("GET", "Appointments/1", nil, 200),
    ("GET", "appointments/1/", nil, 200),
    ("POST", "APPOINTMENTS/QUERY/", RESTSample.all, 200),
    ("POST", "Appointments/query/count", RESTSample.all, 200),
    ("GET", "Appointments/query", nil, 500),
    ("PATCH", "Appointments/31004", ["title": "x"], 405),
    ("PUT", "Appointments/31004", ["title": "x"], 405),
    ("POST", "Appointments/31004", ["title": "x"], 405),
    ("DELETE", "Appointments", nil, 405),
    ("DELETE", "Appointments/3", nil, 500),
    ("PATCH", "Appointments", ["id": 3, "title": "x"], 500),
    ("DELETE", "Companies/174", nil, 405),
    ("POST", "Resources", RESTSample.visit, 405),
    ("POST", "ServiceCallTickets", ["ticketID": 7611], 405),
    ("PATCH", "ServiceCalls/4021/Tickets", ["id": 501], 405),
    ("POST", "ServiceCalls/4021/Tickets", ["ticketID": 7611], 200),
    ("GET", "servicecalls/4021/tickets", nil, 200),
    ("DELETE", "ServiceCalls/4021/Tickets/501", nil, 200),
    ("DELETE", "ServiceCalls/4029/Tickets/501", nil, 500),
    ("DELETE", "CompanyToDos/2204", nil, 405),
    ("DELETE", "Companies/174/ToDos/2204", nil, 200),
    ("PATCH", "Companies/174/ToDos", ["id": 2204, "activityDescription": "x"], 200),
    ("PATCH", "companies/174/todos/", ["ID": "2204", "EndDateTime": "2030-01-01T00:00:00Z"], 200),
    ("PATCH", "Companies/183/ToDos", ["id": 2204, "activityDescription": "x"], 500),
    ("PATCH", "CompanyToDos", ["id": 2204, "activityDescription": "x"], 405),
    ("PATCH", "Companies/174/ToDos/2204", ["activityDescription": "x"], 405),
    ("GET", "Companies/174/ToDos", nil, 200),
    ("POST", "ServiceCallTickets/501/Resources", ["resourceID": 29_682_861], 200),
    ("POST", "ServiceCallTicketResources", ["resourceID": 29_682_861], 405),
    ("PATCH", "ServiceCallTickets/501/Resources", ["id": 911], 405),
    ("PUT", "ServiceCallTasks/88/Resources", ["id": 120], 405),
    ("DELETE", "ServiceCallTickets/501/Resources/911", nil, 200),
    ("DELETE", "ServiceCallTickets/504/Resources/911", nil, 500),
    ("DELETE", "ServiceCallTicketResources/911", nil, 405),
    ("DELETE", "ServiceCallTasks/88/Resources/120", nil, 200),
    ("GET", "ServiceCallTasks/88/Resources", nil, 200),
    ("GET", "ServiceCallTaskResources/120", nil, 200),
    ("DELETE", "ServiceCalls/4021", nil, 200),
    ("GET", "Companies/190/Contacts", nil, 200),
    ("PATCH", "Companies/190/Contacts", ["id": 30_700, "isActive": true], 500),
    ("PATCH", "Companies/190/Contacts", ["id": 30_700, "isActive": 0], 200),
    ("PATCH", "Contacts", ["id": 30_700, "isActive": 0], 405),
    ("DELETE", "Companies/190/Contacts/30700", nil, 200),
    ("DELETE", "Contacts/30700", nil, 405),
    ("GET", "Companies/190/Locations", nil, 200),
    ("DELETE", "Opportunities/5501", nil, 405),
    ("GET", "Contracts/61", nil, 200),
    ("GET", "ServiceCalls/entityInformation/fields", nil, 200),
    ("GET", "Nothing/1", nil, 404),
    ("GET", "Appointments/one", nil, 404),
    ("POST", "Appointments/query/more", RESTSample.all, 404),
    ("GET", "/ATServicesRest/v2.0/Appointments/1", nil, 404),
    ("GET", "EntityInformation", nil, 200),
    ("GET", "Appointments/entityInformation", nil, 200),
    ("GET", "appointments/entityinformation/fields", nil, 200),
    ("GET", "Companies/entityInformation/userDefinedFields", nil, 200),
  ]

  @Test(arguments: places)
  func `each path and verb answers as the API does`(
    method: String,
    path: String,
    body: JSONValue?,
    status: Int
  ) async throws {
    let reply = try await RESTSample().ask(method, path, body)
    #expect(reply.status == status)
    #expect((status == 200) == reply.errors.isEmpty)
  }

  @Test func `a missing row is an item of null`() async throws {
    let reply = try await RESTSample().ask("GET", "Appointments/1")
    #expect(reply.status == 200 && reply.json == ["item": nil])
  }

  @Test func `a body needs its media type`() async throws {
    let headers = RESTSample.headers.filter { $0.name != "Content-Type" }
    let reply = try await RESTSample()
      .ask("POST", "Appointments", RESTSample.visit, headers: headers)
    #expect(reply.status == 415)
  }

  @Test func `an appointment is created, changed on the collection and deleted by its id`()
    async throws
  {
    let sample = try RESTSample()
    let id = try #require(
      try await sample.ask("POST", "Appointments", RESTSample.visit).json["itemId"]
    )
    let patch: JSONValue = ["ID": id, "Title": "Other"]
    #expect(try await sample.ask("PATCH", "appointments", patch).json == ["itemId": id])
    let number = try #require(id.integer)
    let item = try await sample.ask("GET", "Appointments/\(number)").json["item"]
    #expect(item?["title"] == "Other" && item?["creatorResourceID"] == 29_682_800)
    #expect(try await sample.ask("DELETE", "Appointments/\(number)").json == ["itemId": id])
    #expect(try await sample.ask("GET", "Appointments/\(number)").json == ["item": nil])
  }

  @Test func `pages born from a POST take the same body again and no GET`() async throws {
    let sample = try RESTSample()
    let query: JSONValue = ["maxRecords": 100, "filter": [["op": "exist", "field": "id"]]]
    var reply = try await sample.ask("POST", "Appointments/query", query)
    var seen: [Int64] = []
    var counts: [JSONValue?] = []
    while true {
      seen += reply.items.compactMap { $0["id"]?.integer }
      counts.append(reply.json["pageDetails"]?["count"])
      #expect(reply.json["pageDetails"]?["requestCount"] == 100)
      guard let next = reply.next else { break }
      #expect(
        next.hasPrefix("http://127.0.0.1:9/ATServicesRest/V1.0/Appointments/query/next?paging")
      )
      #expect(try await sample.ask("GET", next).status == 405)
      reply = try await sample.ask("POST", next, query)
    }
    #expect(seen.count == 280 && seen == seen.sorted() && Set(seen).count == 280)
    #expect(counts == [100, 100, 80])
  }

  @Test func `pages born from a GET carry their search and take no POST`() async throws {
    let sample = try RESTSample()
    let search = WireCall.encoded(
      #"{"MaxRecords":200,"filter":[{"op":"gte","field":"id","value":0}]}"#
    )
    let first = try await sample.ask("GET", "Appointments/query?search=\(search)")
    let next = try #require(first.next)
    #expect(first.items.count == 200)
    #expect(try await sample.ask("POST", next, RESTSample.all).status == 405)
    let second = try await sample.ask("GET", next)
    #expect(second.items.count == 80 && second.next == nil)
    let previous = try #require(second.json["pageDetails"]?["prevPageUrl"]?.text)
    #expect(try await sample.ask("GET", previous).items == first.items)
  }

  @Test func `the threshold is counted, and zone and versions are free`() async throws {
    let sample = try RESTSample()
    _ = try await sample.ask("GET", "zoneInformation?user=technician@example.com")
    _ = try await sample.ask("GET", "Appointments/1")
    let reply = try await sample.ask("GET", "ThresholdInformation")
    #expect(
      reply.json == [
        "externalRequestThreshold": 10_000, "requestThresholdTimeframe": 60,
        "currentTimeframeRequestCount": 2,
      ]
    )
  }

  @Test func `above the threshold comes 429 with a pause`() async throws {
    let sample = try RESTSample()
    await sample.world.tenant { tenant, _ in tenant.threshold.limit = 0 }
    let reply = try await sample.ask("GET", "Appointments/1")
    #expect(reply.status == 429)
    #expect(reply.header("Retry-After").flatMap { Int($0) } ?? 0 > 0)
  }

  @Test func `one thread too many is a 500 with its code, but never for the zone`() async throws {
    let sample = try RESTSample(threads: 0)
    let reply = try await sample.ask("GET", "Appointments/1")
    #expect(reply.status == 500 && reply.errors.contains("Itgenatr005"))
    let zone = try await sample.ask("GET", "zoneInformation?user=technician@example.com")
    #expect(zone.status == 200)
    let limit = ThreadLimit(3)
    var entered: [Bool] = []
    for _ in 0..<4 { entered.append(await limit.enter("Appointments")) }
    #expect(entered == [true, true, true, false])
    #expect(await limit.enter("Resources"))
    await limit.leave("Appointments")
    #expect(await limit.enter("Appointments"))
  }
}
