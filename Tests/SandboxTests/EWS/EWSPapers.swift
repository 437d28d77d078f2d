import TestGround

/// Requests and replies, kept to be judged by the schemas.
final class EWSPapers: Sendable {
  private let kept = Locked<(requests: [[UInt8]], replies: [[UInt8]])>(([], []))

  func add(request: [UInt8], reply: [UInt8]) {
    kept.withLock {
      $0.requests.append(request)
      $0.replies.append(reply)
    }
  }

  var all: (requests: [[UInt8]], replies: [[UInt8]]) { kept.withLock { $0 } }
}
