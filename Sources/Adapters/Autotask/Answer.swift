import HTTP

/// Sorts an answer: a JSON body of status 200, or the cause why it is none.
struct Answer {
  let response: HTTPResponse
  let subject: Subject
  /// Texts that no message may repeat: secrets, and the titles and texts that were sent.
  let hidden: [String]

  func body() throws(AutotaskError) -> [UInt8] {
    guard response.status >= 400 else { return try success() }
    let words = isJSON ? ErrorWords(response.body, hiding: hidden) : ErrorWords()
    if words.isThreadLimit { throw .tooManyAtOnce(subject) }
    if response.status == 429 || words.isThreshold {
      throw .throttled(subject, after: response.head.retryAfter ?? .seconds(60))
    }
    switch response.status {
    case 401: throw .unauthorized(subject, words: words.text)
    case 403: throw .forbidden(subject, words: words.text)
    case 404, 405: throw .noSuchCall(subject, status: response.status)
    case 408, 502, 503, 504: throw outOfOrder
    default:
      // An answer without the PSA's reasons is not the PSA's own.
      guard !words.isEmpty else {
        guard response.status < 500 else { throw outOfOrder }
        throw .refused(subject, words: "status \(response.status), without a reason")
      }
      if words.isAboutIntegrationCode { throw .unauthorized(subject, words: words.text) }
      throw .refused(subject, words: words.text)
    }
  }

  /// False for what only a gateway or a proxy says.
  var isFromPSA: Bool { response.body.isEmpty || isJSON }

  private var isJSON: Bool {
    guard let type = response.head.value(of: "Content-Type") else {
      return response.body.first { $0 > 0x20 } == UInt8(ascii: "{")
    }
    return type.lowercased().contains("json")
  }

  private var outOfOrder: AutotaskError {
    .outOfOrder(subject, status: response.status, after: response.head.retryAfter ?? .seconds(60))
  }

  private func success() throws(AutotaskError) -> [UInt8] {
    guard response.status == 200 else {
      throw .malformed(subject, reason: "its status is \(response.status)")
    }
    guard !response.body.isEmpty else { throw .malformed(subject, reason: "it is empty") }
    guard isJSON else { throw .malformed(subject, reason: "it is not JSON but another format") }
    return response.body
  }
}

/// The PSA's reasons: `{"errors":["text", …]}`, also with objects that hold a message.
struct ErrorWords {
  private let texts: [String]

  init() { texts = [] }

  /// Empty for a body that says nothing in this form.
  init(_ body: [UInt8], hiding hidden: [String]) {
    var reader = JSONReader(body)
    var texts: [String] = []
    do throws(JSONReader.Fault) {
      if try reader.enterObject("error") {
        while let key = try reader.nextKey() {
          switch key.lowercased() {
          case "errors", "message": try ErrorWords.collect(from: &reader, into: &texts, depth: 0)
          default: try reader.skip()
          }
        }
      }
    } catch {
      // What was understood before the fault is still the PSA's reason.
    }
    self.texts = texts.map { text in
      hidden.reduce(text) { $1.count < 4 ? $0 : $0.replacing($1, with: "…") }
    }
  }

  var isEmpty: Bool { texts.isEmpty }

  /// On one line, at most 300 characters, without what moves a terminal's cursor.
  var text: String {
    let line = texts.joined(separator: " ").split { character in
      character.isWhitespace
        || character.unicodeScalars.contains {
          $0.properties.generalCategory == .control || $0.properties.isBidiControl
        }
    }
    .joined(separator: " ")
    return line.count > 300 ? line.prefix(299) + "…" : line
  }

  var isThreadLimit: Bool { says("itgenatr005") || says("thread threshold") }
  var isThreshold: Bool { says("threshold") }
  var isAboutIntegrationCode: Bool { says("integrationcode is invalid") }
  /// The PSA's words for a row that is not there, or that the API user may not delete.
  var isNoMatch: Bool { says("no matching records found") }

  private func says(_ words: String) -> Bool {
    texts.contains { $0.lowercased().contains(words) }
  }

  private static func collect(
    from reader: inout JSONReader,
    into texts: inout [String],
    depth: Int
  ) throws(JSONReader.Fault) {
    guard depth < 4 else { return try reader.skip() }
    if try reader.isNextText() {
      if let text = try reader.text("error"), !text.isEmpty { texts.append(text) }
    } else if try reader.isNextArray() {
      guard try reader.enterArray("errors") else { return }
      while try reader.nextElement() {
        try collect(from: &reader, into: &texts, depth: depth + 1)
      }
    } else if try reader.isNextObject() {
      guard try reader.enterObject("error") else { return }
      while let key = try reader.nextKey() {
        if key.lowercased() == "message" {
          try collect(from: &reader, into: &texts, depth: depth + 1)
        } else {
          try reader.skip()
        }
      }
    } else {
      try reader.skip()
    }
  }
}
