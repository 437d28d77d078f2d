/// What people do on both sides, kept in the model.
extension Trial {
  /// A few changes: things are made, moved, renamed, deleted where that decides and where it does not.
  func peopleWork(meeting: Bool = true) async throws {
    try await create(.exchange)
    try await create(.psa)
    try await create(roll(below: 2) == 0 ? .toDo : .serviceCall)
    let dump = try await sandbox.dump()
    if let key = pick({ $0.absent == nil }) { try await move(key, in: dump) }
    if let key = pick({ $0.absent == nil }) { try await rename(key, in: dump) }
    for _ in 0..<3 where model.entries.count > 9 {
      if let key = pick({ _ in true }) { try await delete(key, in: dump) }
    }
    if roll(below: 2) == 0, let key = pick({ $0.absent == nil }) {
      try await deleteElsewhere(key, in: dump)
    }
    if hasContacts, meeting { try await peopleMeet(dump) }
  }

  func differences(on sides: [Side] = Side.allCases) async throws -> [String] {
    model.differences(try await sandbox.dump(), on: sides)
  }

  /// Throws, with what differs, unless both calendars are as people left them.
  func judge(_ trial: Int, _ when: String) async throws {
    let found = try await differences()
    guard found.isEmpty else {
      throw TrialProblem("trial \(trial), \(when): \(found.joined(separator: "; "))")
    }
  }

  // MARK: Appointments, to-dos and service calls

  private func create(_ kind: Model.Entry.Kind) async throws {
    model.made += 1
    let start = model.nextStart
    var words = ["verb": "create", "start": model.text(start), "end": model.text(start + 3_600)]
    let key: String
    switch kind {
    case .exchange, .psa:
      key = "Visit \(model.made)"
      words["title"] = key
    case .toDo, .serviceCall:
      key = "Errand \(model.made)"
      words["title"] = key + "."
      words["kind"] = kind.rawValue
    }
    let entry = Model.Entry(kind: kind, title: key, start: start)
    try await sandbox.edit(entry.decides, words)
    model.entries[key] = entry
    model.touched[key] = entry.decides
  }

  private func move(_ key: String, in dump: Sandbox.Dump) async throws {
    guard var entry = model.entries[key] else { return }
    let any: Side = roll(below: 2) == 0 ? .exchange : .psa
    let side = model.touched[key] ?? (entry.kind == .serviceCall ? .psa : any)
    entry.start += 60 * Int64(1 + roll(below: 50))
    let times = ["start": model.text(entry.start), "end": model.text(entry.start + 3_600)]
    if try await change(key, entry, on: side, ["verb": "move"].merging(times) { $1 }, dump) {
      model.entries[key] = entry
    }
  }

  private func rename(_ key: String, in dump: Sandbox.Dump) async throws {
    guard var entry = model.entries[key], key.hasPrefix("Visit "),
      model.touched[key] ?? entry.decides == entry.decides
    else { return }
    entry.title = "\(key), part \(2 + roll(below: 50))"
    let words = ["verb": "retitle", "title": entry.title]
    if try await change(key, entry, on: entry.decides, words, dump) { model.entries[key] = entry }
  }

  private func delete(_ key: String, in dump: Sandbox.Dump) async throws {
    guard let entry = model.entries[key] else { return }
    if try await change(key, entry, on: entry.decides, ["verb": "delete"], dump) {
      model.entries[key] = nil
      model.touched[key] = nil
    }
  }

  /// Deletes an item where that does not decide: it stays on the other side, but for a service call,
  /// which comes back.
  private func deleteElsewhere(_ key: String, in dump: Sandbox.Dump) async throws {
    guard var entry = model.entries[key], model.touched[key] == nil else { return }
    let side = entry.decides.other
    if entry.kind == .serviceCall {
      guard model.undone.insert(key).inserted else { return }
      _ = try await change(key, entry, on: side, ["verb": "delete"], dump)
    } else if try await change(key, entry, on: side, ["verb": "delete"], dump) {
      entry.absent = side
      model.entries[key] = entry
    }
  }

  /// Makes the change if the item is on that side; one made a moment ago may not be yet.
  private func change(
    _ key: String,
    _ entry: Model.Entry,
    on side: Side,
    _ words: [String: String],
    _ dump: Sandbox.Dump
  ) async throws -> Bool {
    guard let item = dump.items(of: side).first(where: { Model.bears(key, $0) }) else {
      return false
    }
    var words = words.merging(["id": item.id]) { $1 }
    if side == .psa, entry.kind == .toDo || entry.kind == .serviceCall {
      words["kind"] = entry.kind.rawValue
    }
    try await sandbox.edit(side, words)
    model.touched[key] = side
    if words["verb"] != "delete" { model.edited.insert(key) }
    return true
  }

  /// The name of an item that fits, by the dice; nil where none does.
  private func pick(_ fits: (Model.Entry) -> Bool) -> String? {
    let keys = model.entries.filter { fits($0.value) }.keys.sorted()
    return keys.isEmpty ? nil : keys[roll(below: keys.count)]
  }

  // MARK: Contacts

  /// Changes to contacts: the PSA's are kept in the model, what people do to Exchange's is undone.
  private func peopleMeet(_ dump: Sandbox.Dump) async throws {
    func id(of name: String, on side: Side) -> String? {
      dump.items(of: side).first { $0.kind == "contact" && $0.title == name }?.id
    }
    func psa(_ words: [String: String]) async throws {
      try await sandbox.edit(.psa, words.merging(["kind": "contact"]) { $1 })
    }
    let name = "Guest Number\(model.made)"
    try await psa(["verb": "create", "title": name])
    if let old = pick(model.names), let id = id(of: old, on: .psa) {
      if model.names.count > 6 {
        try await psa(["verb": "delete", "id": id])
      } else {
        try await psa(["verb": "retitle", "id": id, "title": "\(old)b"])
        model.names.insert("\(old)b")
        if model.undone.contains(old) { model.undone.insert("\(old)b") }
      }
      model.names.remove(old)
    }
    model.names.insert(name)
    if let mine = pick(model.names.subtracting(model.undone)), let id = id(of: mine, on: .exchange)
    {
      model.undone.insert(mine)
      let isDeleted = roll(below: 2) == 0
      try await sandbox.edit(
        .exchange,
        isDeleted
          ? ["verb": "delete", "id": id]
          : ["verb": "retitle", "id": id, "title": "Guest Somebody"]
      )
    }
  }

  private func pick(_ all: Set<String>) -> String? {
    let names = all.sorted()
    return names.isEmpty ? nil : names[roll(below: names.count)]
  }
}
