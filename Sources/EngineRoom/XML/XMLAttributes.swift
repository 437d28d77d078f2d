/// The attributes of one start tag, in the document's order; valid only during the call that
/// brought them.
package struct XMLAttributes {
  /// libxml2's quintuples: local name, prefix, namespace, value, end of value.
  private let fields: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
  package let count: Int

  init(fields: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int) {
    self.fields = fields
    self.count = fields == nil ? 0 : count
  }

  package var isEmpty: Bool { count == 0 }

  /// The value of the attribute without namespace of that name.
  package subscript(_ local: String) -> String? { self[local, in: ""] }

  /// The value of the attribute of that local name in a namespace; `""` is no namespace.
  package subscript(_ local: String, in namespace: String) -> String? {
    for index in 0..<count where isNamed(index, local) {
      if string(index, 2) == namespace { return value(index) }
    }
    return nil
  }

  package subscript(position: Int) -> XMLAttribute {
    XMLAttribute(
      namespace: string(position, 2),
      local: string(position, 0),
      value: value(position)
    )
  }

  /// All of them, copied.
  package var all: [XMLAttribute] { (0..<count).map { self[$0] } }
}

/// One attribute of an element.
package struct XMLAttribute: Hashable, Sendable {
  /// The namespace URI; empty where there is none.
  package let namespace: String
  package let local: String
  package let value: String

  package init(namespace: String = "", local: String, value: String) {
    self.namespace = namespace
    self.local = local
    self.value = value
  }
}

extension XMLAttributes {
  private func isNamed(_ index: Int, _ local: String) -> Bool {
    guard let start = fields?[index * 5] else { return false }
    var wanted = local
    return wanted.withUTF8 { wanted in
      guard let base = wanted.baseAddress else { return start[0] == 0 }
      for place in 0..<wanted.count where start[place] != base[place] { return false }
      return start[wanted.count] == 0
    }
  }

  private func string(_ index: Int, _ field: Int) -> String {
    guard let start = fields?[index * 5 + field] else { return "" }
    return String(cString: start)
  }

  private func value(_ index: Int) -> String {
    guard let start = fields?[index * 5 + 3], let end = fields?[index * 5 + 4], end > start
    else { return "" }
    return String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
  }
}
