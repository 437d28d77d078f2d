package import SyncModel

/// Why an item is believed not to be on its side any more.
package enum Absence: Hashable, Sendable {
  /// The side's own listing, read to its end under an unbroken sync state or filter, lacks it.
  case uncovered(by: Coverage)
}

/// What looking for an item found, directly before the plan.
package enum LookUp: Hashable, Sendable {
  /// By id, and on Exchange by stamp and CleanGlobalObjectId too: nowhere but among deleted items.
  case nothing
  /// By id it is not there; the costlier look-ups were not made.
  case nothingByID
  /// It is there after all.
  case found(version: String)
  /// It lies in another calendar folder.
  case away
}

/// Who ordered a delete.
package enum Order: Hashable, Sendable {
  case undo(of: RunID)
  case purge
}

/// The right to delete one item: only the four functions below make one (`rules.md` 8).
package struct DeleteProof: Hashable, Sendable {
  private enum Ground: String { case gone, excluded, unexpanded, ordered }

  private let ground: Ground
  private let evidence: String

  private init(_ ground: Ground, _ evidence: String) {
    self.ground = ground
    self.evidence = evidence
  }

  /// For the journal.
  package var record: ProofRecord { ProofRecord(ground: ground.rawValue, evidence: evidence) }

  /// The deciding item is gone: a complete coverage lacks it and a look-up finds nothing.
  ///
  /// Nil while either is missing.
  package static func gone(_ item: ItemKey, absence: Absence, lookUp: LookUp) -> DeleteProof? {
    guard case .uncovered(let coverage) = absence, coverage.isComplete,
      coverage.side == item.side, coverage.kind == item.kind
    else { return nil }
    switch lookUp {
    case .nothing:
      return DeleteProof(
        .gone,
        "\(item) is not in \(coverage.side.rawValue), read to its end by run \(coverage.run) "
          + "(\(coverage.count) items), and a look-up finds nothing"
      )
    case .nothingByID, .found, .away:
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

  /// A person asked for it, and the item is as Lockstep last wrote it.
  package static func ordered(
    _ order: Order,
    item: ItemKey,
    writtenVersion: String,
    currentVersion: String
  ) -> DeleteProof? {
    guard writtenVersion == currentVersion else { return nil }
    let words =
      switch order {
      case .undo(let run): "undo of run \(run)"
      case .purge: "purge"
      }
    return DeleteProof(.ordered, "\(item) at version \(currentVersion), by \(words)")
  }
}

/// What in an Exchange item keeps it out of the PSA (`rules.md` 2 and 3).
package struct Exclusion: Hashable, Sendable {
  package let field: String
  package let value: String

  /// Nil for an item that belongs in the PSA.
  package init?(_ fact: ExchangeFact, rules: SyncRules) {
    if fact.isCancelled {
      (field, value) = ("IsCancelled", "true")
    } else if fact.response == .declined {
      (field, value) = ("MyResponseType", "Decline")
    } else if fact.showAs == .free, !rules.sendsFreeTime {
      (field, value) = ("LegacyFreeBusyStatus", "Free, and free time is not sent")
    } else {
      return nil
    }
  }
}
