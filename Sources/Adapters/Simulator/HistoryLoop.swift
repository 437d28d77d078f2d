/// One thread on which everything of a history runs, in an order that depends on nothing else.
///
/// Nothing in a history waits for another thread: the world and the cache are in memory. So a loop
/// without a job means that all is done, or that the next word is the history's own.
final class HistoryLoop: TaskExecutor, @unchecked Sendable {
  // Touched on the history's one thread only.
  private var jobs: [UnownedJob] = []
  private var head = 0

  func enqueue(_ job: consuming ExecutorJob) { jobs.append(UnownedJob(job)) }

  /// Runs whatever is ready, and all that follows from it.
  func run() {
    let executor = asUnownedTaskExecutor()
    while head < jobs.count {
      let job = jobs[head]
      head += 1
      if head == jobs.count {
        jobs.removeAll(keepingCapacity: true)
        head = 0
      }
      job.runSynchronously(on: executor)
    }
  }

  /// Begins a piece of work; `run` carries it on.
  @discardableResult
  func begin<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) -> (work: Task<Void, Never>, result: ResultBox<Value>) {
    let box = ResultBox<Value>()
    let task = Task(executorPreference: self) {
      do {
        box.result = .success(try await work())
      } catch {
        box.result = .failure(error)
      }
    }
    return (task, box)
  }

  /// Runs one piece of work to its end.
  func complete<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws
    -> Value
  {
    let (_, box) = begin(work)
    run()
    guard let result = box.result else { throw Stalled() }
    return try result.get()
  }
}

/// Work that waits for something that no history has.
struct Stalled: Error, CustomStringConvertible {
  var description: String { "the simulation waits for something outside itself" }
}

/// Where a task leaves its result; touched on the loop's thread only.
final class ResultBox<Value>: @unchecked Sendable {
  var result: Result<Value, any Error>?
}
