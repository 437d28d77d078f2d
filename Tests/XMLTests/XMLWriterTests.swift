import Testing
import XML

@Suite struct XMLWriterTests {
  @Test func `elements, attributes and texts are escaped`() {
    var writer = XMLWriter(declaration: false)
    writer.start("t:a", [("k", "1 < \"2\" & 'x'\n\t")])
    writer.element("b", "a & b <c> ]]> \r\n", ("n", "v"))
    writer.element("c")
    writer.start("d")
    writer.end()
    writer.end()
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == "<t:a k=\"1 &lt; &quot;2&quot; &amp; 'x'&#xA;&#x9;\">"
        + "<b n=\"v\">a &amp; b &lt;c&gt; ]]&gt; &#xD;\n</b><c/><d/></t:a>"
    )
  }

  @Test func `what XML cannot carry is dropped`() {
    var writer = XMLWriter(declaration: false)
    writer.element("a", "x\u{0}\u{1}\u{1F}\u{FFFE}\u{FFFF}y\tz\u{7F}😀", ("k", "1\u{B}2"))
    #expect(
      String(decoding: writer.bytes, as: UTF8.self) == "<a k=\"12\">xy\tz\u{7F}😀</a>"
    )
  }

  @Test func `what is written is read back the same`() throws {
    let text = "line\r\nnext\ttab \u{85} \u{2028} é 😀 & < > \" '"
    var writer = XMLWriter()
    writer.start("a", [("xmlns", "urn:d"), ("k", text)])
    writer.element("b", text)
    writer.end()
    let root = try XMLElement.parse(writer.bytes)
    #expect(root.namespace == "urn:d")
    #expect(root["k"] == text)
    #expect(root.descendant("b")?.text == text)
  }
}

@Suite struct XMLElementTests {
  @Test func `a small document becomes a tree`() throws {
    let root = try XMLElement.parse(
      Array("<a xmlns:p='urn:p' p:q='0' q='1'>x<b>1</b>y<p:b n='2'/><c><b>3</b></c></a>".utf8)
    )
    #expect(root.text == "xy")
    #expect(root["q"] == "1")
    #expect(root.children("b").map(\.namespace) == ["", "urn:p"])
    #expect(root.all("b").map(\.text) == ["1", "", "3"])
    #expect(root.descendant("c", "b")?.text == "3")
    #expect(root.descendant("c", "d") == nil)
  }

  @Test func `an empty input is no document`() {
    #expect(throws: XMLError.self) { try XMLElement.parse([]) }
    #expect(throws: XMLError.self) { try XMLElement.parse(Array("  \n".utf8)) }
  }
}
