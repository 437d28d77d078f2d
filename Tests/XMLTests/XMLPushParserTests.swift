import Testing
import XML

/// Writes down the events of a document, one line each.
final class Witness: XMLHandler {
  var lines: [String] = []
  private var text: [UInt8] = []

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    flush()
    let listed = attributes.all.map { " \($0.namespace)|\($0.local)=\($0.value)" }.joined()
    lines.append("<\(name.namespace)|\(name.local)\(listed)>")
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) { text.append(contentsOf: bytes) }

  func end(_ name: XMLName) {
    flush()
    lines.append("</\(name.local)>")
  }

  private func flush() {
    if !text.isEmpty { lines.append("\"" + String(decoding: text, as: UTF8.self) + "\"") }
    text = []
  }
}

func events(of chunks: [[UInt8]], limits: XMLLimits = .standard) throws -> [String] {
  let witness = Witness()
  let parser = try XMLPushParser(handler: witness, limits: limits)
  for chunk in chunks { try parser.push(chunk) }
  try parser.finish()
  return witness.lines
}

func events(of text: String, limits: XMLLimits = .standard) throws -> [String] {
  try events(of: [Array(text.utf8)], limits: limits)
}

func failure(of bytes: [UInt8], limits: XMLLimits = .standard) -> XMLError? {
  do {
    _ = try events(of: [bytes], limits: limits)
    return nil
  } catch {
    return error as? XMLError
  }
}

