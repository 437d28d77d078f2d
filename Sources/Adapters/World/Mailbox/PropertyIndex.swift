/// Finds items by the value of an extended property or a GlobalObjectId without reading them all.
struct PropertyIndex: Sendable {
  private struct Key: Hashable {
    let path: Mailbox.ExtendedPath
    let value: String
  }

  private var places: [Key: [Int]] = [:]

  /// True for the properties by which this index can be asked.
  static func covers(_ path: Mailbox.ExtendedPath) -> Bool {
    switch path.name {
    case .tag: false
    case .id, .name: path.type == "String" || path.type == "Binary"
    }
  }

  func items(_ path: Mailbox.ExtendedPath, _ value: String) -> [Int] {
    places[Key(path: path, value: value)] ?? []
  }

  mutating func add(_ item: Mailbox.Item) {
    for key in keys(of: item) { places[key, default: []].append(item.id.number) }
  }

  mutating func remove(_ item: Mailbox.Item) {
    for key in keys(of: item) {
      guard var numbers = places[key] else { continue }
      numbers.removeAll { $0 == item.id.number }
      places[key] = numbers.isEmpty ? nil : numbers
    }
  }

  private func keys(of item: Mailbox.Item) -> [Key] {
    let properties = item.appointment.extended + (item.contact?.addressProperties ?? [])
    var keys = properties.compactMap { property in
      Self.covers(property.path) && property.values.count == 1
        ? Key(path: property.path, value: property.values[0]) : nil
    }
    if let id = item.globalObjectID {
      let value = Base64.text(id.bytes)
      keys.append(Key(path: .globalObjectID, value: value))
      keys.append(Key(path: .cleanGlobalObjectID, value: value))
    }
    return keys
  }
}
