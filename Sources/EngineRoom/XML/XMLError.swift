/// Why a document was refused.
package enum XMLError: Error, Sendable {
  /// Not well formed: truncated, mismatched tags, bad UTF-8. Line is 1-based.
  case malformed(String, line: Int)
  /// The document brought a DOCTYPE; DTDs and their entities are never read.
  case documentType
  /// Elements nested deeper than `XMLLimits.depth`.
  case tooDeep
  /// More bytes than `XMLLimits.totalBytes`.
  case tooLarge
  /// One run of text longer than `XMLLimits.textBytes`.
  case textTooLong
  /// One tag, comment or instruction longer than `XMLLimits.markupBytes`.
  case markupTooLong
  /// libxml2 gave no parser.
  case outOfMemory
  /// The handler threw; the rest of the document was not read.
  case handler(any Error)
}

extension XMLError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let reason, let line): "not well-formed XML at line \(line): \(reason)"
    case .documentType: "the XML carries a DOCTYPE, which is refused"
    case .tooDeep: "the XML nests its elements too deeply"
    case .tooLarge: "the XML document is too large"
    case .textTooLong: "the XML carries a text that is too long"
    case .markupTooLong: "the XML carries a tag that is too long"
    case .outOfMemory: "no memory for an XML parser"
    case .handler(let error): "the XML was read no further: \(error)"
    }
  }
}
