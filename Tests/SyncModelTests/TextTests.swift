import SyncModel
import Testing

/// `rules.md` 10: normalised text, and text cut on a whole character.
@Suite struct TextTests {
  @Test(arguments: [
    ("", ""),
    ("a", "a"),
    (" a ", "a"),
    ("\t a\t", "a"),
    ("a\r\nb", "a\nb"),
    ("a\rb", "a\nb"),
    ("a\n\rb", "a\n\nb"),
    ("a\r\r\nb", "a\n\nb"),
    ("a \r\n  b\t\r\n", "a\n  b"),
    ("\r\n\r\n a\n", "a"),
    ("a\n \t \nb", "a\n\nb"),
    ("a\n\n\n\nb\n\n", "a\n\n\n\nb"),
    ("a\u{A0}", "a\u{A0}"),
    ("e\u{301} \n", "e\u{301}"),
    (" \n \r\n\t", ""),
    ("👩‍👩‍👧 \r\n👍🏽 ", "👩‍👩‍👧\n👍🏽"),
  ])
  func `line ends and blanks at line ends are no text`(_ text: String, _ normal: String) {
    #expect(Array(text.normalised.utf8) == Array(normal.utf8))
    #expect(Array(text.normalised.normalised.utf8) == Array(normal.utf8))
  }

  @Test(arguments: [
    ("", 5, ""),
    ("hello", 5, "hello"),
    ("hello", 4, "hel…"),
    ("hello", 1, "…"),
    ("ab👍", 4, "ab👍"),
    ("ab👍c", 4, "ab…"),
    ("a👩‍👩‍👧b", 8, "a…"),
    ("a👩‍👩‍👧b", 10, "a👩‍👩‍👧b"),
    ("e\u{301}e\u{301}e\u{301}", 5, "e\u{301}e\u{301}…"),
    ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
    ("🇩🇪🇫🇷", 7, "🇩🇪…"),
    ("🇩🇪🇫🇷", 8, "🇩🇪🇫🇷"),
    ("a\r\nb", 3, "a…"),
  ])
  func `text is cut on a whole character to UTF-16 units`(
    _ text: String,
    _ limit: Int,
    _ cut: String
  ) {
    #expect(Array(text.cut(toUTF16: limit).utf8) == Array(cut.utf8))
    #expect(text.cut(toUTF16: limit).utf16.count <= limit)
  }

  @Test func `a cut never breaks a character and never exceeds its limit`() {
    let text = "aé👍e\u{301}👩‍👩‍👧🇩🇪x"
    let whole = Array(text)
    for limit in 1...text.utf16.count + 1 {
      let cut = text.cut(toUTF16: limit)
      #expect(cut.utf16.count <= limit)
      let kept = cut == text ? cut : String(cut.dropLast())
      #expect(Array(kept) == Array(whole.prefix(kept.count)))
      #expect(cut == text || cut.hasSuffix("…"))
      #expect(cut.cut(toUTF16: limit) == cut)
    }
  }
}
