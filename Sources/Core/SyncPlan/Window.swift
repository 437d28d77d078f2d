package import SyncModel

/// The stretch of time that is kept in step (`rules.md` 4): instants, never a machine's dates.
package struct Window: Hashable, Sendable {
  package let earliestEnd: Instant
  package let latestSingleStart: Instant
  package let latestOccurrenceStart: Instant

  package init(_ rules: SyncRules, now: Instant) {
    earliestEnd = now.advanced(byDays: -rules.pastDays)
    latestSingleStart = now.advanced(byDays: rules.singleDays)
    latestOccurrenceStart = now.advanced(byDays: rules.recurringDays)
  }

  /// Inside when `end >= now - past` and `start <= now + ahead`.
  package func contains(_ span: Span, role: SeriesRole) -> Bool {
    let latest =
      switch role {
      case .single, .master: latestSingleStart
      case .occurrence, .exception: latestOccurrenceStart
      }
    return span.end >= earliestEnd && span.start <= latest
  }
}
