internal import HTTP
internal import XML

/// What one response message of an operation carries besides its class and code.
///
/// Events come for the elements below the message; `path` is the names of those around the element,
/// from the envelope down.
protocol WireContent: Sendable {
  init()
  mutating func start(_ word: Word, _ element: WireElement, in path: [Word])
  mutating func end(_ word: Word, _ text: WireText, in path: [Word])
}

/// A start tag: its name as written, and its attributes; valid only during the call.
struct WireElement {
  let name: XMLName
  let attributes: XMLAttributes
}

/// Where one request's answer for one id, folder or item stands.
struct ResponseMessage<Content: WireContent>: Sendable {
  enum Class: String { case success = "Success", warning = "Warning", error = "Error" }

  var responseClass: Class = .success
  var code: ResponseCode = .noError
  var text = ""
  var details = ErrorDetails()
  var content = Content()
}

/// What a server adds to an error: `Value` elements by their names (`BackOffMilliseconds`, …), other
/// elements by their own.
struct ErrorDetails: Sendable, Equatable {
  var values: [String: String] = [:]

  /// `BackOffMilliseconds`; the server extends its penalty for a retry before that.
  ///
  /// Real ones are minutes; what is beyond an hour is nonsense, and would stop the agent for good.
  var backOff: Duration? {
    values["BackOffMilliseconds"].flatMap { Int64($0) }
      .map { .milliseconds(min(max($0, 0), 3_600_000)) }
  }

  /// The code behind an `ErrorInternalServerError`.
  var innerCode: ResponseCode? {
    values["InnerErrorResponseCode"].map { ResponseCode(rawValue: $0) }
  }

  /// The code that says what happened, where this is the one that the server put outside.
  func real(_ code: ResponseCode) -> ResponseCode {
    code == .internalServerError ? innerCode ?? code : code
  }
}

/// Thrown for XML that is no SOAP at all.
struct NotSOAPReply: Error {
  let root: String
}

/// Reads one SOAP reply from its events; nothing of it is kept but what the operation wants.
final class ReplyReader<Content: WireContent>: XMLHandler {
  private(set) var messages: [ResponseMessage<Content>] = []
  private(set) var fault: Fault?
  private(set) var serverVersion: ServerVersion?

  /// What the server may repeat and nobody shall read.
  private let credential: Credential

  private var words = XMLVocabulary<Word> { Word(rawValue: $0.local) }
  private var path: [Word] = []
  private var text: [UInt8] = []
  private var current: ResponseMessage<Content>?
  /// How many elements are open around the content of the current message.
  private var messageDepth = 0
  private var detailDepth = 0
  private var valueName: String?

  init(hiding credential: Credential = .none) { self.credential = credential }

  func start(_ name: XMLName, _ attributes: XMLAttributes) throws {
    let word = words.word(for: name) ?? .other
    if path.isEmpty, word != .envelope { throw NotSOAPReply(root: name.local) }
    text.removeAll(keepingCapacity: true)
    defer { path.append(word) }
    if word == .serverVersionInfo { serverVersion = ServerVersion(attributes) ?? serverVersion }
    if word == .fault, path.last == .body, path.count == 2 { fault = Fault() }
    if current != nil {
      startInMessage(word, WireElement(name: name, attributes: attributes))
    } else if path.last == .responseMessages {
      var message = ResponseMessage<Content>()
      if let value = attributes["ResponseClass"],
        let known = ResponseMessage<Content>.Class(rawValue: value)
      {
        message.responseClass = known
      }
      current = message
      messageDepth = path.count + 1
    } else if fault != nil, word == .value {
      valueName = attributes["Name"]
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    text.append(contentsOf: bytes)
  }

  func end(_ name: XMLName) {
    guard let word = path.popLast() else { return }
    text.withUnsafeBufferPointer { bytes in
      if current != nil {
        endInMessage(word, name, WireText(bytes: bytes))
      } else if fault != nil {
        endInFault(word, name, WireText(bytes: bytes))
      }
    }
    text.removeAll(keepingCapacity: true)
  }
}

extension ReplyReader {
  private func startInMessage(_ word: Word, _ element: WireElement) {
    if detailDepth > 0 {
      if word == .value { valueName = element.attributes["Name"] }
    } else if word == .messageXml, path.count == messageDepth {
      detailDepth = path.count + 1
    } else {
      current?.content.start(word, element, in: path)
    }
  }

  private func endInMessage(_ word: Word, _ name: XMLName, _ text: WireText) {
    if path.count < messageDepth {
      if let message = current { messages.append(message) }
      current = nil
    } else if detailDepth > 0 {
      if path.count < detailDepth {
        detailDepth = 0
      } else {
        current?.details.values[(valueName ?? name.local).asServersWords] = said(text)
        valueName = nil
      }
    } else if path.count == messageDepth, word == .responseCode {
      current?.code = ResponseCode(rawValue: said(text))
    } else if path.count == messageDepth, word == .messageText {
      current?.text = said(text)
    } else {
      current?.content.end(word, text, in: path)
    }
  }

  /// What the server says of itself, for people and logs.
  private func said(_ text: WireText) -> String {
    credential.concealed(in: String(decoding: text.bytes.prefix(4_096), as: UTF8.self))
      .asServersWords
  }

  private func endInFault(_ word: Word, _ name: XMLName, _ text: WireText) {
    switch word {
    case .faultCode: fault?.faultCode = said(text)
    case .faultString: fault?.text = said(text)
    case .responseCode: fault?.responseCode = ResponseCode(rawValue: said(text))
    case .message where !text.token.isEmpty: fault?.text = said(text)
    default:
      // `Value` with its name, or elements such as `LineNumber`; old servers leave out MessageXml.
      guard path.contains(.detail), !text.token.isEmpty else { return }
      fault?.details.values[(valueName ?? name.local).asServersWords] = said(text)
      valueName = nil
    }
  }
}