@Suite struct XMLPushParserTests {
  @Test func `elements, attributes, namespaces and texts come in order`() throws {
    let lines = try events(
      of: #"<?xml version="1.0"?><s:a xmlns:s="urn:s" xmlns="urn:d" n="1 &lt; 2" s:m="x">"#
        + "<b>é&amp;</b><c/></s:a>"
    )
    #expect(
      lines == [
        "<urn:s|a |n=1 < 2 urn:s|m=x>", "<urn:d|b>", "\"é&\"", "</b>", "<urn:d|c>", "</c>", "</a>",
      ]
    )
  }

  @Test func `a document may be cut at every byte`() throws {
    let whole: [UInt8] =
      [0xEF, 0xBB, 0xBF]
      + Array(
        """
        <?xml version="1.0" encoding="utf-8"?>
        <a xmlns="urn:d" k="v&#x1F;w"><b>x&#x0;y&#31;z&#xD800;&#xD;ü€😀&amp;</b><!-- n --><c>\u{1}\u{0}q</c>
        </a>
        """.utf8
      )
    let expected = try events(of: [whole])
    #expect(expected[0] == "<urn:d|a |k=vw>")
    #expect(expected[2] == "\"xyz\rü€😀&\"")
    #expect(expected[5] == "\"q\"")
    for cut in 0...whole.count {
      #expect(try events(of: [Array(whole[..<cut]), Array(whole[cut...])]) == expected)
    }
    #expect(try events(of: whole.map { [$0] }) == expected)
  }

  @Test func `every pair of cuts around a forbidden reference is harmless`() throws {
    let whole = Array("<a>1&#x1F;2&#xFFFE;3&#1114112;4&#x41;</a>".utf8)
    for first in 0..<whole.count {
      for second in first..<whole.count {
        let parts = [whole[..<first], whole[first..<second], whole[second...]].map(Array.init)
        #expect(try events(of: parts)[1] == "\"1234A\"")
      }
    }
  }

  @Test(
    arguments: [
      ("&#x0;", ""), ("&#0;", ""), ("&#x1F;", ""), ("&#x1a;", ""), ("&#xD83D;", ""),
      ("&#xDFFF;", ""), ("&#xFFFE;", ""), ("&#xFFFF;", ""), ("&#x110000;", ""),
      ("&#99999999999999999999;", ""), ("&#x0000000009;", "\t"), ("&#xA;", "\n"),
      ("&#x1F600;", "😀"), ("&#65;", "A"), ("&amp;#x1F;", "&#x1F;"),
    ]
  )
  func `a reference is kept only if it names a character`(
    reference: String,
    text: String
  ) throws {
    let lines = try events(of: "<a>[\(reference)]</a>")
    #expect(lines[1] == "\"[\(text)]\"")
  }

  @Test func `raw control bytes, encoded surrogates and non-characters are dropped`() throws {
    let dirt: [[UInt8]] = [
      [0x00], [0x08], [0x0B], [0x1F], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF, 0xBE],
      [0xEF, 0xBF, 0xBF],
    ]
    for bytes in dirt {
      let lines = try events(of: [Array("<a>[".utf8) + bytes + Array("]</a>".utf8)])
      #expect(lines[1] == "\"[]\"")
    }
    #expect(try events(of: "<a>\u{D7FF}\u{FFFD}\u{E000}</a>")[1] == "\"\u{D7FF}\u{FFFD}\u{E000}\"")
  }

  @Test func `a truncated document is an error wherever it ends`() {
    let whole = Array("<a><b k=\"v\">text</b></a>".utf8)
    for length in 0..<whole.count {
      guard case .malformed = failure(of: Array(whole[..<length])) else {
        Issue.record("\(length) bytes were taken for a document")
        continue
      }
    }
    #expect(failure(of: whole) == nil)
  }

  @Test(
    arguments: [
      "<a></b>", "<a>&#;</a>", "<a>&nbsp;</a>", "<a/><b/>", "<a k=1/>", "<a>& b</a>", "text",
      "<a k='1' k='2'/>", "<p:a/>", "<a/>tail",
    ]
  )
  func `what is not well formed is refused`(text: String) {
    guard case .malformed = failure(of: Array(text.utf8)) else {
      Issue.record("\(text) was taken for a document")
      return
    }
  }

  @Test func `bad UTF-8 is refused`() {
    for bytes: [UInt8] in [[0xC3], [0xFF], [0xC0, 0xAF], [0xE2, 0x28, 0xA1]] {
      guard case .malformed = failure(of: Array("<a>".utf8) + bytes + Array("</a>".utf8)) else {
        Issue.record("\(bytes) was taken for text")
        continue
      }
    }
  }

  @Test(
    arguments: [
      "<!DOCTYPE a><a/>",
      "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
      "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
      """
      <!DOCTYPE a [<!ENTITY b "0123456789"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
      <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><a>&d;&d;&d;</a>
      """,
    ]
  )
  func `a DOCTYPE is refused before anything in it is read`(text: String) {
    guard case .documentType = failure(of: Array(text.utf8)) else {
      Issue.record("a DOCTYPE was read")
      return
    }
    guard case .documentType = failureByBytes(of: Array(text.utf8)) else {
      Issue.record("a DOCTYPE was read in pieces")
      return
    }
  }

  @Test func `depth, size, text and tags have limits`() {
    let deep = Array((String(repeating: "<a>", count: 100_000)).utf8)
    guard case .tooDeep = failure(of: deep) else {
      Issue.record("100,000 levels were read")
      return
    }
    let long = Array("<a>".utf8) + Array(repeating: 0x78, count: 5000) + Array("</a>".utf8)
    guard case .textTooLong = failure(of: long, limits: XMLLimits(textBytes: 4999)) else {
      Issue.record("a long text was read")
      return
    }
    #expect(failure(of: long, limits: XMLLimits(textBytes: 5000)) == nil)
    guard case .tooLarge = failure(of: long, limits: XMLLimits(totalBytes: 5006)) else {
      Issue.record("a large document was read")
      return
    }
    #expect(failure(of: long, limits: XMLLimits(totalBytes: 5007)) == nil)
    let tag = Array("<a k=\"".utf8) + Array(repeating: 0x78, count: 3 << 20)
    guard case .markupTooLong = failure(of: tag) else {
      Issue.record("an endless tag was read")
      return
    }
  }

  @Test func `an error of the handler comes out and stays`() throws {
    struct Enough: Error {}
    final class Impatient: XMLHandler {
      var seen = 0
      func start(_ name: XMLName, _ attributes: XMLAttributes) throws {
        seen += 1
        if name.local == "b" { throw Enough() }
      }
      func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
      func end(_ name: XMLName) {}
    }
    let handler = Impatient()
    let parser = try XMLPushParser(handler: handler)
    for _ in 0..<2 {
      #expect(throws: XMLError.self) { try parser.push(Array("<a><b/><c/></a>".utf8)) }
    }
    #expect(throws: XMLError.self) { try parser.finish() }
    #expect(handler.seen == 2)
  }

  @Test func `a vocabulary finds words by interned names`() throws {
    final class Counter: XMLHandler {
      var asked = 0
      var hits = 0
      lazy var words = XMLVocabulary<Int> { [unowned self] name in
        asked += 1
        return name.local == "b" ? 7 : nil
      }
      func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if words.word(for: name) == 7 { hits += 1 }
      }
      func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
      func end(_ name: XMLName) {}
    }
    let counter = Counter()
    let parser = try XMLPushParser(handler: counter)
    try parser.push(Array("<a>\(String(repeating: "<b/>", count: 50))</a>".utf8))
    try parser.finish()
    #expect(counter.hits == 50)
    #expect(counter.asked == 2)
  }

  @Test func `a large text comes whole through small chunks`() throws {
    let text = String(repeating: "ü&#x1F;&lt;", count: 50_000)
    let whole = Array("<a>\(text)</a>".utf8)
    var chunks: [[UInt8]] = []
    var place = 0
    while place < whole.count {
      chunks.append(Array(whole[place..<min(place + 997, whole.count)]))
      place += 997
    }
    let lines = try events(of: chunks)
    #expect(lines[1] == "\"" + String(repeating: "ü<", count: 50_000) + "\"")
  }

  private func failureByBytes(of bytes: [UInt8]) -> XMLError? {
    do {
      _ = try events(of: bytes.map { [$0] })
      return nil
    } catch {
      return error as? XMLError
    }
  }
}
