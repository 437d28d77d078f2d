/// The name of an element, interned by the parser that read it.
///
/// `id` is dense and starts at 0 in each parser, so that a handler may keep what it knows of a name
/// in an array; names of different parsers are compared by their texts.
package struct XMLName: Sendable {
  package let id: Int
  private let texts: Texts

  /// The namespace URI; empty where there is none.
  package var namespace: String { texts.namespace }
  package var local: String { texts.local }

  init(id: Int, namespace: String, local: String) {
    self.id = id
    texts = Texts(namespace: namespace, local: local)
  }
}

extension XMLName: Hashable {
  package static func == (one: XMLName, other: XMLName) -> Bool {
    one.texts === other.texts || (one.local == other.local && one.namespace == other.namespace)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(local)
    hasher.combine(namespace)
  }
}

extension XMLName {
  /// One reference instead of two strings to copy with each event.
  private final class Texts: Sendable {
    let namespace: String
    let local: String

    init(namespace: String, local: String) {
      self.namespace = namespace
      self.local = local
    }
  }
}

/// The names a handler knows, found by the id of an `XMLName` without comparing texts again.
package struct XMLVocabulary<Word> {
  private let meaning: (XMLName) -> Word?
  private var known: [Word??] = []

  /// `meaning` is asked once for each name of a document.
  package init(_ meaning: @escaping (XMLName) -> Word?) {
    self.meaning = meaning
  }

  package mutating func word(for name: XMLName) -> Word? {
    if name.id < known.count, let answer = known[name.id] { return answer }
    while known.count <= name.id { known.append(nil) }
    let answer = meaning(name)
    known[name.id] = .some(answer)
    return answer
  }
}
