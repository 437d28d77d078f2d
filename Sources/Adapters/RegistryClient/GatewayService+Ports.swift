internal import RegistryAPI
package import SyncEngine
package import SyncModel

extension GatewayService: PSAService {
  package func open() async throws -> PSADesk { try await view().desk }

  package func reopen() async throws -> PSADesk { try await deskNow() }

  /// A question that has no edge in time is about single items: the PSA itself answers it.
  private func isLive(_ query: PSAQuery) -> Bool {
    query.modifiedSince == nil && query.endingFrom == nil && query.kind != .serviceCall
  }

  package func page(of query: PSAQuery, continuing token: PageToken?) async throws -> PSAPage {
    try await requireShown(query.kind)
    if isLive(query) {
      let list = try await list(.page, query, after: token)
      return PSAPage(items: try await own(list.items, query.kind), next: list.next)
    }
    var above: PSAID?
    if let token {
      guard let number = Int64(token.rawValue) else {
        throw GatewayFailure.malformed(server: server, reason: "the page's token is none")
      }
      above = PSAID(number)
    }
    let items = try await replica.viewItems(of: query, above: above, limit: Self.pageSize + 1)
    let page = items.prefix(Self.pageSize)
    let next = items.count > page.count ? page.last.map { PageToken($0.id.description) } : nil
    return PSAPage(items: page.map(\.bare), next: next)
  }

  package func count(of query: PSAQuery) async throws -> Int {
    try await requireShown(query.kind)
    if isLive(query) { return try await list(.count, query).count }
    return try await replica.viewIdentities(of: query).count
  }

  package func identities(of query: PSAQuery) async throws -> [PSAID] {
    try await requireShown(query.kind)
    if isLive(query) { return try await list(.identities, query).identities }
    return try await replica.viewIdentities(of: query)
  }

  package func items(_ ids: [PSAID], of kind: Kind) async throws -> [PSAItem?] {
    try await requireShown(kind)
    return try await asked(ids, of: kind).map { $0?.bare }
  }

  package func described(_ items: [PSAItem]) async throws -> [PSAItem] {
    var items = items
    for kind in [Kind.toDo, .serviceCall] {
      let indices = items.indices.filter { items[$0].kind == kind }
      if indices.isEmpty { continue }
      let known = try await replica.viewItems(indices.map { items[$0].id }, of: kind)
      var open: [Int] = []
      for index in indices {
        if let about = known[items[index].id]?.about,
          known[items[index].id]?.bare == items[index].bare
        {
          items[index].about = about
        } else {
          open.append(index)
        }
      }
      let asked = try await asked(open.map { items[$0].id }, of: kind, described: true)
      for (index, item) in zip(open, asked) { items[index].about = item?.about ?? PSAContext() }
    }
    return items
  }

  package func assignments(since marks: AssignmentMarks?) async throws -> Assignments {
    try await requireShown(.serviceCall)
    let all = try await replica.viewAssignments()
    let rows = all.filter { row in
      switch row.table {
      case .tickets: row.row > marks?.tickets ?? PSAID(0)
      case .tasks: row.row > marks?.tasks ?? PSAID(0)
      }
    }
    let tickets = all.count { $0.table == .tickets }
    return Assignments(rows: rows, ticketRows: tickets, taskRows: all.count - tickets)
  }

  // MARK: The PSA itself

  private func list(
    _ wanted: ListQuestion.Wanted,
    _ query: PSAQuery,
    after token: PageToken? = nil
  ) async throws -> ListAnswer {
    _ = try await view()
    let list: ListAnswer = try await answer(
      to: "POST",
      "psa/query",
      body: ListQuestion(wanted, query, after: token)
    )
    try await note(list.sequence)
    return list
  }

  private func asked(
    _ ids: [PSAID],
    of kind: Kind,
    described: Bool = false
  ) async throws -> [PSAItem?] {
    _ = try await view()
    var found: [PSAItem?] = []
    for part in chunks(ids) {
      let answer: ItemAnswer = try await answer(
        to: "POST",
        "psa/items",
        body: ItemQuestion(kind: kind, ids: part, described: described)
      )
      guard answer.items.count == part.count,
        zip(part, answer.items).allSatisfy({ $1 == nil || ($1?.id == $0 && $1?.kind == kind) })
      else {
        throw GatewayFailure.malformed(server: server, reason: "it has other items than asked for")
      }
      try await note(answer.sequence)
      found += answer.items
    }
    return found
  }

  private func own(_ items: [PSAItem], _ kind: Kind) async throws -> [PSAItem] {
    let resource = try await view().desk.resource
    guard items.allSatisfy({ $0.kind == kind && $0.resource == resource }) else {
      throw GatewayFailure.malformed(server: server, reason: "it has other people's items")
    }
    return items.map(\.bare)
  }

  fileprivate func chunks(_ ids: [PSAID]) -> [[PSAID]] {
    stride(from: 0, to: ids.count, by: PSAQuery.longestList).map { start in
      Array(ids[start..<min(start + PSAQuery.longestList, ids.count)])
    }
  }
}

extension GatewayService: PSAContacts {
  package func contactScope() async throws -> ContactScope {
    try await requireKnown(.contact)
    return try await replica.viewScope()
  }

