/// An element of a small document, with all it holds.
///
/// For requests that a server reads and for tests; a reply from Exchange is never read this way.
package final class XMLElement: Sendable {
  package let namespace: String
  /// The local name.
  package let name: String
  package let attributes: [XMLAttribute]
  package let children: [XMLElement]
  /// All text directly inside, joined.
  package let text: String

  package init(
    namespace: String = "",
    name: String,
    attributes: [XMLAttribute] = [],
    children: [XMLElement] = [],
    text: String = ""
  ) {
    self.namespace = namespace
    self.name = name
    self.attributes = attributes
    self.children = children
    self.text = text
  }

  /// The root of a whole document.
  package static func parse(
    _ bytes: [UInt8],
    limits: XMLLimits = .standard
  ) throws(XMLError) -> XMLElement {
    let builder = TreeBuilder()
    let parser = try XMLPushParser(handler: builder, limits: limits)
    try parser.push(bytes)
    try parser.finish()
    guard let root = builder.root else { throw .malformed("no element", line: 0) }
    return root
  }

  /// The value of the attribute without namespace of that name.
  package subscript(_ attribute: String) -> String? {
    attributes.first { $0.local == attribute && $0.namespace.isEmpty }?.value
  }

  /// The first child of that local name.
  package func child(_ name: String) -> XMLElement? {
    children.first { $0.name == name }
  }

  package func children(_ name: String) -> [XMLElement] {
    children.filter { $0.name == name }
  }

  /// The element at the end of a path of local names, by first children.
  package func descendant(_ path: String...) -> XMLElement? {
    path.reduce(self as XMLElement?) { $0?.child($1) }
  }

  /// Everything below of that local name, in document order.
  package func all(_ name: String) -> [XMLElement] {
    children.flatMap { child in (child.name == name ? [child] : []) + child.all(name) }
  }
}

private final class TreeBuilder: XMLHandler {
  private struct Frame {
    let name: XMLName
    let attributes: [XMLAttribute]
    var children: [XMLElement] = []
    var text: [UInt8] = []
  }

  private var frames: [Frame] = []
  private(set) var root: XMLElement?

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    frames.append(Frame(name: name, attributes: attributes.all))
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !frames.isEmpty else { return }
    frames[frames.count - 1].text.append(contentsOf: bytes)
  }

  func end(_ name: XMLName) {
    guard let frame = frames.popLast() else { return }
    let element = XMLElement(
      namespace: frame.name.namespace,
      name: frame.name.local,
      attributes: frame.attributes,
      children: frame.children,
      text: String(decoding: frame.text, as: UTF8.self)
    )
    if frames.isEmpty {
      root = element
    } else {
      frames[frames.count - 1].children.append(element)
    }
  }
}
