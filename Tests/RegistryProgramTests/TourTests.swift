import Foundation
import TestGround
import Testing

/// What `share/try` shows of the registry is what happens.
@Suite(.timeLimit(.minutes(5))) struct TourTests {
  @Test func `two agents enrol, are in step, and follow the admin's policy`() async throws {
    let registry = try #require(Programs.built("lockstep-registry"))
    let programs = URL(filePath: registry).deletingLastPathComponent().path
    let run = try await Child.finished(
      packageRoot.appending(path: "share/registry-tour").path,
      environment: ["LOCKSTEP_PROGRAMS": programs, "TZ": "UTC", "NO_COLOR": "1"]
    )
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(
      run.output.contains(/Dispatcher +in-step/) && run.output.contains(/Technician +in-step/)
    )
    #expect(run.output.contains(/PSA +0 +\d+ +0 +0/), "the detail is taken away: \(run.output)")
    #expect(run.output.matches(of: /(?m)^\S+ \S+ +2968\d+ .* success +\d+$/).count == 3)
    #expect(run.output.contains("/resources"))
  }
}
