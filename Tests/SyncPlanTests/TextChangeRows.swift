import SyncModel
import SyncPlan
import Testing

/// `rules.md` 10, row by row: which text counts as changed, and what never travels.
@Suite struct TextChangeRows {
  private static let long = String(repeating: "x", count: 9_000)

  static let later: [RuleRow] = [
    RuleRow(
      "fingerprints cover normalised text: line ends and trailing blanks are no change",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inExchange("Visit") { $0.text = "a\nb" }
      },
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { $0.user { $0.text = "a \r\nb\r\n" } }
    ),
    RuleRow(
      "fingerprints cover the cut form: what changes behind the cut is no change",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inExchange("Visit") { $0.text = long }
      },
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { $0.user { $0.text += "y" } },
      .init(["psa update text"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.user { $0.text = "y" + $0.text }
      }
    ),
    RuleRow(
      "a cut text never travels back, from the PSA",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inExchange("Visit") { $0.text = long }
      },
      .init(["exchange update time"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.officeMoves(to: 9 * SmallWorld.hour)
      }
    ),
    RuleRow(
      "a cut title never travels back, from Exchange",
      .init(["exchange create"], sees: "\(cut) 13:00 | \(wide) 13:00 | linked") {
        $0.inPSA(wide)
      },
      .init(["psa update time"], sees: "\(cut) 17:00 | \(wide) 17:00 | linked") {
        $0.userMoves(to: 9 * SmallWorld.hour)
      }
    ),
    RuleRow(
      "a converted text never travels: it is no change and is not written",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inExchange("Visit") { $0.text = "whole" }
      },
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.user {
          $0.text = "cut by the ser"
          $0.isTextWhole = false
        }
      },
      .init(["psa update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user { $0.title = "Board" }
      }
    ),
    RuleRow(
      "a text that could not be read whole is no base: what is left alone stays so",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inExchange("Visit") { $0.text = "whole" }
      },
      .init(["psa update title"], sees: "Board 13:00 | Board 13:00 | linked") {
        $0.user {
          $0.title = "Board"
          $0.text = "cut by the ser"
          $0.isTextWhole = false
        }
      },
      .init(sees: "Board 13:00 | – | suppressed deleted-in-psa") { $0.officeDeletes() },
      .init(sees: "Board 13:00 | – | suppressed deleted-in-psa") {
        $0.user {
          $0.text = "whole"
          $0.isTextWhole = true
        }
      }
    ),
    RuleRow(
      "a text of a service call that could not be read whole is nobody's edit",
      .call,
      .init(sees: "Service call: Harbour 13:00 |  13:00 | linked") {
        $0.user {
          $0.text = "cut by the ser"
          $0.isTextWhole = false
        }
      },
      .init(
        ["exchange update title"],
        sees: "Service call: Harbour 13:00 |  13:00 | linked"
      ) { $0.user { $0.title = "Mine" } }
    ),
    RuleRow(
      "a body that a person made is never written",
      .init(["psa create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inExchange("Visit") { $0.text = "mine" }
      },
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { $0.office { $0.text = "theirs" } },
      .init(["exchange update time"], sees: "Visit 17:00 | Visit 17:00 | linked") {
        $0.officeMoves(to: 9 * SmallWorld.hour)
      }
    ),
    RuleRow(
      "the link line in Exchange is no change of the text",
      .init(["exchange create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.rules.appointmentLink = "https://psa.example.com/{id}"
        $0.inPSA("Visit") { $0.text = "text" }
      },
      .init(["exchange update text"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.office { $0.text = "other" }
      },
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { $0.loseCache() }
    ),
    RuleRow(
      "the reference line is ignored in comparisons, and is no text of its item",
      .init(["exchange create"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.inPSA("Visit") { $0.text = "text" }
      },
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.office { $0.text += "\n\nRef: wyolabvtys56a5fh" }
      },
      .init(["exchange update text"], sees: "Visit 13:00 | Visit 13:00 | linked") {
        $0.office { $0.text = "other\n\nRef: wyolabvtys56a5fh" }
      },
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") {
        #expect($0.exchange.map(\.text) == ["other"])
      }
    ),
    RuleRow(
      "the reference line that somebody deletes is no change, of an item made in Exchange",
      .mine,
      .init(sees: "Visit 13:00 | Visit 13:00 | linked") { $0.office { $0.text = "" } }
    ),
  ]

  private static let wide = String(repeating: "w", count: 256)
  private static let cut = String(repeating: "w", count: 254) + "…"

  @Test(arguments: later) func `each row holds, run by run`(row: RuleRow) { row.expectEachStep() }
}
