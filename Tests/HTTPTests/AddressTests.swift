import Testing

@testable import HTTP

@Suite struct AddressTests {
  @Test(arguments: [
    ("https://Exchange.Example/EWS/Exchange.asmx", "exchange.example"),
    ("https://exchange.example:443/", "exchange.example"),
    ("https://exchange.example:2610/", "exchange.example:2610"),
    ("http://localhost:8080/", "localhost:8080"),
    ("http://127.0.0.1/", "127.0.0.1"),
    ("http://127.8.9.1/", "127.8.9.1"),
    ("http://127.1/", "127.0.0.1"),
    ("http://[::1]:8080/", "[::1]:8080"),
  ])
  func `an address that may be asked is read`(url: String, place: String) throws {
    #expect(try WebAddress(url).place == place)
  }

  @Test(arguments: [
    "http://exchange.example/", "http://127.0.0.1.example.com/", "http://localhost.example.com/",
    "http://10.0.0.1/", "http://[::2]/", "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/",
    "HTTP://EXCHANGE.EXAMPLE",
  ])
  func `plain http to another machine is refused`(url: String) {
    #expect {
      try WebAddress(url)
    } throws: { error in
      guard case HTTPError.plainHTTP = error else { return false }
      return "\(error)".contains("Use https.")
    }
  }

  @Test(arguments: [
    "", "exchange.example", "exchange.example/EWS", "file:///etc/passwd", "ftp://exchange.example/",
    "ldap://127.0.0.1/", "https://", "https://a b/",
    "https://exchange.example:99999/",
    "https://user@exchange.example/", "https://user:password@exchange.example/",
    "https://exchange.example/\r\nX: y", "https://exchange.example/\0", "https://[::1/",
    "javascript:1",
  ])
  func `what is no web address is refused with a sentence`(url: String) {
    #expect {
      try WebAddress(url)
    } throws: { error in
      guard case HTTPError.badURL(let reason) = error else { return false }
      return !reason.isEmpty && "\(error)".hasPrefix("The URL cannot be used: ")
    }
  }

  @Test func `a relative address is resolved as browsers do`() throws {
    let base = try WebAddress("https://exchange.example/EWS/Exchange.asmx?x=1")
    #expect(try base.resolving("/owa").text == "https://exchange.example/owa")
    #expect(try base.resolving("other?y=2").text == "https://exchange.example/EWS/other?y=2")
    #expect(try base.resolving("a b").text == "https://exchange.example/EWS/a%20b")
  }
}
