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

/// Commands in hints, as they can be pasted.
@Suite struct InvocationTests {
  @Test func `a hint names the settings file that the person named, also where it says FILE`() {
    let invocation = Invocation(config: "my settings.toml")
    #expect(
      invocation.spelled("Run `lockstep init --settings FILE --take-over`.")
        == "Run `lockstep --config 'my settings.toml' init --settings 'my settings.toml' --take-over`."
    )
    let usual = "Run 'lockstep sync --approve 1f0c9a3be2d47788'."
    #expect(Invocation(config: nil).spelled(usual) == usual)
    #expect(
      invocation.spelled(usual)
        == "Run 'lockstep --config 'my settings.toml' sync --approve 1f0c9a3be2d47788'."
    )
  }
}
