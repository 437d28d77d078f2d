package import World

/// The sandbox's own door on the PSA's port: `/sandbox/edit`, `/sandbox/random` and `/sandbox/dump`
/// under a random token; everything else goes to the PSA.
package struct AdminServer: WireServer {
  private let world: World
  private let zones: ZoneOffsets
  private let token: String
  private let psa: any WireServer

  package init(_ world: World, zones: ZoneOffsets, token: String, psa: any WireServer) {
    self.world = world
    self.zones = zones
    self.token = token
    self.psa = psa
  }

  package func answer(_ call: WireCall) async -> WireAnswer {
    guard call.path.hasPrefix("/sandbox/") else { return await psa.answer(call) }
    guard call.header("Authorization") == "Bearer \(token)" else {
      return AutotaskServer.json(["error": "The sandbox's token is wrong."], status: 401)
    }
    do {
      switch (call.method, call.path) {
      case ("GET", "/sandbox/dump"): return AutotaskServer.json(await world.dump(zones: zones))
      case ("POST", "/sandbox/edit"):
        let body = try JSONValue(parsing: call.body)
        let id =
          if let edit = try OfficeContactEdit(json: body) {
            try await world.make(edit)
          } else if let edit = try OfficeEdit(json: body) {
            try await world.make(edit)
          } else {
            try await world.make(try Edit(json: body), zones: zones)
          }
        return AutotaskServer.json(["id": .string(id)])
      case ("POST", "/sandbox/random"):
        let body = try JSONValue(parsing: call.body)
        let edits = try await world.makeRandomEdits(
          Int(body["number"]?.integer ?? 0),
          seed: UInt64(bitPattern: body["seed"]?.integer ?? 1),
          zones: zones
        )
        return AutotaskServer.json(["edits": .array(edits.map(\.json))])
      default: return AutotaskServer.json(["error": "No such door."], status: 404)
      }
    } catch let problem as EditProblem {
      return AutotaskServer.json(["error": .string(problem.description)], status: 422)
    } catch {
      return AutotaskServer.json(["error": .string("\(error)")], status: 400)
    }
  }
}
