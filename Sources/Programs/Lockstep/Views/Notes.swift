extension [String] {
  /// Lines that say the same once, with their number, where the first of them stands.
  ///
  /// Lost answers say the same whatever the item: what became of each stands in the run's history.
  var folded: [String] {
    var lines: [(line: String, key: String, count: Int)] = []
    for line in self {
      let key = line.hasPrefix("The answer to a write was lost") ? line.withoutNumbers : line
      if let index = lines.firstIndex(where: { $0.key == key }) {
        lines[index].count += 1
      } else {
        lines.append((line, key, 1))
      }
    }
    return lines.map { $0.count == 1 ? $0.line : "\($0.line) (\($0.count) times)" }
  }
}

extension String {
  fileprivate var withoutNumbers: String { filter { !$0.isNumber } }
}
