package import SyncModel

/// Under what a run reads: a coverage that was made under anything else says nothing in it.
package struct ReadingTerms: Hashable, Sendable {
  package let run: RunID
  package let mailbox: MailboxID
  package let folder: FolderID
  package let settings: String

  package init(run: RunID, mailbox: MailboxID, folder: FolderID, settings: String) {
    self.run = run
    self.mailbox = mailbox
    self.folder = folder
    self.settings = settings
  }
}

/// One half of a link that a listing of this run, read to its end, would hold and lacks.
package struct Absence: Hashable, Sendable {
  fileprivate let item: ItemKey
  fileprivate let coverage: Coverage

  /// Nil unless the coverage was made by this run, under its terms, and the half as last read lies
  /// within it (`rules.md` 8).
  package init?(
    of side: Side,
    of link: Link,
    from coverage: Coverage,
    under terms: ReadingTerms
  ) {
    // The calendar folder holds what was made of every kind but contacts.
    let kind = side == .exchange && link.kind != .contact ? .appointment : link.kind
    guard coverage.isComplete, coverage.side == side, coverage.kind == kind,
      coverage.run == terms.run, coverage.settings == terms.settings,
      coverage.mailbox == terms.mailbox, link.mailbox == terms.mailbox
    else { return nil }
    // Of a half whose time is not known nobody can say that a filter would have let it through.
    if let from = coverage.endingFrom {
      guard let end = link.base.span?.end, end >= from else { return nil }
    }
    let id: String
    switch side {
    case .exchange:
      guard let half = link.exchange, half.folder == terms.folder, coverage.folder == terms.folder
      else { return nil }
      id = half.item.rawValue
    case .psa:
      guard let half = link.psa, coverage.ids?.contains(half.id) ?? true else { return nil }
      id = half.id.description
    }
    item = ItemKey(side: side, kind: link.kind, id: id)
    self.coverage = coverage
  }
}

/// What looking for an item found, directly before the plan.
package enum LookUp: Hashable, Sendable {
  /// By id, and on Exchange by stamp and CleanGlobalObjectId too: nowhere but among deleted items.
  case nothing
  /// By id it is not there; the costlier look-ups were not made.
  case nothingByID
  /// It is there after all, in whatever version.
  case found
  /// It lies in another calendar folder.
  case away
  /// It is there, and this resource is not the one that the PSA names for it.
  case reassigned(PSAFact, to: ResourceID)
  /// It is there, and no row puts this resource on it any more.
  case unassigned(PSAFact)
}

/// Who ordered a delete.
package enum Order: Hashable, Sendable {
  case undo(of: RunID)
  case purge
}

/// The right to delete one item: only the functions below make one (`rules.md` 8).
package struct DeleteProof: Hashable, Sendable {
  private let ground: ProofRecord.Ground
  private let evidence: String

  private init(_ ground: ProofRecord.Ground, _ evidence: String) {
    self.ground = ground
    self.evidence = evidence
  }

  /// For the journal.
  package var record: ProofRecord { ProofRecord(ground: ground, evidence: evidence) }

  /// The deciding item is gone: this run's listing lacks it and a look-up finds nothing.
  ///
  /// Nil for any other look-up.
  package static func gone(_ absence: Absence, lookUp: LookUp) -> DeleteProof? {
    let coverage = absence.coverage
    switch lookUp {
    case .nothing:
      return DeleteProof(
        .gone,
        "\(absence.item) is not in \(coverage.side.rawValue), read to its end by run "
          + "\(coverage.run) (\(coverage.count) items), and a look-up finds nothing"
      )
    case .nothingByID, .found, .away, .reassigned, .unassigned:
      return nil
    }
  }

  /// The deciding item is there and itself says that it is not to be kept on the other side.
  ///
  /// Nil for an item that nothing excludes.
  package static func excluded(_ fact: ExchangeFact, rules: SyncRules) -> DeleteProof? {
    guard let exclusion = Exclusion(fact, rules: rules) else { return nil }
    return DeleteProof(
      .excluded,
      "\(fact.key) at version \(fact.changeKey): \(exclusion.field) is \(exclusion.value)"
    )
  }

  /// The PSA item is there, and names another resource than this one.
  ///
  /// Nil for any other look-up.
  package static func excluded(_ lookUp: LookUp, from resource: ResourceID) -> DeleteProof? {
    guard case .reassigned(let fact, let other) = lookUp, other != resource else { return nil }
    let field = fact.kind == .toDo ? "assignedToResourceID" : "resourceID"
    return DeleteProof(
      .excluded,
      "\(fact.key) at version \(fact.modified): \(field) is \(other)"
    )
  }

  /// The service call is there, and of all rows that this run read none puts the resource on it.
  ///
  /// Nil for any other look-up, and for rows that another run read or that name the call.
  package static func excluded(
    _ lookUp: LookUp,
    by rows: AssignmentReading,
    in run: RunID
  ) -> DeleteProof? {
    guard case .unassigned(let fact) = lookUp, fact.kind == .serviceCall, rows.run == run,
      !rows.calls.contains(fact.id)
    else { return nil }
    return DeleteProof(
      .excluded,
      "\(fact.key) at version \(fact.modified): none of the \(rows.rows) rows that name resource "
        + "\(rows.resource), read to their end by run \(run), is of this call"
    )
  }

  /// The service call was looked up and is cancelled.
  ///
  /// Nil for one that goes on, and for one that was not found by a look-up.
  package static func cancelled(_ fact: PSAFact, lookUp: LookUp?) -> DeleteProof? {
    guard fact.kind == .serviceCall, fact.isCancelled, lookUp == .found else { return nil }
    return DeleteProof(
      .excluded,
      "\(fact.key) at version \(fact.modified): canceledDateTime is set"
    )
  }

  /// The contact is there, and is inactive or no relation makes it the resource's: those were read
  /// to their end in this run.
  ///
  /// Nil for a contact that is the resource's.
  package static func excluded(_ contact: PSAContactFact, by reading: ScopeReading) -> DeleteProof?
  {
    let why: String
    switch reading.exclusion(of: contact) {
    case nil: return nil
    case .inactive?: why = "isActive is 0"
    case _?:
      why =
        "its company is \(contact.company); none of the \(reading.scope.companies.count) active "
        + "companies of account manager \(reading.resource) and of the "
        + "\(reading.scope.contacts.count) contacts of that resource's opportunities, read to their "
        + "end by run \(reading.run), is it"
    }
    return DeleteProof(.excluded, "\(contact.key) at version \(contact.modified): \(why)")
  }

  /// The series, read at a named version, does not yield this date any more.
  ///
  /// Nil for a date that takes place, and for one about which the expansion says nothing.
  package static func unexpanded(_ series: SeriesFacts, date: LocalDate) -> DeleteProof? {
    let master = series.master
    guard master.role == .master || master.role == .single, series.lacks(date) else { return nil }
    return DeleteProof(
      .unexpanded,
      "\(master.key) at version \(master.changeKey) has no occurrence on \(date)"
    )
  }

  /// A person asked for it, and the item is as Lockstep wrote it.
  package static func ordered(_ order: Order, _ item: AsWritten) -> DeleteProof {
    let words =
      switch order {
      case .undo(let run): "undo of run \(run)"
      case .purge: "purge"
      }
    return DeleteProof(.ordered, "\(item.key) at version \(item.version), by \(words)")
  }
}
