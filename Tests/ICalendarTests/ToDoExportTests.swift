import ICalendar
import Recurrence
import SyncModel
import TestGround
import Testing
import ZoneData

/// The PSA's to-dos as files, and as Python reads them; what kinds without titles are called.
@Suite struct ToDoExportTests {
  private func toDo(_ shape: (inout PSAItem) -> Void = { _ in }) -> PSAItem {
    var item = PSAItem(
      kind: .toDo,
      id: PSAID(77),
      parent: PSAID(174),
      resource: ResourceID(29_682_885),
      title: "",
      text: "Grüße, call; back\nabout \\ the switch " + String(repeating: "ü", count: 90),
      start: Sample.instant("2026-03-03T12:00:00Z"),
      end: Sample.instant("2026-03-03T12:15:00Z"),
      created: Sample.instant("2026-01-05T10:00:00Z"),
      modified: Sample.instant("2026-02-01T11:12:13Z"),
      about: PSAContext(actionType: "Phone call", company: "Harbour, Ltd.")
    )
    shape(&item)
    return item
  }

  private func document(_ items: [PSAItem], toDos: Bool = true) throws -> [UInt8] {
    try CalendarExport.document(
      of: items.map { .psa($0, link: LinkID(3)) },
      toDos: toDos,
      zones: ZoneDatabase()
    )
  }

  @Test func `a to-do is one on request, and an event otherwise`() throws {
    let asked = try CalendarComponent.read(document([toDo()])).parts
    #expect(asked.map(\.kind) == [.toDo])
    #expect(asked.first?["UID"] == .text("lockstep-to-do-77"))
    #expect(asked.first?["SUMMARY"] == .text("Phone call: Harbour, Ltd."))
    #expect(asked.first?["X-LOCKSTEP-LINK"] == .text("3"))
    let plain = try CalendarComponent.read(document([toDo()], toDos: false)).parts
    #expect(plain.map(\.kind) == [.event])
    let appointment = try document([Sample.psa()])
    #expect(try CalendarComponent.read(appointment).parts.map(\.kind) == [.event])
  }

  @Test func `icalendar reads to-dos as they were meant, and lines fold by octets`() async throws {
    let bytes = try document([
      toDo(),
      toDo {
        $0.id = PSAID(78)
        $0.isComplete = true
        $0.end = $0.start
      },
    ])
    #expect(
      bytes
        == (try document([
          toDo(), toDo { ($0.id, $0.isComplete, $0.end) = (PSAID(78), true, $0.start) },
        ]))
    )
    #expect(bytes.split(separator: 0x0A).allSatisfy { $0.count <= 76 })
    let script = """
      import sys
      from icalendar import Calendar
      for todo in Calendar.from_ical(sys.stdin.buffer.read()).walk("VTODO"):
          assert not todo.errors, todo.errors
          start = todo["DTSTART"].dt.isoformat() if "DTSTART" in todo else ""
          print(todo["UID"], start, todo["DUE"].dt.isoformat(), todo["STATUS"],
                repr(str(todo["SUMMARY"])), repr(str(todo["DESCRIPTION"])), sep="|")
      """
    guard
      let answer = try await PythonJudge.answer(to: script, input: bytes, importing: "icalendar")
    else { return }
    let words =
      #"'Phone call: Harbour, Ltd.'|'Grüße, call; back\nabout \\ the switch "#
      + String(repeating: "ü", count: 90) + "'"
    #expect(
      answer.split(separator: "\n").map(String.init) == [
        "lockstep-to-do-77|2026-03-03T12:00:00+00:00|2026-03-03T12:15:00+00:00|NEEDS-ACTION|\(words)",
        "lockstep-to-do-78||2026-03-03T12:00:00+00:00|COMPLETED|\(words)",
      ]
    )
  }

  @Test func `kinds without titles are called as they are in Exchange`() throws {
    let call = toDo { ($0.kind, $0.about) = (.serviceCall, PSAContext(company: "Harbour, Ltd.")) }
    let bare = toDo { ($0.id, $0.about) = (PSAID(78), nil) }
    for toDos in [true, false] {
      let parts = try CalendarComponent.read(document([toDo(), call, bare], toDos: toDos)).parts
      #expect(
        parts.map { $0["SUMMARY"] } == [
          .text("Phone call: Harbour, Ltd."), .text("Service call: Harbour, Ltd."),
          .text("Appointment"),
        ]
      )
    }
  }
}
