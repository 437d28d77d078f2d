/// How much of a stranger's document is read before it is refused.
package struct XMLLimits: Sendable {
  /// Open elements at a time.
  package var depth: Int
  /// Bytes pushed, over the whole document.
  package var totalBytes: Int
  /// Bytes of one text, from tag to tag.
  package var textBytes: Int
  /// Bytes of one tag, comment or instruction.
  package var markupBytes: Int

  package init(
    depth: Int = 100,
    totalBytes: Int = 256 << 20,
    textBytes: Int = 16 << 20,
    markupBytes: Int = 1 << 20
  ) {
    self.depth = depth
    self.totalBytes = totalBytes
    self.textBytes = textBytes
    self.markupBytes = markupBytes
  }

  package static let standard = XMLLimits()
}
