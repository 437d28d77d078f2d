extension Mailbox {
  /// One change in a folder; stale once the item has changed again.
  struct FolderLogEntry: Codable, Sendable {
    let change: Int
    let number: Int
  }

  /// What is left of an item that went out of a folder.
  struct Tombstone: Codable, Sendable {
    let change: Int
    let created: Int
    let kind: UInt32
  }
}

extension Mailbox.Folder {
  mutating func note(_ number: Int, change: Int, at now: Int64, items: [Int: Mailbox.Item]) {
    log.append(Mailbox.FolderLogEntry(change: change, number: number))
    contentTime = now
    // Entries that a later change made stale go when they are most of the log: constant on average.
    if log.count > 64, log.count > 2 * (members.count + tombstones.count) {
      log.removeAll { entry in
        entry.number != number && items[entry.number]?.change != entry.change
          && tombstones[entry.number]?.change != entry.change
      }
    }
  }

  mutating func insert(_ number: Int) {
    if let last = members.last, last > number {
      members.insert(number, at: members.partitioningIndex { $0 >= number })
    } else {
      members.append(number)
    }
  }

  mutating func remove(_ item: Mailbox.Item, change: Int) {
    let place = members.partitioningIndex { $0 >= item.id.number }
    if place < members.count, members[place] == item.id.number { members.remove(at: place) }
    tombstones[item.id.number] = Mailbox.Tombstone(
      change: change,
      created: item.created,
      kind: item.changeKeyKind.rawValue
    )
    deletedTotal += 1
  }
}

extension Array {
  /// The first place whose element meets `claim`, which holds from some place on to the end.
  func partitioningIndex(where claim: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if claim(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
