import Foundation
import Testing

/// What `share/try` ends with.
@Suite(.timeLimit(.minutes(5))) struct TourTests {
  @Test func `the tour shows a fortnight being kept in step, and leaves nothing running`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "tour-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var sandbox = try Program.built("lockstep-sandbox")
    sandbox.environment = ["TMPDIR": folder.path]
    let tour = try await sandbox.run(["tour"])
    #expect(tour.status == 0, "\(tour.errors)")
    for word in ["Run 1: success", "Run 2: success", "Run 3: success", "BEGIN:VCALENDAR"] {
      #expect(tour.output.contains(word), "\(word)")
    }
    #expect(tour.output.contains("Times are in Europe/Berlin"), "one zone in table and history")
    #expect(!tour.output.contains("UTC, this machine's zone"))
    let place = try #require(
      try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .first { $0.lastPathComponent.hasPrefix("lockstep-tour-") }
    )
    struct Control: Decodable { let pid: Int32 }
    let control = try Data(contentsOf: place.appending(path: "sandbox.json"))
    let pid = try JSONDecoder().decode(Control.self, from: control).pid
    #expect(kill(pid, 0) != 0)
    #expect(tour.output.contains(place.path))
  }
}
