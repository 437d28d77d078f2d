import Testing

@testable import Autotask

@Suite struct JSONReaderTests {
  private func text(_ json: String) throws -> String? {
    var reader = JSONReader(Array(json.utf8))
    let text = try reader.text("value")
    try reader.finish()
    return text
  }

  @Test(arguments: [
    (#""""#, ""), (#""a\u0041\n\"\\\/\b\f\r\t""#, "aA\n\"\\/\u{8}\u{C}\r\t"),
    (#""\uD83D\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"),
    (#""\ud83dA""#, "\u{FFFD}A"), ("\"tab\there\"", "tab\there"), ("12.5e-3", "12.5e-3"),
    ("-7", "-7"), (" true ", "true"),
  ])
  func `texts are read as they are meant`(json: String, meant: String) throws {
    #expect(try text(json) == meant)
  }

  @Test func `null is no text`() throws {
    #expect(try text("null") == nil)
  }

  @Test(arguments: [
    "", "\"", "\"a", "\"\\\"", "tru", "nul", "nan", "inf", "-inf", "0x10", "--1", "\"\\x\"",
    "\"\\u12\"", "\"\\u12G4\"", "{", "1 2", "\"a\" b",
  ])
  func `what is no JSON is refused`(json: String) {
    #expect(throws: JSONReader.Fault.self) { try text(json) }
  }

  @Test(arguments: [
    "{", "[", #"{"a""#, #"{"a":"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":1,}"#, "[1,]", "[1 2]",
    #"{"a" 1}"#, #"{a:1}"#, "[}", "{]", #"{"a":1]"#, "[1}",
  ])
  func `skipping sees a broken or cut value`(json: String) {
    #expect(throws: JSONReader.Fault.self) {
      var reader = JSONReader(Array(json.utf8))
      try reader.skip()
      try reader.finish()
    }
  }

  @Test func `every prefix of a reply is refused`() throws {
    let whole = Array(
      #"{"items":[{"id":1,"a":["x",{"b":null}]}],"pageDetails":{"nextPageUrl":null}}"#.utf8
    )
    _ = try QueryReply<BareRow>(whole)
    for length in 0..<whole.count {
      #expect(throws: JSONReader.Fault.self) {
        _ = try QueryReply<BareRow>(Array(whole.prefix(length)))
      }
    }
  }

  @Test func `any byte put in place of another is read or refused, never a crash`() {
    let whole = Array(#"{"items":[{"id":"1\u00e4"}],"pageDetails":{"count":0}}"#.utf8)
    for place in whole.indices {
      for byte in UInt8.min...UInt8.max {
        var bytes = whole
        bytes[place] = byte
        do { _ = try QueryReply<BareRow>(bytes) } catch { #expect(!error.description.isEmpty) }
      }
    }
  }

  @Test func `nesting has an end`() {
    let deep = Array(String(repeating: "[", count: 100_000).utf8)
    #expect(throws: JSONReader.Fault.tooDeep) {
      var reader = JSONReader(deep)
      try reader.skip()
    }
  }

  @Test func `a byte order mark is passed over`() throws {
    var reader = JSONReader([0xEF, 0xBB, 0xBF] + Array("7".utf8))
    #expect(try reader.number("n") == 7)
  }

  @Test func `what is written can be read`() throws {
    let texts = ["", "\"\\/", "a\r\n\tb\u{0}\u{1F}", "Küche 😀 \u{2028}"]
    for sample in texts {
      let bytes = JSONValue.text(sample).bytes
      #expect(try text(String(decoding: bytes, as: UTF8.self)) == sample)
    }
  }
}
