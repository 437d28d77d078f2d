import SyncEngine
import SyncModel
import World

/// The world's tenant as one life of an agent meets it: numbered, struck, watched.
struct StagedPSA: PSAService, PSAWriting {
  let inner: WorldPSA
  let life: Life
  let watch: Watch
  let bug: Bug?

  var requests: Int { get async { await inner.requests } }

  func open() async throws -> PSADesk {
    try await life.effect("the resource") {
      let desk = try await inner.open()
      if bug == .waste {
        life.asked.insert(.toDo)
        _ = try await inner.count(of: PSAQuery(kind: .toDo))
      }
      return desk
    }
  }

  func reopen() async throws -> PSADesk {
    try await life.effect("the resource, once more") { try await inner.reopen() }
  }

  func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage {
    life.asked.insert(query.kind)
    return try await life.effect("a page of the PSA's \(query.kind.rawValue)s") {
      let page = try await inner.page(of: query, continuing: token)
      switch life.troubles.lie {
      case .truncated: return PSAPage(items: Array(page.items.prefix(1)), next: nil)
      case .reordered: return PSAPage(items: page.items.reversed(), next: page.next)
      case .stale where query.modifiedSince != nil: return PSAPage(items: [], next: nil)
      case .stale, nil: return page
      }
    }
  }

  func count(of query: PSAQuery) async throws -> Int {
    life.asked.insert(query.kind)
    return try await life.effect("a count of the PSA's \(query.kind.rawValue)s") {
      try await inner.count(of: query)
    }
  }

  func identities(of query: PSAQuery) async throws -> [PSAID] {
    life.asked.insert(query.kind)
    return try await life.effect("the numbers of the PSA's \(query.kind.rawValue)s") {
      try await inner.identities(of: query)
    }
  }

  func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    life.asked.insert(kind)
    return try await life.effect("\(ids.count) items of the PSA") {
      try await inner.items(ids, of: kind)
    }
  }

  func described(_ items: [PSAItem]) async throws -> [PSAItem] {
    try await life.effect("what \(items.count) items of the PSA are about") {
      try await inner.described(items)
    }
  }

  func assignments(since marks: AssignmentMarks?) async throws -> Assignments {
    life.asked.insert(.serviceCall)
    return try await life.effect("who is on which service call") {
      try await inner.assignments(since: marks)
    }
  }

  // MARK: Writing

  private func lost(_ results: [PSAWriteResult]) -> [PSAWriteResult] {
    results.map { result in
      switch result {
      case .done: .unknown("the answer did not arrive")
      case .missing, .refused, .unknown, .notTried: result
      }
    }
  }

  func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    try await life.effect("\(drafts.count) creates in the PSA", losing: lost) {
      await watch.willSend(drafts)
      if bug == .loss, watch.isTired() { return drafts.map { _ in .done(watch.inventedID()) } }
      let results = try await inner.create(drafts)
      if bug == .double, watch.isTired() { _ = try await inner.create(drafts) }
      await watch.created(drafts, results)
      return results
    }
  }

  func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] {
    try await life.effect("\(edits.count) updates in the PSA", losing: lost) {
      let edits = bug == .wrongWay ? edits.map(\.withTitle) : edits
      await watch.willSend(edits)
      let results = try await inner.update(edits)
      await watch.wrote()
      return results
    }
  }

  func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    try await life.effect("\(targets.count) deletes in the PSA", losing: lost) {
      await watch.willDelete(psa: targets)
      let results = try await inner.delete(targets)
      if bug == .unprovenDelete { await watch.deleteOneMore() }
      await watch.wrote()
      return results
    }
  }
}

extension PSAEdit {
  fileprivate var withTitle: PSAEdit {
    guard kind == .appointment, span != nil, title == nil else { return self }
    return PSAEdit(kind: kind, id: id, parent: parent, title: "Moved", text: text, span: span)
  }
}
