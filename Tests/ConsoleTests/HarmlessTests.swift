import Console
import Testing

/// Strangers write titles, names and errors; a terminal obeys none of them.
@Suite struct HarmlessTests {
  @Test(arguments: [
    ("Planning, Größe 3 €", "Planning, Größe 3 €"), ("a\tb\nc", "a\tb\nc"),
    ("clear \u{1B}[2J", "clear  [2J"), ("title \u{1B}]0;root\u{7}", "title  ]0;root "),
    ("back\u{8}\u{8}\r", "back   "), ("c1 \u{9B}2J", "c1  2J"), ("del\u{7F}", "del "),
    ("\u{202E}evil", " evil"), ("\u{2066}a\u{2069}", " a "), ("\u{61C}", " "), ("\0", " "),
    ("\u{1B}[31mred\u{1B}[0m", "\u{1B}[31mred\u{1B}[0m"), ("\u{1B}[31;5H", " [31;5H"),
    ("“quoted” – 日本 👩‍👩‍👧", "“quoted” – 日本 👩‍👩‍👧"),
  ])
  func `what moves the cursor becomes a blank, colours and letters stay`(
    text: String,
    shown: String
  ) {
    #expect(text.harmless == shown)
  }
}
