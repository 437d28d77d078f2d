import Testing

@testable import Lockstep

/// Lines below a run, as people get them.
@Suite struct NotesTests {
  @Test func `what says the same stands once, with its number`() {
    func lost(_ item: String) -> String {
      "The answer to a write was lost (Appointments\(item) at psa was not reached); "
        + "the next run looks it up."
    }
    let notes = [
      lost(" 31"), "31 could not be read: it is broken", lost(" 32"), lost(""),
      "32 could not be read: it is broken", "Twice.", "Twice.",
    ]
    #expect(
      notes.folded == [
        lost(" 31") + " (2 times)", "31 could not be read: it is broken", lost(""),
        "32 could not be read: it is broken", "Twice. (2 times)",
      ]
    )
  }
}
