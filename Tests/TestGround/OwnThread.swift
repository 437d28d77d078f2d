import Foundation

/// Runs what blocks on a thread of its own.
///
/// The tests of one process share as many threads as there are processors. One that waits there for
/// a program or a socket holds up the others, and may be what the other end waits for.
package func onThreadOfItsOwn<Value: Sendable, Failure: Error>(
  _ body: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
  let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: Result(catching: body)) }
  }
  return try result.get()
}
