package import SyncModel
package import SyncPlan

/// A hold that a person ended, or would end.
package struct ReleaseReport: Sendable {
  /// The link as it is from now on.
  package let link: Link
  /// What follows, as a sentence.
  package let consequence: String
}

/// Ends holds on single items: asks neither side, and leaves the writing to the next run.
extension Cycle {
  /// What `release` would do.
  ///
  /// Throws a failure with the reason where the hold is not ended so.
  package func releasePlan(_ link: LinkID, keeping: Keeping?) async throws -> ReleaseReport {
    guard let known = try await cache.links([link]).first else {
      throw StopFailure("There is no link \(link). 'lockstep status' lists what is held.")
    }
    let input = try await releaseInput(known)
    switch SyncPlan.release(input, keeping: keeping) {
    case .released(let link, let consequence):
      return ReleaseReport(link: link, consequence: consequence)
    case .refused(let why):
      throw StopFailure(why)
    }
  }

  /// Ends the hold on one item, so that the next run does what the person keeps.
  package func release(_ link: LinkID, keeping: Keeping?) async throws -> ReleaseReport {
    let report = try await releasePlan(link, keeping: keeping)
    try await cache.keep([report.link], forget: [])
    try await cache.keep(
      try await cache.holds().compactMap { hold in
        let rest = hold.items.filter { $0.link != link }
        return rest.isEmpty
          ? nil
          : Hold(
            digest: hold.digest,
            reason: hold.reason,
            items: rest,
            mend: hold.mend,
            needsApproval: hold.needsApproval,
            isApproved: hold.isApproved
          )
      }
    )
    return report
  }

  private func releaseInput(_ link: Link) async throws -> ReleaseInput {
    let now = try await inputAsLastRead(link)
    let other = try await cache.psaFacts().first { $0.key == link.key(on: .psa) }
    // Not listed is not gone: what ended before the listing's filter is in no mirror.
    let from = try await cache.positions()[link.kind].endingFrom
    if link.psa != nil, other == nil, let end = link.base.span?.end, from.map({ end < $0 }) ?? true
    {
      throw StopFailure(
        "The PSA's half ended so long ago that it is not read any more, and nothing tells whether it "
          + "is there. Nothing was released."
      )
    }
    return ReleaseInput(
      link: link,
      exchange: try await exchangeAsLastRead(link, now),
      psa: other,
      hold: try await cache.holds().first { hold in hold.items.contains { $0.link == link.id } },
      now: now
    )
  }

  /// What neither side is asked for: it proves no absence.
  private func inputAsLastRead(_ link: Link) async throws -> PlanInput {
    let positions = try await cache.positions()
    return PlanInput(
      links: [link],
      exchange: [],
      psa: [],
      exchangeCoverage: nil,
      psaCoverage: [:],
      rules: installation.rules,
      settings: installation.settingsDigest,
      zone: positions.personalZone ?? installation.rules.zone,
      clock: surroundings.zones,
      now: surroundings.now(),
      run: try await cache.attempts(limit: 1).first?.run ?? RunID(0),
      tenant: link.tenant,
      resource: link.resource,
      mailbox: link.mailbox,
      folder: positions.folder ?? FolderID(""),
      nextLink: LinkID(0),
      fingerprinter: surroundings.fingerprinter
    )
  }

  private func exchangeAsLastRead(_ link: Link, _ input: PlanInput) async throws -> ExchangeFact? {
    guard let half = link.exchange else { return nil }
    let fact = try await cache.exchangeFacts().first { $0.id == half.item }
    guard let fact, let date = half.originalDate else { return fact }
    let reader = SeriesReader(
      cache: cache,
      engine: surroundings.series,
      clock: surroundings.zones,
      rules: installation.rules,
      now: input.now,
      maker: input.facts
    )
    let series = try await reader.series(of: [fact], [link]).series[half.item]
    return series?.dates.first { $0.originalDate == date }
  }
}
