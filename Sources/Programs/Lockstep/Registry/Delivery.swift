import Console
import HTTP
import RegistryAPI
import RegistryClient
import Settings
import Store
import SyncModel

/// Takes the outbox to the registry: the oldest run first, each report until the registry has it.
struct Courier {
  let outbox: SQLiteCache
  let service: RegistryService

  func deliverAll() async throws {
    var size = AttemptBatch.limit
    while true {
      let waiting = try await outbox.outbox(limit: size)
      guard !waiting.isEmpty else { return }
      do {
        try await outbox.delivered(try await taken(waiting))
        size = AttemptBatch.limit
      } catch let failure as RegistryFailure
        where failure.code == .invalid || failure.code == .tooLarge
      {
        // One that the registry will never take must not hold up the others.
        if waiting.count == 1 {
          Terminal.say("The report of run \(waiting[0].run) is left out. \(failure)")
          try await outbox.delivered(waiting)
        }
        size = 1
      }
    }
  }

  private func taken(_ waiting: [Report]) async throws -> [Report] {
    let attempts = waiting.compactMap(\.attempt)
    var accepted: Set<RunID> = []
    if !attempts.isEmpty {
      let batch = AttemptBatch(version: Lockstep.version, attempts: attempts)
      accepted = Set(try await service.deliver(batch).accepted)
    }
    // What another version wrote says nothing to this one, nor to the registry.
    let taken = waiting.filter { accepted.contains($0.run) || $0.attempt == nil }
    guard !taken.isEmpty else {
      throw StopFailure("The registry took none of \(counted(waiting.count, "report")).")
    }
    return taken
  }
}

extension Wiring {
  /// Delivers what waits, if no more than `most` do; gives back why something still waits.
  ///
  /// No run depends on it: what stays is delivered after the next one.
  @discardableResult
  func deliverReports(
    from cache: SQLiteCache? = nil,
    upTo most: Int = .max,
    patience: Duration = .seconds(10)
  ) async -> (any Error)? {
    guard let registry = settings.registry, registry.hasToken else { return nil }
    do {
      let cache = try cache ?? self.cache()
      let waiting = try await cache.waitingReports().count
      guard waiting > 0, waiting <= most else { return nil }
      let connection = self.registry(registry, try await registry.token(), patience: patience)
      try await connection.use { service in
        try await Courier(outbox: cache, service: service).deliverAll()
      }
      return nil
    } catch {
      return error
    }
  }

  /// Tells the registry of a run while it is under way, once its beginning is on disk.
  ///
  /// Behind older reports it waits with them: a short run would end in the middle of their delivery.
  func tellBeginning(_ bells: AsyncStream<Void>, _ cache: SQLiteCache) async {
    for await _ in bells.prefix(1) { await deliverReports(from: cache, upTo: 1) }
  }

  /// What reports say beside the run itself.
  func reporting(posted: @escaping @Sendable () -> Void) throws -> Reporting {
    let timetable = try timetable()
    return Reporting(
      policy: settings.kept?.policy.version,
      nextDue: { timetable.due(after: $0) },
      posted: posted
    )
  }
}
