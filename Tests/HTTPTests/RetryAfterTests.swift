import HTTP
import Testing

/// How long a server asks to be left alone, as both sides read it.
@Suite struct RetryAfterTests {
  private static let date = "Mon, 23 Nov 2026 15:59:50 GMT"

  @Test(
    arguments: [
      ("17", 17), ("0", 0), ("-5", 0), ("3600", 3_600), ("3601", 3_600),
      ("99999999999999999999", 3_600),
      // The three forms of a date that servers may write (RFC 9110 5.6.7).
      ("Mon, 23 Nov 2026 16:01:20 GMT", 90), ("Monday, 23-Nov-26 16:01:20 GMT", 90),
      ("Mon Nov 23 16:01:20 2026", 90),
      ("Mon, 23 Nov 2026 15:00:00 GMT", 0), ("Tue, 24 Nov 2026 16:01:20 GMT", 3_600),
    ]
  )
  func `seconds and dates count, from none to an hour`(value: String, seconds: Int) {
    let head = ResponseHead(
      status: 503,
      headers: [HTTPHeader("Date", Self.date), HTTPHeader("retry-after", value)]
    )
    #expect(head.retryAfter == .seconds(seconds))
  }

  @Test(arguments: ["", "soon", "5 minutes", "12.5", "1e3", "Mon, 23 Nov 2026"])
  func `what is neither says nothing`(value: String) {
    let head = ResponseHead(status: 503, headers: [HTTPHeader("Retry-After", value)])
    #expect(head.retryAfter == nil)
    #expect(ResponseHead(status: 503).retryAfter == nil)
  }

  @Test(arguments: [[], [HTTPHeader("Date", "nonsense")]])
  func `a date without the server's own clock says nothing`(headers: [HTTPHeader]) {
    let until = HTTPHeader("Retry-After", "Mon, 23 Nov 2026 16:01:20 GMT")
    #expect(ResponseHead(status: 503, headers: headers + [until]).retryAfter == nil)
  }
}