  package func page(
    of query: ContactQuery,
    continuing token: PageToken?
  ) async throws -> ContactPage {
    let all = try await found(query)
    var above = PSAID(Int64.min)
    if let token {
      guard let number = Int64(token.rawValue) else {
        throw GatewayFailure.malformed(server: server, reason: "the page's token is none")
      }
      above = PSAID(number)
    }
    let rest = all.filter { $0.id > above }
    let page = rest.prefix(Self.pageSize)
    let next = rest.count > page.count ? page.last.map { PageToken($0.id.description) } : nil
    return ContactPage(contacts: Array(page), next: next)
  }

  package func count(of query: ContactQuery) async throws -> Int {
    try await found(query).count
  }

  package func identities(of query: ContactQuery) async throws -> [PSAID] {
    try await found(query).map(\.id)
  }

  private func found(_ query: ContactQuery) async throws -> [PSAContact] {
    try await requireKnown(.contact)
    return try await replica.viewContacts(changedSince: query.modifiedSince).filter(query.covers)
  }

  package func contacts(_ ids: [PSAID]) async throws -> [PSAContact?] {
    try await requireKnown(.contact)
    var found: [PSAContact?] = []
    for part in chunks(ids) {
      let answer: ItemAnswer = try await answer(
        to: "POST",
        "psa/items",
        body: ItemQuestion(kind: .contact, ids: part)
      )
      guard answer.contacts.count == part.count,
        zip(part, answer.contacts).allSatisfy({ $1 == nil || $1?.id == $0 })
      else {
        throw GatewayFailure.malformed(
          server: server,
          reason: "it has other contacts than asked for"
        )
      }
      try await note(answer.sequence)
      found += answer.contacts
    }
    return found
  }
}

extension GatewayService: PSAWriting {
  package func create(_ drafts: [PSADraft]) async throws -> [PSAWriteResult] {
    try await write(drafts, PSAWriteResult.refusal) { WriteOrder(key: $1, create: $0) }
  }

  package func update(_ edits: [PSAEdit]) async throws -> [PSAWriteResult] {
    try await write(edits, PSAWriteResult.refusal) { WriteOrder(key: $1, update: $0) }
  }

  package func delete(_ targets: [PSATarget]) async throws -> [PSAWriteResult] {
    try await write(targets, PSAWriteResult.refusal) { WriteOrder(key: $1, delete: $0) }
  }

  /// What is never sent is answered here; the rest in the order of the works.
  private func write<Work>(
    _ works: [Work],
    _ refusal: (Work) -> PSAWriteResult?,
    _ order: (Work, String) -> WriteOrder
  ) async throws -> [PSAWriteResult] {
    var results = works.map(refusal)
    let open = results.indices.filter { results[$0] == nil }
    let written = try await write(try open.map { order(works[$0], try key()) })
    for (index, result) in zip(open, written) { results[index] = result }
    return results.map { $0 ?? .notTried("The registry was not asked.") }
  }

  /// Throws only where nothing was done, so that no result is ever lost.
  private func write(_ orders: [WriteOrder]) async throws -> [PSAWriteResult] {
    if orders.isEmpty { return [] }
    _ = try await view()
    var results: [PSAWriteResult] = []
    for start in stride(from: 0, to: orders.count, by: WriteOrders.limit) {
      let part = Array(orders[start..<min(start + WriteOrders.limit, orders.count)])
      do {
        let answers = try await sent(part)
        results += answers
        // As with the PSA itself: after answers that were lost the rest is left to the next run.
        if answers.allSatisfy({ if case .unknown = $0 { true } else { false } }) {
          let words = "The answers before were lost; the next run goes on."
          return results
            + Array(repeating: .notTried(words), count: orders.count - results.count)
        }
      } catch {
        guard !results.isEmpty else { throw error }
        let rest = orders.count - results.count
        results += Array(repeating: .notTried("\(error)"), count: rest)
        return results
      }
    }
    return results
  }

  private func sent(_ orders: [WriteOrder]) async throws -> [PSAWriteResult] {
    var mayHaveArrived = false
    let answers: WriteAnswers
    do {
      answers = try await answer(to: "POST", "psa/writes", body: WriteOrders(orders)) {
        mayHaveArrived = mayHaveArrived || $0.mayHaveBeenActedOn
      }
    } catch {
      guard mayHaveArrived else { throw error }
      return orders.map { _ in .unknown("\(error)") }
    }
    // Nothing was done of it, and nothing will be for a while: the run ends and says so.
    if !answers.answers.isEmpty, answers.answers.allSatisfy({ $0.outcome == .notTried }) {
      throw GatewayFailure.resting(answers.answers[0].words ?? "")
    }
    let results = answers.answers.map(\.result)
    guard results.count == orders.count else {
      return orders.map { _ in .unknown("The registry's answer has not as many results as writes.")
      }
    }
    do {
      try await note(answers.sequence)
    } catch {
      // The same file keeps the journal, which tells of its trouble; the results must not be lost.
    }
    return results.map { $0 ?? .unknown("The registry's answer names no row that was written.") }
  }
}
