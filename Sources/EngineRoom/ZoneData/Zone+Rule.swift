extension Zone {
  /// A zone that keeps one rule for ever, as POSIX states it: `AAA-1BBB,M3.5.0,M10.5.0/3`.
  ///
  /// For zones that come as rules and not as names; `name` is for complaints.
  package init(rule: String, name: String) throws(ZoneError) {
    let yearly: YearlyRule
    do {
      yearly = try YearlyRule(parsing: rule.utf8)
    } catch {
      throw .malformed(name, reason: error.reason)
    }
    self.init(
      name: name,
      history: ZoneHistory(observances: [yearly.standard], instants: [], kinds: [], rule: yearly)
    )
  }
}
