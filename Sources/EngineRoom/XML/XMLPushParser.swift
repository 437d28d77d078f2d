internal import CXML2

/// Receives a document's events in order; an error it throws ends the reading.
package protocol XMLHandler: AnyObject {
  func start(_ name: XMLName, _ attributes: XMLAttributes) throws
  /// A piece of text in UTF-8; one text may come in several pieces. Valid only during the call.
  func text(_ bytes: UnsafeBufferPointer<UInt8>) throws
  func end(_ name: XMLName) throws
}

/// Reads a document in chunks as they arrive and never builds a tree of it.
///
/// Documents are UTF-8. Characters that XML cannot carry are taken out first (`CharacterFilter`), then
/// libxml2 parses strictly: a truncated document is an error, a DOCTYPE is refused, no entity but
/// the five predefined is known, nothing is fetched. The parser keeps its handler; after an error
/// each further call throws the same again.
package final class XMLPushParser {
  private let context: xmlParserCtxtPtr
  private let handler: any XMLHandler
  private let limits: XMLLimits
  private var filter = CharacterFilter()
  private var names = NameTable()
  private var open: [XMLName] = []
  private var received = 0
  private var textLength = 0
  private var failure: XMLError?

  package init(handler: some XMLHandler, limits: XMLLimits = .standard) throws(XMLError) {
    var events = xmlSAXHandler()
    events.initialized = UInt32(XML_SAX2_MAGIC)
    events.startElementNs = { parser, local, _, uri, _, _, count, _, fields in
      XMLPushParser.of(parser)?.started(local, uri, fields, Int(count))
    }
    events.endElementNs = { parser, _, _, _ in XMLPushParser.of(parser)?.ended() }
    events.characters = { parser, bytes, count in
      XMLPushParser.of(parser)?.read(bytes, Int(count))
    }
    events.ignorableWhitespace = events.characters
    events.internalSubset = { parser, _, _, _ in
      XMLPushParser.of(parser)?.stop(.documentType)
    }
    guard let context = xmlCreatePushParserCtxt(&events, nil, nil, 0, nil) else {
      throw .outOfMemory
    }
    // Without NOENT libxml2 hands `&amp;` in an attribute on as `&#38;`; there is nothing else to
    // substitute, for no document brings entities past `internalSubset`.
    let options: [xmlParserOption] = [
      XML_PARSE_NONET, XML_PARSE_HUGE, XML_PARSE_NOCDATA, XML_PARSE_IGNORE_ENC, XML_PARSE_NOENT,
    ]
    xmlCtxtUseOptions(context, Int32(options.reduce(0) { $0 | $1.rawValue }))
    self.context = context
    self.handler = handler
    self.limits = limits
    open.reserveCapacity(32)
    context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    if let document = context.pointee.myDoc { xmlFreeDoc(document) }
    xmlFreeParserCtxt(context)
  }

  /// Reads the next bytes, any number of them, cut anywhere.
  package func push(_ bytes: UnsafeRawBufferPointer) throws(XMLError) {
    if let failure { throw failure }
    received += bytes.count
    if received > limits.totalBytes {
      stop(.tooLarge)
      throw .tooLarge
    }
    bytes.withMemoryRebound(to: UInt8.self) { bytes in
      filter.pass(bytes) { feed($0) }
    }
    if let failure { throw failure }
  }

  package func push(_ bytes: [UInt8]) throws(XMLError) {
    let failure = bytes.withUnsafeBytes { bytes -> XMLError? in
      do throws(XMLError) {
        try push(bytes)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Says that the document is over; throws if it is not whole.
  package func finish() throws(XMLError) {
    if let failure { throw failure }
    filter.finish { feed($0) }
    if failure == nil { examine(xmlParseChunk(context, nil, 0, 1)) }
    if let failure { throw failure }
  }
}

// MARK: - Towards libxml2

extension XMLPushParser {
  private static let chunk = 64 << 10

  private static func of(_ parser: UnsafeMutableRawPointer?) -> XMLPushParser? {
    parser.map { Unmanaged<XMLPushParser>.fromOpaque($0).takeUnretainedValue() }
  }

  private func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
    var place = 0
    while place < bytes.count, failure == nil {
      let length = min(Self.chunk, bytes.count - place)
      let part = UnsafeRawBufferPointer(
        UnsafeBufferPointer(rebasing: bytes[place..<place + length])
      )
      let start = part.assumingMemoryBound(to: CChar.self).baseAddress
      examine(xmlParseChunk(context, start, Int32(length), 0))
      place += length
      // A tag without end would be scanned from its start with every chunk.
      if failure == nil, let input = context.pointee.input?.pointee,
        input.end - input.cur > limits.markupBytes
      {
        stop(.markupTooLong)
      }
    }
  }

  /// Turns libxml2's verdict into ours; a failure that an event raised comes first.
  private func examine(_ code: Int32) {
    let isWhole = context.pointee.wellFormed != 0 && context.pointee.nsWellFormed != 0
    guard failure == nil, code != 0 || !isWhole else { return }
    guard let error = xmlCtxtGetLastError(context) else {
      return stop(.malformed("the document is not whole", line: 0))
    }
    // Warnings of libxml2 (a relative namespace, say) leave a document well formed.
    guard !isWhole || error.pointee.level == XML_ERR_FATAL else { return }
    var reason = error.pointee.message.map { String(cString: $0) } ?? "code \(code)"
    while reason.last?.isWhitespace == true { reason.removeLast() }
    stop(.malformed(reason, line: Int(error.pointee.line)))
  }

  private func stop(_ reason: XMLError) {
    guard failure == nil else { return }
    failure = reason
    xmlStopParser(context)
  }
}

// MARK: - Events

extension XMLPushParser {
  private func started(
    _ local: UnsafePointer<UInt8>?,
    _ namespace: UnsafePointer<UInt8>?,
    _ fields: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ count: Int
  ) {
    guard failure == nil, let local else { return }
    guard open.count < limits.depth else { return stop(.tooDeep) }
    textLength = 0
    let name = names.name(local, namespace)
    open.append(name)
    do {
      try handler.start(name, XMLAttributes(fields: fields, count: count))
    } catch {
      stop(.handler(error))
    }
  }

  private func ended() {
    guard failure == nil, let name = open.popLast() else { return }
    textLength = 0
    do {
      try handler.end(name)
    } catch {
      stop(.handler(error))
    }
  }

  private func read(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
    guard failure == nil, let bytes, count > 0, !open.isEmpty else { return }
    textLength += count
    guard textLength <= limits.textBytes else { return stop(.textTooLong) }
    do {
      try handler.text(UnsafeBufferPointer(start: bytes, count: count))
    } catch {
      stop(.handler(error))
    }
  }
}

/// Names by the addresses that libxml2's dictionary gave their texts.
private struct NameTable {
  private struct Key: Hashable {
    let local: UnsafePointer<UInt8>
    let namespace: UnsafePointer<UInt8>?
  }

  /// The last name seen in each slot: most lookups end here.
  private var recent: [(key: Key, name: XMLName)?] = Array(repeating: nil, count: 256)
  private var all: [Key: XMLName] = [:]

  mutating func name(
    _ local: UnsafePointer<UInt8>,
    _ namespace: UnsafePointer<UInt8>?
  ) -> XMLName {
    let key = Key(local: local, namespace: namespace)
    let slot = Int(bitPattern: local) >> 3 & 255
    if let hit = recent[slot], hit.key == key { return hit.name }
    let name =
      all[key]
      ?? XMLName(
        id: all.count,
        namespace: namespace.map { String(cString: $0) } ?? "",
        local: String(cString: local)
      )
    all[key] = name
    recent[slot] = (key, name)
    return name
  }
}
