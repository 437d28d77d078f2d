import Foundation
import Testing

/// To-dos and service calls, through the real binaries.
@Suite(.timeLimit(.minutes(5))) struct OfficeTests {
  @Test func `a to-do moved in Exchange is moved in the PSA; a cancelled service call leaves`()
    async throws
  {
    try await Sandbox.serving(["--items", "0"], allKinds: true) { sandbox in
      let plan = try await sandbox.lockstep("plan")
      #expect(plan.output.contains("Exchange  create  “Phone Call: Harbour branch”"))
      #expect(plan.output.contains("Exchange  create  “Service call: Harbour branch”"))
      let planned: PlanLine = try await sandbox.lockstep("plan", "--json").json()
      #expect(planned.operations.map(\.kind).sorted() == ["service-call", "to-do"])
      #expect(try await sandbox.sync().exchange.created == 2)

      let toDo = try #require(
        try await sandbox.dump().exchange.first { $0.title.hasPrefix("Phone Call") }
      )
      let times = (Stamp.from(now: 60), Stamp.from(now: 61))
      try await sandbox.edit("--side", "exchange", "--move", toDo.id, times.0, times.1)
      try await sandbox.edit("--side", "psa", "--kind", "service-call", "--cancel", "4021")
      let run = try await sandbox.sync()
      #expect(run.outcome == "success", "\(run.notes)")
      #expect(run.psa.updated == 1 && run.psa.writes == 1 && run.exchange.deleted == 1)
      let world = try await sandbox.wholeDump()
      #expect(world.exchange.map(\.id) == [toDo.id] && world.mails == 0)
      let moved = try #require(world.psa.first { $0.id == "2204" && $0.kind == "to-do" })
      #expect(Stamp.same(moved.start, times.0) && Stamp.same(moved.end, times.1))

      let history = try await sandbox.lockstep("history", "\(run.run)")
      #expect(history.output.contains("PSA update “Phone Call: Harbour branch”"))
      #expect(history.output.contains("it was cancelled in the PSA"))
      #expect(history.output.contains("canceledDateTime is set"))
      struct Run: Decodable {
        struct Write: Decodable { let kind: String }
        let writes: [Write]
      }
      let lines: Run = try await sandbox.lockstep("history", "\(run.run)", "--json").json()
      #expect(lines.writes.map(\.kind).sorted() == ["service-call", "to-do"])
      #expect(try await sandbox.sync().writes == 0)
    }
  }

  @Test func `a person who wants no service calls has none, and the settings say so`() async throws
  {
    try await Sandbox.serving(["--items", "0"], allKinds: true) { sandbox in
      let set = try await sandbox.lockstep("profile", "set", "sync_service_calls=false")
      #expect(set.status == 0, "\(set.errors)")
      #expect(try await sandbox.sync().exchange.created == 1)
      let titles = try await sandbox.dump().exchange.map(\.title)
      #expect(titles == ["Phone Call: Harbour branch"])
    }
  }
}
