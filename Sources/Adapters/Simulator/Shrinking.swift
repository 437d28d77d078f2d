import Store

/// Makes a history that broke a promise as short as it goes, so that a person can follow it.
struct Shrinking {
  let ground: Ground
  let empty: SQLiteCache
  let bug: Bug?

  /// The same promise is broken in what is left; with its trace.
  func shrunk(_ result: HistoryResult) throws -> HistoryResult {
    var steps = result.script.steps
    let promise = bug?.promise ?? result.violations.first?.promise
    func stillBreaks(_ steps: [Step]) throws -> Bool {
      var script = result.script
      script.steps = steps
      let again = try History(script, on: ground, empty: empty, bug: bug).run()
      return again.violations.contains { $0.promise == promise }
    }
    // Halves first, then ever smaller pieces.
    var size = max(1, steps.count / 2)
    while true {
      var isShorter = false
      var start = 0
      while start < steps.count {
        var fewer = steps
        fewer.removeSubrange(start..<min(start + size, steps.count))
        if try stillBreaks(fewer) {
          steps = fewer
          isShorter = true
        } else {
          start += size
        }
      }
      if size == 1, !isShorter { break }
      size = isShorter ? size : max(1, size / 2)
    }
    var script = result.script
    script.steps = steps
    return try History(script, on: ground, empty: empty, bug: bug, isTraced: true).run()
  }
}
